"""A large warehouse as items that are written straight to an engine: open shipments, and a huge one.

The items are what the models themselves make of the same attributes; only the way in is shorter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.packing.boxes.tables import (
    Box,
    BoxContent,
    SsccClaim,
    box_id_of,
    box_key,
    content_key,
    product_key,
    sscc_key,
)
from chalicelib.packing.open_list.tables import OpenShipmentCount, open_count_key
from chalicelib.packing.plates.tables import Plate, allocation, plate_id_of, plate_key, product_id_of
from chalicelib.packing.shipments.tables import (
    COUNTED,
    Shipment,
    ShipmentLine,
    line_id_of,
    line_key,
    open_attributes,
    shipment_id_of,
    shipment_key,
)
from chalicelib.packing.sscc import make_sscc

Item = dict[str, Any]
"""An item as stored."""

ORG = "demo"
HUGE = "SH-HUGE"
LINES, BOXES, IN_EACH = 500, 200, 3
PREFIX = "7610425"
WAREHOUSES = 4
_ONE = Decimal(1)
_CUSTOMERS = ("Bakkerij Zonneveld", "Hotel De Gouden Leeuw", "Schoolmaaltijd Utrecht", "Café Noord", "Markthal Zuid")


def open_shipments(count: int, now: datetime) -> list[Item]:
    """Return shipments that can be packed, of many orders, dates and customers, in four warehouses."""
    shipments = [_shipment(f"SH-{number:06d}", number, now) for number in range(count)]
    return [_raw(one) for one in (*shipments, *_counts(shipments, 0))]


def earlier_shipments(first: int, count: int, now: datetime) -> list[Item]:
    """Return shipments as a version that did not count them stored and listed them."""
    shipments = [_shipment(f"SH-{number:06d}", number, now) for number in range(first, first + count)]
    for shipment in shipments:
        shipment.open_order = (shipment.open_order or "").removeprefix(COUNTED)
        shipment.warehouse_key = None
    return [_raw(shipment) for shipment in shipments]


def huge_shipment(now: datetime) -> list[Item]:
    """Return a shipment of 500 lines with a plate each, and 200 closed boxes with three contents each."""
    shipment = _shipment(HUGE, 0, now)
    packed = BOXES * IN_EACH
    shipment.status, shipment.lines_total = "packing", LINES
    shipment.lines_packed, shipment.boxes_count = min(packed, LINES), BOXES
    for name, value in open_attributes(shipment).items():
        setattr(shipment, name, value)
    shipment_id = shipment.shipment_id
    lines = [_line(shipment_id, number, packed) for number in range(1, LINES + 1)]
    plates = [_plate(shipment_id, line, now) for line in lines]
    boxes = chain.from_iterable(_box(shipment_id, number, lines, now) for number in range(1, BOXES + 1))
    return [_raw(one) for one in (shipment, *lines, *plates, *boxes, *_counts([shipment], 1))]


def filled_box(number: int, count: int, now: datetime, *, has_sums: bool = True) -> list[Item]:
    """Return an open box of the huge shipment with halves of its last line, and that line and its plate.

    Without sums it is as earlier versions stored it.
    """
    shipment_id = shipment_id_of(ORG, HUGE)
    line, box_id = _line(shipment_id, LINES, BOXES * IN_EACH), box_id_of(shipment_id, number)
    plate, packed = _plate(shipment_id, line, now), Decimal(count) / 2
    line.packed, plate.packed, plate.remaining = line.packed + packed, plate.packed + packed, plate.remaining - packed
    contents = [_content(box_id, line, place, now, Decimal("0.5")) for place in range(count)]
    box = box_key(ORG, box_id).new(
        box_id=box_id,
        org_id=ORG,
        shipment_id=shipment_id,
        box_number=number,
        status="open",
        item_count=count,
        weight_est=packed / 4,
        has_sums=has_sums or None,
        opened_at=now,
    )
    product = contents[0].product._replace(quantity=packed)
    values = {**product._asdict(), "allergens": list(product.allergens)}
    total = product_key(ORG, box_id, product).new(**values, item_count=count, first_content_id=contents[0].content_id)
    return [_raw(one) for one in (box, line, plate, *contents, *([total] if has_sums else ()))]


def fill(items: Sequence[Item]) -> None:
    """Write items of packing to the engine of the application, in batches."""
    engine = client("dynamodb", settings().dynamodb_endpoint)
    for start in range(0, len(items), 25):
        writes = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        engine.batch_write_item(RequestItems={Shipment.Meta.table_name: writes})


def _shipment(number: str, place: int, now: datetime) -> Shipment:
    shipment_id = shipment_id_of(ORG, number)
    where = shipment_key(ORG, shipment_id)
    shipment = Shipment(
        where.pk,
        where.sk,
        shipment_id=shipment_id,
        org_id=ORG,
        shipment_number=number,
        so_number=f"SO-{place // 2:06d}",
        customer_name=f"{_CUSTOMERS[place % len(_CUSTOMERS)]} {place % 97}",
        status="pending",
        allergen_restrictions=["nuts", "sesame"] if place % 3 == 0 else [],
        warehouse_id=f"wh-{place % WAREHOUSES}",
        promised_ship_date=f"2026-12-{1 + place % 28:02d}" if place % 10 else None,
        lines_total=12,
        created_at=now,
        updated_at=now,
    )
    for name, value in open_attributes(shipment).items():
        setattr(shipment, name, value)
    return shipment


def _counts(shipments: Sequence[Shipment], shard: int) -> Iterator[OpenShipmentCount]:
    """Yield counters of these shipments, all in one shard."""
    for warehouse_id, count in Counter(shipment.warehouse_id or "" for shipment in shipments).items():
        yield open_count_key(ORG, warehouse_id, shard).new(open=count)


def _line(shipment_id: str, number: int, packed: int) -> ShipmentLine:
    line_id = line_id_of(shipment_id, number)
    where = line_key(ORG, shipment_id, line_id)
    return ShipmentLine(
        where.pk,
        where.sk,
        line_id=line_id,
        shipment_id=shipment_id,
        line_number=number,
        sku=f"SKU-{number}",
        product_name=f"Product number {number}",
        quantity=Decimal(10_000),
        uom="EA",
        unit_weight=Decimal("0.25"),
        allergens=["gluten"] if number % 2 else ["gluten", "nuts"],
        packed=Decimal(packed // LINES + (number <= packed % LINES)),
    )


def _plate(shipment_id: str, line: ShipmentLine, now: datetime) -> Plate:
    number = f"LP-{line.line_number:06d}"
    plate_id = plate_id_of(ORG, number)
    where = plate_key(ORG, plate_id)
    return Plate(
        where.pk,
        where.sk,
        plate_id=plate_id,
        org_id=ORG,
        lp_number=number,
        product_id=product_id_of(ORG, line.sku),
        sku=line.sku,
        product_name=line.product_name,
        quantity=Decimal(10_000),
        packed=line.packed,
        remaining=Decimal(10_000) - line.packed,
        lot_number="LOT-7",
        allocated={allocation(shipment_id, line.line_number)},
        created_at=now,
        updated_at=now,
    )


def _box(shipment_id: str, number: int, lines: list[ShipmentLine], now: datetime) -> Iterator[Any]:
    box_id = box_id_of(shipment_id, number)
    where, sscc = box_key(ORG, box_id), make_sscc(9, PREFIX, number)
    yield Box(
        where.pk,
        where.sk,
        box_id=box_id,
        org_id=ORG,
        shipment_id=shipment_id,
        box_number=number,
        status="closed",
        item_count=IN_EACH,
        weight_est=Decimal("0.25") * IN_EACH,
        weight=Decimal(1),
        sscc=sscc,
        opened_at=now,
        closed_at=now,
    )
    claim = sscc_key(ORG, sscc)
    yield SsccClaim(claim.pk, claim.sk, box_id=box_id, shipment_id=shipment_id)
    for place in range(IN_EACH):
        line = lines[((number - 1) * IN_EACH + place) % LINES]
        yield _content(box_id, line, place, now)


def _content(box_id: str, line: ShipmentLine, place: int, now: datetime, quantity: Decimal = _ONE) -> BoxContent:
    content_id = f"00000000-0000-7000-8000-{place:012d}"
    where = content_key(ORG, box_id, content_id)
    number = f"LP-{line.line_number:06d}"
    return BoxContent(
        where.pk,
        where.sk,
        content_id=content_id,
        box_id=box_id,
        shipment_id=line.shipment_id,
        line_id=line.line_id,
        plate_id=plate_id_of(ORG, number),
        lp_number=number,
        lot_number="LOT-7",
        sku=line.sku,
        product_name=line.product_name,
        uom=line.uom,
        quantity=quantity,
        unit_weight=line.unit_weight,
        allergens=line.allergens,
        packed_by="packer",
        packed_at=now,
    )


def _raw(item: Any) -> Item:
    raw: Item = item.serialize()
    return raw
