"""Shipments, their boxes and what is packed into them.

The contract uses 400 for invalid input.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request, Response, text
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import organisation_settings, section_of
from chalicelib.packing import errors, permissions
from chalicelib.packing.boxes import examples, queries, schemas, service, views
from chalicelib.packing.boxes.prefixes import change_prefix
from chalicelib.packing.boxes.tables import Box, BoxContent, content_key
from chalicelib.packing.boxes.transfers import PackedItem
from chalicelib.packing.plates.tables import plate_key
from chalicelib.packing.resources import BASE, BOX_RESOURCE, INVALID, SHIPMENT_RESOURCE
from chalicelib.packing.settings import PACKING
from chalicelib.packing.shipments.tables import Shipment, line_key, shipment_key

routes = Routes(__name__, "Packing scanner")

ORGANISATION_RESOURCE = Resource(key=organisation_key, id_from=(), required=False)

ZPL = "text/plain; charset=utf-8"

CONTENT_RESOURCE = Resource(
    key=content_key, id_from=("box_id", "item_id"), owners=lambda content, _: (content.packed_by,), name="item"
)


def _closing_error(error: ValidationFailed, sent: Callable[[str], object]) -> ValidationFailed:
    """Return the contract's own error if the weight is not positive, whatever else is invalid."""
    weight = sent("weight")
    if isinstance(weight, int | float) and not isinstance(weight, bool) and weight <= 0:
        return errors.InvalidWeight(error.fields)
    return error


@routes.post(
    BASE,
    permission=permissions.PACK,
    resource=SHIPMENT_RESOURCE,
    related={
        "box": BOX_RESOURCE,
        "plate": Resource(key=plate_key, id_from=("license_plate_id",)),
        "line": Resource(key=line_key, id_from=("shipment_id", "so_line_id"), required=False),
        "organisation": ORGANISATION_RESOURCE,
    },
    body=schemas.PackItem,
    returns=schemas.ItemPacked,
    view=views.item_packed_view,
    status=201,
    errors=[
        errors.LpNotAllocated,
        errors.SoLineMismatch,
        errors.QuantityExceedsAvailable,
        errors.OverpackNotAllowed,
        errors.LpExpired,
        errors.BoxMismatch,
        errors.BoxClosed,
        errors.BoxFull,
        errors.ShipmentNotPackable,
    ],
    audit_target=AuditTarget(Box.kind, "ITEM_PACKED", "box_id"),
    invalid_status=INVALID,
    examples={"request": examples.ITEM, "response": examples.PACKED},
)
def pack_item(request: Request[schemas.PackItem, Empty, Shipment], work: UnitOfWork) -> PackedItem:
    """Pack an item into a box.

    The quantity is taken from the license plate and added to the line of the order. Whether more than ordered may be
    packed, and what has expired, are settings (`overpack`, `expiry`).
    The first item changes the shipment from `pending` to `packing`. An allergen warning does not prevent the packing.
    Send an `Idempotency-Key`: without one, a request that is sent again packs again.
    """
    return service.pack_item(work, request.resource, request.body, request.actor, **request.related)


@routes.delete(
    f"{BASE}/box/{{box_id}}/item/{{item_id}}",
    permission=permissions.REMOVE,
    resource=CONTENT_RESOURCE,
    related={"box": BOX_RESOURCE},
    version_of="box",
    status=204,
    versioned=True,
    errors=[errors.BoxClosed, errors.ShipmentNotPackable],
    audit_target=AuditTarget(Box.kind, "ITEM_REMOVED", "box_id"),
    invalid_status=INVALID,
)
def remove_item(request: Request[Empty, Empty, BoxContent], work: UnitOfWork) -> Box:
    """Remove an item from an open box; its quantity returns to its plate and its line.

    With the scope `own`, callers may remove only what they packed themselves. `ETag` and `If-Match` are the version of
    the box. The shipment keeps its status.
    """
    return service.remove_item(work, request.resource, request.actor, **request.related)


@routes.post(
    f"{BASE}/box/create",
    permission=permissions.CREATE_BOX,
    resource=Resource(key=shipment_key, id_from=("shipment_id",), not_found=errors.ShipmentNotFound),
    body=schemas.CreateBox,
    returns=schemas.CreatedBox,
    view=views.new_box_view,
    status=201,
    versioned=True,
    errors=[errors.ShipmentNotPackable],
    audit_target=AuditTarget(Shipment.kind, "BOX_CREATED", "shipment_id"),
    invalid_status=INVALID,
    examples={"response": examples.NEW_BOX},
)
def create_box(request: Request[schemas.CreateBox, Empty, Shipment], work: UnitOfWork) -> Box:
    """Create a new box for a shipment; it gets the next number.

    Send an `Idempotency-Key`: without one, a request that is sent again creates another box.
    """
    return service.create_box(work, request.resource, request.body, request.actor)


@routes.post(
    f"{BASE}/box/close",
    permission=permissions.CLOSE_BOX,
    resource=BOX_RESOURCE,
    related={"organisation": ORGANISATION_RESOURCE},
    body=schemas.CloseBox,
    invalid_input=_closing_error,
    returns=schemas.BoxView,
    view=views.box_view,
    versioned=True,
    errors=[errors.AlreadyClosed, errors.EmptyBox, errors.InvalidWeight, errors.NoSerialsLeft],
    audit_target=AuditTarget(Box.kind, "BOX_CLOSED", "box_id"),
    invalid_status=INVALID,
    examples={"request": examples.CLOSING, "response": examples.CLOSED},
)
def close_box(request: Request[schemas.CloseBox, Empty, Box], work: UnitOfWork) -> Box:
    """Close a box, with weight and dimensions if they were measured.

    If the organisation has a GS1 company prefix of its own, the box gets an SSCC the first time, and keeps it for good.
    """
    return service.close_box(work, request.resource, request.body, request.actor, **request.related)


@routes.post(
    f"{BASE}/box/reopen",
    permission=permissions.REOPEN_BOX,
    resource=BOX_RESOURCE,
    body=schemas.ReopenBox,
    returns=schemas.BoxView,
    view=views.box_view,
    versioned=True,
    errors=[errors.AlreadyOpen, errors.BoxClosed, errors.ShipmentNotPackable],
    audit_target=AuditTarget(Box.kind, "BOX_REOPENED", "box_id"),
    invalid_status=INVALID,
    examples={"request": examples.REOPENING, "response": examples.REOPENED},
)
def reopen_box(request: Request[schemas.ReopenBox, Empty, Box], work: UnitOfWork) -> Box:
    """Reopen a closed box, with a reason.

    It keeps its SSCC and loses weight and dimensions. The shipment must not be packed yet.
    """
    return service.reopen_box(work, request.resource, request.body, request.actor)


@routes.get(
    f"{BASE}/box/{{box_id}}",
    permission=permissions.READ,
    resource=BOX_RESOURCE,
    returns=schemas.BoxDetails,
    view=views.box_details_view,
    versioned=True,
    invalid_status=INVALID,
    examples={"response": examples.DETAILS},
)
def get_box(request: Request[Empty, Empty, Box]) -> queries.BoxWithContents:
    """Get a box with its contents."""
    return queries.get_box(request.resource)


@routes.delete(
    f"{BASE}/box/{{box_id}}",
    permission=permissions.VOID_BOX,
    resource=BOX_RESOURCE,
    returns=schemas.BoxView,
    view=views.box_view,
    versioned=True,
    errors=[errors.BoxNotEmpty, errors.ShipmentNotPackable],
    audit_target=AuditTarget(Box.kind, "BOX_VOIDED", "box_id"),
    invalid_status=INVALID,
    examples={"response": examples.VOIDED},
)
def void_box(request: Request[Empty, Empty, Box], work: UnitOfWork) -> Box:
    """Void an empty box, such as one that was created by mistake.

    Its number is not used again, and it is in no count and no list. A box that is voided already stays as it is.
    """
    return service.void_box(work, request.resource, request.actor)


@routes.get(
    f"{BASE}/box/{{box_id}}/label",
    permission=permissions.READ,
    resource=BOX_RESOURCE,
    related={"organisation": ORGANISATION_RESOURCE},
    query=schemas.LabelQuery,
    returns=str,
    media_type=ZPL,
    errors=[errors.NoSscc],
    invalid_status=INVALID,
    examples={"response": examples.LABEL},
)
def get_label(request: Request[Empty, schemas.LabelQuery, Box]) -> Response[Any]:
    """Get the label of a closed box, 4 by 6 inches, in ZPL.

    Without a GS1 company prefix it is a plain label without SSCC. Send the response to the printer as it is.
    """
    settings = section_of(request.related["organisation"], PACKING)
    return text(queries.get_label(request.resource, request.query, settings), ZPL)


@routes.get(
    f"{BASE}/shipments/{{shipment_id}}/boxes",
    permission=permissions.READ,
    resource=SHIPMENT_RESOURCE,
    query=schemas.BoxQuery,
    returns=schemas.BoxList,
    view=views.box_list_view,
    examples={"response": examples.LISTED},
    versioned=True,
    invalid_status=INVALID,
)
def list_boxes(request: Request[Empty, schemas.BoxQuery, Shipment]) -> list[Box]:
    """List the boxes of a shipment by number; `ETag` is the version of the shipment."""
    return queries.list_boxes(request.resource, request.query, dependencies().clock)


organisation_settings(routes, PACKING, examples.SETTINGS, stage_change=change_prefix, errors=[errors.PrefixTaken])
