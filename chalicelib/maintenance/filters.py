"""What lists can be asked for: the states in the small letters of the contract, and `overdue`, which is none."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.maintenance.rules import State

OVERDUE = "overdue"


class MyFilter(StrEnum):
    """Which of one's own work orders."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    DONE = "done"
    OVERDUE = OVERDUE


class OrderFilter(StrEnum):
    """Which work orders."""

    ROUTED = "routed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    OUTSOURCED = "outsourced"
    DONE = "done"
    OVERDUE = OVERDUE


def state_of(wanted: MyFilter | OrderFilter | None) -> State | None:
    """The state that a filter names; None if it asks for all that is open, or for what is late."""
    return None if wanted is None or wanted.value == OVERDUE else State(wanted.value.upper())
