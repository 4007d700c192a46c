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

from chalicelib.edge.types import EntityId, Limit, Text500
from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.plates.schemas import PlateFound
from chalicelib.packing.schemas import LineNumber, Number64, Quantity, Text40, Text200, Uuid, check_places
from chalicelib.packing.shipments.rules import LineStatus, ShipmentStatus

MAX_LINES = 1000
DEFAULT_UOM = "EA"

Allergens = Annotated[list[Text40], Meta(max_length=30)]
UnitWeight = Annotated[float, Meta(ge=0, le=999_999_999)]
"""In kg; systems export zero for an unknown weight."""


class ShipmentQuery(msgspec.Struct, frozen=True):
    """A filter of the shipments that can be packed."""

    warehouse_id: EntityId | None = None
    """Only shipments of this warehouse, by the id with which they were imported."""
    search: Annotated[str, Meta(max_length=200)] | None = None
    """Only shipments with this text in the shipment number, the sales order number or the customer's name; case is
    ignored."""
    limit: Limit = 50
    """The largest number of shipments to return; there are no further pages."""


class OpenShipment(msgspec.Struct, frozen=True):
    """A shipment that can be packed."""

    id: str
    """The id of the shipment."""
    shipment_number: str
    """The number of the shipment, as it was imported."""
    so_number: str
    """The number of the sales order."""
    customer_name: str
    """The name of the customer."""
    status: ShipmentStatus
    """`pending` until the first item is packed, then `packing`."""
    promised_ship_date: str | None
    """The date on which the shipment was promised to leave. Null if none was promised."""
    lines_total: int
    """The number of lines of the order."""
    lines_packed: int
    """The number of lines of which anything is packed; they need not be complete."""
    boxes_count: int
    """The number of boxes, open and closed; voided ones are not counted."""
    allergen_alert: bool
    """Whether the customer has allergen restrictions."""


class ShipmentList(msgspec.Struct, frozen=True):
    """Shipments that can be packed, the most urgent first."""

    data: list[OpenShipment]
    """The most urgent shipments that match, at most `limit`."""
    total: int
    """The number of shipments that match."""


class LookupQuery(msgspec.Struct, frozen=True):
    """The shipment for which a barcode is looked up."""

    shipment_id: Uuid | None = None
    """The id of the shipment that is being packed. Required if the barcode is that of a license plate."""


class FoundShipment(msgspec.Struct, frozen=True):
    """A shipment that a barcode names."""

    id: str
    """The id of the shipment."""
    shipment_number: str
    """The number of the shipment, as it was imported."""
    so_number: str
    """The number of the sales order."""
    customer_name: str
    """The name of the customer."""
    lines_total: int
    """The number of lines of the order."""
    allergen_restrictions: list[str]
    """The allergens that the customer must not get; empty if there are none."""
    status: ShipmentStatus
    """The status of the shipment."""
    promised_ship_date: str | None
    """The date on which the shipment was promised to leave. Null if none was promised."""
    lines_packed: int
    """The number of lines of which anything is packed."""
    boxes_count: int
    """The number of boxes, open and closed; voided ones are not counted."""
    allergen_alert: bool
    """Whether the customer has allergen restrictions."""


class ShipmentFound(msgspec.Struct, frozen=True, tag_field="type", tag="shipment"):
    """The barcode names a shipment."""

    data: FoundShipment
    """The shipment."""


class FoundBox(msgspec.Struct, frozen=True):
    """A box that the SSCC in a barcode names."""

    id: str
    """The id of the box."""
    box_number: int
    """The number of the box within its shipment."""
    status: BoxStatus
    """Whether the box is open, closed or voided."""
    shipment_id: str
    """The id of the shipment of the box."""
    sscc: str
    """The Serial Shipping Container Code of the box."""


class BoxFound(msgspec.Struct, frozen=True, tag_field="type", tag="box"):
    """The barcode is the SSCC of a box."""

    data: FoundBox
    """The box."""


LookupResult = Annotated[
    ShipmentFound | PlateFound | BoxFound,
    Meta(
        title="LookupResult",
        description="What a barcode names: a shipment, a license plate or a box, distinguished by `type`.",
    ),
]


class CompleteShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment to complete."""

    shipment_id: Uuid
    """The id of the shipment."""
    allow_partial: bool = False
    """Whether to complete it although ordered items are not packed. Boxes that were opened and never used do not matter
    then."""


class ReopenShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a packed shipment is packed again."""

    reason: Text500
    """Why the shipment is opened again, in at most 500 characters. It is recorded."""


class CancelShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a shipment is cancelled."""

    reason: Text500
    """Why the shipment is cancelled, in at most 500 characters. It is recorded."""


class ShipmentState(msgspec.Struct, frozen=True):
    """The status and the counters of a shipment."""

    id: str
    """The id of the shipment."""
    shipment_number: str
    """The number of the shipment, as it was imported."""
    status: ShipmentStatus
    """The status of the shipment."""
    lines_total: int
    """The number of lines of the order."""
    lines_packed: int
    """The number of lines of which anything is packed."""
    boxes_count: int
    """The number of boxes, open and closed; voided ones are not counted."""


class LineState(msgspec.Struct, frozen=True):
    """How much of a line of the order is packed."""

    packed_qty: Decimal
    """The quantity packed for the line in all boxes, in the unit of the line."""
    remaining_qty: Decimal
    """The quantity that is still to be packed; 0 if more than ordered is packed."""
    status: LineStatus
    """`complete` if the ordered quantity or more is packed, else `partial`."""


class LinePlate(msgspec.Struct, frozen=True):
    """A license plate that was picked for a line."""

    id: str
    """The id of the plate."""
    lp_number: str
    """The number of the plate, as it was imported."""
    lot_number: str | None
    """The lot of the product. Null if the plate has none."""
    expiry: str | None
    """The date until which the product is good. Null if the plate has none."""
    available_qty: Decimal
    """The quantity that is left on the plate."""


class ShipmentLineView(LineState, frozen=True, kw_only=True):
    """A line of the order, and how much of it is packed."""

    id: str
    """The id of the line."""
    line_number: int
    """The number of the line, as it was imported."""
    sku: str
    """The code of the product."""
    product_name: str
    """The name of the product."""
    quantity: Decimal
    """The ordered quantity, in this unit."""
    uom: str
    """The unit of measure of the quantities, such as `EA`."""
    plates: list[LinePlate]
    """The license plates that were picked for the line; those that were last imported before Baton listed them are
    missing until they are imported again."""


class ShipmentDetails(ShipmentState, frozen=True, kw_only=True):
    """A shipment with its lines, whether it can still be packed or not."""

    so_number: str
    """The number of the sales order."""
    customer_name: str
    """The name of the customer."""
    promised_ship_date: str | None
    """The date on which the shipment was promised to leave. Null if none was promised."""
    allergen_restrictions: list[str]
    """The allergens that the customer must not get; empty if there are none."""
    lines: list[ShipmentLineView]
    """All lines of the order, by number."""


class ShipmentLineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a sales order: a quantity of one product."""

    line_number: LineNumber
    """The number of the line, unique in the shipment. License plates are allocated to it by this number."""
    sku: Number64
    """The code of the product."""
    product_name: Text200
    """The name of the product."""
    quantity: Quantity
    """The ordered quantity, above 0, with at most six decimal places."""
    uom: Text40 | None = DEFAULT_UOM
    """The unit of measure of the quantity. Omitted or null, it is `EA` (each)."""
    unit_weight: UnitWeight | None = None
    """The weight of one unit in kg, with at most six decimal places. Omitted, null or 0, it is not known."""
    allergens: Allergens | None = []
    """The allergens that the product contains. Omitted or null, it contains none."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a quantity and weight that are not exact."""
        return check_places(present)


class ShipmentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment of one sales order, with its lines. Once it is packed it can no longer be changed."""

    shipment_number: Number64
    """The number of the shipment. A record with the same one updates it."""
    so_number: Number64
    """The number of the sales order. It can no longer change once something is packed."""
    customer_name: Text200
    """The name of the customer."""
    lines: Annotated[list[ShipmentLineRecord], Meta(min_length=1, max_length=MAX_LINES)]
    """All lines of the shipment: stored lines that it does not name are removed. What is packed cannot be
    contradicted."""
    allergen_restrictions: Allergens | UnsetType | None = UNSET
    """The allergens that the customer must not get. Omitted, the list stays as it is; null removes it."""
    warehouse_id: EntityId | UnsetType | None = UNSET
    """Your id of the warehouse, by which shipments can be listed. Omitted, it stays as it is; null removes it."""
    promised_ship_date: date | UnsetType | None = UNSET
    """The date on which the shipment was promised to leave. Omitted, it stays as it is; null removes it."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error if a line number is repeated."""
        lines = present.get("lines")
        numbers = [line.line_number for line in lines] if isinstance(lines, list) else []
        return {} if len(set(numbers)) == len(numbers) else {"lines": "must have each line_number once"}
