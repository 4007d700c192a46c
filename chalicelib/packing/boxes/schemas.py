"""Requests and responses of boxes and their contents, with exactly the contract's fields."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import Note500, Text500
from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.schemas import Quantity, Uuid, check_places
from chalicelib.packing.shipments.schemas import LineState

Weight = Annotated[float, Meta(gt=0, le=1000)]
"""In kg."""
Size = Annotated[float, Meta(gt=0, le=500)]
"""In cm."""


class PackItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a plate that goes into a box, for a line of the order."""

    shipment_id: Uuid
    """The id of the shipment."""
    box_id: Uuid
    """The id of an open box of the shipment."""
    license_plate_id: Uuid
    """The id of the plate that the item is taken from, as the lookup of its barcode returns it (`lp.id`)."""
    so_line_id: Uuid
    """The id of the line that the plate was picked for, as the lookup of its barcode returns it."""
    quantity: Quantity
    """How much to pack, in the unit of the line: above 0, with at most six decimal places, and no more than the plate
    holds. Whether it may exceed what was ordered is a setting."""
    notes: Note500 | None = None
    """A remark about the item, in at most 500 characters. It is recorded."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a quantity that is not exact."""
        return check_places(present)


class CreateBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box to create for a shipment."""

    shipment_id: Uuid
    """The id of the shipment."""


class CloseBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box to close, with its measures if they were taken."""

    box_id: Uuid
    """The id of the box."""
    weight: Weight | None = None
    """The measured weight in kg: above 0, at most 1000, with at most six decimal places."""
    length: Size | None = None
    """In cm: above 0, at most 500, with at most six decimal places."""
    width: Size | None = None
    """In cm: above 0, at most 500, with at most six decimal places."""
    height: Size | None = None
    """In cm: above 0, at most 500, with at most six decimal places."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a weight and dimensions that are not exact."""
        return check_places(present)


class ReopenBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed box to reopen, and the reason."""

    box_id: Uuid
    """The id of the box."""
    reason: Text500
    """Why the box is opened again, in at most 500 characters. It is recorded."""


class BoxQuery(msgspec.Struct, frozen=True):
    """Which boxes of a shipment are listed."""

    voided: bool = False
    """Whether voided boxes are listed too."""


class LabelQuery(msgspec.Struct, frozen=True):
    """The format of a label."""

    format: Literal["zpl"] = "zpl"
    """The language of the label printer."""
    dpi: Literal[203, 300] = 203
    """The resolution of the label printer, in dots per inch."""


class PackedContent(msgspec.Struct, frozen=True):
    """A packed item."""

    id: str
    """The id of the packed item; with it the item can be removed from the box again."""
    quantity: Decimal
    """How much was packed, in the unit of the line."""
    product_name: str
    """The name of the product."""
    lot_number: str | None
    """The lot of the plate. Null if the plate has none."""


class BoxSum(msgspec.Struct, frozen=True):
    """The quantity of one product in a box."""

    product_name: str
    """The name of the product."""
    quantity: Decimal
    """How much of it is in the box, in this unit."""
    uom: str
    """The unit of measure of the quantity, such as `EA`."""


class BoxSummary(msgspec.Struct, frozen=True):
    """The contents of a box: their number, estimated weight, and the quantity of each product."""

    item_count: int
    """The number of packed items in the box; each request that packs adds one, whatever its quantity."""
    total_weight_est: Decimal
    """The weight of the contents in kg, from the unit weights of the lines; products of unknown weight count as 0."""
    items: list[BoxSum]
    """The quantity of each product and unit, in the order in which they were first packed."""


class AllergenWarning(msgspec.Struct, frozen=True):
    """Allergens in the box that the customer must not get, and the product that contains them."""

    matches: list[str]
    """The customer's restrictions that something in the box contains, spelled as the customer's restrictions are."""
    customer_name: str
    """The name of the customer."""
    product_name: str
    """The product that contains the allergens: the one just packed if it does, else the first in the box."""


class ExpiryWarning(msgspec.Struct, frozen=True):
    """The plate has expired."""

    expiry: str
    """The date until which the product was good."""


class OverpackWarning(msgspec.Struct, frozen=True):
    """More is packed than was ordered."""

    ordered: Decimal
    """The ordered quantity of the line."""
    packed: Decimal
    """The packed quantity of the line, this item included."""


class ItemPacked(msgspec.Struct, frozen=True):
    """A packed item, its box and its line."""

    box_content: PackedContent
    """The packed item."""
    box_summary: BoxSummary
    """All contents of the box, the packed item included."""
    so_line_status: LineState
    """The line of the order, the packed item included."""
    allergen_warning: AllergenWarning | None
    """The allergens in the box that the customer must not get. It does not prevent the packing. Null if there are
    none."""
    expiry_warning: ExpiryWarning | UnsetType = UNSET
    """The plate has expired, and the setting `expiry` is `warn`. Absent otherwise."""
    overpack_warning: OverpackWarning | UnsetType = UNSET
    """More is packed than was ordered, and the setting `overpack` is `warn`. Absent otherwise."""


class Dimensions(msgspec.Struct, frozen=True):
    """The dimensions of a box."""

    length: Decimal | None
    """In cm. Null if it was not measured."""
    width: Decimal | None
    """In cm. Null if it was not measured."""
    height: Decimal | None
    """In cm. Null if it was not measured."""


class CreatedBox(msgspec.Struct, frozen=True):
    """A new box."""

    id: str
    """The id of the box."""
    box_number: int
    """The number of the box within its shipment: 1, 2, 3 and so on."""
    status: BoxStatus
    """Whether the box is open, closed or voided."""
    weight: Decimal | None
    """The measured weight in kg. Null while the box is open, and if it was closed without one."""
    dimensions: Dimensions
    """The measured dimensions."""


class BoxView(CreatedBox, frozen=True):
    """A box."""

    sscc: str | None
    """The Serial Shipping Container Code: 18 digits, unique and kept for good. Null until the box is closed while the
    organisation has a GS1 company prefix."""


class ContentView(msgspec.Struct, frozen=True):
    """A packed item in a box."""

    id: str
    """The id of the packed item; with it the item can be removed from the box again."""
    product_name: str
    """The name of the product."""
    lot_number: str | None
    """The lot of the plate. Null if the plate has none."""
    lp_number: str
    """The number of the license plate that the item was taken from."""
    quantity: Decimal
    """How much was packed, in the unit of the line."""
    notes: str | None
    """The remark that was made when it was packed. Null if there was none."""


class BoxDetails(msgspec.Struct, frozen=True):
    """A box with its contents, oldest first."""

    box: BoxView
    """The box."""
    contents: list[ContentView]
    """The packed items, oldest first."""
    summary: BoxSummary
    """The quantities and the weight of all contents."""


class ListedBox(BoxView, frozen=True):
    """A box of a shipment, with the number and the estimated weight of its contents."""

    item_count: int
    """The number of packed items in the box; each request that packs adds one, whatever its quantity."""
    total_weight_est: Decimal
    """The weight of the contents in kg, from the unit weights of the lines; products of unknown weight count as 0."""


class BoxList(msgspec.Struct, frozen=True):
    """The boxes of a shipment by number."""

    data: list[ListedBox]
    """The boxes of the shipment, by number; voided ones only on request."""
    total: int
    """The number of boxes."""
