"""When the photos of a work order may change, as long as it is not done; and which step each kind of photo proves."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.core.state_machine import StateMachine
from chalicelib.maintenance.rules import OPEN, PhotoKind, WorkOrderAction, WorkOrderState


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

PROVEN_STEPS: Mapping[PhotoKind, WorkOrderAction] = {
    PhotoKind.COMPLETION: WorkOrderAction.FINISH,
    PhotoKind.RETURN: WorkOrderAction.RETURN,
}
"""The step that a photo of a kind proves. Who may do the step adds the photo; photos of other kinds prove none."""


def proven_step(kind: PhotoKind, state: WorkOrderState) -> WorkOrderAction | None:
    """Return the step that a photo proves, if any; the work of a vendor is proven by who gives orders to vendors."""
    if kind is PhotoKind.COMPLETION and state is WorkOrderState.OUTSOURCED:
        return WorkOrderAction.OUTSOURCE
    return PROVEN_STEPS.get(kind)
