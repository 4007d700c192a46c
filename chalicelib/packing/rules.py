"""The packing of a shipment: its states, what a change of a line's packed quantity means, contents and allergens.

    shipment    pending -> packing   by the first item that is packed
                packing -> packed    by saying that it is complete
                pending, packing -> importing -> the same again, while many of its lines are replaced
    box         open -> closed -> open ...

Counters on the shipment tell how many lines have anything packed and how many have all of it. A change of a line says
which of them it moves, and in which range the line's packed quantity has to lie for that to be true: whoever writes it
holds the write to the range, and not to the very quantity that was read. So several people can pack one line at the
same moment, and the counters are exact all the same.

Quantities and weights are exact decimals of at most six places.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.barcodes.parser import candidates

MAX_PLACES = 6
_ZERO = Decimal(0)
_STEP = Decimal(1).scaleb(-MAX_PLACES)
_EXACT = Context(prec=100)
"""The largest quantity times the largest weight has thirty digits; the default precision would round it."""
_NAMING = frozenset({"00", "21", "402", *(str(number) for number in range(90, 100))})
"""GS1 application identifiers of what may name something that is packed:

    00      an SSCC: a plate that has it as its number, or one of our boxes
    21      a serial number: how a plate's number travels beside the GTIN of what is on it
    402     the shipment (GSIN)
    90-99   a company's own information, where labels of the house carry numbers with letters

A lot (10) is no such name: many plates share one. Nor is the customer's own order number (400), which may equal a
number of ours.
"""
MAX_NUMBERS = 4
"""How many numbers a scanned string may stand for."""


class ShipmentStatus(StrEnum):
    """How far a shipment is."""

    PENDING = "pending"
    PACKING = "packing"
    PACKED = "packed"
    IMPORTING = "importing"


class BoxStatus(StrEnum):
    """Whether a box takes anything."""

    OPEN = "open"
    CLOSED = "closed"


class LineStatus(StrEnum):
    """How much of a line is packed, once anything is."""

    PARTIAL = "partial"
    COMPLETE = "complete"


class ShipmentStep(StrEnum):
    """What is done to a shipment."""

    PACK = "pack"
    COMPLETE = "complete"


class BoxStep(StrEnum):
    """What is done to a box."""

    CLOSE = "close"
    REOPEN = "reopen"


SHIPMENT_STEPS: Mapping[tuple[ShipmentStatus, ShipmentStep], ShipmentStatus] = {
    (ShipmentStatus.PENDING, ShipmentStep.PACK): ShipmentStatus.PACKING,
    (ShipmentStatus.PACKING, ShipmentStep.PACK): ShipmentStatus.PACKING,
    (ShipmentStatus.PACKING, ShipmentStep.COMPLETE): ShipmentStatus.PACKED,
}

BOX_STEPS: Mapping[tuple[BoxStatus, BoxStep], BoxStatus] = {
    (BoxStatus.OPEN, BoxStep.CLOSE): BoxStatus.CLOSED,
    (BoxStatus.CLOSED, BoxStep.REOPEN): BoxStatus.OPEN,
}

PACKABLE = frozenset(state for state, step in SHIPMENT_STEPS if step is ShipmentStep.PACK)
"""States of a shipment in which boxes can be opened and filled."""


class Obstacle(StrEnum):
    """Why a shipment cannot be completed."""

    NOT_PACKABLE = "not_packable"
    NO_BOXES = "no_boxes"
    OPEN_BOXES = "open_boxes"
    UNPACKED_ITEMS = "unpacked_items"


class Progress(NamedTuple):
    """The counters of a shipment."""

    lines_total: int
    lines_packed: int
    lines_complete: int
    boxes_count: int
    boxes_open: int
    boxes_empty: int


def obstacle_to_completion(status: ShipmentStatus, progress: Progress, *, allow_partial: bool) -> Obstacle | None:
    """What has to be done first; None if the shipment can be completed.

    Who accepts that something is missing also accepts boxes that were opened and never used: an empty box cannot be
    closed, and would hold up the shipment for good.
    """
    if status not in PACKABLE:
        return Obstacle.NOT_PACKABLE
    if not progress.boxes_count:
        return Obstacle.NO_BOXES
    if progress.boxes_open > (progress.boxes_empty if allow_partial else 0):
        return Obstacle.OPEN_BOXES
    enough = progress.lines_packed if allow_partial else progress.lines_complete == progress.lines_total
    return None if enough and (status, ShipmentStep.COMPLETE) in SHIPMENT_STEPS else Obstacle.UNPACKED_ITEMS


class Moved(NamedTuple):
    """What a change of a line's packed quantity means for the shipment's counters, and where that is true.

    It is true while the packed quantity lies from `at_least` to `at_most` (None: without bound), the bounds included.
    """

    lines_packed: int
    lines_complete: int
    at_least: Decimal
    at_most: Decimal | None


def moved(packed: Decimal, ordered: Decimal, change: Decimal) -> Moved:
    """What it means that `change` is packed (below zero: taken out) while so much of a line is packed already.

    `ordered` is above zero, and neither quantity ends below zero.
    """
    at_least, at_most = _ZERO, None
    # Where the line begins to be packed or complete, before the change and after it.
    for edge in (_STEP, ordered, _STEP - change, ordered - change):
        if packed >= edge:
            at_least = max(at_least, edge)
        else:
            at_most = edge - _STEP if at_most is None else min(at_most, edge - _STEP)
    after = packed + change
    return Moved((after > 0) - (packed > 0), (after >= ordered) - (packed >= ordered), at_least, at_most)


def line_status(packed: Decimal, ordered: Decimal) -> LineStatus:
    """How much of a line is packed."""
    return LineStatus.COMPLETE if packed >= ordered else LineStatus.PARTIAL


def remaining(packed: Decimal, ordered: Decimal) -> Decimal:
    """How much of a line is still to be packed; more than was ordered may be."""
    return max(ordered - packed, _ZERO)


class Packed(NamedTuple):
    """One content of a box, as far as its summary is concerned; `unit_weight` in kg, None if it is not known."""

    sku: str
    product_name: str
    uom: str
    quantity: Decimal
    unit_weight: Decimal | None
    allergens: Sequence[str]


class Sum(NamedTuple):
    """So much of one product in one unit."""

    product_name: str
    quantity: Decimal
    uom: str


def summed(contents: Iterable[Packed]) -> list[Sum]:
    """The contents of a box by product and unit, in the order in which each came in first."""
    sums: dict[tuple[str, str], Sum] = {}
    for one in contents:
        before = sums.get((one.sku, one.uom), Sum(one.product_name, _ZERO, one.uom))
        sums[one.sku, one.uom] = before._replace(quantity=before.quantity + one.quantity)
    return list(sums.values())


def weight_of(quantity: Decimal, unit_weight: Decimal | None) -> Decimal:
    """What so much of something should weigh, in kg, exactly; nothing where the weight of one is not known."""
    return _EXACT.multiply(quantity, unit_weight or _ZERO)


def total_weight(contents: Iterable[Packed]) -> Decimal:
    """What the contents of a box should weigh, in kg."""
    total = _ZERO
    for one in contents:
        total = _EXACT.add(total, weight_of(one.quantity, one.unit_weight))
    return total


def shown(number: Decimal) -> Decimal:
    """A quantity or weight as it is answered: at most six places, and no zeros at the end."""
    return Decimal(format(_EXACT.quantize(number, _STEP).normalize(_EXACT), "f"))


def exact(number: float) -> Decimal:
    """A number of a request as what was written there.

    A float tells all numbers of up to fifteen digits apart and prints each as it was written, so this is exact for
    what the bounds of quantities and weights let through.
    """
    return Decimal(repr(number).removesuffix(".0"))


def has_too_many_places(number: float) -> bool:
    """Whether a number of a request has more than six decimal places."""
    return int(exact(number).normalize(_EXACT).as_tuple().exponent) < -MAX_PLACES


def matching_allergens(restrictions: Iterable[str], allergens: Collection[str]) -> list[str]:
    """The customer's restrictions that are among these allergens; case is ignored."""
    there = {_folded(one) for one in allergens}
    return list(dict.fromkeys(one for one in restrictions if _folded(one) in there))


class Warned(NamedTuple):
    """Allergens that the customer must not get, and the product that brings them."""

    matches: list[str]
    product_name: str


def allergen_warning(restrictions: Sequence[str], product: Packed, in_box: Sequence[Packed]) -> Warned | None:
    """What has to be said about a product that is packed into a box; None if nothing.

    All that is in the box counts, since what lies together touches. The product that is named is the one being packed
    if it matches itself, else the first in the box that does.
    """
    everything = [product, *in_box] if restrictions else []
    matches = matching_allergens(restrictions, {name for one in everything for name in one.allergens})
    if not matches:
        return None
    brings = next(one for one in everything if matching_allergens(matches, one.allergens))
    return Warned(matches, brings.product_name)


def _folded(text: str) -> str:
    return text.strip().casefold()


def numbers_in(barcode: str) -> list[str]:
    """Return the numbers that a scanned string may stand for, each once: the likeliest first, the string last."""
    return candidates(barcode, _NAMING, MAX_NUMBERS)
