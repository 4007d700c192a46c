"""Reads of single shipments: their details and slips, and what a barcode names; and how many can be packed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from chalicelib.core.activity import Activity, StateCounts, limit_of
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import (
    BATCH,
    ItemKey,
    Query,
    ReadResult,
    get,
    get_many,
    parallel_pair_reads,
    parallel_reads,
)
from chalicelib.packing import permissions
from chalicelib.packing.boxes.queries import BoxWithContents, read_box, read_boxes
from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.boxes.tables import Box, SsccClaim, box_key, sscc_key
from chalicelib.packing.errors import BarcodeNotFound
from chalicelib.packing.plates.tables import (
    AllocatedPlate,
    Plate,
    allocated_lines,
    allocated_plates_query,
    plate_id_of,
    plate_key,
)
from chalicelib.packing.rules import numbers_in
from chalicelib.packing.shipments.rules import PACKABLE
from chalicelib.packing.shipments.schemas import LookupQuery
from chalicelib.packing.shipments.tables import (
    SHIPMENT_HOURS,
    Shipment,
    ShipmentLine,
    line_key,
    lines_query,
    open_keys,
    open_so_key,
    shipment_id_of,
    shipment_key,
)
from chalicelib.packing.sscc import is_sscc

MAX_PLATES = 2000
"""How many plates a shipment shows at most."""


class ShipmentWithLines(NamedTuple):
    """A shipment, its lines by number, and the plates that are allocated to them by line id."""

    shipment: Shipment
    lines: list[ShipmentLine]
    plates: Mapping[str, Sequence[Plate]]


class ShipmentToShip(NamedTuple):
    """A shipment, its lines and its boxes by number, and the contents of the boxes."""

    shipment: Shipment
    lines: list[ShipmentLine]
    boxes: list[BoxWithContents]


class PlateMatch(NamedTuple):
    """A plate that a barcode names, and the line for which it is to be packed; None if there is none."""

    plate: Plate
    line_id: str | None
    line: ShipmentLine | None


def find_activity(actor: Actor, now: datetime) -> Activity | None:
    """Return how many shipments can be packed, by status, and the last hours; None if the caller may not list them."""
    if not actor.reaches(permissions.READ):
        return None
    index, shards = Shipment.open_shipments.Meta.index_name, open_keys(actor.org_id)
    limit = limit_of(len(shards))
    reads = [partial(Query(Shipment, shard, index=index).read, limit) for shard in shards]
    rows, [hours] = parallel_pair_reads(reads, [partial(SHIPMENT_HOURS.read, actor.org_id, now=now)])
    statuses = Counter(str(entry["status"]["S"]) for shard in rows for entry in shard.items)
    is_cut = any(len(shard.items) >= limit for shard in rows)
    numbers = {str(status): statuses[status] for status in sorted(PACKABLE)}
    return Activity(StateCounts(numbers, sorted(numbers) if is_cut else ()), hours)


def get_shipment(shipment: Shipment, clock: Clock) -> ShipmentWithLines:
    """Return a shipment with its lines and their plates."""
    org_id, shipment_id = shipment.org_id, shipment.shipment_id
    [lines], [rows] = parallel_pair_reads(
        [partial(_read_lines, shipment)],
        [partial(allocated_plates_query(org_id, shipment_id).read, MAX_PLATES)],
    )
    allocated = [AllocatedPlate.from_raw_data(item) for item in rows.items]
    keys = list({row.plate_id: plate_key(org_id, row.plate_id) for row in allocated}.values())
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    results = parallel_reads([partial(get_many, batch, clock) for batch in batches])
    stored = {key.pk: plate for result in results for key in keys if (plate := result.get(key)) is not None}
    plates: dict[str, list[Plate]] = defaultdict(list)
    for row in allocated:
        if (plate := stored.get(plate_key(org_id, row.plate_id).pk)) is not None:
            plates[row.line_id].append(plate)
    return ShipmentWithLines(shipment, lines, plates)


def get_slip(shipment: Shipment, clock: Clock) -> ShipmentToShip:
    """Return a shipment with its lines, and its boxes with their contents."""
    boxes = [box for box in read_boxes(shipment, clock) if box.status != BoxStatus.VOIDED]
    reads = [partial(read_box, box.org_id, box.box_id) for box in boxes]
    [lines], contents = parallel_pair_reads([partial(_read_lines, shipment)], reads)
    filled = [box for box in contents if box is not None]
    return ShipmentToShip(shipment, lines, filled)


def _read_lines(shipment: Shipment) -> list[ShipmentLine]:
    """Return the lines of a shipment by number."""
    lines = lines_query(shipment.org_id, shipment.shipment_id).all()
    return sorted(lines, key=lambda line: line.line_number)


def scanned_sscc_key(org_id: str, barcode: str) -> ItemKey[SsccClaim] | None:
    """Return the key of the claim of the SSCC in a scanned barcode, if it holds one."""
    sscc = next(filter(is_sscc, numbers_in(barcode)), None)
    return None if sscc is None else sscc_key(org_id, sscc)


def look_up(
    barcode: str, query: LookupQuery, actor: Actor, claim: SsccClaim | None, clock: Clock
) -> Shipment | PlateMatch | Box:
    """Return the shipment, the plate or the box that a barcode names; `claim` is that of the SSCC in it.

    Raise `BarcodeNotFound`, `AccessDenied`, or `ValidationFailed` for a plate without a shipment.
    """
    match = _find(actor.org_id, barcode, claim, clock)
    if match is None:
        raise BarcodeNotFound
    actor.require_reach(permissions.READ)
    if isinstance(match, Plate):
        if query.shipment_id is None:
            raise ValidationFailed({"shipment_id": "is required to look up a license plate"})
        return _plate_match(match, query.shipment_id, clock)
    if isinstance(match, Shipment) and "status" not in match.attribute_values:  # the index of orders holds less
        whole = get(shipment_key(actor.org_id, match.shipment_id))
        if whole is None:
            raise BarcodeNotFound
        return whole
    return match


def _plate_match(plate: Plate, shipment_id: str, clock: Clock) -> PlateMatch:
    """Return a plate with the first of its lines that still lacks something, or with the first if none does."""
    line_ids = allocated_lines(plate, shipment_id)
    if not line_ids:
        return PlateMatch(plate, None, None)
    keys = [line_key(plate.org_id, shipment_id, line_id) for line_id in line_ids]
    result = get_many(keys, clock)
    lines = [line for key in keys if (line := result.get(key)) is not None]
    line = next((line for line in lines if line.packed < line.quantity), lines[0] if lines else None)
    return PlateMatch(plate, line.line_id if line else line_ids[0], line)


def _find(org_id: str, barcode: str, claim: SsccClaim | None, clock: Clock) -> Shipment | Plate | Box | None:
    """Return what the first matching number in a barcode names, else the box with its SSCC."""
    numbers = numbers_in(barcode)
    # What was typed in small letters is the number in capitals, unless there is one in small letters.
    numbers = list(dict.fromkeys([*numbers, *(number.upper() for number in numbers[-1:])]))
    keys: list[ItemKey[Any]] = [] if claim is None else [box_key(org_id, claim.box_id)]
    for number in numbers:
        keys += _keys(org_id, number)
    orders = [partial(_oldest_of_order, org_id, number) for number in numbers]
    [result], oldest = parallel_pair_reads([partial(get_many, keys, clock)], orders)
    for number, of_order in zip(numbers, oldest, strict=True):
        if (match := _match(org_id, number, result, of_order)) is not None:
            return match
    return None if claim is None else result.get(box_key(org_id, claim.box_id))


def _match(org_id: str, number: str, result: ReadResult, of_order: Shipment | None) -> Shipment | Plate | None:
    shipment, plate = _keys(org_id, number)
    return result.get(shipment) or of_order or result.get(plate)


def _keys(org_id: str, number: str) -> tuple[ItemKey[Shipment], ItemKey[Plate]]:
    shipment_id = shipment_id_of(org_id, number)
    return shipment_key(org_id, shipment_id), plate_key(org_id, plate_id_of(org_id, number))


def _oldest_of_order(org_id: str, so_number: str) -> Shipment | None:
    return Query(Shipment, open_so_key(org_id, so_number), index=Shipment.open_of_order.Meta.index_name).first()
