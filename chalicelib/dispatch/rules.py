"""The life of a delivery, as a table: which step leads from where to where, and whose step it is.

    assigned -> accepted -> arrived -> picked_up -> delivered
    assigned -> (declined, or the offer's time is over) -> assigned to another courier, or no_nearby_driver
    accepted, arrived -> (handed back) -> the same
    assigned, accepted, arrived -> canceled_by_customer

Whatever is not in the table is not possible. Bad lines make phones repeat what they said, so the step that has just
been made by the same courier is no error when it comes again.
"""

from collections.abc import Collection, Mapping
from enum import Enum, StrEnum


class Status(StrEnum):
    """Where a delivery stands, as clients read it."""

    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    NO_NEARBY_DRIVER = "no_nearby_driver"
    CANCELED_BY_CUSTOMER = "canceled_by_customer"


ACTIVE = frozenset({Status.ASSIGNED, Status.ACCEPTED, Status.ARRIVED, Status.PICKED_UP})
"""States in which somebody still has something to do."""

WITH_DRIVER = frozenset({Status.ACCEPTED, Status.ARRIVED, Status.PICKED_UP})
"""Active states in which the customer sees who is coming."""


class Step(StrEnum):
    """What somebody does to a delivery."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    PICK_UP = "pick_up"
    DELIVER = "deliver"
    DECLINE = "decline"
    HAND_BACK = "hand_back"
    TIME_OUT = "time_out"
    CALL_OFF = "call_off"


class Onward(Enum):
    """Not a state: the delivery goes to another courier if there is one."""

    REASSIGN = "reassign"


TRANSITIONS: Mapping[tuple[Status, Step], Status | Onward] = {
    (Status.ASSIGNED, Step.ACCEPT): Status.ACCEPTED,
    (Status.ACCEPTED, Step.ARRIVE): Status.ARRIVED,
    (Status.ARRIVED, Step.PICK_UP): Status.PICKED_UP,
    (Status.PICKED_UP, Step.DELIVER): Status.DELIVERED,
    (Status.ASSIGNED, Step.DECLINE): Onward.REASSIGN,
    (Status.ASSIGNED, Step.TIME_OUT): Onward.REASSIGN,
    (Status.ACCEPTED, Step.HAND_BACK): Onward.REASSIGN,
    (Status.ARRIVED, Step.HAND_BACK): Onward.REASSIGN,
    (Status.ASSIGNED, Step.HAND_BACK): Onward.REASSIGN,
    (Status.ASSIGNED, Step.CALL_OFF): Status.CANCELED_BY_CUSTOMER,
    (Status.ACCEPTED, Step.CALL_OFF): Status.CANCELED_BY_CUSTOMER,
    (Status.ARRIVED, Step.CALL_OFF): Status.CANCELED_BY_CUSTOMER,
}

FREES_COURIER = frozenset({Status.DELIVERED, Status.NO_NEARBY_DRIVER, Status.CANCELED_BY_CUSTOMER})
"""States in which no courier has the delivery in hand any more."""


class Verdict(Enum):
    """What to make of a step that somebody wants to take."""

    MOVE = "move"
    REPEATED = "repeated"
    NOT_YOURS = "not_yours"
    IMPOSSIBLE = "impossible"


def judge_courier(
    status: Status, step: Step, courier_id: str, assigned_courier: str | None, given_up_by: Collection[str]
) -> Verdict:
    """Whether this courier may take this step now, or has just taken it (`given_up_by`: who let go by this step)."""
    if courier_id != assigned_courier:
        return Verdict.REPEATED if courier_id in given_up_by else Verdict.NOT_YOURS
    return judge(status, step)


def judge(status: Status, step: Step) -> Verdict:
    """Whether the step is possible in this state, or is the one that led to it."""
    if (status, step) in TRANSITIONS:
        return Verdict.MOVE
    return Verdict.REPEATED if status in _LEADS_TO[step] else Verdict.IMPOSSIBLE


def steps_from(status: Status) -> list[Step]:
    """What is possible in a state, for the error that says what was not."""
    return sorted(step for state, step in TRANSITIONS if state == status)


_LEADS_TO: Mapping[Step, frozenset[Status]] = {
    step: frozenset(to for (_, by), to in TRANSITIONS.items() if by == step and isinstance(to, Status)) for step in Step
}
