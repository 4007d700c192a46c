"""Endpoints of shipments, and the imports of shipments and license plates. The contract uses 400 for invalid input."""

from functools import partial
from typing import Any

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request, Response, text
from chalicelib.edge.routes import Routes
from chalicelib.packing import permissions
from chalicelib.packing.boxes.tables import Box
from chalicelib.packing.errors import (
    NoBoxes,
    OpenBoxes,
    ShipmentNotCancellable,
    ShipmentNotPackable,
    ShipmentNotReopenable,
    UnpackedItems,
)
from chalicelib.packing.open_list import queries as open_list
from chalicelib.packing.plates.imports import PLATES
from chalicelib.packing.resources import BASE, INVALID, SHIPMENT_RESOURCE
from chalicelib.packing.shipments import cancellation, examples, queries, service, views
from chalicelib.packing.shipments.imports import SHIPMENTS
from chalicelib.packing.shipments.schemas import (
    CancelShipment,
    CompleteShipment,
    LookupQuery,
    LookupResult,
    ReopenShipment,
    ShipmentDetails,
    ShipmentList,
    ShipmentQuery,
    ShipmentState,
)
from chalicelib.packing.shipments.slip_schemas import PackingSlip, SlipQuery
from chalicelib.packing.shipments.tables import Shipment

routes = Routes(__name__, "Packing scanner")

PDF = "application/pdf"


@routes.get(
    f"{BASE}/shipments",
    permission=permissions.READ,
    query=ShipmentQuery,
    returns=ShipmentList,
    view=views.shipment_list_view,
    examples={"response": examples.OPEN},
    invalid_status=INVALID,
)
def list_shipments(request: Request[Empty, ShipmentQuery]) -> open_list.ShipmentMatches:
    """List the shipments that can be packed, by promised date; those without one come last.

    `total` counts all that match, also beyond `limit`.
    """
    return open_list.list_shipments(request.query, request.actor)


@routes.get(
    f"{BASE}/shipments/{{shipment_id}}",
    permission=permissions.READ,
    resource=SHIPMENT_RESOURCE,
    returns=ShipmentDetails,
    view=views.shipment_details_view,
    examples={"response": examples.DETAILS},
    invalid_status=INVALID,
)
def get_shipment(request: Request[Empty, Empty, Shipment]) -> queries.ShipmentWithLines:
    """Get a shipment with its lines and the plates picked for them, whether it can still be packed or not."""
    return queries.get_shipment(request.resource, dependencies().clock)


@routes.get(
    f"{BASE}/shipments/{{shipment_id}}/slip",
    permission=permissions.READ,
    resource=SHIPMENT_RESOURCE,
    query=SlipQuery,
    returns=PackingSlip,
    other_media_types=[PDF],
    examples={"response": examples.SLIP},
    invalid_status=INVALID,
)
def get_slip(request: Request[Empty, SlipQuery, Shipment]) -> Response[Any] | PackingSlip:
    """Get the packing slip of a shipment, as a PDF to print or as JSON.

    It shows what is packed now, at any time.
    """
    slip = views.slip_view(queries.get_slip(request.resource, dependencies().clock))
    if request.query.format == "json":
        return slip
    from chalicelib.packing.shipments.slip_pdf import render_pdf

    return text(render_pdf(slip), PDF)


@routes.get(
    f"{BASE}/lookup/{{barcode}}",
    permission=permissions.READ,
    related={"claim": Resource(key=queries.scanned_sscc_key, id_from=("barcode",), required=False)},
    query=LookupQuery,
    returns=LookupResult,
    view=views.lookup_view,
    examples={"response": examples.FOUND},
    invalid_status=INVALID,
)
def look_up(request: Request[Empty, LookupQuery]) -> Shipment | queries.PlateMatch | Box:
    """Look up a barcode: a shipment, a license plate for a shipment, or a box.

    It is tried as a shipment number, as a sales order number (which gives the oldest shipment that can be packed), as
    the number of a license plate, and as the SSCC of a box. The number may also be part of a GS1 code. Percent-encode
    the scanned text.
    """
    claim = request.related["claim"]
    return queries.look_up(request.path["barcode"], request.query, request.actor, claim, dependencies().clock)


@routes.post(
    f"{BASE}/complete",
    permission=permissions.COMPLETE,
    resource=SHIPMENT_RESOURCE,
    body=CompleteShipment,
    returns=ShipmentState,
    view=views.shipment_state_view,
    versioned=True,
    errors=[ShipmentNotPackable, NoBoxes, OpenBoxes, UnpackedItems],
    audit_target=AuditTarget(Shipment.kind, "SHIPMENT_PACKED", "shipment_id"),
    invalid_status=INVALID,
    examples={"request": examples.COMPLETING, "response": examples.COMPLETED},
)
def complete_shipment(request: Request[CompleteShipment, Empty, Shipment], work: UnitOfWork) -> Shipment:
    """Complete a shipment whose boxes are closed and hold everything that was ordered.

    It is `packed` then; it can only be reopened or cancelled. With `allow_partial` ordered items may be missing.
    """
    return service.complete_shipment(work, request.resource, request.body, request.actor)


@routes.post(
    f"{BASE}/shipments/{{shipment_id}}/reopen",
    permission=permissions.REOPEN,
    resource=SHIPMENT_RESOURCE,
    body=ReopenShipment,
    returns=ShipmentState,
    view=views.shipment_state_view,
    versioned=True,
    errors=[ShipmentNotReopenable],
    audit_target=AuditTarget(Shipment.kind, "SHIPMENT_REOPENED", "shipment_id"),
    invalid_status=INVALID,
    examples={"request": examples.REOPENING, "response": examples.REOPENED},
)
def reopen_shipment(request: Request[ReopenShipment, Empty, Shipment], work: UnitOfWork) -> Shipment:
    """Reopen a packed shipment, with a reason.

    It is `packing` again and in the list. Its boxes stay as they are; closed ones can be reopened then.
    """
    return service.reopen_shipment(work, request.resource, request.body, request.actor)


@routes.post(
    f"{BASE}/shipments/{{shipment_id}}/cancel",
    permission=permissions.CANCEL,
    resource=SHIPMENT_RESOURCE,
    body=CancelShipment,
    returns=ShipmentState,
    view=views.shipment_state_view,
    versioned=True,
    errors=[ShipmentNotCancellable],
    audit_target=AuditTarget(Shipment.kind, "SHIPMENT_CANCELLED", "shipment_id"),
    invalid_status=INVALID,
    examples={"request": examples.CANCELLING, "response": examples.CANCELLED},
)
def cancel_shipment(request: Request[CancelShipment, Empty, Shipment], work: UnitOfWork) -> Shipment:
    """Cancel a shipment that was not shipped, with a reason.

    Its contents go back to their license plates, and its boxes are voided. A shipment of many contents is `cancelling`
    while they are returned; if the request fails before the end, send it again, and it goes on.
    """
    step = partial(dependencies().runner.run, request.actor)
    return cancellation.cancel_shipment(work, request.resource, request.body, request.actor, step=step)


importing(routes, SHIPMENTS)
importing(routes, PLATES)
