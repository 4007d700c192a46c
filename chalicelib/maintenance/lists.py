"""Lists of work orders, and a technician's work in numbers: all from indexes and counts, soonest due first.

By state the numbers are kept along with each change; what is late, or soon will be, depends on the moment and is
counted in the index of one's open orders, read no further than two days ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.actor import Actor
from chalicelib.core.store import Page, Query, get_many, parallel_pair
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.tables import organisation_key
from chalicelib.maintenance.filters import OVERDUE, state_of
from chalicelib.maintenance.options import MAX_SOON_H, options_of
from chalicelib.maintenance.rules import State, is_due_soon, is_overdue
from chalicelib.maintenance.schemas import MyOrdersQuery, OrdersQuery
from chalicelib.maintenance.tables import (
    MineByState,
    MineOpen,
    OrgByState,
    OrgOpen,
    TechnicianCounts,
    WorkOrder,
    ZoneByState,
    ZoneOpen,
    counts_key,
    mine_key,
    org_key,
    zone_key,
)

LIST = "maintenance.workorder.list"
PREVIEW = 5
_NONE: Page[WorkOrder] = Page((), None)


class Overview(msgspec.Struct, frozen=True):
    """A technician's work at one moment: counts by state, those late, those soon late, and the first that are due."""

    counts: TechnicianCounts
    overdue: int = 0
    due_soon: int = 0
    first: Sequence[WorkOrder] = ()


def my_overview(actor: Actor, deps: Dependencies) -> Overview:
    """The caller's own work in their game zone. Two round trips with the admission."""
    org_id, user_id, zone = actor.org_id, actor.user_id, actor.game_zone
    if zone is None:
        return Overview(TechnicianCounts())
    now = deps.clock.now()
    where, settings = counts_key(org_id, user_id, zone), organisation_key(org_id)
    mine = _mine(actor, zone, within=WorkOrder.due_at <= now + timedelta(hours=MAX_SOON_H))
    pages = [partial(_items, mine), partial(_items, _mine(actor, zone), PREVIEW)]
    [found], [due, first] = parallel_pair([partial(get_many, (where, settings), deps.clock)], pages)
    soon = options_of(found.get(settings)).soon
    return Overview(
        found.get(where) or TechnicianCounts(),
        sum(is_overdue(State(order.state), order.due_at, now) for order in due),
        sum(is_due_soon(State(order.state), order.due_at, now, soon) for order in due),
        first,
    )


def my_orders(actor: Actor, wanted: MyOrdersQuery, now: datetime) -> Page[WorkOrder]:
    """The caller's own orders in their game zone."""
    zone = actor.game_zone
    if zone is None:
        return _NONE
    state, late = state_of(wanted.state), _late(wanted, now)
    return _mine(actor, zone, state, within=late).page(wanted.limit, wanted.cursor)


def all_orders(actor: Actor, wanted: OrdersQuery, now: datetime) -> Page[WorkOrder]:
    """The orders that the caller may see. Raises `AccessDenied` for a game zone that is not theirs."""
    org_id, zone = actor.org_id, wanted.zone
    if actor.require(LIST) != "org":
        zone = zone or actor.game_zone
        if zone is None:
            return _NONE
        actor.require_reach(LIST, zone=zone, message="That game zone is not yours.")
    state, late = state_of(wanted.state), _late(wanted, now)
    if zone is None:
        index = (OrgByState if state else OrgOpen).Meta.index_name
        query = Query(WorkOrder, org_key(org_id, state), index=index, range_condition=late)
    else:
        index = (ZoneByState if state else ZoneOpen).Meta.index_name
        query = Query(WorkOrder, zone_key(org_id, zone, state), index=index, range_condition=late)
    return query.page(wanted.limit, wanted.cursor)


def _mine(actor: Actor, zone: str, state: State | None = None, *, within: Condition | None = None) -> Query[WorkOrder]:
    """The caller's own orders in a zone: those that are open, or those of one state."""
    index = (MineByState if state else MineOpen).Meta.index_name
    own = mine_key(actor.org_id, actor.user_id, zone, state)
    return Query(WorkOrder, own, index=index, range_condition=within)


def _late(wanted: MyOrdersQuery | OrdersQuery, now: datetime) -> Condition | None:
    """What restricts a list of open orders to those that are overdue, if that is asked for."""
    if wanted.state is None or wanted.state.value != OVERDUE:
        return None
    due_before: Condition = WorkOrder.due_at < now
    return due_before


def _items(query: Query[WorkOrder], limit: int | None = None) -> list[WorkOrder]:
    """The first of a list; without a limit as many as one read gives, some thousand orders."""
    return [WorkOrder.from_raw_data(raw) for raw in query.raw(limit=limit)["Items"]]
