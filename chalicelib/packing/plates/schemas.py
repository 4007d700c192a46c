"""Responses and import records of license plates.

What an optional field of a record omits stays as it is, and null removes it. The allocations of a plate are those that
its record names.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.packing.schemas import LineNumber, Number64, Quantity, Text100, Text200, check_places

MAX_ALLOCATIONS = 40


class PlateView(msgspec.Struct, frozen=True):
    """A license plate; `quantity` is its original quantity."""

    id: str
    """The id of the plate."""
    lp_number: str
    """The number of the plate, as it was imported."""
    product_id: str
    """The id of the product; plates with the same SKU have the same."""
    product_name: str
    """The name of the product."""
    quantity: Decimal
    """The quantity that the plate had at first, in the unit of the line; what is left is `available_qty`."""
    lot_number: str | None
    """The lot of the product. Null if the plate has none."""
    expiry: str | None
    """The date until which the product is good, as it was imported. Null if the plate has none."""
    uom: str | None
    """The unit of measure of the line that the plate was picked for, such as `EA`. Null if it was not picked for this
    shipment."""
    allergens: list[str]
    """The allergens that the product of the line contains; empty if there are none, or the plate was not picked for
    this shipment."""


class FoundPlate(msgspec.Struct, frozen=True):
    """A license plate that a barcode names, and what of it can be packed for the shipment."""

    lp: PlateView
    """The plate."""
    allocated: bool
    """Whether the plate was picked for this shipment; only then can it be packed for it."""
    so_line_id: str | None
    """The id of the line that the plate was picked for: of several, the first one that still lacks something, or the
    first if none does. Null if it was not picked for this shipment."""
    available_qty: Decimal
    """The quantity that is left on the plate: what it had at first, less all that is packed from it."""


class PlateFound(msgspec.Struct, frozen=True, tag_field="type", tag="license_plate"):
    """The barcode names a license plate."""

    data: FoundPlate
    """The license plate."""


class AllocationRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line of a shipment that a plate was picked for."""

    shipment_number: Number64
    """The number of the shipment."""
    line_number: LineNumber
    """The number of its line. The line has to be of the plate's product."""


class PlateRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A license plate: a quantity of one product and lot, and the lines that it was picked for."""

    lp_number: Number64
    """The number of the plate. A record with the same one updates it."""
    sku: Number64
    """The code of the product. It can no longer change once something of the plate is packed."""
    product_name: Text200
    """The name of the product."""
    quantity: Quantity
    """The quantity on the plate before anything is packed from it, above 0, with at most six decimal places. It cannot
    fall below what is packed."""
    lot_number: Text100 | UnsetType | None = UNSET
    """The lot of the product. It can no longer change once something of the plate is packed. Omitted, it stays as it
    is; null removes it."""
    expiry: date | UnsetType | None = UNSET
    """The date until which the product is good. Omitted, it stays as it is; null removes it."""
    allocations: Annotated[list[AllocationRecord], Meta(max_length=MAX_ALLOCATIONS)] | UnsetType = UNSET
    """All lines that the plate was picked for; an empty list removes them. Omitted, they stay as they are. Lines of
    which something is packed have to stay."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a quantity that is not exact and of lines that are named twice."""
        allocations = present.get("allocations")
        lines = allocations if isinstance(allocations, list) else []
        repeated = {"allocations": "must name each line once"} if len(set(lines)) < len(lines) else {}
        return {**check_places(present), **repeated}
