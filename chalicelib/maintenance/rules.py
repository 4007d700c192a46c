"""The states of a work order: which action leads from which state to which; and the arithmetic of its due date.

`WORK_ORDER` is the one table of states; `docs/technician.md` is written from it and from the permissions of its steps.
"Overdue" is not a state: it follows from the due date and the present moment. While an order is on hold its clock
stands, and its due date moves by the time on hold when that ends.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from chalicelib.core.state_machine import StateMachine


class WorkOrderState(StrEnum):
    """The state of a work order.

    `ROUTED`: it has no technician yet. `ASSIGNED`: a technician has it. `IN_PROGRESS`: the technician has started.
    `ON_HOLD`: the work waits, with a reason, and so does the clock. `RETURNED`: it was given back to the lead, with a
    reason. `OUTSOURCED`: a vendor has it. `DONE`: it is finished. `CANCELLED`: it will not be done.
    """

    ROUTED = "ROUTED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    ON_HOLD = "ON_HOLD"
    RETURNED = "RETURNED"
    OUTSOURCED = "OUTSOURCED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class WorkOrderAction(StrEnum):
    """The steps of a work order, by the words of their paths."""

    ASSIGN = "assign"
    START = "start"
    FINISH = "done"
    RETURN = "return"
    HOLD = "hold"
    RESUME = "resume"
    OUTSOURCE = "outsource"
    FINISH_BY_VENDOR = "vendor-done"
    RECALL = "recall"
    CANCEL = "cancel"
    REOPEN = "reopen"
    EDIT = "edit"


class HeldState(Enum):
    """The state that an order goes back to when it is resumed: the one in which it was put on hold."""

    BEFORE_THE_HOLD = "the state before the hold"


class HoldReason(StrEnum):
    """What a work order on hold waits for: parts, access to the ride, the weather, or something else."""

    PARTS = "PARTS"
    ACCESS = "ACCESS"
    WEATHER = "WEATHER"
    OTHER = "OTHER"


class Priority(StrEnum):
    """The priority of a work order, which sets its due date."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class ChecklistStatus(StrEnum):
    """Whether open work orders hold a checklist back.

    `OPEN`: no work order was ever made of it. `HELD`: at least one is open. `RELEASED`: all are done or cancelled.
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


OPEN = frozenset(set(WorkOrderState) - {WorkOrderState.DONE, WorkOrderState.CANCELLED})
"""States in which a work order holds its checklist back."""

CLOCKED = OPEN - {WorkOrderState.ON_HOLD}
"""States in which a work order can become overdue: on hold the clock stands."""

ON_HAND = frozenset({WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS})
"""States in which a technician has something to do, and is reminded of the due date; in others the zone's leads are."""

HELD_BY_TECHNICIAN = ON_HAND | {WorkOrderState.ON_HOLD}
"""States in which a technician has the order: another one gets it only by taking it from them."""

MINE = HELD_BY_TECHNICIAN | {WorkOrderState.RETURNED}
"""States in which an order is in its technician's list; a returned one until it is assigned to another."""

_STEPS: Mapping[WorkOrderAction, tuple[tuple[WorkOrderState, ...], WorkOrderState | HeldState]] = {
    WorkOrderAction.ASSIGN: (
        (
            WorkOrderState.ROUTED,
            WorkOrderState.ASSIGNED,
            WorkOrderState.IN_PROGRESS,
            WorkOrderState.ON_HOLD,
            WorkOrderState.RETURNED,
        ),
        WorkOrderState.ASSIGNED,
    ),
    WorkOrderAction.START: ((WorkOrderState.ASSIGNED,), WorkOrderState.IN_PROGRESS),
    WorkOrderAction.FINISH: ((WorkOrderState.IN_PROGRESS,), WorkOrderState.DONE),
    WorkOrderAction.RETURN: (
        (WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS, WorkOrderState.ON_HOLD),
        WorkOrderState.RETURNED,
    ),
    WorkOrderAction.HOLD: ((WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS), WorkOrderState.ON_HOLD),
    WorkOrderAction.RESUME: ((WorkOrderState.ON_HOLD,), HeldState.BEFORE_THE_HOLD),
    WorkOrderAction.OUTSOURCE: ((WorkOrderState.ROUTED, WorkOrderState.RETURNED), WorkOrderState.OUTSOURCED),
    WorkOrderAction.FINISH_BY_VENDOR: ((WorkOrderState.OUTSOURCED,), WorkOrderState.DONE),
    WorkOrderAction.RECALL: ((WorkOrderState.OUTSOURCED,), WorkOrderState.ROUTED),
    WorkOrderAction.CANCEL: (
        (WorkOrderState.ROUTED, WorkOrderState.ASSIGNED, WorkOrderState.RETURNED, WorkOrderState.ON_HOLD),
        WorkOrderState.CANCELLED,
    ),
    WorkOrderAction.REOPEN: ((WorkOrderState.DONE,), WorkOrderState.ROUTED),
}
"""Every step that changes the state: from which states, and to which."""

WORK_ORDER: StateMachine[WorkOrderState | HeldState] = StateMachine(
    entity="work order",
    transitions={
        **{(state, action): target for action, (sources, target) in _STEPS.items() for state in sources},
        **{(state, WorkOrderAction.EDIT): state for state in WorkOrderState if state in OPEN},
    },
    states=tuple(WorkOrderState),
    phrases={WorkOrderAction.FINISH: "finish", WorkOrderAction.FINISH_BY_VENDOR: "finish"},
)


def target_state(state: WorkOrderState, action: WorkOrderAction, held_state: str | None) -> WorkOrderState:
    """Return the state that an action leads to; `held_state` is the one in which the order was put on hold."""
    target = WORK_ORDER.target(state, action)
    return WorkOrderState(str(held_state)) if isinstance(target, HeldState) else target


Holder = tuple[str | None, WorkOrderState]
"""A technician (None: without one) and the state of the order."""


def done_shifts(before: Holder, after: Holder) -> dict[str, int]:
    """Return `{technician: +1 or -1}`, the changes of their counts of done orders, for a step of an order."""
    shifts: dict[str, int] = {}
    if before != after:
        for (technician, state), by in ((before, -1), (after, 1)):
            if technician is not None and state is WorkOrderState.DONE:
                shifts[technician] = by
    return shifts


def due_date(routed_at: datetime, time_allowed: timedelta, time_on_hold: timedelta) -> datetime:
    """Return when an order is due that was routed at a moment and has been on hold for some time since."""
    return routed_at + time_allowed + time_on_hold


def is_overdue(state: WorkOrderState, due_at: datetime, now: datetime) -> bool:
    """Return whether an order whose clock runs is past its due date; at the due moment itself it is in time."""
    return state in CLOCKED and due_at < now


def is_due_soon(state: WorkOrderState, due_at: datetime, now: datetime, soon: timedelta) -> bool:
    """Return whether an order whose clock runs, and that is not overdue, will be within `soon`."""
    return state in CLOCKED and now <= due_at <= now + soon


def age_hours(since: datetime, until: datetime) -> float:
    """Return the hours between two moments, to one decimal."""
    return round((until - since) / timedelta(hours=1), 1)


class Reminder(StrEnum):
    """The notices that follow from time, by the names of their audit actions.

    `ROUTED` follows at once from routing, reopening and recalling an order, the others from its due date.
    """

    ROUTED = "WORK_ORDER_ROUTED"
    DUE_SOON = "WORK_ORDER_DUE_SOON"
    OVERDUE = "WORK_ORDER_OVERDUE"
    ESCALATED = "WORK_ORDER_ESCALATED"


def reminder(notice_at: datetime | None, due_at: datetime, now: datetime) -> Reminder | None:
    """Return the notice of a due date to send now for an order whose next notice is at `notice_at`, if any.

    That moment tells which notice is next: before the due date, at the due date, or after it. An order that is overdue
    already gets no notice that it is due soon.
    """
    if notice_at is None or notice_at > now:
        return None
    if notice_at > due_at:
        return Reminder.ESCALATED
    if due_at < now:
        return Reminder.OVERDUE
    return Reminder.DUE_SOON if notice_at < due_at else None


def format_span(span: timedelta) -> str:
    """Return a span of time in whole minutes, rounded down: `1 h 55 min`, `40 min`."""
    hours, minutes = divmod(int(span / timedelta(minutes=1)), 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0)
    return " ".join(parts) or "less than a minute"
