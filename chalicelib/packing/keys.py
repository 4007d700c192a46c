"""Where the things of packing are: ids made of the names by which people know them, and keys made of ids.

A shipment is known by its number, a line by its number in the shipment, a box by being the third, a plate by what its
barcode says. The ids are made of these (UUIDs of version 5), so whoever knows the name need not search.
Ids in requests may be written in capitals; keys are not.
"""

from __future__ import annotations

import uuid
import zlib
from typing import Any

import msgspec

from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import key
from chalicelib.packing.tables import (
    Box,
    Content,
    Draft,
    Line,
    Listed,
    Plate,
    SerialCounter,
    Shipment,
    SsccClaim,
)

OPEN_SHARDS = 8
SERIAL_SHARDS = 16
BOX, ITEM, LINE = "BOX", "ITEM", "LINE"
_DATELESS = "9999-99-99"
_LONGEST_ID = 64
_NAMES = uuid.UUID("5c0f6d3e-2f0b-4c0e-9a53-6d1d1f0b7a11")


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
    # Sort keys have less room than what may stand in a path; of no content's id is anything lost here.
    return ItemKey(Content, key(org_id, BOX, box_id.lower()), key(ITEM, content_id[:_LONGEST_ID].lower()))


def sscc_key(org_id: str, sscc: str) -> ItemKey[SsccClaim]:
    """Where the claim of an SSCC is."""
    return ItemKey(SsccClaim, key(org_id, "SSCC", sscc), "SSCC")


def serial_key(org_id: str, digits: str, shard: int) -> ItemKey[SerialCounter]:
    """Where the next serial of a shard is; `digits` are those before the serial.

    Zeros at their end make the same numbers as zeros at the beginning of the serial, so they have no counter of their
    own: of two prefixes such as 1234567 and 12345670 one goes on where the other one was.
    """
    return ItemKey(SerialCounter, key(org_id, "SERIAL", digits.rstrip("0"), shard), "SERIAL")


def allocation(shipment_id: str, line_number: int) -> str:
    """How a plate says that it may be packed for a line; those of one shipment sort by line."""
    return f"{shipment_id}/{line_number:09d}"


def line_of(text: str) -> tuple[str, str]:
    """The ids of the shipment and of the line that an `allocation` names."""
    shipment_id, _, number = text.partition("/")
    return shipment_id, line_id_of(shipment_id, int(number))


def lines_allocated(plate: Plate, shipment_id: str) -> list[str]:
    """The ids of a shipment's lines for which a plate is allocated, in the order of the lines."""
    start = f"{shipment_id.lower()}/"
    return [line_of(one)[1] for one in sorted(plate.allocated or ()) if one.startswith(start)]


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
