"""Boxes: opening, closing, opening again, looking into them, and their label.

The number of a box is the shipment's count of boxes, raised in the transaction that makes the box: no number is missing
and none is there twice. So the boxes of a shipment are found by counting, without an index.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound, Unavailable
from chalicelib.core.store import get, get_many, parallel, parallel_pair
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import section_of
from chalicelib.packing import access, serials, views
from chalicelib.packing.changes import add_to, change
from chalicelib.packing.errors import (
    AlreadyClosed,
    AlreadyOpen,
    EmptyBox,
    InvalidWeight,
    NoSscc,
    ShipmentNotFound,
    ShipmentNotPackable,
)
from chalicelib.packing.keys import BOX, box_id_of, box_key, box_query, shipment_key
from chalicelib.packing.moves import is_packable
from chalicelib.packing.rules import BOX_STEPS, PACKABLE, BoxStatus, BoxStep, exact, summed
from chalicelib.packing.schemas import CloseBox, LabelQuery, NewBox, ReopenBox, SentWeight
from chalicelib.packing.settings import PACKING
from chalicelib.packing.tables import Box, Content, Shipment

_ABSENT = "There is no such box."
_AT_ONCE = 100
_MEASURES = ("weight", "length", "width", "height")


def create(work: UnitOfWork, request: Request[NewBox, Any]) -> Box:
    """Open a new box for a shipment. Raises `ShipmentNotFound` or `ShipmentNotPackable`."""
    org_id = request.actor.org_id
    shipment = request.read(shipment_key(org_id, named(request, "shipment_id")))
    if shipment is None:
        raise ShipmentNotFound
    request.actor.require_reach(access.CREATE_BOX)
    if shipment.status not in PACKABLE:
        raise ShipmentNotPackable(details={"status": shipment.status})
    _ = request.body
    count = shipment.boxes_count
    box = _new_box(work, shipment, count + 1)
    work.audit(Box.kind, box.box_id, "BOX_CREATED")
    work.create(box, Unavailable())
    change(
        work,
        shipment,
        values={"boxes_count": count + 1},
        amounts={"boxes_open": 1, "boxes_empty": 1},
        condition=(Shipment.boxes_count == count) & is_packable(),
    )
    return box


def close(work: UnitOfWork, request: Request[CloseBox, Any]) -> Box:
    """Close a box. Raises `NotFound`, `AlreadyClosed`, `EmptyBox`, `InvalidWeight` or `ValidationFailed`."""
    box = existing(request, named(request, "box_id"), access.CLOSE_BOX)
    if (BoxStatus(box.status), BoxStep.CLOSE) not in BOX_STEPS:
        raise AlreadyClosed
    if not box.item_count:
        raise EmptyBox
    request.check_version(box)
    values = _measured(request)
    condition = (Box.status == box.status) & (Box.item_count > 0)
    if box.sscc is None:
        organisation = request.read(organisation_key(box.org_id))
        values["sscc"] = serials.claim(work, box, section_of(organisation, PACKING))
        condition &= Box.sscc.does_not_exist()
    closed = {"status": BOX_STEPS[BoxStatus.OPEN, BoxStep.CLOSE].value, "closed_at": work.now}
    change(work, box, values={**values, **closed}, condition=condition, if_match=request.if_match)
    add_to(work, shipment_key(box.org_id, box.shipment_id), {"boxes_open": -1})
    return box


def reopen(work: UnitOfWork, request: Request[ReopenBox, Any]) -> Box:
    """Open a closed box again; it keeps its SSCC, and is measured anew when it is closed.

    Raises `NotFound`, `AlreadyOpen` or `ShipmentNotPackable`.
    """
    box = existing(request, named(request, "box_id"), access.REOPEN_BOX)
    if (BoxStatus(box.status), BoxStep.REOPEN) not in BOX_STEPS:
        raise AlreadyOpen
    request.check_version(box)
    values: dict[str, object] = dict.fromkeys(_MEASURES)
    values |= {"status": BOX_STEPS[BoxStatus.CLOSED, BoxStep.REOPEN].value, "closed_at": None}
    same_closing = (Box.status == box.status) & (Box.closed_at == box.closed_at)
    values["reopen_reason"] = request.body.reason
    change(work, box, values=values, condition=same_closing, if_match=request.if_match)
    where = shipment_key(box.org_id, box.shipment_id)
    add_to(work, where, {"boxes_open": 1}, condition=is_packable(), on_conflict=ShipmentNotPackable(), final=True)
    return box


def existing(request: Request[Any, Any], box_id: str, permission: str) -> Box:
    """A box that the caller's permission reaches. Raises `NotFound` or `AccessDenied`."""
    box = request.read(box_key(request.actor.org_id, box_id))
    if box is None:
        raise NotFound(_ABSENT)
    request.actor.require_reach(permission)
    return box


def details(request: Request[Any, Any], box_id: str) -> tuple[Box, list[Content]]:
    """A box with its contents. Raises `NotFound`."""
    box, contents = box_with_contents(request.actor.org_id, box_id)
    if box is None:
        raise NotFound(_ABSENT)
    request.actor.require_reach(access.READ)
    return box, contents


def label(request: Request[Any, LabelQuery], box_id: str) -> str:
    """The label of a box for a printer. Raises `NotFound`, `NoSscc` or `ValidationFailed`."""
    from chalicelib.packing import labels

    org_id, known = request.actor.org_id, existing(request, box_id, access.READ)
    _sscc_of(known)
    _ = request.query
    [(box, contents)], [shipment] = parallel_pair(
        [partial(box_with_contents, org_id, box_id)], [partial(get, shipment_key(org_id, known.shipment_id))]
    )
    if box is None or shipment is None:
        raise NotFound(_ABSENT)
    return labels.zpl(
        labels.BoxLabel(
            customer_name=shipment.customer_name,
            shipment_number=shipment.shipment_number,
            so_number=shipment.so_number,
            box_number=box.box_number,
            sscc=_sscc_of(box),  # again, for it may be open by now and no longer hold what the label says
            weight=box.weight,
            contents=summed(views.packed_of(one) for one in contents),
        )
    )


def _sscc_of(box: Box) -> str:
    """The SSCC of a closed box. Raises `NoSscc`."""
    if box.sscc is None or box.status != BoxStatus.CLOSED:
        raise NoSscc
    return box.sscc


def box_with_contents(org_id: str, box_id: str) -> tuple[Box | None, list[Content]]:
    """A box and all that is in it, the oldest first."""
    query = box_query(org_id, box_id)
    found: list[Mapping[str, Any]] = []
    start: Mapping[str, Any] | None = None
    while True:  # one page holds a thousand contents and more
        answer = query.raw(start=start)
        found += answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            break
    boxes = [Box.from_raw_data(raw) for raw in found if raw["sk"]["S"] == BOX]
    return boxes[0] if boxes else None, [Content.from_raw_data(raw) for raw in found if raw["sk"]["S"] != BOX]


def of_shipment(request: Request[Any, Any], clock: Clock) -> tuple[Shipment, list[Box]]:
    """A shipment and its boxes, by number. Raises `NotFound`."""
    org_id = request.actor.org_id
    shipment = request.read(shipment_key(org_id, request.path["shipment_id"]))
    if shipment is None:
        raise NotFound("There is no such shipment.")
    request.actor.require_reach(access.READ)
    numbers = range(1, shipment.boxes_count + 1)
    keys = [box_key(org_id, box_id_of(shipment.shipment_id, number)) for number in numbers]
    parts = [keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE)]
    found = parallel([partial(get_many, part, clock) for part in parts])
    boxes = [each.get(one) for each, part in zip(found, parts, strict=True) for one in part]
    return shipment, [box for box in boxes if box is not None]


def named(request: Request[Any, Any], field: str) -> str:
    """The id that a body names, even if something else in it is wrong: what exists is checked before that."""
    flaw = request.flaw
    if flaw is None:
        return str(getattr(request.body, field))
    if request.named is None or field in flaw.fields:
        raise flaw
    return request.named


def _measured(request: Request[CloseBox, Any]) -> dict[str, object]:
    """Weight and sizes. Raises `InvalidWeight` for one that is not positive, whatever else is wrong, or the flaws."""
    flaw = request.flaw
    if flaw is not None:
        sent = request.glimpse(SentWeight)
        raise InvalidWeight(flaw.fields) if sent is not None and sent.weight <= 0 else flaw
    measures = {name: getattr(request.body, name) for name in _MEASURES}
    return {name: None if value is None else exact(value) for name, value in measures.items()}


def _new_box(work: UnitOfWork, shipment: Shipment, number: int) -> Box:
    box_id = box_id_of(shipment.shipment_id, number)
    where = box_key(shipment.org_id, box_id)
    return Box(
        where.pk,
        where.sk,
        box_id=box_id,
        org_id=shipment.org_id,
        shipment_id=shipment.shipment_id,
        box_number=number,
        status=BoxStatus.OPEN.value,
        weight_est=exact(0),
        opened_at=work.now,
    )
