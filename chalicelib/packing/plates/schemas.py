"""Responses and import records of license plates.

What an optional field of a record omits stays as it is, and null removes it. The allocations of a plate are those that
its record names.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.packing.schemas import LineNumber, Number64, Quantity, Text100, Text200, check_places

MAX_ALLOCATIONS = 40


class PlateView(msgspec.Struct, frozen=True):
    """A license plate; `quantity` is its original quantity."""

    id: str
    lp_number: str
    product_id: str
    product_name: str
    quantity: Decimal
    lot_number: str | None


class FoundPlate(msgspec.Struct, frozen=True):
    """A license plate that a barcode names, and what of it can be packed for the shipment."""

    lp: PlateView
    allocated: bool
    so_line_id: str | None
    available_qty: Decimal


class PlateFound(msgspec.Struct, frozen=True, tag_field="type", tag="license_plate"):
    """The barcode names a license plate."""

    data: FoundPlate


class AllocationRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line of a shipment that a plate was picked for."""

    shipment_number: Number64
    line_number: LineNumber


class PlateRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A license plate: a quantity of one product and lot, and the lines that it was picked for."""

    lp_number: Number64
    sku: Number64
    product_name: Text200
    quantity: Quantity
    lot_number: Text100 | UnsetType | None = UNSET
    allocations: Annotated[list[AllocationRecord], Meta(max_length=MAX_ALLOCATIONS)] | UnsetType = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a quantity that is not exact and of lines that are named twice."""
        allocations = present.get("allocations")
        lines = allocations if isinstance(allocations, list) else []
        repeated = {"allocations": "must name each line once"} if len(set(lines)) < len(lines) else {}
        return {**check_places(present), **repeated}
