"""Requests, responses and import records of shipments.

What an optional field of a record omits stays as it is, and null removes it, as everywhere in imports. Lists are
always complete: the lines of a shipment are those that its record names.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import EntityId, Limit
from chalicelib.packing.schemas import LineNumber, Number64, Quantity, Text40, Text200, Uuid, check_places
from chalicelib.packing.shipments.rules import LineStatus, ShipmentStatus

MAX_LINES = 1000
DEFAULT_UOM = "EA"

Allergens = Annotated[list[Text40], Meta(max_length=30)]
UnitWeight = Annotated[float, Meta(ge=0, le=999_999_999)]
"""In kg; systems export zero for an unknown weight."""


class ShipmentQuery(msgspec.Struct, frozen=True):
    """A filter of open shipments; `search` is part of a shipment number, sales order number or customer name."""

    warehouse_id: EntityId | None = None
    search: Annotated[str, Meta(max_length=200)] | None = None
    limit: Limit = 50


class OpenShipment(msgspec.Struct, frozen=True):
    """A shipment that can be packed. `lines_packed` counts lines with anything packed."""

    id: str
    shipment_number: str
    so_number: str
    customer_name: str
    status: ShipmentStatus
    promised_ship_date: str | None
    lines_total: int
    lines_packed: int
    boxes_count: int
    allergen_alert: bool


class ShipmentList(msgspec.Struct, frozen=True):
    """Shipments that can be packed, the most urgent first; `total` counts all that match."""

    data: list[OpenShipment]
    total: int


class LookupQuery(msgspec.Struct, frozen=True):
    """The shipment for which a plate is looked up; required for plates only."""

    shipment_id: Uuid | None = None


class FoundShipment(msgspec.Struct, frozen=True):
    """A shipment that a barcode names."""

    id: str
    shipment_number: str
    so_number: str
    customer_name: str
    lines_total: int
    allergen_restrictions: list[str]


class ShipmentFound(msgspec.Struct, frozen=True, tag_field="type", tag="shipment"):
    """The barcode names a shipment."""

    data: FoundShipment


class CompleteShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment to complete. `allow_partial` accepts missing items; boxes that were never used are ignored then."""

    shipment_id: Uuid
    allow_partial: bool = False


class ShipmentState(msgspec.Struct, frozen=True):
    """The status and the counters of a shipment."""

    id: str
    shipment_number: str
    status: ShipmentStatus
    lines_total: int
    lines_packed: int
    boxes_count: int


class LineState(msgspec.Struct, frozen=True):
    """How much of a line of the order is packed."""

    packed_qty: Decimal
    remaining_qty: Decimal
    status: LineStatus


class ShipmentLineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a sales order: a quantity of one product. The weight is that of one unit, in kg."""

    line_number: LineNumber
    sku: Number64
    product_name: Text200
    quantity: Quantity
    uom: Text40 | None = DEFAULT_UOM
    unit_weight: UnitWeight | None = None
    allergens: Allergens | None = []

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a quantity and weight that are not exact."""
        return check_places(present)


class ShipmentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment of one sales order, with its lines."""

    shipment_number: Number64
    so_number: Number64
    customer_name: Text200
    lines: Annotated[list[ShipmentLineRecord], Meta(min_length=1, max_length=MAX_LINES)]
    allergen_restrictions: Allergens | UnsetType | None = UNSET
    warehouse_id: EntityId | UnsetType | None = UNSET
    promised_ship_date: date | UnsetType | None = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error if a line number is repeated."""
        lines = present.get("lines")
        numbers = [line.line_number for line in lines] if isinstance(lines, list) else []
        return {} if len(set(numbers)) == len(numbers) else {"lines": "must have each line_number once"}
