"""The sweep over due dates: technicians are reminded before, and they and their lead are told after, once each.

Orders in somebody's hands are in a sharded index by the moment of their next notice, so a sweep costs what is due and
nothing for what is not. Each order is a unit of work of its own: the notice, and the order's step on to its next one,
which is guarded by all that decided (that nobody has told it yet, who has the order, that it is still in hand). So of
two sweeps that meet one is too late, and whoever finishes, returns or hands on an order at that moment comes either
before the notice, which then goes to nobody or to somebody else, or after it.

A pass goes page by page through what is due until nothing is left or its time is over. What was told has left the
index, so the next pass goes on where this one ended; what fails stays, and holds nothing else back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.store import Query, get, parallel
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.tables import user_key
from chalicelib.maintenance.rules import ON_HAND, Reminder, WorkOrderState, reminder
from chalicelib.maintenance.workorders import events
from chalicelib.maintenance.workorders.tables import NOTICE_SHARDS, NoticesDue, WorkOrder, notice_shard, work_order_key

ACTOR = "system:sweep"
PAGE = 50
RESERVE_S = 12.0
"""No page is begun with less time left, since its orders may take that long on a bad day."""
_LANES = 4
"""How many orders of one organisation are told at once: they meet in the mailbox of the same team lead."""

Shard = tuple[int, Mapping[str, Any] | None]
"""A shard by its number, and where its next page begins (None: at its front)."""


class ReminderOutcome(StrEnum):
    """What a sweep made of one order whose notice was due."""

    DUE_SOON = "WorkOrdersDueSoon"
    OVERDUE = "WorkOrdersOverdue"
    SETTLED = "RemindersSettled"
    FAILED = "RemindersFailed"


class DueReminder(msgspec.Struct, frozen=True):
    """An order whose notice is due, as the index says."""

    org_id: str
    order_id: str


def remind_due(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], page: int = PAGE
) -> Counter[ReminderOutcome]:
    """Tell everybody who is to be told by now; how many orders ended in which way.

    `page` is how many orders of each shard are looked up at once.
    """
    now = deps.clock.now()
    outcomes: Counter[ReminderOutcome] = Counter()
    shards: list[Shard] = [(number, None) for number in range(NOTICE_SHARDS)]
    while shards and remaining_s() >= RESERVE_S:
        pages = parallel([partial(_due_in, shard, now, page) for shard in shards])
        lanes = _lanes([one for found, _ in pages for one in found])
        for settled in parallel([partial(_settle_lane, deps, lane, sweep_id) for lane in lanes], pool="sweep"):
            outcomes.update(settled)
        shards = [rest for _, rest in pages if rest is not None]
    for outcome, amount in outcomes.items():
        observability.count(outcome, amount)
    return outcomes


def _due_in(shard: Shard, now: datetime, page: int) -> tuple[list[DueReminder], Shard | None]:
    """What is due on the next page of a shard, and where the page after it begins (None: there is none)."""
    number, start = shard
    query = Query(
        WorkOrder,
        notice_shard(number),
        index=NoticesDue.Meta.index_name,
        range_condition=WorkOrder.notice_at <= now,
    )
    answer = query.raw(limit=page, start=start)
    due = [DueReminder(raw["org_id"]["S"], raw["order_id"]["S"]) for raw in answer["Items"]]
    last = answer.get("LastEvaluatedKey")
    return due, (number, last) if last else None


def _lanes(due: Sequence[DueReminder]) -> list[list[DueReminder]]:
    """The orders of each organisation in a few lanes, which are carried out side by side."""
    by_org: dict[str, list[DueReminder]] = {}
    for one in due:
        by_org.setdefault(one.org_id, []).append(one)
    return [lane for orders in by_org.values() for number in range(_LANES) if (lane := orders[number::_LANES])]


def _settle_lane(deps: Dependencies, lane: Sequence[DueReminder], sweep_id: str) -> list[ReminderOutcome]:
    return [_settle(deps, one, sweep_id) for one in lane]


def _settle(deps: Dependencies, due: DueReminder, sweep_id: str) -> ReminderOutcome:
    try:
        return deps.runner.run(Actor(due.org_id, ACTOR, sweep_id), partial(_remind, due))
    except Exception:  # noqa: BLE001 - one order must not stop the others
        observability.log().exception("a reminder could not be given", extra={"order_id": due.order_id})
        return ReminderOutcome.FAILED


def _remind(due: DueReminder, work: UnitOfWork) -> ReminderOutcome:
    """Tell of one order, if that is still to be done by the order itself: the index may lag behind."""
    order = get(work_order_key(due.org_id, due.order_id))
    if order is None or order.technician_id is None or WorkOrderState(order.state) not in ON_HAND:
        return ReminderOutcome.SETTLED
    what = reminder(order.notice_at, order.due_at, work.now)
    if what is None:
        return ReminderOutcome.SETTLED
    _step_on(work, order, order.technician_id, what)
    work.audit(WorkOrder.kind, order.order_id, what.value)
    if what is Reminder.DUE_SOON:
        events.notify_due_soon(work, order, order.technician_id)
        return ReminderOutcome.DUE_SOON
    events.notify_overdue(work, order, order.technician_id)
    technician = get(user_key(order.org_id, order.technician_id))
    for lead_id in events.team_leads(order, order.technician_id, technician.reports_to if technician else None):
        events.notify_lead_overdue(work, order, lead_id)
    return ReminderOutcome.OVERDUE


def _step_on(work: UnitOfWork, order: WorkOrder, technician_id: str, what: Reminder) -> None:
    """Stage that this notice is told, and that the next one (if there is one) is next."""
    last = what is Reminder.OVERDUE
    in_hand = WorkOrder.state.is_in(*sorted(state.value for state in ON_HAND))
    as_read = (WorkOrder.notice_at == order.notice_at) & (WorkOrder.technician_id == technician_id)
    work.update_unread(
        work_order_key(order.org_id, order.order_id),
        condition=as_read & in_hand,
        on_conflict=Conflict(),
        actions=[WorkOrder.notice_at.remove(), WorkOrder.notice_shard.remove()]
        if last
        else [WorkOrder.notice_at.set(order.due_at)],
        audited=False,
    )
