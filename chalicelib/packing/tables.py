"""Shipments, boxes and license plates as they are stored, and the indexes by which shipments are found.

Shipments, their lines, plates and boxes are known to people by names of their own: a number that a scanner reads, a
line of an order, "the third box". Their ids are made from those names, so whatever names a thing also says where it is.
An allocation finds its line, a scanned plate is read at once and consistently, no two shipments can have one number,
and the boxes of a shipment are found by counting up to how many there are. No index is needed for any of that.

The two indexes hold only shipments that can be packed. They are spread over a few keys, because all the open shipments
of an organisation are read at once, and what a list shows is written to a shipment seldom: packing leaves it alone
except where a line or a box passes from nothing to something, or back.

Traded away: a number is the thing. It cannot be given to another shipment or plate later.
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.table import (
    SEPARATOR,
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    TableName,
    optional,
)


class _Meta:
    table_name = TableName("packing")


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """What a list shows of a shipment that does not change while it is packed.

    It stands in one attribute, since a list reads thousands of shipments, and every attribute costs at each of them.
    """

    shipment_number: str
    so_number: str
    customer_name: str
    warehouse_id: str | None
    promised_ship_date: str | None
    lines_total: int
    allergen_alert: bool


class OpenShipments(GlobalSecondaryIndex["Shipment"]):
    """An organisation's shipments that can be packed, in shards, by promised date; with all that a list shows."""

    class Meta:
        index_name = "open_shipments"
        projection = IncludeProjection(["listed", "status", "lines_packed", "boxes_count"])

    open_key = UnicodeAttribute(hash_key=True)
    open_order = UnicodeAttribute(range_key=True)


class OpenOfOrder(GlobalSecondaryIndex["Shipment"]):
    """The shipments of a sales order that can be packed, oldest first; with what a lookup shows."""

    class Meta:
        index_name = "open_of_order"
        projection = IncludeProjection(
            ["shipment_id", "shipment_number", "so_number", "customer_name", "lines_total", "allergen_restrictions"]
        )

    open_so_key = UnicodeAttribute(hash_key=True)
    created_at = MomentAttribute(range_key=True)


class Shipment(Entity):
    """What goes to a customer: so many lines, in so many boxes.

    `lines_packed` counts lines with anything packed, `lines_complete` those with all that was ordered; `boxes_open` the
    open boxes, `boxes_empty` those of them with nothing in them. `boxes_count` is also the number of the newest box.
    """

    class Meta(_Meta):
        pass

    kind = "shipment"
    unaudited = frozenset(
        {
            "org_id",
            "listed",
            "lines_packed",
            "lines_complete",
            "boxes_open",
            "boxes_empty",
            "created_at",
            "updated_at",
            "open_key",
            "open_order",
            "open_so_key",
        }
    )

    shipment_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    shipment_number = UnicodeAttribute()
    so_number = UnicodeAttribute()
    customer_name = UnicodeAttribute()
    status = UnicodeAttribute()
    allergen_restrictions = JSONAttribute(default=list)
    warehouse_id = optional(UnicodeAttribute())
    promised_ship_date = optional(UnicodeAttribute())
    lines_total = IntAttribute(default=0)
    lines_packed = IntAttribute(default=0)
    lines_complete = IntAttribute(default=0)
    boxes_count = IntAttribute(default=0)
    boxes_open = IntAttribute(default=0)
    boxes_empty = IntAttribute(default=0)
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    open_key = optional(UnicodeAttribute())
    open_order = optional(UnicodeAttribute())
    listed = optional(UnicodeAttribute())
    open_so_key = optional(UnicodeAttribute())
    open_shipments = OpenShipments()
    open_of_order = OpenOfOrder()


class Line(Entity):
    """A line of a shipment's sales order: how much was ordered, and how much of it is packed; in its own unit."""

    class Meta(_Meta):
        pass

    kind = "so_line"
    unaudited = frozenset({"shipment_id"})

    line_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()
    line_number = IntAttribute()
    sku = UnicodeAttribute()
    product_name = UnicodeAttribute()
    quantity = DecimalAttribute()
    uom = UnicodeAttribute()
    unit_weight = optional(DecimalAttribute())
    allergens = JSONAttribute(default=list)
    packed = DecimalAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.sk.rsplit(SEPARATOR, 1)[-1]


class Plate(Entity):
    """A license plate: so much of one product and lot. `packed` and `remaining` always add up to `quantity`.

    `allocated` names the lines that it may be packed for, each as `allocation` writes it.
    """

    class Meta(_Meta):
        pass

    kind = "license_plate"
    unaudited = frozenset({"org_id", "created_at", "updated_at"})

    plate_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    lp_number = UnicodeAttribute()
    product_id = UnicodeAttribute()
    sku = UnicodeAttribute()
    product_name = UnicodeAttribute()
    quantity = DecimalAttribute()
    packed = DecimalAttribute()
    remaining = DecimalAttribute()
    lot_number = optional(UnicodeAttribute())
    allocated = optional(UnicodeSetAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()


class Box(Entity):
    """A box of a shipment; weight in kg, sizes in cm. Its contents lie in the same collection, behind it.

    `item_count` and `weight_est` (what its contents should weigh) follow the contents in the same transactions.
    """

    class Meta(_Meta):
        pass

    kind = "box"
    unaudited = frozenset({"org_id", "item_count", "weight_est"})

    box_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()
    box_number = IntAttribute()
    status = UnicodeAttribute()
    item_count = IntAttribute(default=0)
    weight_est = DecimalAttribute()
    weight = optional(DecimalAttribute())
    length = optional(DecimalAttribute())
    width = optional(DecimalAttribute())
    height = optional(DecimalAttribute())
    sscc = optional(UnicodeAttribute())
    reopen_reason = optional(UnicodeAttribute())
    opened_at = MomentAttribute()
    closed_at = optional(MomentAttribute())


class Content(Entity):
    """What was packed into a box at once, from one plate for one line, with the product as it was then."""

    class Meta(_Meta):
        pass

    kind = "box_content"
    unaudited = frozenset(
        {
            "content_id",
            "box_id",
            "shipment_id",
            "product_name",
            "allergens",
            "unit_weight",
            "packed_by",
            "packed_at",
        }
    )

    content_id = UnicodeAttribute()
    box_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()
    line_id = UnicodeAttribute()
    plate_id = UnicodeAttribute()
    lp_number = UnicodeAttribute()
    lot_number = optional(UnicodeAttribute())
    sku = UnicodeAttribute()
    product_name = UnicodeAttribute()
    uom = UnicodeAttribute()
    quantity = DecimalAttribute()
    unit_weight = optional(DecimalAttribute())
    allergens = JSONAttribute(default=list)
    notes = optional(UnicodeAttribute())
    packed_by = UnicodeAttribute()
    packed_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.sk.rsplit(SEPARATOR, 1)[-1]


class Draft(Item):
    """That the lines of a shipment are being written in several transactions, under a name of their own (`draft_id`).

    `status` is the one to which the shipment returns; None where there is no shipment yet.
    """

    class Meta(_Meta):
        pass

    kind = "shipment_draft"

    draft_id = UnicodeAttribute()
    status = optional(UnicodeAttribute())


class SsccClaim(Item):
    """That an SSCC belongs to a box, for good: no other box can claim it, and a scanner finds the box's shipment."""

    class Meta(_Meta):
        pass

    kind = "sscc"

    box_id = UnicodeAttribute()
    shipment_id = UnicodeAttribute()


class SerialCounter(Item):
    """The next serial of one shard: shard `k` of n gives `k`, `k + n`, `k + 2n` and so on."""

    class Meta(_Meta):
        pass

    kind = "sscc_serial"

    following = IntAttribute(default=0)
