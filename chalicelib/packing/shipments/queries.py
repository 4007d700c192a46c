"""Reads of shipments: the list of open shipments, and what a barcode names.

The list reads all shards of the index of open shipments at once, as the store returns them. It decodes only the
attributes by which it filters and sorts, and makes views only of the shipments that are shown.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from chalicelib.core.activity import Activity, StateCounts, limit_of
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import ItemKey, Query, RawItem, ReadResult, get_many, parallel_pair_reads, parallel_reads
from chalicelib.packing import permissions
from chalicelib.packing.boxes.tables import SsccClaim, sscc_key
from chalicelib.packing.errors import BarcodeNotFound
from chalicelib.packing.plates.tables import Plate, plate_id_of, plate_key
from chalicelib.packing.rules import numbers_in
from chalicelib.packing.shipments.rules import PACKABLE
from chalicelib.packing.shipments.schemas import LookupQuery, ShipmentQuery
from chalicelib.packing.shipments.tables import (
    SHIPMENT_HOURS,
    ListedShipment,
    Shipment,
    ShipmentLine,
    lines_query,
    open_keys,
    open_so_key,
    shipment_id_of,
    shipment_key,
)
from chalicelib.packing.sscc import is_sscc

_decoder = msgspec.json.Decoder(ListedShipment)

ListedEntry = tuple[RawItem, ListedShipment]
"""An entry of the index of open shipments and its decoded attribute `listed`."""


class ShipmentMatches(NamedTuple):
    """The most urgent of the shipments that match a filter, and the number of all that match."""

    entries: list[ListedEntry]
    total: int


class ShipmentWithLines(NamedTuple):
    """A shipment and its lines by number."""

    shipment: Shipment
    lines: list[ShipmentLine]


class PlateMatch(NamedTuple):
    """A plate that a barcode names, and the shipment for which it was looked up."""

    plate: Plate
    shipment_id: str


def list_shipments(query: ShipmentQuery, actor: Actor) -> ShipmentMatches:
    """Return the shipments that can be packed, by promised date. Raise `AccessDenied`."""
    actor.require_reach(permissions.READ)
    index = Shipment.open_shipments.Meta.index_name
    queries = [Query(Shipment, shard, index=index) for shard in open_keys(actor.org_id)]
    shards = parallel_reads([shard.read for shard in queries])
    entries = _filter((entry for shard in shards for entry in shard.items), query)
    entries.sort(key=lambda entry: str(entry[0]["open_order"]["S"]))
    return ShipmentMatches(entries[: query.limit], len(entries))


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


def get_shipment(shipment: Shipment) -> ShipmentWithLines:
    """Return a shipment with its lines."""
    lines = lines_query(shipment.org_id, shipment.shipment_id).all()
    return ShipmentWithLines(shipment, sorted(lines, key=lambda line: line.line_number))


def scanned_sscc_key(org_id: str, barcode: str) -> ItemKey[SsccClaim] | None:
    """Return the key of the claim of the SSCC in a scanned barcode, if it holds one."""
    sscc = next(filter(is_sscc, numbers_in(barcode)), None)
    return None if sscc is None else sscc_key(org_id, sscc)


def look_up(
    barcode: str, query: LookupQuery, actor: Actor, claim: SsccClaim | None, clock: Clock
) -> Shipment | PlateMatch:
    """Return the shipment or the plate that a barcode names; `claim` is that of the SSCC in it.

    Raise `BarcodeNotFound`, `AccessDenied`, or `ValidationFailed` for a plate without a shipment.
    """
    match = _find(actor.org_id, barcode, claim, clock)
    if match is None:
        raise BarcodeNotFound
    actor.require_reach(permissions.READ)
    if isinstance(match, Shipment):
        return match
    if query.shipment_id is None:
        raise ValidationFailed({"shipment_id": "is required to look up a license plate"})
    return PlateMatch(match, query.shipment_id)


def _filter(entries: Iterable[RawItem], query: ShipmentQuery) -> list[ListedEntry]:
    search, warehouse_id = (query.search or "").strip().casefold(), query.warehouse_id
    decoded = ((entry, _decoder.decode(entry["listed"]["S"])) for entry in entries)
    return [
        (entry, listed)
        for entry, listed in decoded
        if (warehouse_id is None or listed.warehouse_id == warehouse_id)
        and (
            not search
            or any(
                search in text.casefold() for text in (listed.shipment_number, listed.so_number, listed.customer_name)
            )
        )
    ]


def _find(org_id: str, barcode: str, claim: SsccClaim | None, clock: Clock) -> Shipment | Plate | None:
    """Return what the first matching number in a barcode names, else the shipment of the box with its SSCC."""
    numbers = numbers_in(barcode)
    keys: list[ItemKey[Any]] = [] if claim is None else [shipment_key(org_id, claim.shipment_id)]
    for number in numbers:
        keys += _keys(org_id, number)
    orders = [partial(_oldest_of_order, org_id, number) for number in numbers]
    [result], oldest = parallel_pair_reads([partial(get_many, keys, clock)], orders)
    for number, of_order in zip(numbers, oldest, strict=True):
        if (match := _match(org_id, number, result, of_order)) is not None:
            return match
    return None if claim is None else result.get(shipment_key(org_id, claim.shipment_id))


def _match(org_id: str, number: str, result: ReadResult, of_order: Shipment | None) -> Shipment | Plate | None:
    shipment, plate = _keys(org_id, number)
    return result.get(shipment) or of_order or result.get(plate)


def _keys(org_id: str, number: str) -> tuple[ItemKey[Shipment], ItemKey[Plate]]:
    shipment_id = shipment_id_of(org_id, number)
    return shipment_key(org_id, shipment_id), plate_key(org_id, plate_id_of(org_id, number))


def _oldest_of_order(org_id: str, so_number: str) -> Shipment | None:
    return Query(Shipment, open_so_key(org_id, so_number), index=Shipment.open_of_order.Meta.index_name).first()
