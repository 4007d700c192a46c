"""Lists of an organisation's orders and couriers, from indexes in shards; free couriers by their distance."""

from datetime import datetime, timedelta
from functools import partial

from pynamodb.expressions.condition import Condition

from chalicelib.core import cursors
from chalicelib.core.activity import Activity, count_activity
from chalicelib.core.actor import Actor
from chalicelib.core.conditional import all_of
from chalicelib.core.ids import first_id
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import HIGHEST, LOWEST, ShardedList
from chalicelib.core.store import Query, get_many, parallel_reads
from chalicelib.dispatch import permissions
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.tables import Courier, courier_key, courier_of, free_cells_since, roster_keys
from chalicelib.dispatch.desk.schemas import MAX_NEAR, CourierListQuery, CourierStatus, OrderListQuery
from chalicelib.dispatch.orders.rules import IN_HAND
from chalicelib.dispatch.orders.tables import ORDER_HOURS, Order, list_keys, person_key
from chalicelib.edge.dependencies import Dependencies

_MILLISECOND = timedelta(milliseconds=1)
_LISTED_NEAR = timedelta(hours=1)
"""Couriers who sent no position for so long are left out of the list of those near a place."""
_DOING = {CourierStatus.FREE: Courier.order_id.does_not_exist(), CourierStatus.BUSY: Courier.order_id.exists()}
"""What tells free couriers on duty from those with an order."""


def list_orders(actor: Actor, query: OrderListQuery) -> Page[Order]:
    """Return orders of the organisation, newest first. Raise `AccessDenied` if the caller may not see all of it."""
    actor.require_reach(permissions.MANAGE)
    low = first_id(query.since) if query.since else LOWEST
    high = first_id(query.until + _MILLISECOND) if query.until else HIGHEST
    person = query.customer_id or query.courier_id
    if person is None:
        index = (Order.listed if query.status is None else Order.by_status).Meta.index_name
        partitions, condition = list_keys(actor.org_id, query.status), None
    else:
        index = (Order.by_customer if query.customer_id else Order.by_courier).Meta.index_name
        partitions, condition = [person_key(actor.org_id, person)], _further_filter(query)
    orders = ShardedList(Order, partitions, index, "order_id", low, high, condition, newest_first=True)
    return orders.page(query.limit, query.cursor)


def find_activity(actor: Actor, now: datetime) -> Activity | None:
    """Return how many orders are under way and what became of others, or None if the caller may not list orders."""
    if not actor.reaches(permissions.MANAGE):
        return None
    index = Order.by_status.Meta.index_name
    queries = {
        state.value: [Query(Order, partition, index) for partition in list_keys(actor.org_id, state.value)]
        for state in sorted(IN_HAND)
    }
    return count_activity(queries, ORDER_HOURS, now, actor.org_id)


def list_couriers(actor: Actor, query: CourierListQuery, deps: Dependencies) -> Page[Courier]:
    """Return couriers of the organisation. Raise `AccessDenied` if the caller may not see all of it.

    Raise `ValidationFailed` for a cursor of another list; a list of those near has none.
    """
    actor.require_reach(permissions.MANAGE)
    if query.position is not None:
        if query.cursor is not None:
            raise cursors.refused()
        return Page(_free_couriers_near(actor.org_id, query.position, min(query.limit, MAX_NEAR), deps), None)
    duties = (True, False) if query.status is None else (query.status is not CourierStatus.OFF,)
    partitions = [shard for on_duty in duties for shard in roster_keys(actor.org_id, on_duty=on_duty)]
    condition = None if query.status is None else _DOING.get(query.status)
    couriers = ShardedList(
        Courier, partitions, Courier.roster.Meta.index_name, "courier_id", filter_condition=condition
    )
    return couriers.page(query.limit, query.cursor)


def _further_filter(query: OrderListQuery) -> Condition | None:
    """Return the condition of the filters beside the person whose orders are read."""
    of_both = query.customer_id is not None and query.courier_id is not None
    return all_of(
        [
            None if query.status is None else Order.status == query.status.value,
            Order.assigned_courier == query.courier_id if of_both else None,
        ]
    )


def _free_couriers_near(org_id: str, position: tuple[float, float], limit: int, deps: Dependencies) -> list[Courier]:
    """Return the nearest free couriers with a position, within the radius of the search for an offer."""
    radius_m, index = deps.settings.nearest_radius_m, Courier.free_by_cell.Meta.index_name
    cells = geo.cells_within(*position, radius_m, geo.COVER)
    now = deps.clock.now()
    hours = (key for cell in cells for key in free_cells_since(org_id, cell, now, now - _LISTED_NEAR))
    reads = parallel_reads([partial(Query(Courier, key, index).read) for key in hours])
    distances = {
        courier_of(raw): geo.great_circle_m(*position, float(raw["home_lat"]["N"]), float(raw["home_lng"]["N"]))
        for rows in reads
        for raw in rows.items
    }
    near = sorted((metres, courier_id) for courier_id, metres in distances.items() if metres <= radius_m)[:limit]
    keys = [courier_key(org_id, courier_id) for _, courier_id in near]
    found = get_many(keys, deps.clock)
    return [courier for courier in map(found.get, keys) if courier is not None]
