"""Endpoints of the packing scanner, its settings and datasets. Its contract knows invalid input as 400."""

from __future__ import annotations

from typing import Any

from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Naming
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request, Response, created, text
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import organisation_settings
from chalicelib.packing import access, boxes, service, shipments, views
from chalicelib.packing.errors import (
    AlreadyClosed,
    AlreadyOpen,
    BoxClosed,
    BoxMismatch,
    EmptyBox,
    InvalidWeight,
    LpNotAllocated,
    NoBoxes,
    NoSerialsLeft,
    NoSscc,
    OpenBoxes,
    QuantityExceedsAvailable,
    ShipmentNotFound,
    ShipmentNotPackable,
    SoLineMismatch,
    UnpackedItems,
)
from chalicelib.packing.importing import SHIPMENTS
from chalicelib.packing.importing_plates import PLATES
from chalicelib.packing.keys import box_key, content_key, shipment_key
from chalicelib.packing.rules import BoxStatus, ShipmentStatus
from chalicelib.packing.schemas import (
    BoxDetails,
    BoxList,
    BoxView,
    CloseBox,
    CompleteShipment,
    ItemPacked,
    LabelQuery,
    LookupQuery,
    NewBox,
    NewBoxView,
    PackItem,
    PlateFound,
    ReopenBox,
    ShipmentFound,
    ShipmentList,
    ShipmentQuery,
    ShipmentState,
)
from chalicelib.packing.settings import PACKING
from chalicelib.packing.tables import Box, Content, Shipment

routes = Routes(__name__, "Packing scanner")

BASE = "/shipping/scanner/pack"
ZPL = "text/plain; charset=utf-8"
_SSCC = "095200041234567895"
_UNMEASURED = {"length": None, "width": None, "height": None}
_INVALID = 400


def _named_content(naming: Naming) -> list[ItemKey[Content]]:
    box_id, item_id = naming.find("box_id"), naming.find("item_id")
    if box_id is None or item_id is None:
        return []
    return [content_key(naming.org_id, box_id, item_id)]


@routes.post(
    BASE,
    permission=access.PACK,
    body=PackItem,
    returns=ItemPacked,
    status=201,
    errors=[
        NotFound,
        LpNotAllocated,
        SoLineMismatch,
        QuantityExceedsAvailable,
        BoxMismatch,
        BoxClosed,
        ShipmentNotPackable,
    ],
    audit_target=AuditTarget(Box.kind, "ITEM_PACKED", "box_id"),
    invalid_status=_INVALID,
    examples={"request": {"notes": "Two are dented."}, "response": {"so_line_status": {"status": "partial"}}},
)
def pack_item(request: Request[PackItem, Empty], work: UnitOfWork) -> Response[ItemPacked]:
    """Pack an item into a box.

    The warning about allergens is only that: the item is packed all the same.
    """
    return created(service.pack(work, request, dependencies().clock))


@routes.delete(
    f"{BASE}/box/{{box_id}}/item/{{item_id}}",
    permission=access.REMOVE,
    status=204,
    versioned=True,
    errors=[NotFound, BoxClosed, ShipmentNotPackable],
    audit_target=AuditTarget(Box.kind, "ITEM_REMOVED", "box_id"),
    loads_also=_named_content,
    invalid_status=_INVALID,
)
def remove_item(request: Request[Empty, Empty], work: UnitOfWork) -> Response[None]:
    """Take an item out of a box; its quantity goes back to its plate and its line. The version is the box's."""
    box = service.take_out(work, request, dependencies().clock)
    return Response(None, 204, box.version)


@routes.post(
    f"{BASE}/box/create",
    permission=access.CREATE_BOX,
    body=NewBox,
    returns=NewBoxView,
    status=201,
    versioned=True,
    errors=[ShipmentNotFound, ShipmentNotPackable],
    audit_target=AuditTarget(Shipment.kind, "BOX_CREATED", "shipment_id"),
    loads=shipment_key,
    invalid_status=_INVALID,
    examples={"response": {"status": BoxStatus.OPEN, "weight": None, "dimensions": _UNMEASURED}},
)
def create_box(request: Request[NewBox, Empty], work: UnitOfWork) -> Response[NewBoxView]:
    """Open a new box for a shipment; it gets the next number."""
    box = boxes.create(work, request)
    return created(views.new_box(box), box.version)


@routes.post(
    f"{BASE}/box/close",
    permission=access.CLOSE_BOX,
    body=CloseBox,
    returns=BoxView,
    versioned=True,
    errors=[NotFound, AlreadyClosed, EmptyBox, InvalidWeight, NoSerialsLeft],
    audit_target=AuditTarget(Box.kind, "BOX_CLOSED", "box_id"),
    loads=box_key,
    loads_also=lambda naming: [organisation_key(naming.org_id)],
    invalid_status=_INVALID,
    examples={"response": {"status": BoxStatus.CLOSED, "sscc": _SSCC}},
)
def close_box(request: Request[CloseBox, Empty], work: UnitOfWork) -> Response[BoxView]:
    """Close a box.

    The first time it gets an SSCC, which is its own for good, if the organisation has settled a GS1 company prefix.
    """
    box = boxes.close(work, request)
    return Response(views.box_view(box), version=box.version)


@routes.post(
    f"{BASE}/box/reopen",
    permission=access.REOPEN_BOX,
    body=ReopenBox,
    returns=BoxView,
    versioned=True,
    errors=[NotFound, AlreadyOpen, ShipmentNotPackable],
    audit_target=AuditTarget(Box.kind, "BOX_REOPENED", "box_id"),
    loads=box_key,
    invalid_status=_INVALID,
    examples={
        "response": {"status": BoxStatus.OPEN, "weight": None, "dimensions": _UNMEASURED, "sscc": _SSCC},
    },
)
def reopen_box(request: Request[ReopenBox, Empty], work: UnitOfWork) -> Response[BoxView]:
    """Open a closed box again, and say why. It keeps its SSCC; weight and sizes are taken anew when it is closed."""
    box = boxes.reopen(work, request)
    return Response(views.box_view(box), version=box.version)


@routes.get(
    f"{BASE}/box/{{box_id}}",
    permission=access.READ,
    returns=BoxDetails,
    versioned=True,
    errors=[NotFound],
    examples={"response": {"box": {"sscc": _SSCC}}},
)
def get_box(request: Request[Empty, Empty]) -> Response[BoxDetails]:
    """A box with all that is in it."""
    box, contents = boxes.details(request, request.path["box_id"])
    return Response(views.box_details(box, contents), version=box.version)


@routes.get(
    f"{BASE}/box/{{box_id}}/label",
    permission=access.READ,
    query=LabelQuery,
    returns=str,
    media_type=ZPL,
    errors=[NotFound, NoSscc],
    loads=box_key,
    invalid_status=_INVALID,
    examples={"response": "^XA^CI28^PW812^LL1218^FO94,885^BY4,3,260^BCN,260,N,N,N^FD>;>800095200041234567895^FS^XZ"},
)
def get_label(request: Request[Empty, LabelQuery]) -> Response[Any]:
    """The label of a closed box, 4 by 6 inches, as its printer takes it."""
    return text(boxes.label(request, request.path["box_id"]), ZPL)


@routes.get(
    f"{BASE}/shipments", permission=access.READ, query=ShipmentQuery, returns=ShipmentList, invalid_status=_INVALID
)
def list_shipments(request: Request[Empty, ShipmentQuery]) -> Response[ShipmentList]:
    """The shipments that can be packed, by promised date, those without one last."""
    return Response(shipments.to_be_packed(request))


@routes.get(
    f"{BASE}/shipments/{{shipment_id}}/boxes",
    permission=access.READ,
    returns=BoxList,
    versioned=True,
    errors=[NotFound],
    loads=shipment_key,
)
def list_boxes(request: Request[Empty, Empty]) -> Response[BoxList]:
    """The boxes of a shipment by number, to go on where one stopped; the version is the shipment's."""
    shipment, found = boxes.of_shipment(request, dependencies().clock)
    return Response(BoxList([views.listed_box(box) for box in found], len(found)), version=shipment.version)


@routes.get(
    f"{BASE}/lookup/{{barcode}}",
    permission=access.READ,
    query=LookupQuery,
    returns=ShipmentFound | PlateFound,
    errors=[NotFound, ValidationFailed],
    loads_also=shipments.named_sscc,
    invalid_status=_INVALID,
)
def look_up(request: Request[Empty, LookupQuery]) -> Response[ShipmentFound | PlateFound]:
    """What a barcode stands for.

    A shipment number, a sales order number (its oldest shipment that can be packed) or a license plate, which is looked
    up for a shipment; also out of a GS1-128 or DataMatrix, where an SSCC may name one of our boxes, too: its shipment.
    """
    return Response(shipments.look_up(request, dependencies().clock))


@routes.post(
    f"{BASE}/complete",
    permission=access.COMPLETE,
    body=CompleteShipment,
    returns=ShipmentState,
    versioned=True,
    errors=[NotFound, ShipmentNotPackable, NoBoxes, OpenBoxes, UnpackedItems],
    audit_target=AuditTarget(Shipment.kind, "SHIPMENT_PACKED", "shipment_id"),
    loads=shipment_key,
    invalid_status=_INVALID,
    examples={"response": {"status": ShipmentStatus.PACKED}},
)
def complete_shipment(request: Request[CompleteShipment, Empty], work: UnitOfWork) -> Response[ShipmentState]:
    """Say that a shipment is packed: all boxes are closed, and all that was ordered is in them (or `allow_partial`)."""
    shipment = shipments.complete(work, request)
    return Response(views.shipment_state(shipment), version=shipment.version)


organisation_settings(routes, PACKING)
importing(routes, SHIPMENTS)
importing(routes, PLATES)
