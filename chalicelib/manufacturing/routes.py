"""Endpoints of the battery console for SKUs and batches. Those of modules and packs are in `assembly_routes.py`."""

from __future__ import annotations

from chalicelib.core.errors import AccessDenied, Conflict, NotFound, VersionConflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import batches, skus
from chalicelib.manufacturing.listing import Wanted, list_things
from chalicelib.manufacturing.schemas import BatchQuery, NewBatch, NewSku, SkuQuery
from chalicelib.manufacturing.tables import Batch, Sku, batch_key, sku_key
from chalicelib.manufacturing.views import BatchView, Many, One, PageMeta, SkuView, batch_view, sku_view

routes = Routes(__name__, "Battery console")

_FOUND = [NotFound, AccessDenied]
_STEP = [*_FOUND, Conflict, VersionConflict]
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


@routes.get("/v1/skus", permission=skus.READ, query=SkuQuery, returns=Many[SkuView])
def list_skus(request: Request[Empty, SkuQuery]) -> Response[Many[SkuView]]:
    """SKUs in pages, the newest first."""
    asked = request.query
    wanted = Wanted(asked.page, asked.page_size, asked.status, q=asked.q)
    found = list_things(request.actor, skus.READ, Sku, wanted, dependencies().clock)
    return Response(Many([sku_view(sku) for sku in found.items], PageMeta(found.total, asked.page, asked.page_size)))


@routes.post(
    "/v1/skus",
    permission=skus.CREATE,
    body=NewSku,
    returns=One[SkuView],
    status=201,
    versioned=True,
    audit_target=AuditTarget(Sku.kind, "SKU_CREATED"),
    examples={"request": {**_SKU, "limits": _LIMITS}, "response": {"data": {**_SKU, "limits": _LIMITS}}},
)
def create_sku(request: Request[NewSku, Empty], work: UnitOfWork) -> Response[One[SkuView]]:
    """Draw up a SKU: what a pack is made of, and what it has to keep to in its test."""
    return _sku(skus.create_sku(work, request.actor, request.body), 201)


@routes.get(
    "/v1/skus/{sku_id}",
    permission=skus.READ,
    loads=sku_key,
    returns=One[SkuView],
    versioned=True,
    errors=_FOUND,
    examples={"response": {"data": {**_SKU, "limits": _LIMITS}}},
)
def get_sku(request: Request[Empty, Empty]) -> Response[One[SkuView]]:
    """One SKU."""
    return _sku(skus.find_sku(request, request.path["sku_id"]))


@routes.patch(
    "/v1/skus/{sku_id}/activate",
    permission=skus.ACTIVATE,
    loads=sku_key,
    returns=One[SkuView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Sku.kind, "SKU_ACTIVATED", "sku_id"),
    examples={"response": {"data": {**_SKU, "status": "ACTIVE", "limits": _LIMITS}}},
)
def activate_sku(request: Request[Empty, Empty], work: UnitOfWork) -> Response[One[SkuView]]:
    """Release a SKU for production; from then on it never changes."""
    return _sku(skus.activate_sku(work, request, request.path["sku_id"]))


@routes.get("/v1/batches", permission=batches.READ, query=BatchQuery, returns=Many[BatchView])
def list_batches(request: Request[Empty, BatchQuery]) -> Response[Many[BatchView]]:
    """Batches in pages, the newest first."""
    asked = request.query
    wanted = Wanted(asked.page, asked.page_size, asked.status, asked.sku_id, q=asked.q)
    found = list_things(request.actor, batches.READ, Batch, wanted, dependencies().clock)
    meta = PageMeta(found.total, asked.page, asked.page_size)
    return Response(Many([batch_view(batch) for batch in found.items], meta))


@routes.post(
    "/v1/batches",
    permission=batches.CREATE,
    body=NewBatch,
    returns=One[BatchView],
    status=201,
    versioned=True,
    errors=[NotFound, Conflict],
    audit_target=AuditTarget(Batch.kind, "BATCH_CREATED"),
)
def create_batch(request: Request[NewBatch, Empty], work: UnitOfWork) -> Response[One[BatchView]]:
    """Set up a batch of an active SKU."""
    return _batch(batches.create_batch(work, request.actor, request.body), 201)


@routes.get(
    "/v1/batches/{batch_id}",
    permission=batches.READ,
    loads=batch_key,
    returns=One[BatchView],
    versioned=True,
    errors=_FOUND,
)
def get_batch(request: Request[Empty, Empty]) -> Response[One[BatchView]]:
    """One batch, with its SKU and the SKU's limits."""
    batch = batches.find_batch(request, request.path["batch_id"])
    return Response(One(batch_view(batch, batches.whole_sku(batch))), version=batch.version)


@routes.patch(
    "/v1/batches/{batch_id}/start",
    permission=batches.START,
    loads=batch_key,
    returns=One[BatchView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Batch.kind, "BATCH_STARTED", "batch_id"),
    examples={"response": {"data": {"status": "IN_PROGRESS", "completedAt": ...}}},
)
def start_batch(request: Request[Empty, Empty], work: UnitOfWork) -> Response[One[BatchView]]:
    """Start a batch; modules and packs can be made in it from now on."""
    return _batch(batches.start_batch(work, request, request.path["batch_id"]))


@routes.patch(
    "/v1/batches/{batch_id}/complete",
    permission=batches.COMPLETE,
    loads=batch_key,
    returns=One[BatchView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Batch.kind, "BATCH_COMPLETED", "batch_id"),
    examples={"response": {"data": {"status": "COMPLETED"}}},
)
def complete_batch(request: Request[Empty, Empty], work: UnitOfWork) -> Response[One[BatchView]]:
    """Complete a batch that has packs, all of them finalized; a refusal names those that are not."""
    return _batch(batches.complete_batch(work, request, request.path["batch_id"]))


def _sku(sku: Sku, status: int = 200) -> Response[One[SkuView]]:
    return Response(One(sku_view(sku)), status, sku.version)


def _batch(batch: Batch, status: int = 200) -> Response[One[BatchView]]:
    return Response(One(batch_view(batch)), status, batch.version)
