"""Requests and responses of boxes and their contents, with exactly the contract's fields."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Note500, Text500
from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.schemas import Quantity, Uuid, check_places
from chalicelib.packing.shipments.schemas import LineState

Weight = Annotated[float, Meta(gt=0, le=1000)]
"""In kg."""
Size = Annotated[float, Meta(gt=0, le=500)]
"""In cm."""


class PackItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a plate that goes into a box, for a line of the order; at most six decimal places."""

    shipment_id: Uuid
    box_id: Uuid
    license_plate_id: Uuid
    so_line_id: Uuid
    quantity: Quantity
    notes: Note500 | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a quantity that is not exact."""
        return check_places(present)


class CreateBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box to create for a shipment."""

    shipment_id: Uuid


class CloseBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box to close; weight in kg, dimensions in cm, both with at most six decimal places."""

    box_id: Uuid
    weight: Weight | None = None
    length: Size | None = None
    width: Size | None = None
    height: Size | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a weight and dimensions that are not exact."""
        return check_places(present)


class ReopenBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed box to reopen, and the reason."""

    box_id: Uuid
    reason: Text500


class LabelQuery(msgspec.Struct, frozen=True):
    """The format of a label."""

    format: Literal["zpl"] = "zpl"


class PackedContent(msgspec.Struct, frozen=True):
    """What was packed."""

    id: str
    quantity: Decimal
    product_name: str
    lot_number: str | None


class BoxSum(msgspec.Struct, frozen=True):
    """The quantity of one product in a box."""

    product_name: str
    quantity: Decimal
    uom: str


class BoxSummary(msgspec.Struct, frozen=True):
    """The contents of a box: their number, estimated weight (kg), and the quantity of each product."""

    item_count: int
    total_weight_est: Decimal
    items: list[BoxSum]


class AllergenWarning(msgspec.Struct, frozen=True):
    """Allergens in the box that the customer must not get, and the product that contains them."""

    matches: list[str]
    customer_name: str
    product_name: str


class ItemPacked(msgspec.Struct, frozen=True):
    """A packed item, its box and its line."""

    box_content: PackedContent
    box_summary: BoxSummary
    so_line_status: LineState
    allergen_warning: AllergenWarning | None


class Dimensions(msgspec.Struct, frozen=True):
    """The dimensions of a box in cm."""

    length: Decimal | None
    width: Decimal | None
    height: Decimal | None


class CreatedBox(msgspec.Struct, frozen=True):
    """A new box."""

    id: str
    box_number: int
    status: BoxStatus
    weight: Decimal | None
    dimensions: Dimensions


class BoxView(CreatedBox, frozen=True):
    """A box; weight in kg. It has an SSCC once it was closed, if the organisation has a GS1 company prefix."""

    sscc: str | None


class ContentView(msgspec.Struct, frozen=True):
    """A content of a box."""

    id: str
    product_name: str
    lot_number: str | None
    lp_number: str
    quantity: Decimal


class BoxDetails(msgspec.Struct, frozen=True):
    """A box with its contents, oldest first."""

    box: BoxView
    contents: list[ContentView]
    summary: BoxSummary


class ListedBox(BoxView, frozen=True):
    """A box of a shipment, with the number and the estimated weight (kg) of its contents."""

    item_count: int
    total_weight_est: Decimal


class BoxList(msgspec.Struct, frozen=True):
    """The boxes of a shipment by number."""

    data: list[ListedBox]
    total: int
