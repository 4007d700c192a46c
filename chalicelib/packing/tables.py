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

import uuid
import zlib
from typing import Any

import msgspec
from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import (
    SEPARATOR,
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    TableName,
    key,
    optional,
)

OPEN_SHARDS = 8
SERIAL_SHARDS = 16
BOX, ITEM, LINE = "BOX", "ITEM", "LINE"
_DATELESS = "9999-99-99"
_NAMES = uuid.UUID("5c0f6d3e-2f0b-4c0e-9a53-6d1d1f0b7a11")


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


def shipment_id_of(org_id: str, shipment_number: str) -> str:
    """The id of the shipment with this number, whether there is one or not."""
    return _named(org_id, "SHIPMENT", shipment_number)


def line_id_of(shipment_id: str, line_number: int) -> str:
    """The id of a shipment's line."""
    return _named(shipment_id, LINE, line_number)


def box_id_of(shipment_id: str, box_number: int) -> str:
    """The id of a shipment's box."""
    return _named(shipment_id, BOX, box_number)


def plate_id_of(org_id: str, lp_number: str) -> str:
    """The id of the license plate with this number, whether there is one or not."""
    return _named(org_id, "PLATE", lp_number)


def product_id_of(org_id: str, sku: str) -> str:
    """The id of a product."""
    return _named(org_id, "PRODUCT", sku)


def shipment_key(org_id: str, shipment_id: str) -> ItemKey[Shipment]:
    """Where a shipment is."""
    return ItemKey(Shipment, _collection(org_id, shipment_id), "SHIPMENT")


def draft_key(org_id: str, shipment_id: str) -> ItemKey[Draft]:
    """Where the mark of a shipment is whose lines are being written."""
    return ItemKey(Draft, _collection(org_id, shipment_id), "DRAFT")


def lines_query(org_id: str, shipment_id: str) -> Query[Line]:
    """All lines of a shipment."""
    return Query(Line, _collection(org_id, shipment_id), range_condition=Line.sk.startswith(key(LINE, "")))


def box_query(org_id: str, box_id: str) -> Query[Any]:
    """A box and all that is in it: the box first, then its contents, the oldest first."""
    return Query(Box, box_key(org_id, box_id).pk)


def line_key(org_id: str, shipment_id: str, line_id: str) -> ItemKey[Line]:
    """Where a line is: in the collection of its shipment."""
    return ItemKey(Line, _collection(org_id, shipment_id), key(LINE, line_id.lower()))


def plate_key(org_id: str, plate_id: str) -> ItemKey[Plate]:
    """Where a license plate is."""
    return ItemKey(Plate, key(org_id, "PLATE", plate_id.lower()), "PLATE")


def box_key(org_id: str, box_id: str) -> ItemKey[Box]:
    """Where a box is."""
    return ItemKey(Box, key(org_id, BOX, box_id.lower()), BOX)


def content_key(org_id: str, box_id: str, content_id: str) -> ItemKey[Content]:
    """Where a content of a box is: in the collection of its box."""
    return ItemKey(Content, key(org_id, BOX, box_id.lower()), key(ITEM, content_id.lower()))


def sscc_key(org_id: str, sscc: str) -> ItemKey[SsccClaim]:
    """Where the claim of an SSCC is."""
    return ItemKey(SsccClaim, key(org_id, "SSCC", sscc), "SSCC")


def serial_key(org_id: str, digits: str, shard: int) -> ItemKey[SerialCounter]:
    """Where the next serial of a shard is; `digits` are those before the serial."""
    return ItemKey(SerialCounter, key(org_id, "SERIAL", digits, shard), "SERIAL")


def allocation(shipment_id: str, line_number: int) -> str:
    """How a plate says that it may be packed for a line; those of one shipment sort by line."""
    return f"{shipment_id}/{line_number:09d}"


def lines_allocated(plate: Plate, shipment_id: str) -> list[str]:
    """The ids of a shipment's lines for which a plate is allocated, in the order of the lines."""
    start = f"{shipment_id.lower()}/"
    numbers = [int(one.removeprefix(start)) for one in sorted(plate.allocated or ()) if one.startswith(start)]
    return [line_id_of(start[:-1], number) for number in numbers]


def open_keys(org_id: str) -> list[str]:
    """The index keys of all the shipments of an organisation that can be packed."""
    return [key(org_id, "OPEN", shard) for shard in range(OPEN_SHARDS)]


def open_so_key(org_id: str, so_number: str) -> str:
    """The index key of a sales order's shipments that can be packed."""
    return key(org_id, "ORDER", so_number)


def listed_as_open(shipment: Shipment) -> dict[str, Any]:
    """The attributes that put a shipment into the indexes of those that can be packed, as it is now."""
    listed = Listed(
        shipment_number=shipment.shipment_number,
        so_number=shipment.so_number,
        customer_name=shipment.customer_name,
        warehouse_id=shipment.warehouse_id,
        promised_ship_date=shipment.promised_ship_date,
        lines_total=shipment.lines_total,
        allergen_alert=bool(shipment.allergen_restrictions),
    )
    return {
        "open_key": open_keys(shipment.org_id)[zlib.crc32(shipment.shipment_id.encode()) % OPEN_SHARDS],
        "open_order": key(shipment.promised_ship_date or _DATELESS, shipment.shipment_number),
        "open_so_key": open_so_key(shipment.org_id, shipment.so_number),
        "listed": msgspec.json.encode(listed).decode(),
    }


NOT_OPEN: dict[str, None] = dict.fromkeys(("open_key", "open_order", "open_so_key", "listed"))
"""The attributes that take it out again."""


def _collection(org_id: str, shipment_id: str) -> str:
    return key(org_id, "SHIPMENT", shipment_id.lower())


def _named(*parts: object) -> str:
    return str(uuid.uuid5(_NAMES, key(*parts)))
