"""The errors of the packing scanner, by the codes of its contract, which knows only the statuses 400 and 404.

`details` of an error that a state causes hold `state` and `action`, and in `allowed` the actions that are possible now.
"""

from typing import Any, Self, TypeVar

from chalicelib.core.errors import BatonError, Conflict, NotFound, ValidationFailed
from chalicelib.core.state_machine import StateMachine, TargetT
from chalicelib.core.transitions import transition_conflict
from chalicelib.packing.boxes.rules import BOX, BoxAction, BoxStatus
from chalicelib.packing.shipments.rules import SHIPMENT, ShipmentAction, ShipmentStatus


class ShipmentNotFound(NotFound):
    """The shipment does not exist. `details` is empty."""

    code, summary = "SHIPMENT_NOT_FOUND", "Shipment not found."


class PackingRefused(BatonError):
    """The state of a shipment, box or plate does not allow the request."""

    code, status, summary = "PACKING_REFUSED", 400, "This is not possible in the current state."

    @classmethod
    def in_state(cls, machine: StateMachine[Any], state: str, action: str, **more: Any) -> Self:
        """Return this error of an action with the details of a workflow conflict (`transition_conflict`)."""
        conflict = transition_conflict(machine, state, action, **more)
        return cls(cls.summary if "missing" in conflict.details else conflict.message, details=conflict.details)

    @classmethod
    def target(cls, machine: StateMachine[TargetT], state: str, action: str) -> TargetT:
        """Return the state that the action leads to. Raise this error if it is not possible in this state."""
        if (state, action) not in machine.transitions:
            raise cls.in_state(machine, state, action)
        return machine.target(state, action)


class ShipmentNotPackable(PackingRefused):
    """The shipment is packed already, or its lines are being imported.

    `details`: `state` of the shipment, `action`, `allowed`; when completing also its counters.
    """

    code, summary = "SHIPMENT_NOT_PACKABLE", "This shipment cannot be packed in its current state."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(SHIPMENT, ShipmentStatus.PACKED, ShipmentAction.PACK)


class BoxMismatch(PackingRefused):
    """The box belongs to another shipment. `details` is empty."""

    code, summary = "BOX_MISMATCH", "This box belongs to another shipment."


class BoxClosed(PackingRefused):
    """The contents of a closed box cannot be changed. `details`: `state` of the box, `action`, `allowed`."""

    code, summary = "BOX_CLOSED", "This box is closed."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(BOX, BoxStatus.CLOSED, BoxAction.PACK)


class BoxNotEmpty(PackingRefused):
    """Only an empty box can be voided.

    `details`: `state` of the box, `action`, `allowed`, `missing` (`["removal of the contents"]`).
    """

    code, summary = "BOX_NOT_EMPTY", "Only an empty box can be voided."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(BOX, BoxStatus.OPEN, BoxAction.VOID, missing=["removal of the contents"])


class ShipmentNotReopenable(PackingRefused):
    """Only a packed shipment can be reopened. `details`: `state` of the shipment, `action`, `allowed`."""

    code, summary = "SHIPMENT_NOT_REOPENABLE", "Only a packed shipment can be reopened."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(SHIPMENT, ShipmentStatus.PACKING, ShipmentAction.REOPEN)


class ShipmentNotCancellable(PackingRefused):
    """The shipment is cancelled, or its lines are being imported.

    `details`: `state` of the shipment, `action`, `allowed`.
    """

    code, summary = "SHIPMENT_NOT_CANCELLABLE", "This shipment cannot be cancelled in its current state."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(SHIPMENT, ShipmentStatus.CANCELLED, ShipmentAction.CANCEL)


class BoxFull(PackingRefused):
    """The box has 1,000 contents, the most that it may have. `details` is empty."""

    code, summary = "BOX_FULL", "This box has 1,000 contents; pack into another one."


class LpNotAllocated(PackingRefused):
    """The license plate was not picked for a line of this shipment and its product. `details` is empty."""

    code, summary = "LP_NOT_ALLOCATED", "This license plate is not allocated to the shipment."


class SoLineMismatch(PackingRefused):
    """The license plate was picked for another line of this shipment.

    `details`: `so_line_id`, the line that it was picked for.
    """

    code, summary = "SO_LINE_MISMATCH", "This license plate is allocated to another line of the order."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"so_line_id": "019ceb1b-2248-74d7-9b75-4d7b75427542"})


class QuantityExceedsAvailable(PackingRefused):
    """The quantity is larger than what is left on the license plate.

    `details`: `available_qty`, what is left; empty if another request took it at the same moment.
    """

    code, summary = "QUANTITY_EXCEEDS_AVAILABLE", "The license plate does not hold this quantity."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls("The license plate holds only 8.", details={"available_qty": 8})


class LpExpired(PackingRefused):
    """The license plate has expired, and the settings refuse that. `details`: `expiry`, the last good day."""

    code, summary = "LP_EXPIRED", "This license plate has expired."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"expiry": "2026-11-24"})


class OverpackNotAllowed(PackingRefused):
    """More would be packed than was ordered, and the settings refuse that.

    `details`: `ordered` and `packed`, the quantities of the line without this item.
    """

    code, summary = "OVERPACK_NOT_ALLOWED", "This is more than what was ordered."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"ordered": 48, "packed": 40})


class EmptyBox(PackingRefused):
    """The box has no contents. `details`: `state` of the box, `action`, `allowed`, `missing` (`["contents"]`)."""

    code, summary = "EMPTY_BOX", "An empty box cannot be closed."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(BOX, BoxStatus.OPEN, BoxAction.CLOSE, missing=["contents"])


class AlreadyClosed(PackingRefused):
    """The box is closed. `details`: `state` of the box, `action`, `allowed`."""

    code, summary = "ALREADY_CLOSED", "This box is already closed."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(BOX, BoxStatus.CLOSED, BoxAction.CLOSE)


class AlreadyOpen(PackingRefused):
    """The box is open. `details`: `state` of the box, `action`, `allowed`."""

    code, summary = "ALREADY_OPEN", "This box is already open."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls.in_state(BOX, BoxStatus.OPEN, BoxAction.REOPEN)


class PrefixTaken(Conflict):
    """The GS1 company prefix, or one that it begins or that begins it, belongs to another organisation.

    `details` is empty.
    """

    code, summary = "PREFIX_TAKEN", "This GS1 company prefix belongs to another organisation."


class NoSerialsLeft(PackingRefused):
    """All serial numbers of the GS1 company prefix and extension digit are used. `details` is empty."""

    code = "SSCC_EXHAUSTED"
    summary = "All serial numbers of the GS1 company prefix are used; set another prefix or extension digit."


class NoSscc(PackingRefused):
    """The box is not closed, or has no SSCC although a GS1 company prefix is set. `details` is empty."""

    code = "NO_SSCC"
    summary = "This box has no label: it is not closed, or it was closed before a GS1 company prefix was set."


class NoBoxes(PackingRefused):
    """The shipment has no boxes.

    `details`: `state` of the shipment, `action`, `allowed`, `missing` (`["boxes"]`), and the shipment's counters
    `lines_total`, `lines_packed`, `lines_complete`, `boxes_count`, `boxes_open`, `boxes_empty`.
    """

    code, summary = "NO_BOXES", "This shipment has no boxes."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return _completing(cls, "boxes", lines_packed=0, lines_complete=0, boxes_count=0, boxes_open=0)


class OpenBoxes(PackingRefused):
    """The shipment has open boxes.

    `details`: `state` of the shipment, `action`, `allowed`, `missing` (`["closed boxes"]`), and the shipment's counters
    `lines_total`, `lines_packed`, `lines_complete`, `boxes_count`, `boxes_open`, `boxes_empty`.
    """

    code, summary = "OPEN_BOXES", "Some boxes of this shipment are still open."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return _completing(cls, "closed boxes")


class UnpackedItems(PackingRefused):
    """Some of the ordered items are in no box, or with `allow_partial` all of them.

    `details`: `state` of the shipment, `action`, `allowed`, `missing` (`["packed items"]`), and the shipment's counters
    `lines_total`, `lines_packed`, `lines_complete`, `boxes_count`, `boxes_open`, `boxes_empty`.
    """

    code, summary = "UNPACKED_ITEMS", "Some of the ordered items are not packed."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return _completing(cls, "packed items", boxes_open=0)


class InvalidWeight(ValidationFailed):
    """The weight of a box is zero or negative. `details`: `fields`, the names of all invalid fields."""

    code, status, summary = "INVALID_WEIGHT", 400, "Weight must be positive."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls({"weight": "must be more than 0"})


class BarcodeNotFound(NotFound):
    """No shipment, order, license plate or box has the number in the barcode. `details` is empty."""

    summary = "No shipment, order, license plate or box has this barcode."


RefusalT = TypeVar("RefusalT", bound=PackingRefused)


def _completing(kind: type[RefusalT], missing: str, **counters: int) -> RefusalT:
    """Return an example of the error of a shipment that cannot be completed."""
    usual = {"lines_total": 2, "lines_packed": 1, "lines_complete": 1, "boxes_count": 2, "boxes_open": 1}
    details = {**usual, "boxes_empty": 0, **counters}
    return kind.in_state(SHIPMENT, ShipmentStatus.PACKING, ShipmentAction.COMPLETE, missing=[missing], details=details)
