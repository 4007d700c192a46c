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
    PhotoKind.RETURN: WorkOrderAction.FINISH,
}
"""The step that who adds a photo of a kind has to be permitted to take; photos of other kinds need none.

Photos of a return are the technician's own, although a lead may return what is on hold or whose technician is gone.
"""


def proven_step(kind: PhotoKind, state: WorkOrderState) -> WorkOrderAction | None:
    """Return the step that a photo depends on, if any; the work of a vendor is proven by who records it."""
    if kind is PhotoKind.COMPLETION and state is WorkOrderState.OUTSOURCED:
        return WorkOrderAction.FINISH_BY_VENDOR
    return PROVEN_STEPS.get(kind)
