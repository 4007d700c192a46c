"""The records of the datasets `shipments` and `license-plates`, and what is checked of one before anything is read.

What a record leaves out of what it need not say stays as it is, and null takes it away, as everywhere in imports. Lists
are always whole: the lines of a shipment and the allocations of a plate are those that its record names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import NOT_BLANK, SENTENCE, EntityId
from chalicelib.packing.schemas import Quantity, too_fine

MAX_LINES = 1000
MAX_ALLOCATIONS = 40
DEFAULT_UOM = "EA"

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
Allergens = Annotated[list[Text40], Meta(max_length=30)]
LineNumber = Annotated[int, Meta(ge=1, le=999_999_999)]
UnitWeight = Annotated[float, Meta(ge=0, le=999_999_999)]
"""In kg; zero is what systems export for an unknown weight."""


class LineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a sales order: so much of one product. The weight is that of one unit, in kg."""

    line_number: LineNumber
    sku: Number64
    product_name: Text200
    quantity: Quantity
    uom: Text40 | None = DEFAULT_UOM
    unit_weight: UnitWeight | None = None
    allergens: Allergens | None = []

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Quantity and weight are exact."""
        return too_fine(present)


class ShipmentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment of one sales order, with its lines."""

    shipment_number: Number64
    so_number: Number64
    customer_name: Text200
    lines: Annotated[list[LineRecord], Meta(min_length=1, max_length=MAX_LINES)]
    allergen_restrictions: Allergens | UnsetType | None = UNSET
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
    quantity: Quantity
    lot_number: Text100 | UnsetType | None = UNSET
    allocations: Annotated[list[AllocationRecord], Meta(max_length=MAX_ALLOCATIONS)] | UnsetType = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """The quantity is exact, and each line is there once."""
        allocations = present.get("allocations")
        named = allocations if isinstance(allocations, list) else []
        twice = {"allocations": "must name each line once"} if len(set(named)) < len(named) else {}
        return {**too_fine(present), **twice}
