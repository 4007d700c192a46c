"""The steps of an assignment that are requested by name; events lead to the other states (see the ledger's rules)."""

from enum import StrEnum

from chalicelib.core.state_machine import StateMachine
from chalicelib.picking.ledger.state import AssignmentStatus


class AssignmentAction(StrEnum):
    """The steps of an assignment, as paths name them."""

    RELEASE = "release"
    CLOSE = "close"
    ASSIGN = "assign"
    UPDATE = "update"
    SHORT = "short"


ASSIGNMENT = StateMachine[AssignmentStatus](
    entity="assignment",
    transitions={
        (AssignmentStatus.ACTIVE, AssignmentAction.RELEASE): AssignmentStatus.QUEUED,
        (AssignmentStatus.QUEUED, AssignmentAction.CLOSE): AssignmentStatus.CLOSED,
        (AssignmentStatus.ACTIVE, AssignmentAction.CLOSE): AssignmentStatus.CLOSED,
        (AssignmentStatus.QUEUED, AssignmentAction.ASSIGN): AssignmentStatus.ACTIVE,
        (AssignmentStatus.ACTIVE, AssignmentAction.ASSIGN): AssignmentStatus.ACTIVE,
        (AssignmentStatus.QUEUED, AssignmentAction.SHORT): AssignmentStatus.QUEUED,
        (AssignmentStatus.ACTIVE, AssignmentAction.SHORT): AssignmentStatus.ACTIVE,
        (AssignmentStatus.QUEUED, AssignmentAction.UPDATE): AssignmentStatus.QUEUED,
        (AssignmentStatus.ACTIVE, AssignmentAction.UPDATE): AssignmentStatus.ACTIVE,
    },
    states=tuple(AssignmentStatus),
)
"""A shared assignment that one of its holders releases stays active."""
