"""When the photos of a work order may change: as long as it is not done."""

from enum import StrEnum

from chalicelib.core.state_machine import StateMachine
from chalicelib.maintenance.rules import OPEN, WorkOrderState


class PhotoAction(StrEnum):
    """The changes of a work order's photos."""

    ADD = "add_photo"
    DELETE = "delete_photo"


PHOTO_CHANGES = StateMachine[WorkOrderState](
    entity="work order",
    transitions={(state, action): state for state in WorkOrderState if state in OPEN for action in PhotoAction},
    states=tuple(WorkOrderState),
    phrases={PhotoAction.ADD: "add a photo to", PhotoAction.DELETE: "delete a photo of"},
)
"""Each change leaves the work order in its state."""
