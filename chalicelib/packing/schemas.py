"""Requests and answers of the packing scanner, with exactly the contract's fields.

Numbers are decoded as floats, within bounds in which a float and the number that was written tell each other exactly
(`rules.exact`): a decimal type would also take texts, which the contract does not. What is answered is exact decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE, EntityId, Limit, Text500
from chalicelib.packing.rules import MAX_PLACES, BoxStatus, LineStatus, ShipmentStatus, has_too_many_places

Uuid = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$(?!\n)",
        extra={SENTENCE: "must be a UUID"},
        extra_json_schema={"format": "uuid"},
    ),
]
"""The id of a shipment, line, plate, box or content; capitals count as small letters."""

Quantity = Annotated[float, Meta(gt=0, le=999_999_999)]
Weight = Annotated[float, Meta(gt=0, le=1000)]
"""In kg."""
Size = Annotated[float, Meta(gt=0, le=500)]
"""In cm."""


class PackIds(msgspec.Struct, frozen=True):
    """What an item to be packed is about: all that can be looked up of it even if something else is wrong."""

    shipment_id: Uuid
    box_id: Uuid
    license_plate_id: Uuid
    so_line_id: Uuid


class PackItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a plate that goes into a box, for a line of the order. Quantities have at most six decimal places."""

    shipment_id: Uuid
    box_id: Uuid
    license_plate_id: Uuid
    so_line_id: Uuid
    quantity: Quantity
    notes: Annotated[str, Meta(max_length=500)] | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """The quantity is exact."""
        return too_fine(present)


class NewBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box to be opened for a shipment."""

    shipment_id: Uuid


class CloseBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box to be closed; weight in kg, sizes in cm, both with at most six decimal places."""

    box_id: Uuid
    weight: Weight | None = None
    length: Size | None = None
    width: Size | None = None
    height: Size | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Weight and sizes are exact."""
        return too_fine(present)


class SentWeight(msgspec.Struct, frozen=True):
    """The weight alone, whatever it is, to tell one that is not positive from other flaws."""

    weight: float


class ReopenBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed box to be opened again, and why."""

    box_id: Uuid
    reason: Text500


class CompleteShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shipment that is packed. `allow_partial`: although items are missing; boxes never used are left out then."""

    shipment_id: Uuid
    allow_partial: bool = False


class ShipmentQuery(msgspec.Struct, frozen=True):
    """Which shipments; `search` is part of a shipment number, sales order number or customer, in any case."""

    warehouse_id: EntityId | None = None
    search: Annotated[str, Meta(max_length=200)] | None = None
    limit: Limit = 50


class LookupQuery(msgspec.Struct, frozen=True):
    """The shipment for which a plate is looked up; needed for plates only."""

    shipment_id: Uuid | None = None


class LabelQuery(msgspec.Struct, frozen=True):
    """How the label is written."""

    format: Literal["zpl"] = "zpl"


class PackedContent(msgspec.Struct, frozen=True):
    """What was packed."""

    id: str
    quantity: Decimal
    product_name: str
    lot_number: str | None


class BoxSum(msgspec.Struct, frozen=True):
    """So much of one product in a box."""

    product_name: str
    quantity: Decimal
    uom: str


class BoxSummary(msgspec.Struct, frozen=True):
    """The contents of a box: how many there are, what they should weigh (kg), and how much of each product."""

    item_count: int
    total_weight_est: Decimal
    items: list[BoxSum]


class LineState(msgspec.Struct, frozen=True):
    """How much of a line of the order is packed."""

    packed_qty: Decimal
    remaining_qty: Decimal
    status: LineStatus


class AllergenWarning(msgspec.Struct, frozen=True):
    """Allergens in the box that the customer must not get, and the product that brings them."""

    matches: list[str]
    customer_name: str
    product_name: str


class ItemPacked(msgspec.Struct, frozen=True):
    """An item in its box, and how things stand with it."""

    box_content: PackedContent
    box_summary: BoxSummary
    so_line_status: LineState
    allergen_warning: AllergenWarning | None


class Dimensions(msgspec.Struct, frozen=True):
    """The sizes of a box in cm."""

    length: Decimal | None
    width: Decimal | None
    height: Decimal | None


class NewBoxView(msgspec.Struct, frozen=True):
    """A box that has just been opened."""

    id: str
    box_number: int
    status: BoxStatus
    weight: Decimal | None
    dimensions: Dimensions


class BoxView(msgspec.Struct, frozen=True):
    """A box; weight in kg. The SSCC is there once it was closed, if the organisation has a GS1 company prefix."""

    id: str
    box_number: int
    status: BoxStatus
    weight: Decimal | None
    dimensions: Dimensions
    sscc: str | None


class ContentView(msgspec.Struct, frozen=True):
    """A content of a box."""

    id: str
    product_name: str
    lot_number: str | None
    lp_number: str
    quantity: Decimal


class BoxDetails(msgspec.Struct, frozen=True):
    """A box with its contents, the oldest first."""

    box: BoxView
    contents: list[ContentView]
    summary: BoxSummary


class ListedBox(msgspec.Struct, frozen=True):
    """A box of a shipment, and how many contents it has and what they should weigh (kg)."""

    id: str
    box_number: int
    status: BoxStatus
    weight: Decimal | None
    dimensions: Dimensions
    sscc: str | None
    item_count: int
    total_weight_est: Decimal


class BoxList(msgspec.Struct, frozen=True):
    """The boxes of a shipment by number."""

    data: list[ListedBox]
    total: int


class OpenShipment(msgspec.Struct, frozen=True):
    """A shipment to be packed. `lines_packed` counts lines with anything packed."""

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
    """Shipments to be packed, the most urgent first; `total` counts all that match."""

    data: list[OpenShipment]
    total: int


class FoundShipment(msgspec.Struct, frozen=True):
    """A shipment that a barcode names."""

    id: str
    shipment_number: str
    so_number: str
    customer_name: str
    lines_total: int
    allergen_restrictions: list[str]


class PlateView(msgspec.Struct, frozen=True):
    """A license plate; `quantity` is what it came with."""

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


class ShipmentFound(msgspec.Struct, frozen=True, tag_field="type", tag="shipment"):
    """The barcode names a shipment."""

    data: FoundShipment


class PlateFound(msgspec.Struct, frozen=True, tag_field="type", tag="license_plate"):
    """The barcode names a license plate."""

    data: FoundPlate


class ShipmentState(msgspec.Struct, frozen=True):
    """How far a shipment is."""

    id: str
    shipment_number: str
    status: ShipmentStatus
    lines_total: int
    lines_packed: int
    boxes_count: int


def too_fine(present: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with numbers that have more decimal places than are kept."""
    numbers = {name: value for name, value in present.items() if isinstance(value, float)}
    fine = f"must have at most {MAX_PLACES} decimal places"
    return {name: fine for name, number in numbers.items() if has_too_many_places(number)}
