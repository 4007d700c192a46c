"""Shipments: those to be packed, what a barcode stands for, and saying that one is complete.

The list reads the index of open shipments, all of its shards at once, as the store gives it; it looks at the few
attributes by which it filters and sorts, and makes answers only of those that are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.store import ItemKey, Query, ReadResult, get_many, parallel, parallel_pair
from chalicelib.core.table import SEPARATOR
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import Naming
from chalicelib.edge.request import Request
from chalicelib.packing import access, views
from chalicelib.packing.boxes import named
from chalicelib.packing.errors import NoBoxes, OpenBoxes, PackingRefused, ShipmentNotPackable, UnpackedItems
from chalicelib.packing.keys import (
    NOT_OPEN,
    open_keys,
    open_so_key,
    plate_id_of,
    plate_key,
    shipment_id_of,
    shipment_key,
    sscc_key,
)
from chalicelib.packing.rules import (
    SHIPMENT_STEPS,
    Obstacle,
    Progress,
    ShipmentStatus,
    ShipmentStep,
    numbers_in,
    obstacle_to_completion,
)
from chalicelib.packing.schemas import (
    CompleteShipment,
    LookupQuery,
    OpenShipment,
    PlateFound,
    ShipmentFound,
    ShipmentList,
    ShipmentQuery,
)
from chalicelib.packing.sscc import is_sscc
from chalicelib.packing.tables import Listed, OpenOfOrder, OpenShipments, Shipment, SsccClaim

RawEntry = Mapping[str, Mapping[str, Any]]

_listed = msgspec.json.Decoder(Listed)
_REFUSALS: Mapping[Obstacle, type[PackingRefused]] = {
    Obstacle.NOT_PACKABLE: ShipmentNotPackable,
    Obstacle.NO_BOXES: NoBoxes,
    Obstacle.OPEN_BOXES: OpenBoxes,
    Obstacle.UNPACKED_ITEMS: UnpackedItems,
}


def to_be_packed(request: Request[Any, ShipmentQuery]) -> ShipmentList:
    """The shipments that can be packed, by promised date, and how many of them match."""
    request.actor.require_reach(access.READ)
    org_id, query = request.actor.org_id, request.query
    index = OpenShipments.Meta.index_name
    shards = parallel([partial(_entries, Query(Shipment, shard, index=index)) for shard in open_keys(org_id)])
    wanted = _wanted([entry for shard in shards for entry in shard], query)
    wanted.sort(key=_urgency)
    return ShipmentList([_shown(entry, listed) for entry, listed in wanted[: query.limit]], len(wanted))


def named_sscc(naming: Naming) -> list[ItemKey[SsccClaim]]:
    """Where the SSCC in a scanned barcode is, if there is one in it: it is read with the admission."""
    return _sscc_in(naming.org_id, naming.find("barcode") or "")


def _sscc_in(org_id: str, barcode: str) -> list[ItemKey[SsccClaim]]:
    return [sscc_key(org_id, one) for one in numbers_in(barcode) if is_sscc(one)][:1]


def look_up(request: Request[Any, LookupQuery], clock: Clock) -> ShipmentFound | PlateFound:
    """What a barcode stands for: a shipment, an order's oldest shipment, a plate, or the shipment of a box.

    Raises `NotFound` or `ValidationFailed`.
    """
    org_id, texts = request.actor.org_id, numbers_in(request.path["barcode"])
    claim = next((request.read(where) for where in _sscc_in(org_id, request.path["barcode"])), None)
    at_box = [shipment_key(org_id, claim.shipment_id)] if claim is not None else []
    keys: list[ItemKey[Any]] = [*at_box]
    for text in texts:
        keys += [shipment_key(org_id, shipment_id_of(org_id, text)), plate_key(org_id, plate_id_of(org_id, text))]
    orders = [partial(_oldest_of_order, org_id, text) for text in texts]
    [found], oldest = parallel_pair([partial(get_many, keys, clock)], orders)
    for text, of_order in zip(texts, oldest, strict=True):
        if (answer := _meant(request, text, found, of_order)) is not None:
            return answer
    shipment = found.get(at_box[0]) if at_box else None
    if shipment is None:
        raise NotFound("Nothing has this barcode.")
    _check(request)
    return ShipmentFound(views.found_shipment(shipment))


def complete(work: UnitOfWork, request: Request[CompleteShipment, Any]) -> Shipment:
    """Say that a shipment is packed. Raises `NotFound`, what is to be done first, or `ValidationFailed`."""
    shipment = request.read(shipment_key(request.actor.org_id, named(request, "shipment_id")))
    if shipment is None:
        raise NotFound("There is no such shipment.")
    request.actor.require_reach(access.COMPLETE)
    status = ShipmentStatus(shipment.status)
    # A flawed body may have meant to allow it: then only what stands in the way in any case is said before the flaw.
    allow_partial = request.flaw is not None or request.body.allow_partial
    obstacle = obstacle_to_completion(status, _progress(shipment), allow_partial=allow_partial)
    if obstacle is not None:
        raise _REFUSALS[obstacle](details={"status": status.value, **_progress(shipment)._asdict()})
    request.check_version(shipment)
    _ = request.body
    following = SHIPMENT_STEPS[status, ShipmentStep.COMPLETE].value
    work.update(shipment, {"status": following, "updated_at": work.now, **NOT_OPEN})
    return shipment


def _entries(query: Query[Shipment]) -> list[RawEntry]:
    """All entries of one shard of an index."""
    entries: list[RawEntry] = []
    start: Mapping[str, Any] | None = None
    while True:
        answer = query.raw(start=start)
        entries += answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return entries


def _wanted(entries: Sequence[RawEntry], query: ShipmentQuery) -> list[tuple[RawEntry, Listed]]:
    sought, warehouse = (query.search or "").strip().casefold(), query.warehouse_id
    listed = ((entry, _listed.decode(entry["listed"]["S"])) for entry in entries)
    return [
        (entry, one)
        for entry, one in listed
        if (warehouse is None or one.warehouse_id == warehouse)
        and (
            not sought
            or any(sought in text.casefold() for text in (one.shipment_number, one.so_number, one.customer_name))
        )
    ]


def _urgency(found: tuple[RawEntry, Listed]) -> str:
    return str(found[0]["open_order"]["S"])


def _shown(entry: RawEntry, listed: Listed) -> OpenShipment:
    """An entry as it is answered. Indexes do not repeat the id, which the key ends with: entries stay small."""
    return OpenShipment(
        id=str(entry["pk"]["S"]).rsplit(SEPARATOR, 1)[-1],
        shipment_number=listed.shipment_number,
        so_number=listed.so_number,
        customer_name=listed.customer_name,
        status=ShipmentStatus(entry["status"]["S"]),
        promised_ship_date=listed.promised_ship_date,
        lines_total=listed.lines_total,
        lines_packed=int(entry["lines_packed"]["N"]),
        boxes_count=int(entry["boxes_count"]["N"]),
        allergen_alert=listed.allergen_alert,
    )


def _oldest_of_order(org_id: str, so_number: str) -> Shipment | None:
    page = Query(Shipment, open_so_key(org_id, so_number), index=OpenOfOrder.Meta.index_name).page(1)
    return page.items[0] if page.items else None


def _meant(
    request: Request[Any, LookupQuery], text: str, found: ReadResult, of_order: Shipment | None
) -> ShipmentFound | PlateFound | None:
    """What one reading of a barcode stands for."""
    org_id = request.actor.org_id
    shipment = found.get(shipment_key(org_id, shipment_id_of(org_id, text))) or of_order
    if shipment is not None:
        _check(request)
        return ShipmentFound(views.found_shipment(shipment))
    plate = found.get(plate_key(org_id, plate_id_of(org_id, text)))
    if plate is None:
        return None
    shipment_id = _check(request).shipment_id
    if shipment_id is None:
        raise ValidationFailed({"shipment_id": "is required to look up a license plate"})
    return PlateFound(views.found_plate(plate, shipment_id))


def _check(request: Request[Any, LookupQuery]) -> LookupQuery:
    """What was asked for beside the barcode, once it is known that there is something to be seen."""
    request.actor.require_reach(access.READ)
    return request.query


def _progress(shipment: Shipment) -> Progress:
    return Progress(
        lines_total=shipment.lines_total,
        lines_packed=shipment.lines_packed,
        lines_complete=shipment.lines_complete,
        boxes_count=shipment.boxes_count,
        boxes_open=shipment.boxes_open,
        boxes_empty=shipment.boxes_empty,
    )
