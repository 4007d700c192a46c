"""The use cases of SKUs and batches.

A batch counts its packs and those that are not finalized. Both counters rise in the transaction that creates a pack,
which requires the batch to be in progress, and completing a batch requires the version that was read. So no pack is
added to a batch that is being completed.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.errors import VersionConflict
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing.batch_closing import close_batch
from chalicelib.manufacturing.errors import SkuCodeTaken, line_conflict
from chalicelib.manufacturing.listing import newest_of_batch
from chalicelib.manufacturing.planning.schemas import CreateBatch, CreateSku, EditSku, VoidBatch
from chalicelib.manufacturing.rules import (
    OPEN_PACKS,
    BatchStatus,
    LineAction,
    SkuStatus,
    missing_for_batch_void,
    missing_for_completion,
)
from chalicelib.manufacturing.status_counters import change_status, create_listed, new_entity_values, sku_values
from chalicelib.manufacturing.tables import (
    LINE_HOURS,
    Pack,
    ProductionBatch,
    Sku,
    SkuCodeClaim,
    batch_key,
    sku_code_key,
    sku_key,
)

_MAX_NAMED_PACKS = 100


def create_sku(work: UnitOfWork, command: CreateSku, actor: Actor) -> Sku:
    """Create a SKU; batches can be created for it once it is active. Fails with `SkuCodeTaken`."""
    sku_id = f"SKU-{work.ids.new()}"
    sku = sku_key(actor.org_id, sku_id).new(
        **msgspec.structs.asdict(command) | {"require_lot": command.require_lot or None},
        search="",
        **new_entity_values(work, actor.org_id, Sku.kind, sku_id, actor.user_id),
    )
    sku.search = _search_text(sku)
    work.audit(Sku.kind, sku_id, "SKU_CREATED")
    create_listed(work, sku)
    _claim_code(work, sku)
    return sku


def edit_sku(work: UnitOfWork, sku: Sku, command: EditSku) -> Sku:
    """Change a SKU that is a draft. Fails with `SkuCodeTaken`."""
    values = {name: value for name, value in msgspec.structs.asdict(command).items() if value is not UNSET}
    if "require_lot" in values:
        values["require_lot"] = values["require_lot"] or None
    former_code = sku.sku_code
    work.update(sku, {**values, "updated_at": work.now})
    work.update(sku, {"search": _search_text(sku)})
    if sku.sku_code != former_code:
        _give_up_code(work, sku, former_code)
        _claim_code(work, sku)
    return sku


def activate_sku(work: UnitOfWork, sku: Sku) -> Sku:
    """Activate a SKU, whose content never changes afterwards."""
    change_status(work, sku, SkuStatus.ACTIVE, {})
    return sku


def retire_sku(work: UnitOfWork, sku: Sku) -> Sku:
    """Retire a SKU: no more batches are created for it, and those that exist go on. The code of a draft is free."""
    if sku.status == SkuStatus.DRAFT:
        _give_up_code(work, sku, sku.sku_code)
    change_status(work, sku, SkuStatus.RETIRED, {})
    return sku


def create_batch(
    work: UnitOfWork, sku: Sku, command: CreateBatch, actor: Actor, *, reference: str | None = None
) -> ProductionBatch:
    """Create a batch of an active SKU; `reference` is what an importing system calls it."""
    org_id, batch_id = actor.org_id, f"BAT-{work.ids.new()}"
    batch = batch_key(org_id, batch_id).new(
        target_quantity=command.target_quantity,
        notes=command.notes,
        reference=reference,
        search="",
        **new_entity_values(work, org_id, ProductionBatch.kind, batch_id, actor.user_id),
        **sku_values(org_id, ProductionBatch.kind, sku.spec, batch_id),
    )
    batch.search = _search_text_of_batch(batch)
    work.audit(ProductionBatch.kind, batch_id, "BATCH_CREATED")
    create_listed(work, batch)
    is_active = Sku.status == SkuStatus.ACTIVE
    work.check_condition(sku_key(org_id, sku.item_id), is_active, VersionConflict())
    return batch


def change_draft_batch(work: UnitOfWork, batch: ProductionBatch, values: Mapping[str, object]) -> ProductionBatch:
    """Change the target quantity or the notes of a batch that was not started."""
    work.update(batch, {**values, "updated_at": work.now})
    work.update(batch, {"search": _search_text_of_batch(batch)})
    return batch


def start_batch(work: UnitOfWork, batch: ProductionBatch) -> ProductionBatch:
    """Start a batch."""
    change_status(work, batch, BatchStatus.IN_PROGRESS, {"started_at": work.now})
    return batch


def complete_batch(work: UnitOfWork, batch: ProductionBatch) -> ProductionBatch:
    """Complete a batch. Raise `Conflict`, which names the open packs, unless it has packs and all are finalized."""
    missing = missing_for_completion(batch.packs, batch.packs_open)
    if missing:
        raise line_conflict(batch, LineAction.COMPLETE, missing, **_open_packs(batch))
    all_finalized = ProductionBatch.packs_open == 0
    change_status(work, batch, BatchStatus.COMPLETED, {"completed_at": work.now}, condition=all_finalized)
    close_batch(work, batch)
    LINE_HOURS.count(work, batch.org_id, batches_completed=1)
    return batch


def void_batch(work: UnitOfWork, batch: ProductionBatch, command: VoidBatch) -> ProductionBatch:
    """Void a batch. Raise `Conflict`, which names the open packs, if it has packs that are not voided."""
    missing = missing_for_batch_void(batch.packs)
    if missing:
        raise line_conflict(batch, LineAction.VOID, missing, **_open_packs(batch))
    has_no_pack = ProductionBatch.packs == 0
    values = {"voided_at": work.now, "void_reason": command.reason}
    change_status(work, batch, BatchStatus.VOID, values, condition=has_no_pack)
    close_batch(work, batch)
    return batch


def _search_text(sku: Sku) -> str:
    return " ".join([sku.name, sku.sku_code or "", sku.chemistry, sku.item_id]).lower()


def _search_text_of_batch(batch: ProductionBatch) -> str:
    texts = (batch.item_id, batch.notes, batch.sku.name, batch.sku.sku_code, batch.reference)
    return " ".join(text or "" for text in texts).lower()


def _claim_code(work: UnitOfWork, sku: Sku) -> None:
    """Stage the claim of a SKU's code, if it has one. Fails with `SkuCodeTaken`."""
    if sku.sku_code is not None:
        claim = sku_code_key(sku.org_id, sku.sku_code).new(sku_id=sku.item_id)
        work.create(claim, partial(_code_taken, sku.sku_code), final=True, audited=False)


def _code_taken(sku_code: str, raw: RawItem | None) -> SkuCodeTaken:
    owner = {} if raw is None else {"skuId": SkuCodeClaim.from_raw_data(raw).sku_id}
    return SkuCodeTaken(details={"skuCode": sku_code, **owner})


def _give_up_code(work: UnitOfWork, sku: Sku, former_code: str | None) -> None:
    """Stage that a former code of a SKU is free. A SKU of an earlier version has no claim."""
    if former_code is not None:
        is_own = SkuCodeClaim.sku_id.does_not_exist() | (SkuCodeClaim.sku_id == sku.item_id)
        work.remove(sku_code_key(sku.org_id, former_code), is_own, VersionConflict())


def _open_packs(batch: ProductionBatch) -> dict[str, object]:
    """Return the numbers of packs, and the newest open ones."""
    packs = newest_of_batch(Pack, batch.org_id, batch.item_id, statuses=OPEN_PACKS, limit=_MAX_NAMED_PACKS)
    open_packs = [{"packId": pack.item_id, "serial": pack.serial, "status": pack.status} for pack in packs]
    return {"packs": batch.packs, "packsOpen": batch.packs_open, "openPacks": open_packs}
