"""The sweep over due dates: technicians are notified before, and they and their team leads after, each once.

Orders in hand are in a sharded index by the moment of their next notice. Each order has a unit of work of its own: the
notice, and the step to its next one, under the condition of everything that was decided on (the notice is not sent yet,
the technician is the same, the order is in hand). So of two sweeps that process the same order one fails its condition;
and a technician who finishes, returns or loses the order at that moment does so before the notice, which is not sent
then, or after it.

An order whose notice was sent has left the index, so the next sweep continues where this one ended.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.store import Query, get
from chalicelib.core.sweep import PAGE_SIZE, DueItem, Sweep, SweepResult
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.accounts.tables import user_key
from chalicelib.maintenance.rules import ON_HAND, Reminder, WorkOrderState, reminder
from chalicelib.maintenance.workorders import events
from chalicelib.maintenance.workorders.tables import NOTICE_SHARDS, WorkOrder, work_order_key

ACTOR = "system:sweep"
_PER_ORG = 4
"""How many orders of one organisation are settled at once: they share the mailbox of the same team lead."""


class ReminderOutcome(StrEnum):
    """The outcome of one order whose notice was due, by the name of its metric."""

    DUE_SOON = "WorkOrdersDueSoon"
    OVERDUE = "WorkOrdersOverdue"
    SETTLED = "RemindersSettled"
    FAILED = "RemindersFailed"


def remind_due(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], page: int = PAGE_SIZE
) -> SweepResult[ReminderOutcome]:
    """Send every notice that is due."""
    due = WorkOrder.notice_at <= deps.clock.now()
    index = WorkOrder.notices_due.Meta.index_name
    sweep = Sweep(
        name="reminders",
        queries=[Query(WorkOrder, key, index=index, range_condition=due) for key in NOTICE_SHARDS.keys("NOTICES")],
        id_attribute="order_id",
        settle=partial(_settle, deps, sweep_id),
        failed=ReminderOutcome.FAILED,
        per_org=_PER_ORG,
        page_size=page,
    )
    return sweep.run(remaining_s)


def _settle(deps: Dependencies, sweep_id: str, due: DueItem) -> ReminderOutcome:
    return deps.runner.run(Actor(due.org_id, ACTOR, sweep_id), partial(_remind, due))


def _remind(due: DueItem, work: UnitOfWork) -> ReminderOutcome:
    """Send the notice of one order if the order itself says that it is due: the index may lag behind."""
    order = get(work_order_key(due.org_id, due.item_id))
    if order is None or order.technician_id is None or WorkOrderState(order.state) not in ON_HAND:
        return ReminderOutcome.SETTLED
    notice = reminder(order.notice_at, order.due_at, work.now)
    if notice is None:
        return ReminderOutcome.SETTLED
    _advance_notice(work, order, order.technician_id, notice)
    work.audit(WorkOrder.kind, order.order_id, notice.value)
    if notice is Reminder.DUE_SOON:
        events.notify_due_soon(work, order, order.technician_id)
        return ReminderOutcome.DUE_SOON
    events.notify_overdue(work, order, order.technician_id)
    technician = get(user_key(order.org_id, order.technician_id))
    for lead_id in events.team_leads(order, order.technician_id, technician.reports_to if technician else None):
        events.notify_lead_overdue(work, order, lead_id)
    return ReminderOutcome.OVERDUE


def _advance_notice(work: UnitOfWork, order: WorkOrder, technician_id: str, notice: Reminder) -> None:
    """Stage that this notice is sent and the next one, if there is one, is due next."""
    last = notice is Reminder.OVERDUE
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
