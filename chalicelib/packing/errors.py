"""What the packing scanner refuses, by the codes of its contract, which knows no status but 400 and 404."""

from __future__ import annotations

from chalicelib.core.errors import BatonError, NotFound, ValidationFailed


class ShipmentNotFound(NotFound):
    """There is no such shipment."""

    code, summary = "SHIPMENT_NOT_FOUND", "There is no such shipment."


class PackingRefused(BatonError):
    """Something about the packing of a shipment that is not possible now."""

    code, status, summary = "PACKING_REFUSED", 400, "This is not possible now."


class ShipmentNotPackable(PackingRefused):
    """The shipment is packed already, or its lines are being replaced."""

    code, summary = "SHIPMENT_NOT_PACKABLE", "This shipment cannot be packed in its state."


class BoxMismatch(PackingRefused):
    """The box is there for another shipment."""

    code, summary = "BOX_MISMATCH", "This box belongs to another shipment."


class BoxClosed(PackingRefused):
    """Nothing goes into a closed box, and nothing comes out of it."""

    code, summary = "BOX_CLOSED", "This box is closed."


class LpNotAllocated(PackingRefused):
    """The license plate was not picked for this shipment."""

    code, summary = "LP_NOT_ALLOCATED", "This license plate is not allocated to the shipment."


class SoLineMismatch(PackingRefused):
    """The license plate was picked for another line of this shipment."""

    code, summary = "SO_LINE_MISMATCH", "This license plate is allocated to another line of the order."


class QuantityExceedsAvailable(PackingRefused):
    """More than is left on the license plate."""

    code, summary = "QUANTITY_EXCEEDS_AVAILABLE", "There is less than that on the license plate."


class EmptyBox(PackingRefused):
    """There is nothing in the box."""

    code, summary = "EMPTY_BOX", "An empty box cannot be closed."


class AlreadyClosed(PackingRefused):
    """The box is closed."""

    code, summary = "ALREADY_CLOSED", "This box is closed already."


class AlreadyOpen(PackingRefused):
    """The box is open."""

    code, summary = "ALREADY_OPEN", "This box is open already."


class NoSerialsLeft(PackingRefused):
    """The GS1 company prefix leaves room for so many boxes, and all of that is used."""

    code, summary = (
        "SSCC_EXHAUSTED",
        "All serials of the GS1 company prefix are used; another prefix has to be settled.",
    )


class NoSscc(PackingRefused):
    """The box has no SSCC to print."""

    code = "NO_SSCC"
    summary = "This box has no SSCC: it is still open, or it was closed before there was a GS1 company prefix."


class NoBoxes(PackingRefused):
    """Nothing has been packed."""

    code, summary = "NO_BOXES", "This shipment has no boxes."


class OpenBoxes(PackingRefused):
    """Boxes have to be closed before."""

    code, summary = "OPEN_BOXES", "Some boxes of this shipment are still open."


class UnpackedItems(PackingRefused):
    """Some of what was ordered is in no box."""

    code, summary = "UNPACKED_ITEMS", "Some of what was ordered is not packed."


class InvalidWeight(ValidationFailed):
    """A box weighs something."""

    code, status, summary = "INVALID_WEIGHT", 400, "Weight must be positive."
