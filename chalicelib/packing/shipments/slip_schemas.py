"""Requests and responses of packing slips."""

from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.shipments.rules import ShipmentStatus
from chalicelib.packing.shipments.schemas import LineState


class SlipQuery(msgspec.Struct, frozen=True):
    """The form of a packing slip."""

    format: Literal["pdf", "json"] = "pdf"
    """`pdf`: pages of A4 to print. `json`: the same as data."""


class SlipItem(msgspec.Struct, frozen=True):
    """What a box holds of one product and lot."""

    sku: str
    """The code of the product."""
    product_name: str
    """The name of the product."""
    lot_number: str | None
    """The lot of the product. Null if it has none."""
    quantity: Decimal
    """How much of it is in the box, in this unit."""
    uom: str
    """The unit of measure of the quantity, such as `EA`."""


class SlipBox(msgspec.Struct, frozen=True):
    """A box of the shipment on its packing slip."""

    box_number: int
    """The number of the box within its shipment."""
    status: BoxStatus
    """Whether the box is open or closed."""
    sscc: str | None
    """The Serial Shipping Container Code. Null if the box has none."""
    weight: Decimal | None
    """The measured weight in kg. Null while the box is open, and if it was closed without one."""
    items: list[SlipItem]
    """What is in the box, by product and lot, in the order of packing."""


class SlipLine(LineState, frozen=True, kw_only=True):
    """A line of the order on the packing slip."""

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


class PackingSlip(msgspec.Struct, frozen=True):
    """What goes to the customer, as it is packed now."""

    shipment_number: str
    """The number of the shipment, as it was imported."""
    so_number: str
    """The number of the sales order."""
    customer_name: str
    """The name of the customer."""
    promised_ship_date: str | None
    """The date on which the shipment was promised to leave. Null if none was promised."""
    status: ShipmentStatus
    """The status of the shipment."""
    lines: list[SlipLine]
    """All lines of the order, by number."""
    boxes: list[SlipBox]
    """All boxes that are not voided, by number."""
