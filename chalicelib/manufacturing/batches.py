"""Batches: setting one up for a SKU, starting and completing it, looking them up.

A batch counts its packs and those that are not finalized. Both counts are raised in the transaction that creates a
pack, which holds only while the batch is in progress, and completing holds only at the version that was read: so no
pack slips into a batch that is being completed, and none is left behind.
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.manufacturing.assembling import built_by, count_new, find, found, known, move
from chalicelib.manufacturing.errors import check_step, violation
from chalicelib.manufacturing.listing import first_of
from chalicelib.manufacturing.rules import (
    BATCH,
    PACK,
    BatchStatus,
    PackStatus,
    SkuStatus,
    Step,
    completion_lacks,
)
from chalicelib.manufacturing.schemas import NewBatch
from chalicelib.manufacturing.tables import Batch, Built, Pack, Sku, batch_key, sku_key

READ = "manufacturing.batch.read"
CREATE = "manufacturing.batch.create"
START = "manufacturing.batch.start"
COMPLETE = "manufacturing.batch.complete"

_MAX_NAMED = 100


def create_batch(work: UnitOfWork, actor: Actor, wanted: NewBatch) -> Batch:
    """Set up a batch of a SKU. Raises `NotFound`, or `Conflict` if the SKU is not active."""
    org_id, batch_id = actor.org_id, f"BAT-{work.ids.new()}"
    sku = found(get(sku_key(org_id, wanted.sku_id)), Sku.kind, wanted.sku_id)
    if sku.status != SkuStatus.ACTIVE:
        raise violation(sku, SkuStatus.ACTIVE, ["a batch can be made only by an active SKU"], becomes=False)
    where = batch_key(org_id, batch_id)
    batch = Batch(
        where.pk,
        where.sk,
        target_quantity=wanted.target_quantity,
        notes=wanted.notes,
        search=" ".join([batch_id, wanted.notes or "", sku.name, sku.sku_code or ""]).lower(),
        **known(work, org_id, Batch.kind, batch_id, actor.user_id),
        **built_by(org_id, Batch.kind, sku, batch_id),
    )
    work.audit(Batch.kind, batch_id, "BATCH_CREATED")
    work.create(batch)
    count_new(work, batch)
    return batch


def start_batch(work: UnitOfWork, request: Request[Any, Any], batch_id: str) -> Batch:
    """Start a batch. Raises `NotFound`, `AccessDenied`, `VersionConflict` or `Conflict`."""
    batch = find_batch(request, batch_id, START)
    request.check_version(batch)
    check_step(batch, BATCH, Step.START)
    move(work, batch, BatchStatus.IN_PROGRESS, {"started_at": work.now})
    return batch


def complete_batch(work: UnitOfWork, request: Request[Any, Any], batch_id: str) -> Batch:
    """Complete a batch whose packs are all finalized.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, or `Conflict` that names the packs that are not.
    """
    batch = find_batch(request, batch_id, COMPLETE)
    request.check_version(batch)
    check_step(batch, BATCH, Step.COMPLETE)
    lacks = completion_lacks(batch.packs, batch.packs_open)
    if lacks:
        raise violation(batch, BatchStatus.COMPLETED, lacks, more=_open_packs(batch))
    move(work, batch, BatchStatus.COMPLETED, {"completed_at": work.now}, condition=Batch.packs_open == 0)
    return batch


def find_batch(request: Request[Any, Any], batch_id: str, permission: str = READ) -> Batch:
    """A batch that the caller may see. Raises `NotFound` or `AccessDenied`."""
    return find(request, batch_key(request.actor.org_id, batch_id), permission, batch_id)


def batch_for(found_batch: Batch | None, batch_id: str, part: str) -> Batch:
    """A batch in which modules and packs can be made now. Raises `NotFound` or `Conflict`."""
    batch = found(found_batch, Batch.kind, batch_id)
    if batch.status != BatchStatus.IN_PROGRESS:
        raise not_running(batch, part)
    return batch


def not_running(batch: Batch, part: str) -> Conflict:
    """Something is to be made in a batch that is not in progress."""
    lacks = [f"a {part} can be made only in a batch that is {BatchStatus.IN_PROGRESS}"]
    return violation(batch, BatchStatus.IN_PROGRESS, lacks, becomes=False)


def whole_sku(thing: Built) -> Sku | None:
    """The SKU by which something is built, with its limits."""
    return get(sku_key(thing.org_id, thing.sku_id))


def _open_packs(batch: Batch) -> dict[str, object]:
    """The packs that keep a batch from being completed, the newest first; of very many the first."""
    unfinished = [state for state in PACK.states if state != PackStatus.FINALIZED]
    packs = first_of(Pack, batch.org_id, batch.item_id, statuses=unfinished, most=_MAX_NAMED)
    told = [{"packId": pack.item_id, "serial": pack.serial, "status": pack.status} for pack in packs]
    return {"packs": batch.packs, "packsOpen": batch.packs_open, "openPacks": told}
