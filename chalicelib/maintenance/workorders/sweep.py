"""The sweep over due dates: people are notified before and after them, and what is overdue for long is escalated.

Orders whose clock runs are in a sharded index by the moment of their next notice. An order whose notice was sent has
another moment there, or has left the index, so the next sweep continues where this one ended.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query
from chalicelib.core.sweep import PAGE_SIZE, DueItem, Sweep, SweepResult
from chalicelib.edge.dependencies import Dependencies
from chalicelib.maintenance.reminders.service import send_notice
from chalicelib.maintenance.rules import Reminder
from chalicelib.maintenance.workorders.tables import NOTICE_SHARDS, WorkOrder

ACTOR = "system:sweep"
_PER_ORG = 4
"""How many orders of one organisation are settled at once: they share the mailbox of the same team lead."""


class ReminderOutcome(StrEnum):
    """The outcome of one order whose notice was due, by the name of its metric."""

    ROUTED = "WorkOrdersRouted"
    DUE_SOON = "WorkOrdersDueSoon"
    OVERDUE = "WorkOrdersOverdue"
    ESCALATED = "WorkOrdersEscalated"
    SETTLED = "RemindersSettled"
    FAILED = "RemindersFailed"


_OUTCOMES: Mapping[Reminder | None, ReminderOutcome] = {
    Reminder.ROUTED: ReminderOutcome.ROUTED,
    Reminder.DUE_SOON: ReminderOutcome.DUE_SOON,
    Reminder.OVERDUE: ReminderOutcome.OVERDUE,
    Reminder.ESCALATED: ReminderOutcome.ESCALATED,
    None: ReminderOutcome.SETTLED,
}


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
    actor = Actor(due.org_id, ACTOR, sweep_id)
    return _OUTCOMES[deps.runner.run(actor, partial(send_notice, due.org_id, due.item_id))]
