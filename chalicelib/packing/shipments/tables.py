"""Shipments and their lines as they are stored, their keys, and the indexes of open shipments.

These indexes hold only shipments that can be packed. Those of lists are spread over a few keys, because a search reads
all open shipments of an organisation at once. What a list shows is seldom written: packing changes the shipment only
where a line or a box becomes used or unused.
"""

from typing import Any

import msgspec
from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection

from chalicelib.core.hourly_counts import HourlyCount, HourlyCounts
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import (
    SEPARATOR,
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)
from chalicelib.packing.tables import id_from_name

_OPEN = Shards(8)
_NO_DATE = "9999-99-99"

COUNTED = f"C{SEPARATOR}"
"""What `open_order` begins with in shipments that are counted. Those of earlier versions, which are not, begin with the
date and sort before them."""
_SHOWN = ["listed", "status", "lines_packed", "boxes_count"]
"""The attributes that a list shows."""


class ListedShipment(msgspec.Struct, frozen=True, array_like=True):
    """What a list shows of a shipment that does not change while it is packed.

    It is stored in one attribute, since a list reads thousands of shipments and each attribute takes time.
    """

    shipment_number: str
    so_number: str
    customer_name: str
    warehouse_id: str | None
    promised_ship_date: str | None
    lines_total: int
    allergen_alert: bool


class Shipment(Entity):
    """A number of lines that go to a customer in a number of boxes.

    `lines_packed` counts lines with anything packed, `lines_complete` those with everything that was ordered;
    `boxes_open` the open boxes, `boxes_empty` those of them without contents. `boxes_count` leaves out voided boxes;
    `last_box_number` is the number of the newest box, absent in shipments of earlier versions.
    """

    Meta = stored_in("packing")
    kind = "shipment"
    unaudited = frozenset(
        {
            "org_id",
            "listed",
            "lines_packed",
            "lines_complete",
            "boxes_open",
            "boxes_empty",
            "last_box_number",
            "created_at",
            "updated_at",
            "open_key",
            "open_order",
            "open_so_key",
            "warehouse_key",
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
    last_box_number = optional(IntAttribute())
    reopen_reason = optional(UnicodeAttribute())
    cancel_reason = optional(UnicodeAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    open_key = optional(UnicodeAttribute())
    open_order = optional(UnicodeAttribute())
    listed = optional(UnicodeAttribute())
    open_so_key = optional(UnicodeAttribute())
    warehouse_key = optional(UnicodeAttribute())
    open_shipments = index(
        IncludeProjection(_SHOWN),
        open_key=UnicodeAttribute,
        open_order=UnicodeAttribute,
    )
    """The shipments of an organisation that can be packed, in shards, by promised date; with what a list shows."""
    open_in_warehouse = index(IncludeProjection(_SHOWN), warehouse_key=UnicodeAttribute, open_order=UnicodeAttribute)
    """The same by warehouse, or with an empty name those without one; a shipment is in it while it is counted."""
    open_of_order = index(
        IncludeProjection(
            ["shipment_id", "shipment_number", "so_number", "customer_name", "lines_total", "allergen_restrictions"]
        ),
        open_so_key=UnicodeAttribute,
        created_at=MomentAttribute,
    )
    """The shipments of a sales order that can be packed, oldest first; with what a lookup shows."""

    @property
    def newest_box(self) -> int:
        """Return the number of the newest box; 0 without boxes."""
        return self.boxes_count if self.last_box_number is None else self.last_box_number


class ShipmentHourlyCount(HourlyCount):
    """How many shipments were imported and packed in each hour."""

    Meta = stored_in("packing")


SHIPMENT_HOURS = HourlyCounts(ShipmentHourlyCount)
"""The counts `created` and `packed`."""


class ShipmentLine(Entity):
    """A line of a shipment's sales order: the ordered and the packed quantity, in the line's own unit."""

    Meta = stored_in("packing")
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
        """Return the id of the line."""
        return self.sk.rsplit(SEPARATOR, 1)[-1]


class ShipmentDraft(Item):
    """Marks a shipment whose lines are being written in several transactions, by the writer's own `draft_id`.

    `status` is the one to which the shipment returns; None if the shipment does not exist yet.
    """

    Meta = stored_in("packing")
    kind = "shipment_draft"

    draft_id = UnicodeAttribute()
    status = optional(UnicodeAttribute())


def shipment_id_of(org_id: str, shipment_number: str) -> str:
    """Return the id of the shipment with this number, whether it exists or not."""
    return id_from_name(org_id, "SHIPMENT", shipment_number)


def line_id_of(shipment_id: str, line_number: int) -> str:
    """Return the id of a shipment's line."""
    return id_from_name(shipment_id, "LINE", line_number)


def shipment_key(org_id: str, shipment_id: str) -> ItemKey[Shipment]:
    """Return the key of a shipment."""
    return ItemKey(Shipment, _collection(org_id, shipment_id), "SHIPMENT")


def draft_key(org_id: str, shipment_id: str) -> ItemKey[ShipmentDraft]:
    """Return the key of a shipment's draft."""
    return ItemKey(ShipmentDraft, _collection(org_id, shipment_id), "DRAFT")


def line_key(org_id: str, shipment_id: str, line_id: str) -> ItemKey[ShipmentLine]:
    """Return the key of a line: it is in the collection of its shipment."""
    return ItemKey(ShipmentLine, _collection(org_id, shipment_id), key("LINE", line_id.lower()))


def lines_query(org_id: str, shipment_id: str) -> Query[ShipmentLine]:
    """Return the query of all lines of a shipment."""
    in_lines = ShipmentLine.sk.startswith(key("LINE", ""))
    return Query(ShipmentLine, _collection(org_id, shipment_id), range_condition=in_lines)


def open_keys(org_id: str) -> list[str]:
    """Return the index keys of all shipments of an organisation that can be packed."""
    return _OPEN.keys(org_id, "OPEN")


def warehouse_keys(org_id: str, warehouse_id: str) -> list[str]:
    """Return the index keys of all shipments of a warehouse that can be packed."""
    return _OPEN.keys(org_id, "WAREHOUSE", warehouse_id)


def open_so_key(org_id: str, so_number: str) -> str:
    """Return the index key of a sales order's shipments that can be packed."""
    return key(org_id, "ORDER", so_number)


def open_attributes(shipment: Shipment) -> dict[str, Any]:
    """Return the attributes that put a shipment into the indexes of open shipments."""
    listed = ListedShipment(
        shipment_number=shipment.shipment_number,
        so_number=shipment.so_number,
        customer_name=shipment.customer_name,
        warehouse_id=shipment.warehouse_id,
        promised_ship_date=shipment.promised_ship_date,
        lines_total=shipment.lines_total,
        allergen_alert=bool(shipment.allergen_restrictions),
    )
    return {
        "open_key": _OPEN.key_of(shipment.shipment_id, shipment.org_id, "OPEN"),
        "open_order": COUNTED + key(shipment.promised_ship_date or _NO_DATE, shipment.shipment_number),
        "warehouse_key": _OPEN.key_of(shipment.shipment_id, shipment.org_id, "WAREHOUSE", shipment.warehouse_id or ""),
        "open_so_key": open_so_key(shipment.org_id, shipment.so_number),
        "listed": msgspec.json.encode(listed).decode(),
    }


NOT_OPEN: dict[str, None] = dict.fromkeys(("open_key", "open_order", "open_so_key", "warehouse_key", "listed"))
"""The attributes that remove a shipment from these indexes."""


def _collection(org_id: str, shipment_id: str) -> str:
    return key(org_id, "SHIPMENT", shipment_id.lower())
