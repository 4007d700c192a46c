"""The states of a box, the sums of its contents, and its allergens."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.core.state_machine import StateMachine
from chalicelib.packing.rules import EXACT

_ZERO = Decimal(0)
MAX_CONTENTS = 1000
"""How many contents a box may have."""


class BoxStatus(StrEnum):
    """The status of a box.

    `open`: its contents can be changed. `closed`: it can be reopened. `voided`: it was created by mistake or its
    shipment is cancelled; it is final.
    """

    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"


class BoxAction(StrEnum):
    """The actions of a box, by the words of their paths."""

    PACK = "pack"
    REMOVE = "remove"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"


BOX = StateMachine[BoxStatus](
    entity="box",
    transitions={
        (BoxStatus.OPEN, BoxAction.PACK): BoxStatus.OPEN,
        (BoxStatus.OPEN, BoxAction.REMOVE): BoxStatus.OPEN,
        (BoxStatus.OPEN, BoxAction.CLOSE): BoxStatus.CLOSED,
        (BoxStatus.CLOSED, BoxAction.REOPEN): BoxStatus.OPEN,
        (BoxStatus.OPEN, BoxAction.VOID): BoxStatus.VOIDED,
    },
    states=tuple(BoxStatus),
    phrases={BoxAction.PACK: "pack into", BoxAction.REMOVE: "remove an item from"},
)


class PackedProduct(NamedTuple):
    """One content of a box as its summary needs it; `unit_weight` in kg, None if it is not known."""

    sku: str
    product_name: str
    uom: str
    quantity: Decimal
    unit_weight: Decimal | None
    allergens: Sequence[str]


class ProductSum(NamedTuple):
    """The quantity of one product in one unit."""

    product_name: str
    quantity: Decimal
    uom: str


class ProductSums(NamedTuple):
    """The sums of a box by product, in the order of their first packing, and the number of its contents."""

    products: list[PackedProduct]
    item_count: int

    def plus(self, product: PackedProduct) -> "ProductSums":
        """Return the sums with one more content."""
        return ProductSums([*self.products, product], self.item_count + 1)


def sum_products(contents: Iterable[PackedProduct]) -> list[ProductSum]:
    """Return the contents of a box by product and unit, in the order of their first packing."""
    sums: dict[tuple[str, str], ProductSum] = {}
    for content in contents:
        before = sums.get((content.sku, content.uom), ProductSum(content.product_name, _ZERO, content.uom))
        sums[content.sku, content.uom] = before._replace(quantity=before.quantity + content.quantity)
    return list(sums.values())


def weight_of(quantity: Decimal, unit_weight: Decimal | None) -> Decimal:
    """Return the exact weight of a quantity in kg; zero if the unit weight is not known."""
    return EXACT.multiply(quantity, unit_weight or _ZERO)


def total_weight(contents: Iterable[PackedProduct]) -> Decimal:
    """Return the estimated weight of the contents of a box, in kg."""
    total = _ZERO
    for content in contents:
        total = EXACT.add(total, weight_of(content.quantity, content.unit_weight))
    return total


def matching_allergens(restrictions: Iterable[str], allergens: Collection[str]) -> list[str]:
    """Return the customer's restrictions that are among the allergens; case is ignored."""
    folded = {_folded(name) for name in allergens}
    return list(dict.fromkeys(name for name in restrictions if _folded(name) in folded))


class AllergenMatch(NamedTuple):
    """The restrictions that match, and the product that contains the allergens."""

    matches: list[str]
    product_name: str


def match_allergens(
    restrictions: Sequence[str], product: PackedProduct, in_box: Sequence[PackedProduct]
) -> AllergenMatch | None:
    """Return the allergens in the box that the customer must not get; None if there are none.

    Everything in the box counts, since its contents touch each other. The product that is named is the one being
    packed if it matches itself, else the first matching one in the box.
    """
    products = [product, *in_box] if restrictions else []
    matches = matching_allergens(restrictions, {name for each in products for name in each.allergens})
    if not matches:
        return None
    source = next(each for each in products if matching_allergens(matches, each.allergens))
    return AllergenMatch(matches, source.product_name)


def _folded(text: str) -> str:
    return text.strip().casefold()
