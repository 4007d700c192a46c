"""Reads of work orders: one, lists, and a technician's dashboard; from indexes, by their due dates.

The dashboard reads all open orders of the technician, of which it shows the first and counts the states, and what is
overdue or due soon, which depends on the moment. Only the count of done orders, which grows without end, is stored.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.activity import MAX_COUNTED, Activity, MixedStates, StateCounts, count_activity
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccessDenied
from chalicelib.core.hourly_counts import HourlyValues
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import Query, get_many, parallel_pair_reads, parallel_reads
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.identity.settings import section_of
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.tables import Ride
from chalicelib.maintenance.comments.queries import newest_comments
from chalicelib.maintenance.comments.tables import Discussion
from chalicelib.maintenance.photos.queries import list_photos
from chalicelib.maintenance.photos.views import photo_view
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.rules import MINE, OPEN, WorkOrderState, is_due_soon, is_overdue
from chalicelib.maintenance.settings import MAINTENANCE, MaintenanceSettings
from chalicelib.maintenance.tables import read_list
from chalicelib.maintenance.technicians.tables import counts_key
from chalicelib.maintenance.usage.queries import list_labour, list_parts
from chalicelib.maintenance.usage.tables import Usage
from chalicelib.maintenance.workorders.detail_schemas import WorkOrderDetail
from chalicelib.maintenance.workorders.schemas import (
    OVERDUE,
    DashboardCounts,
    DueOrder,
    OwnWorkOrderFilter,
    OwnWorkOrderQuery,
    RideWorkOrderQuery,
    TechnicianDashboard,
    WorkOrderFilter,
    WorkOrderPage,
    WorkOrderQuery,
)
from chalicelib.maintenance.workorders.tables import (
    WORK_ORDER_HOURS,
    WorkOrder,
    mine_key,
    org_key,
    ride_list,
    zone_key,
)
from chalicelib.maintenance.workorders.timeline import list_events
from chalicelib.maintenance.workorders.views import OrderHistory, order_detail, order_page, order_summary
from chalicelib.media.queries import MAX_PHOTOS

PREVIEW = 5
DUE_SOON = "due_soon"
_NONE: Page[WorkOrder] = Page((), None)


def get_work_order(
    order: WorkOrder, discussion: Discussion | None, usage: Usage | None, deps: Dependencies
) -> WorkOrderDetail:
    """Return a work order with everything that was recorded of it. What it has none of is not looked for."""
    reads: dict[str, Callable[[], Sequence[Any]]] = {
        "events": partial(list_events, order),
        "photos": partial(list_photos, order),
        **({"comments": partial(newest_comments, order)} if discussion and discussion.comments else {}),
        **({"labour": partial(list_labour, order)} if usage and usage.labour_entries else {}),
        **({"parts": partial(list_parts, order)} if usage and usage.part_entries else {}),
    }
    found = dict(zip(reads, parallel_reads(list(reads.values())), strict=True))
    photos = found.pop("photos")
    shown = [photo_view(photo, deps.settings) for photo in photos[:MAX_PHOTOS]]
    history = OrderHistory(photos=shown, discussion=discussion, usage=usage, **found)
    detail = order_detail(order, history, deps.clock.now())
    return msgspec.structs.replace(detail, has_more_photos=True) if len(photos) > MAX_PHOTOS else detail


def get_dashboard(actor: Actor, deps: Dependencies) -> TechnicianDashboard:
    """Return the numbers of the caller's own orders in their game zone, and the first that are due."""
    zone, now = actor.game_zone, deps.clock.now()
    if zone is None:
        return _dashboard([], 0, MaintenanceSettings(), now)
    key, settings_key = counts_key(actor.org_id, actor.user_id, zone), organisation_key(actor.org_id)
    open_orders = partial(_items, _own_orders(actor, zone), MAX_COUNTED)
    [stored], [orders] = parallel_pair_reads([partial(get_many, (key, settings_key), deps.clock)], [open_orders])
    counts, settings = stored.get(key), section_of(stored.get(settings_key), MAINTENANCE)
    return _dashboard(orders, 0 if counts is None else counts.done, settings, now)


def list_own_work_orders(actor: Actor, query: OwnWorkOrderQuery, now: datetime) -> WorkOrderPage:
    """Return the caller's own orders in their game zone."""
    zone, page = actor.game_zone, _NONE
    if zone is not None:
        own = _own_orders(actor, zone, _state(query.state))
        page = _selected(own, query.state, query.order, now).page(query.limit, query.cursor)
    return order_page(page, now)


def list_work_orders(actor: Actor, query: WorkOrderQuery, now: datetime) -> WorkOrderPage:
    """Return the orders that the caller may see. Raise `AccessDenied` for a game zone outside their scope."""
    reach = reach_of_list(actor, permissions.LIST, query.zone)
    if reach.is_empty:
        return order_page(_NONE, now)
    orders = _selected(orders_of(actor.org_id, reach.zone, _state(query.state)), query.state, query.order, now)
    return order_page(orders.page(query.limit, query.cursor), now)


def list_work_orders_of_ride(ride: Ride, query: RideWorkOrderQuery, actor: Actor, clock: Clock) -> WorkOrderPage:
    """Return the orders of a ride in all states, newest first."""
    asked, orders = CursorRequest(query.limit, query.cursor), ride_list(actor.org_id, ride.code)
    return order_page(read_list(WorkOrder, orders, asked, clock, newest_first=True), clock.now())


def overdue_between(org_id: str, zone: str | None, since: datetime, until: datetime) -> Query[WorkOrder]:
    """Return the query of the open orders of a zone, or of all, whose clock runs past a due date of that time.

    The due date is at `since` or later, and before `until`, which has to be no later than now.
    """
    within = WorkOrder.due_at.between(since, until - timedelta(milliseconds=1))
    return _clocked(orders_of(org_id, zone, within=within))


def find_activity(actor: Actor, organisation: Organisation | None, now: datetime) -> Activity | None:
    """Return how many orders are open, overdue and due soon, and the last hours; None if the caller may not list them.

    They are those of the caller's game zone, unless the permission covers the organisation.
    """
    try:
        zone, is_empty = reach_of_list(actor, permissions.LIST)
    except AccessDenied:
        return None
    if is_empty:
        names = [*(state.value.lower() for state in sorted(OPEN)), OVERDUE, DUE_SOON]
        return Activity(StateCounts(dict.fromkeys(names, 0)), HourlyValues(now, {}))
    soon = now + section_of(organisation, MAINTENANCE).soon
    queries = {
        OVERDUE: [_clocked(orders_of(actor.org_id, zone, within=WorkOrder.due_at < now))],
        DUE_SOON: [_clocked(orders_of(actor.org_id, zone, within=WorkOrder.due_at.between(now, soon)))],
    }
    by_state = MixedStates([state.value for state in sorted(OPEN)], [orders_of(actor.org_id, zone)], attribute="state")
    scope = [] if zone is None else [zone]
    activity = count_activity(queries, WORK_ORDER_HOURS, now, actor.org_id, *scope, mixed=by_state)
    counts = activity.counts
    named = StateCounts(
        {name.lower(): number for name, number in counts.numbers.items()}, [name.lower() for name in counts.at_least]
    )
    return msgspec.structs.replace(activity, counts=named)


def orders_of(
    org_id: str, zone: str | None, state: WorkOrderState | None = None, *, within: Condition | None = None
) -> Query[WorkOrder]:
    """Return the query of the orders of a zone, or of all (None): the open ones, or those of one state."""
    closed, one_state = _partition(state)
    if zone is None:
        index, key = WorkOrder.org_by_state if closed else WorkOrder.org_open, org_key(org_id, closed)
    else:
        index, key = WorkOrder.zone_by_state if closed else WorkOrder.zone_open, zone_key(org_id, zone, closed)
    return Query(WorkOrder, key, index.Meta.index_name, within, one_state)


def _dashboard(
    orders: Sequence[WorkOrder], done: int, settings: MaintenanceSettings, now: datetime
) -> TechnicianDashboard:
    """Return the numbers of a technician's open orders, and the first of them."""
    states = [WorkOrderState(order.state) for order in orders]
    due = [(state, order.due_at) for state, order in zip(states, orders, strict=True)]
    by_state = Counter(states)
    numbers = DashboardCounts(
        assigned=by_state[WorkOrderState.ASSIGNED],
        in_progress=by_state[WorkOrderState.IN_PROGRESS],
        on_hold=by_state[WorkOrderState.ON_HOLD],
        returned=by_state[WorkOrderState.RETURNED],
        done=done,
        overdue=sum(is_overdue(state, due_at, now) for state, due_at in due),
        due_soon=sum(is_due_soon(state, due_at, now, settings.soon) for state, due_at in due),
    )
    return TechnicianDashboard(numbers, [order_summary(order, now) for order in orders[:PREVIEW]])


def _own_orders(actor: Actor, zone: str, state: WorkOrderState | None = None) -> Query[WorkOrder]:
    """Return the query of the caller's own orders in a zone: the open ones, or those of one state."""
    closed, one_state = _partition(state)
    if closed is not None:
        key = mine_key(actor.org_id, actor.user_id, zone, closed)
        return Query(WorkOrder, key, WorkOrder.mine_by_state.Meta.index_name)
    states = WorkOrder.state.is_in(*sorted(state.value for state in MINE)) if one_state is None else one_state
    own = (WorkOrder.technician_id == actor.user_id) & states
    return msgspec.structs.replace(orders_of(actor.org_id, zone), filter_condition=own, list_name=actor.user_id)


def _partition(state: WorkOrderState | None) -> tuple[WorkOrderState | None, Condition | None]:
    """Return the state by which a partition is named, if it is a closed one, else the filter of the open ones."""
    if state is None or state not in OPEN:
        return state, None
    return None, WorkOrder.state == state.value


def _clocked(orders: Query[WorkOrder]) -> Query[WorkOrder]:
    """Return a query of open orders without those on hold, whose clock stands."""
    clocked, others = WorkOrder.state != WorkOrderState.ON_HOLD.value, orders.filter_condition
    return msgspec.structs.replace(orders, filter_condition=clocked if others is None else others & clocked)


def _selected(
    orders: Query[WorkOrder], selected: OwnWorkOrderFilter | WorkOrderFilter | None, order: DueOrder, now: datetime
) -> Query[WorkOrder]:
    """Return a query of orders that reads them by their due dates in the given order, overdue ones if asked for."""
    name = "" if selected is None else selected.value
    if name == OVERDUE:
        orders = msgspec.structs.replace(_clocked(orders), range_condition=WorkOrder.due_at < now)
    return msgspec.structs.replace(
        orders, newest_first=order is DueOrder.LATEST, list_name=f"{orders.list_name}:{name}"
    )


def _state(selected: OwnWorkOrderFilter | WorkOrderFilter | None) -> WorkOrderState | None:
    """Return the state that a filter names; None for all open orders and for those that are overdue."""
    return None if selected is None or selected.value == OVERDUE else WorkOrderState(selected.value.upper())


def _items(query: Query[WorkOrder], limit: int) -> list[WorkOrder]:
    """Return the first items of a query."""
    return [WorkOrder.from_raw_data(dict(raw)) for raw in query.read(limit).items]
