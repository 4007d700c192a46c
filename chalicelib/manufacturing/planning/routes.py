"""Endpoints of SKUs and batches."""

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import examples, permissions
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.errors import SkuCodeTaken
from chalicelib.manufacturing.listing import EntityPage, totals_of
from chalicelib.manufacturing.planning import queries, service
from chalicelib.manufacturing.planning.imports import BATCHES, SKUS
from chalicelib.manufacturing.planning.queries import BatchDetails
from chalicelib.manufacturing.planning.schemas import (
    BatchDetail,
    BatchQuery,
    BatchView,
    CreateBatch,
    CreateSku,
    EditSku,
    SkuQuery,
    SkuView,
    VoidBatch,
)
from chalicelib.manufacturing.planning.views import batch_details_view, batch_view, listed_sku_view, sku_view
from chalicelib.manufacturing.resources import BATCH_RESOURCE, SKU_IN_BODY, SKU_RESOURCE
from chalicelib.manufacturing.rules import LineAction
from chalicelib.manufacturing.tables import ProductionBatch, Sku
from chalicelib.manufacturing.views import envelope_response, list_response

routes = Routes(__name__, "Battery console")

_SKU_RESPONSE = envelope_response(SkuView, sku_view)
_BATCH_RESPONSE = envelope_response(BatchView, batch_view)


@routes.get(
    "/v1/skus",
    permission=permissions.READ_SKU,
    query=SkuQuery,
    reads=totals_of(Sku),
    **list_response(SkuView, listed_sku_view),
    examples=examples.listed(examples.LISTED_SKU),
)
def list_skus(request: Request[Empty, SkuQuery]) -> EntityPage[Sku]:
    """List SKUs, newest first, with their limits, without tests and passport.

    A new SKU appears in the list within moments; the total counts it at once.
    """
    return queries.list_skus(request.actor, request.query, request.found)


@routes.post(
    "/v1/skus",
    permission=permissions.CREATE_SKU,
    body=CreateSku,
    **_SKU_RESPONSE,
    status=201,
    errors=[SkuCodeTaken],
    audit_target=AuditTarget(Sku.kind, "SKU_CREATED"),
    examples={"request": examples.NEW_SKU, "response": {"data": examples.SKU}},
)
def create_sku(request: Request[CreateSku], work: UnitOfWork) -> Sku:
    """Create a SKU: the parts of a pack, how they are identified, and its tests.

    It is a `DRAFT`, which can be edited; batches can be created for it after it is activated.
    """
    return service.create_sku(work, request.body, request.actor)


@routes.get(
    "/v1/skus/{sku_id}",
    permission=permissions.READ_SKU,
    resource=SKU_RESOURCE,
    **_SKU_RESPONSE,
    version_covers_body=True,
    examples={"response": {"data": examples.ACTIVE_SKU}},
)
def get_sku(request: Request[Empty, Empty, Sku]) -> Sku:
    """Get a SKU with its limits, tests and passport."""
    return request.resource


@routes.patch(
    "/v1/skus/{sku_id}",
    permission=permissions.EDIT_SKU,
    resource=SKU_RESOURCE,
    transition=LineAction.EDIT,
    body=EditSku,
    **_SKU_RESPONSE,
    errors=[SkuCodeTaken],
    audit_target=AuditTarget(Sku.kind, "SKU_EDITED", "sku_id"),
    examples={"request": examples.SKU_EDIT, "response": {"data": examples.EDITED_SKU}},
)
def edit_sku(request: Request[EditSku, Empty, Sku], work: UnitOfWork) -> Sku:
    """Edit a SKU that is a `DRAFT`.

    Fields that are omitted stay, null removes one, and a list or object replaces the present one. After the SKU is
    activated the response is 409 `ENTITY_LOCKED`.
    """
    return service.edit_sku(work, request.resource, request.body)


@routes.patch(
    "/v1/skus/{sku_id}/activate",
    permission=permissions.ACTIVATE_SKU,
    resource=SKU_RESOURCE,
    transition=LineAction.ACTIVATE,
    **_SKU_RESPONSE,
    audit_target=AuditTarget(Sku.kind, "SKU_ACTIVATED", "sku_id"),
    examples={"response": {"data": examples.ACTIVE_SKU}},
)
def activate_sku(request: Request[Empty, Empty, Sku], work: UnitOfWork) -> Sku:
    """Activate a SKU for production.

    Its content never changes afterwards. Activating it again is 409 `WORKFLOW_VIOLATION`.
    """
    return service.activate_sku(work, request.resource)


@routes.patch(
    "/v1/skus/{sku_id}/retire",
    permission=permissions.RETIRE_SKU,
    resource=SKU_RESOURCE,
    transition=LineAction.RETIRE,
    **_SKU_RESPONSE,
    audit_target=AuditTarget(Sku.kind, "SKU_RETIRED", "sku_id"),
    examples={"response": {"data": examples.RETIRED_SKU}},
)
def retire_sku(request: Request[Empty, Empty, Sku], work: UnitOfWork) -> Sku:
    """Retire a SKU: no more batches are created for it.

    Its batches go on, also those that were not started. A draft that was created by mistake is retired too, and its
    code can be used again. Retiring it again is 409 `WORKFLOW_VIOLATION`.
    """
    return service.retire_sku(work, request.resource)


@routes.get(
    "/v1/batches",
    permission=permissions.READ_BATCH,
    query=BatchQuery,
    reads=totals_of(ProductionBatch),
    **list_response(BatchView, batch_view),
    examples=examples.listed(examples.BATCH_DETAIL),
)
def list_batches(request: Request[Empty, BatchQuery]) -> EntityPage[ProductionBatch]:
    """List batches, newest first, with their SKUs and the progress of their packs.

    A new batch appears in the list within moments; the total counts it at once.
    """
    return queries.list_batches(request.actor, request.query, request.found)


@routes.post(
    "/v1/batches",
    permission=permissions.CREATE_BATCH,
    resource=SKU_IN_BODY,
    transition=LineAction.CREATE_BATCH,
    body=CreateBatch,
    **_BATCH_RESPONSE,
    status=201,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_CREATED"),
    examples={"request": examples.NEW_BATCH, "response": {"data": examples.BATCH}},
)
def create_batch(request: Request[CreateBatch, Empty, Sku], work: UnitOfWork) -> ProductionBatch:
    """Create a batch of an active SKU.

    It is a `DRAFT`; modules and packs can be created in it after it is started.
    """
    return service.create_batch(work, request.resource, request.body, request.actor)


@routes.get(
    "/v1/batches/{batch_id}",
    permission=permissions.READ_BATCH,
    resource=BATCH_RESOURCE,
    related={"holds": holds_resource("batch_id")},
    **envelope_response(BatchDetail, batch_details_view),
    examples={"response": {"data": examples.HELD_BATCH}},
)
def get_batch(request: Request[Empty, Empty, ProductionBatch]) -> BatchDetails:
    """Get a batch with its SKU, the SKU's limits, the progress of its packs, and the holds of it."""
    return queries.get_batch_details(request.resource, request.related["holds"])


@routes.patch(
    "/v1/batches/{batch_id}/start",
    permission=permissions.START_BATCH,
    resource=BATCH_RESOURCE,
    transition=LineAction.START,
    **_BATCH_RESPONSE,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_STARTED", "batch_id"),
    examples={"response": {"data": examples.STARTED_BATCH}},
)
def start_batch(request: Request[Empty, Empty, ProductionBatch], work: UnitOfWork) -> ProductionBatch:
    """Start a batch, so that modules and packs can be created in it.

    Starting it again is 409 `WORKFLOW_VIOLATION`.
    """
    return service.start_batch(work, request.resource)


@routes.patch(
    "/v1/batches/{batch_id}/complete",
    permission=permissions.COMPLETE_BATCH,
    resource=BATCH_RESOURCE,
    transition=LineAction.COMPLETE,
    **_BATCH_RESPONSE,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_COMPLETED", "batch_id"),
    examples={"response": {"data": examples.COMPLETED_BATCH}},
)
def complete_batch(request: Request[Empty, Empty, ProductionBatch], work: UnitOfWork) -> ProductionBatch:
    """Complete a batch that has at least one pack and whose packs are all finalized.

    Otherwise the response is 409, and `details.openPacks` lists up to 100 packs that are not finalized, newest first,
    as `{packId, serial, status}`; `details.packs` and `details.packsOpen` are the numbers of all and of the open ones.
    """
    return service.complete_batch(work, request.resource)


@routes.patch(
    "/v1/batches/{batch_id}/void",
    permission=permissions.VOID_BATCH,
    resource=BATCH_RESOURCE,
    transition=LineAction.VOID,
    body=VoidBatch,
    **_BATCH_RESPONSE,
    audit_target=AuditTarget(ProductionBatch.kind, "BATCH_VOIDED", "batch_id"),
    examples={"request": examples.REASON, "response": {"data": examples.VOIDED_BATCH}},
)
def void_batch(request: Request[VoidBatch, Empty, ProductionBatch], work: UnitOfWork) -> ProductionBatch:
    """Void a batch that was created or started by mistake, and that has no packs but voided ones.

    Nothing is bound or sealed in it any more. Its modules stay: cells are unbound from them, they are scrapped, or, if
    they are sealed, bound to packs of other batches. With packs that are not voided the response is 409;
    `details.packs` and `details.packsOpen` are the numbers of all and of the open ones, `details.openPacks` lists up to
    100 open ones as `{packId, serial, status}`.
    """
    return service.void_batch(work, request.resource, request.body)


importing(routes, SKUS)
importing(routes, BATCHES)
