"""The life of a work order, as a table: which step leads from where to where; and the arithmetic of its due date.

    ROUTED -> ASSIGNED -> IN_PROGRESS -> DONE
    ASSIGNED, IN_PROGRESS -> RETURNED
    ROUTED, RETURNED -> ASSIGNED or OUTSOURCED
    ASSIGNED -> ASSIGNED, to another technician

Whatever is not in the table is not possible. That an order is overdue is no state: it follows from its due date and
from the moment at which somebody asks.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a work order stands."""

    ROUTED = "ROUTED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    RETURNED = "RETURNED"
    OUTSOURCED = "OUTSOURCED"
    DONE = "DONE"


class Step(StrEnum):
    """What somebody does to a work order."""

    ASSIGN = "assign"
    START = "start"
    FINISH = "done"
    RETURN = "return"
    OUTSOURCE = "outsource"


class Priority(StrEnum):
    """How soon something has to be repaired."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class ChecklistStatus(StrEnum):
    """Whether a checklist is held back by work orders that are open."""

    OPEN = "OPEN"
    HELD = "HELD"
    RELEASED = "RELEASED"


class PhotoKind(StrEnum):
    """What a photo shows: the finding, the finished work, or why the order was given back."""

    COMPLETION = "COMPLETION"
    RETURN = "RETURN"
    ISSUE = "ISSUE"


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.ROUTED, Step.ASSIGN): State.ASSIGNED,
    (State.RETURNED, Step.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Step.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Step.START): State.IN_PROGRESS,
    (State.IN_PROGRESS, Step.FINISH): State.DONE,
    (State.ASSIGNED, Step.RETURN): State.RETURNED,
    (State.IN_PROGRESS, Step.RETURN): State.RETURNED,
    (State.ROUTED, Step.OUTSOURCE): State.OUTSOURCED,
    (State.RETURNED, Step.OUTSOURCE): State.OUTSOURCED,
}

OPEN = frozenset(set(State) - {State.DONE})
"""States in which a work order holds its checklist back."""

ON_HAND = frozenset({State.ASSIGNED, State.IN_PROGRESS})
"""States in which a technician has something to do, and is reminded of the due date."""

MINE = ON_HAND | {State.RETURNED}
"""States in which a technician finds an order among their own; a returned one until it goes to somebody else."""

COUNTED: Mapping[State, str] = {
    State.ASSIGNED: "assigned",
    State.IN_PROGRESS: "in_progress",
    State.RETURNED: "returned",
    State.DONE: "done",
}
"""States that are counted for each technician, and what the count is called."""


def steps_from(state: State) -> list[Step]:
    """What is possible in a state, for the error that says what was not."""
    return sorted(step for at, step in TRANSITIONS if at == state)


Holder = tuple[str | None, State]
"""A technician (None: nobody) and the state of the order that they have."""


def count_shifts(before: Holder, after: Holder) -> dict[str, dict[str, int]]:
    """`{technician: {count: +1 or -1}}` when an order goes from one holder and state to another."""
    shifts: dict[str, dict[str, int]] = {}
    if before != after:
        for (technician, state), by in ((before, -1), (after, 1)):
            if technician is not None and state in COUNTED:
                shifts.setdefault(technician, {})[COUNTED[state]] = by
    return shifts


def is_overdue(state: State, due_at: datetime, now: datetime) -> bool:
    """Whether an order should have been done by now and is not; at the due moment itself it is still in time."""
    return state in OPEN and due_at < now


def is_due_soon(state: State, due_at: datetime, now: datetime, soon: timedelta) -> bool:
    """Whether an order that is not overdue yet will be within `soon`."""
    return state in OPEN and now <= due_at <= now + soon


def age_hours(since: datetime, until: datetime) -> float:
    """Hours between two moments, to one decimal."""
    return round((until - since) / timedelta(hours=1), 1)


class Reminder(StrEnum):
    """What is told of a due date, and what the audit trail calls it."""

    DUE_SOON = "WORK_ORDER_DUE_SOON"
    OVERDUE = "WORK_ORDER_OVERDUE"


def reminder(notice_at: datetime | None, due_at: datetime, now: datetime) -> Reminder | None:
    """What is to be told now of an order whose next notice is at `notice_at`.

    Somebody who gets an order when it is overdue already is not told that it will be.
    """
    if notice_at is None or notice_at > now:
        return None
    if due_at < now:
        return Reminder.OVERDUE
    return Reminder.DUE_SOON if notice_at < due_at else None


def in_words(span: timedelta) -> str:
    """A span of time as people say it, in whole minutes and never more than it is: `1 h 55 min`, `40 min`."""
    hours, minutes = divmod(int(span / timedelta(minutes=1)), 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0)
    return " ".join(parts) or "less than a minute"
