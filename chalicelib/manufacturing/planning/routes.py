"""Endpoints of SKUs and batches."""

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.listing import EntityPage
from chalicelib.manufacturing.planning import queries, service
from chalicelib.manufacturing.planning.queries import BatchDetails
from chalicelib.manufacturing.planning.schemas import BatchQuery, BatchView, CreateBatch, CreateSku, SkuQuery, SkuView
from chalicelib.manufacturing.planning.views import batch_details_view, batch_view, sku_view
from chalicelib.manufacturing.resources import BATCH_RESOURCE, SKU_IN_BODY, SKU_RESOURCE
from chalicelib.manufacturing.rules import LineAction
from chalicelib.manufacturing.tables import ProductionBatch, Sku
from chalicelib.manufacturing.views import envelope_response, list_response

routes = Routes(__name__, "Battery console")

_SKU_RESPONSE = envelope_response(SkuView, sku_view)
_BATCH_RESPONSE = envelope_response(BatchView, batch_view)

_LIMITS = {"Voltage": {"min": 350, "max": 420, "unit": "V"}}
_SKU = {
    "name": "Traction 60",
    "chemistry": "LFP",
    "cellsPerModule": 48,
    "modulesPerPack": 8,
    "nominalVoltage": 384,
    "nominalCapacity": 156,
    "skuCode": "TR-60",
}


@routes.get("/v1/skus", permission=permissions.READ_SKU, query=SkuQuery, **list_response(SkuView, sku_view))
def list_skus(request: Request[Empty, SkuQuery]) -> EntityPage[Sku]:
    """List SKUs, newest first."""
    return queries.list_skus(request.actor, request.query, dependencies().clock)


@routes.post(
    "/v1/skus",
    permission=permissions.CREATE_SKU,
    body=CreateSku,
    **_SKU_RESPONSE,
    status=201,
    audit_target=AuditTarget(Sku.kind, "SKU_CREATED"),
    examples={"request": {**_SKU, "limits": _LIMITS}, "response": {"data": {**_SKU, "limits": _LIMITS}}},
)
def create_sku(request: Request[CreateSku], work: UnitOfWork) -> Sku:
    """Create a SKU: the parts of a pack and the limits of its test."""
    return service.create_sku(work, request.body, request.actor)


@routes.get(
    "/v1/skus/{sku_id}",
    permission=permissions.READ_SKU,
    resource=SKU_RESOURCE,
    **_SKU_RESPONSE,
    examples={"response": {"data": {**_SKU, "limits": _LIMITS}}},
)
def get_sku(request: Request[Empty, Empty, Sku]) -> Sku:
    """Get a SKU."""
    return request.resource


@routes.patch(
    "/v1/skus/{sku_id}/activate",
    permission=permissions.ACTIVATE_SKU,
    resource=SKU_RESOURCE,
    transition=LineAction.ACTIVATE,
    **_SKU_RESPONSE,
    audit_target=AuditTarget(Sku.kind, "SKU_ACTIVATED", "sku_id"),
    examples={"response": {"data": {**_SKU, "status": "ACTIVE", "limits": _LIMITS}}},
)
def activate_sku(request: Request[Empty, Empty, Sku], work: UnitOfWork) -> Sku:
    """Activate a SKU for production; it never changes afterwards."""
    return service.activate_sku(work, request.resource)


@routes.get("/v1/batches", permission=permissions.READ_BATCH, query=BatchQuery, **list_response(BatchView, batch_view))
def list_batches(request: Request[Empty, BatchQuery]) -> EntityPage[ProductionBatch]:
    """List batches, newest first."""
    return queries.list_batches(request.actor, request.query, dependencies().clock)


@routes.post(
    "/v1/batches",
    permission=permissions.CREATE_BATCH,
    resource=SKU_IN_BODY,
    transition=LineAction.CREATE_BATCH,
    body=CreateBatch,
    **_BATCH_RESPONSE,
    status=201,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_CREATED"),
)
def create_batch(request: Request[CreateBatch, Empty, Sku], work: UnitOfWork) -> ProductionBatch:
    """Create a batch of an active SKU."""
    return service.create_batch(work, request.resource, request.body, request.actor)


@routes.get(
    "/v1/batches/{batch_id}",
    permission=permissions.READ_BATCH,
    resource=BATCH_RESOURCE,
    **envelope_response(BatchView, batch_details_view),
)
def get_batch(request: Request[Empty, Empty, ProductionBatch]) -> BatchDetails:
    """Get a batch with its SKU and the SKU's limits."""
    return queries.get_batch_details(request.resource)


@routes.patch(
    "/v1/batches/{batch_id}/start",
    permission=permissions.START_BATCH,
    resource=BATCH_RESOURCE,
    transition=LineAction.START,
    **_BATCH_RESPONSE,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_STARTED", "batch_id"),
    examples={"response": {"data": {"status": "IN_PROGRESS", "completedAt": ...}}},
)
def start_batch(request: Request[Empty, Empty, ProductionBatch], work: UnitOfWork) -> ProductionBatch:
    """Start a batch; modules and packs can be created in it afterwards."""
    return service.start_batch(work, request.resource)


@routes.patch(
    "/v1/batches/{batch_id}/complete",
    permission=permissions.COMPLETE_BATCH,
    resource=BATCH_RESOURCE,
    transition=LineAction.COMPLETE,
    **_BATCH_RESPONSE,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_COMPLETED", "batch_id"),
    examples={"response": {"data": {"status": "COMPLETED"}}},
)
def complete_batch(request: Request[Empty, Empty, ProductionBatch], work: UnitOfWork) -> ProductionBatch:
    """Complete a batch whose packs are all finalized; the error names the packs that are not."""
    return service.complete_batch(work, request.resource)
