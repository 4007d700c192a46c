"""The records of the datasets `shipments` and `license-plates`, and what is checked of one before anything is read.

What a record leaves out of what it need not say stays as it is, and null takes it away, as everywhere in imports. Lists
are always whole: the lines of a shipment and the allocations of a plate are those that its record names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import NOT_BLANK, SENTENCE, EntityId

MOST_LINES = 1000
MOST_ALLOCATIONS = 50
DEFAULT_UOM = "EA"
_LARGEST = Decimal(999_999_999)
_PLACES = 6
_MAY_BE_ZERO = frozenset({"unit_weight"})  # what systems export for an unknown weight

_TIDY = Meta(
    min_length=1,
    # `$` alone also matches before a line break at the end.
    pattern=r"^\S+( \S+)*$(?!\n)",
    extra={SENTENCE: "must be one line, without blanks around it or side by side"},
)

Number64 = Annotated[str, _TIDY, Meta(max_length=64)]
"""A number by which people know something; it is scanned and typed, so blanks that nobody sees are refused."""

Text40 = Annotated[str, NOT_BLANK, Meta(max_length=40)]
Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Text200 = Annotated[str, NOT_BLANK, Meta(max_length=200)]
Allergens = Annotated[list[Text100], Meta(max_length=50)]
LineNumber = Annotated[int, Meta(ge=1, le=999_999)]


class LineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a sales order: so much of one product. The weight is that of one unit, in kg."""

    line_number: LineNumber
    sku: Number64
    product_name: Text200
    quantity: Decimal
    uom: Text40 = DEFAULT_UOM
    unit_weight: Decimal | None = None
    allergens: Allergens = []

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """The quantity is positive, and it and the weight are exact."""
        return _amounts(present, "quantity", "unit_weight")


class ShipmentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment of one sales order, with its lines."""

    shipment_number: Number64
    so_number: Number64
    customer_name: Text200
    lines: Annotated[list[LineRecord], Meta(min_length=1, max_length=MOST_LINES)]
    allergen_restrictions: Allergens | UnsetType = UNSET
    warehouse_id: EntityId | UnsetType | None = UNSET
    promised_ship_date: date | UnsetType | None = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Each line is there once."""
        lines = present.get("lines")
        numbers = [line.line_number for line in lines] if isinstance(lines, list) else []
        return {} if len(set(numbers)) == len(numbers) else {"lines": "must have each line_number once"}


class AllocationRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which line of which shipment a plate was picked for."""

    shipment_number: Number64
    line_number: LineNumber


class PlateRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A license plate: so much of one product, of one lot, and what it was picked for."""

    lp_number: Number64
    sku: Number64
    product_name: Text200
    quantity: Decimal
    lot_number: Text100 | UnsetType | None = UNSET
    allocations: Annotated[list[AllocationRecord], Meta(max_length=MOST_ALLOCATIONS)] | UnsetType = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """The quantity is positive and exact, and each shipment is there once: scanning names the shipment only."""
        flaws = dict(_amounts(present, "quantity"))
        allocations = present.get("allocations")
        named = [one.shipment_number for one in allocations] if isinstance(allocations, list) else []
        if len(set(named)) < len(named):
            flaws["allocations"] = "must name each shipment once"
        return flaws


def _amounts(present: Mapping[str, object], *names: str) -> Mapping[str, str]:
    flaws = {}
    for name in names:
        value = present.get(name)
        if isinstance(value, Decimal) and (flaw := _flaw_of(value, nothing_counts=name in _MAY_BE_ZERO)):
            flaws[name] = flaw
    return flaws


def _flaw_of(amount: Decimal, *, nothing_counts: bool) -> str | None:
    if not (0 < amount <= _LARGEST or (amount == 0 and nothing_counts)):
        return f"must be {'at least' if nothing_counts else 'above'} 0 and at most {_LARGEST}"
    return None if int(amount.as_tuple().exponent) >= -_PLACES else f"must have at most {_PLACES} decimal places"
