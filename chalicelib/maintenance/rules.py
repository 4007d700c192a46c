"""The states of a work order: which action leads from which state to which; and the arithmetic of its due date.

    ROUTED -> ASSIGNED -> IN_PROGRESS -> DONE
    ASSIGNED, IN_PROGRESS -> RETURNED
    ROUTED, RETURNED -> ASSIGNED or OUTSOURCED
    ASSIGNED -> ASSIGNED, to another technician

"Overdue" is not a state: it follows from the due date and the present moment.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.core.state_machine import StateMachine


class WorkOrderState(StrEnum):
    """The state of a work order.

    `ROUTED`: it has no technician yet. `ASSIGNED`: a technician has it. `IN_PROGRESS`: the technician has started.
    `RETURNED`: the technician gave it back, with a reason. `OUTSOURCED`: a vendor has it. `DONE`: it is finished.
    """

    ROUTED = "ROUTED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    RETURNED = "RETURNED"
    OUTSOURCED = "OUTSOURCED"
    DONE = "DONE"


class WorkOrderAction(StrEnum):
    """The steps of a work order, by the words of their paths."""

    ASSIGN = "assign"
    START = "start"
    FINISH = "done"
    RETURN = "return"
    OUTSOURCE = "outsource"


class Priority(StrEnum):
    """The priority of a work order, which sets its due date."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class ChecklistStatus(StrEnum):
    """Whether open work orders hold a checklist back.

    `OPEN`: no work order was ever made of it. `HELD`: at least one is not done. `RELEASED`: all are done.
    """

    OPEN = "OPEN"
    HELD = "HELD"
    RELEASED = "RELEASED"


class PhotoKind(StrEnum):
    """What a photo shows.

    `COMPLETION`: the finished work. `RETURN`: the reason of a return. `ISSUE`: what has to be repaired.
    """

    COMPLETION = "COMPLETION"
    RETURN = "RETURN"
    ISSUE = "ISSUE"


WORK_ORDER: StateMachine[WorkOrderState] = StateMachine(
    entity="work order",
    transitions={
        (WorkOrderState.ROUTED, WorkOrderAction.ASSIGN): WorkOrderState.ASSIGNED,
        (WorkOrderState.RETURNED, WorkOrderAction.ASSIGN): WorkOrderState.ASSIGNED,
        (WorkOrderState.ASSIGNED, WorkOrderAction.ASSIGN): WorkOrderState.ASSIGNED,
        (WorkOrderState.ASSIGNED, WorkOrderAction.START): WorkOrderState.IN_PROGRESS,
        (WorkOrderState.IN_PROGRESS, WorkOrderAction.FINISH): WorkOrderState.DONE,
        (WorkOrderState.ASSIGNED, WorkOrderAction.RETURN): WorkOrderState.RETURNED,
        (WorkOrderState.IN_PROGRESS, WorkOrderAction.RETURN): WorkOrderState.RETURNED,
        (WorkOrderState.ROUTED, WorkOrderAction.OUTSOURCE): WorkOrderState.OUTSOURCED,
        (WorkOrderState.RETURNED, WorkOrderAction.OUTSOURCE): WorkOrderState.OUTSOURCED,
    },
    states=tuple(WorkOrderState),
    phrases={WorkOrderAction.FINISH: "finish"},
)

OPEN = frozenset(set(WorkOrderState) - {WorkOrderState.DONE})
"""States in which a work order holds its checklist back."""

ON_HAND = frozenset({WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS})
"""States in which a technician has something to do, and is reminded of the due date."""

MINE = ON_HAND | {WorkOrderState.RETURNED}
"""States in which an order is in its technician's list; a returned one until it is assigned to another."""

COUNTED: Mapping[WorkOrderState, str] = {
    WorkOrderState.ASSIGNED: "assigned",
    WorkOrderState.IN_PROGRESS: "in_progress",
    WorkOrderState.RETURNED: "returned",
    WorkOrderState.DONE: "done",
}
"""States that are counted for each technician, and the names of the counts."""


Holder = tuple[str | None, WorkOrderState]
"""A technician (None: without one) and the state of the order."""


def count_shifts(before: Holder, after: Holder) -> dict[str, dict[str, int]]:
    """Return `{technician: {count: +1 or -1}}` for an order that goes from one holder and state to another."""
    shifts: dict[str, dict[str, int]] = {}
    if before != after:
        for (technician, state), by in ((before, -1), (after, 1)):
            if technician is not None and state in COUNTED:
                shifts.setdefault(technician, {})[COUNTED[state]] = by
    return shifts


def is_overdue(state: WorkOrderState, due_at: datetime, now: datetime) -> bool:
    """Return whether an open order is past its due date; at the due moment itself it is in time."""
    return state in OPEN and due_at < now


def is_due_soon(state: WorkOrderState, due_at: datetime, now: datetime, soon: timedelta) -> bool:
    """Return whether an order that is not overdue will be within `soon`."""
    return state in OPEN and now <= due_at <= now + soon


def age_hours(since: datetime, until: datetime) -> float:
    """Return the hours between two moments, to one decimal."""
    return round((until - since) / timedelta(hours=1), 1)


class Reminder(StrEnum):
    """The notices of a due date, by the names of their audit actions."""

    DUE_SOON = "WORK_ORDER_DUE_SOON"
    OVERDUE = "WORK_ORDER_OVERDUE"


def reminder(notice_at: datetime | None, due_at: datetime, now: datetime) -> Reminder | None:
    """Return the notice to send now for an order whose next notice is at `notice_at`, if any.

    An order that is overdue already gets no notice that it is due soon.
    """
    if notice_at is None or notice_at > now:
        return None
    if due_at < now:
        return Reminder.OVERDUE
    return Reminder.DUE_SOON if notice_at < due_at else None


def format_span(span: timedelta) -> str:
    """Return a span of time in whole minutes, rounded down: `1 h 55 min`, `40 min`."""
    hours, minutes = divmod(int(span / timedelta(minutes=1)), 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0)
    return " ".join(parts) or "less than a minute"
