"""The errors of the packing scanner, by the codes of its contract, which knows only the statuses 400 and 404."""

from typing import Any, Self

from chalicelib.core.errors import BatonError, NotFound, ValidationFailed
from chalicelib.core.state_machine import StateMachine
from chalicelib.core.transitions import transition_conflict


class ShipmentNotFound(NotFound):
    """The shipment does not exist."""

    code, summary = "SHIPMENT_NOT_FOUND", "Shipment not found."


class PackingRefused(BatonError):
    """The state of a shipment, box or plate does not allow the request."""

    code, status, summary = "PACKING_REFUSED", 400, "This is not possible in the current state."

    @classmethod
    def in_state(cls, machine: StateMachine[Any], state: str, action: str, **more: Any) -> Self:
        """Return this error of an action with the details of a workflow conflict (`transition_conflict`)."""
        conflict = transition_conflict(machine, state, action, **more)
        return cls(cls.summary if "missing" in conflict.details else conflict.message, details=conflict.details)


class ShipmentNotPackable(PackingRefused):
    """The shipment is packed already, or its lines are being imported."""

    code, summary = "SHIPMENT_NOT_PACKABLE", "This shipment cannot be packed in its current state."


class BoxMismatch(PackingRefused):
    """The box belongs to another shipment."""

    code, summary = "BOX_MISMATCH", "This box belongs to another shipment."


class BoxClosed(PackingRefused):
    """The contents of a closed box cannot be changed."""

    code, summary = "BOX_CLOSED", "This box is closed."


class LpNotAllocated(PackingRefused):
    """The license plate was not picked for this shipment."""

    code, summary = "LP_NOT_ALLOCATED", "This license plate is not allocated to the shipment."


class SoLineMismatch(PackingRefused):
    """The license plate was picked for another line of this shipment."""

    code, summary = "SO_LINE_MISMATCH", "This license plate is allocated to another line of the order."


class QuantityExceedsAvailable(PackingRefused):
    """The quantity is larger than what is left on the license plate."""

    code, summary = "QUANTITY_EXCEEDS_AVAILABLE", "The license plate does not hold this quantity."


class EmptyBox(PackingRefused):
    """The box has no contents."""

    code, summary = "EMPTY_BOX", "An empty box cannot be closed."


class AlreadyClosed(PackingRefused):
    """The box is closed."""

    code, summary = "ALREADY_CLOSED", "This box is already closed."


class AlreadyOpen(PackingRefused):
    """The box is open."""

    code, summary = "ALREADY_OPEN", "This box is already open."


class NoSerialsLeft(PackingRefused):
    """All serial numbers of the GS1 company prefix are used."""

    code = "SSCC_EXHAUSTED"
    summary = "All serial numbers of the GS1 company prefix are used. Set another prefix or extension digit."


class NoSscc(PackingRefused):
    """The box has no SSCC to print."""

    code = "NO_SSCC"
    summary = "This box has no SSCC: it is open, or it was closed before a GS1 company prefix was set."


class NoBoxes(PackingRefused):
    """The shipment has no boxes."""

    code, summary = "NO_BOXES", "This shipment has no boxes."


class OpenBoxes(PackingRefused):
    """The shipment has open boxes."""

    code, summary = "OPEN_BOXES", "Some boxes of this shipment are still open."


class UnpackedItems(PackingRefused):
    """Some of the ordered items are in no box."""

    code, summary = "UNPACKED_ITEMS", "Some of the ordered items are not packed."


class InvalidWeight(ValidationFailed):
    """The weight of a box is zero or negative."""

    code, status, summary = "INVALID_WEIGHT", 400, "Weight must be positive."


class BarcodeNotFound(NotFound):
    """No shipment, order, license plate or box has the number in the barcode."""

    summary = "No shipment, order or license plate has this barcode."
