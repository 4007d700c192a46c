"""Lists of an organisation's orders and couriers, from indexes in shards; free couriers by their distance."""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from pynamodb.expressions.condition import Condition

from chalicelib.core import cursors
from chalicelib.core.activity import Activity, MixedStates, count_activity
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.conditional import all_of
from chalicelib.core.ids import first_id
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import HIGHEST, LOWEST, ShardedList
from chalicelib.core.store import Query, RawItem, get_many, parallel_reads
from chalicelib.dispatch import permissions
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.tables import Courier, courier_key, courier_of, free_cells_since, roster_keys
from chalicelib.dispatch.desk.schemas import MAX_NEAR, CourierListQuery, CourierStatus, OrderListQuery
from chalicelib.dispatch.orders.queries import UnderWay, active_ids, is_assigned, order_in_hand
from chalicelib.dispatch.orders.rules import ACTIVE, IN_HAND, OrderState
from chalicelib.dispatch.orders.tables import ORDER_HOURS, Customer, Order, list_keys, person_key
from chalicelib.dispatch.settings import radius_of
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.accounts.tables import Organisation

_MILLISECOND = timedelta(milliseconds=1)
_LISTED_NEAR = timedelta(hours=1)
"""Couriers who sent no position for so long are left out of the list of those near a place."""
_DOING = {CourierStatus.FREE: Courier.order_id.does_not_exist(), CourierStatus.BUSY: Courier.order_id.exists()}
"""What tells free couriers on duty from those with an order."""


class People(NamedTuple):
    """The customer and the courier whose orders a dispatcher reads, as far as they are known."""

    customer: Customer | None
    courier: Courier | None


def list_orders(actor: Actor, query: OrderListQuery, people: People, clock: Clock) -> Page[Order]:
    """Return orders of the organisation, newest first. Raise `AccessDenied` if the caller may not see all of it."""
    actor.require_reach(permissions.MANAGE)
    low = first_id(query.since) if query.since else LOWEST
    high = first_id(query.until + _MILLISECOND) if query.until else HIGHEST
    person, beside = query.customer_id or query.courier_id, None
    if person is None:
        is_mixed = query.status is None or query.status in ACTIVE
        index = (Order.listed if is_mixed else Order.by_status).Meta.index_name
        partitions = list_keys(actor.org_id, query.status)
        condition = _further_filter(query) if query.status in ACTIVE else None
    else:
        index = (Order.by_customer if query.customer_id else Order.by_courier).Meta.index_name
        partitions, condition = [person_key(actor.org_id, person)], _further_filter(query)
        order_ids = active_ids(people.customer) if query.customer_id else order_in_hand(people.courier)
        beside = UnderWay(actor.org_id, order_ids, clock, partial(_fits, query)).read
    orders = ShardedList(Order, partitions, index, "order_id", low, high, condition, newest_first=True, beside=beside)
    return orders.page(query.limit, query.cursor)


def _fits(query: OrderListQuery, item: RawItem) -> bool:
    """Return whether a stored order that is under way fits the filters."""
    has_status = query.status is None or item["status"]["S"] == query.status.value
    return has_status and (query.courier_id is None or is_assigned(query.courier_id, item))


def find_activity(actor: Actor, now: datetime) -> Activity | None:
    """Return how many orders are under way and what became of others, or None if the caller may not list orders."""
    if not actor.reaches(permissions.MANAGE):
        return None
    by_status, listed = Order.by_status.Meta.index_name, Order.listed.Meta.index_name
    queries = {
        state.value: [Query(Order, partition, by_status) for partition in list_keys(actor.org_id, state.value)]
        for state in sorted(IN_HAND - ACTIVE)
    }
    under_way = [Query(Order, partition, listed) for partition in list_keys(actor.org_id, OrderState.ASSIGNED)]
    mixed = MixedStates(sorted(ACTIVE), under_way)
    return count_activity(queries, ORDER_HOURS, now, actor.org_id, mixed=mixed)


def list_couriers(
    organisation: Organisation | None, actor: Actor, query: CourierListQuery, deps: Dependencies
) -> Page[Courier]:
    """Return couriers of the organisation. Raise `AccessDenied` if the caller may not see all of it.

    Raise `ValidationFailed` for a cursor of another list; a list of those near has none.
    """
    actor.require_reach(permissions.MANAGE)
    if query.position is not None:
        if query.cursor is not None:
            raise cursors.refused()
        radius_m = radius_of(organisation, deps.settings)
        near = _free_couriers_near(actor.org_id, query.position, radius_m, deps.clock.now())
        keys = [courier_key(actor.org_id, courier_id) for courier_id in near[: min(query.limit, MAX_NEAR)]]
        found = get_many(keys, deps.clock)
        return Page([courier for courier in map(found.get, keys) if courier is not None], None)
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


def _free_couriers_near(org_id: str, position: tuple[float, float], radius_m: int, now: datetime) -> list[str]:
    """Return the free couriers within a radius, the nearest first."""
    index = Courier.free_by_place.Meta.index_name
    cells = geo.cells_within(*position, radius_m, geo.COVER)
    hours = (key for cell in cells for key in free_cells_since(org_id, cell, now, now - _LISTED_NEAR))
    reads = parallel_reads([partial(Query(Courier, key, index).read) for key in hours])
    distances = {
        courier_of(raw): geo.great_circle_m(*position, float(raw["home_lat"]["N"]), float(raw["home_lng"]["N"]))
        for rows in reads
        for raw in rows.items
    }
    near = sorted((metres, courier_id) for courier_id, metres in distances.items() if metres <= radius_m)
    return [courier_id for _, courier_id in near]
