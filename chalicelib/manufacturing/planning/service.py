"""The use cases of SKUs and batches.

A batch counts its packs and those that are not finalized. Both counters rise in the transaction that creates a pack,
which requires the batch to be in progress, and completing a batch requires the version that was read. So no pack is
added to a batch that is being completed.
"""

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.batch_closing import close_batch
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.listing import newest_of_batch
from chalicelib.manufacturing.planning.schemas import CreateBatch, CreateSku
from chalicelib.manufacturing.rules import OPEN_PACKS, BatchStatus, LineAction, SkuStatus, missing_for_completion
from chalicelib.manufacturing.status_counters import change_status, create_listed, new_entity_values, sku_values
from chalicelib.manufacturing.tables import LINE_HOURS, Pack, ProductionBatch, Sku, batch_key, sku_key

_MAX_NAMED_PACKS = 100


def create_sku(work: UnitOfWork, command: CreateSku, actor: Actor) -> Sku:
    """Create a SKU; batches can be created for it once it is active."""
    sku_id = f"SKU-{work.ids.new()}"
    sku = sku_key(actor.org_id, sku_id).new(
        name=command.name,
        chemistry=command.chemistry,
        cells_per_module=command.cells_per_module,
        modules_per_pack=command.modules_per_pack,
        nominal_voltage=command.nominal_voltage,
        nominal_capacity=command.nominal_capacity,
        sku_code=command.sku_code,
        limits=command.limits,
        search=" ".join([command.name, command.sku_code or "", command.chemistry, sku_id]).lower(),
        **new_entity_values(work, actor.org_id, Sku.kind, sku_id, actor.user_id),
    )
    work.audit(Sku.kind, sku_id, "SKU_CREATED")
    create_listed(work, sku)
    return sku


def activate_sku(work: UnitOfWork, sku: Sku) -> Sku:
    """Activate a SKU, which never changes afterwards."""
    change_status(work, sku, SkuStatus.ACTIVE, {})
    return sku


def create_batch(work: UnitOfWork, sku: Sku, command: CreateBatch, actor: Actor) -> ProductionBatch:
    """Create a batch of an active SKU."""
    org_id, batch_id = actor.org_id, f"BAT-{work.ids.new()}"
    batch = batch_key(org_id, batch_id).new(
        target_quantity=command.target_quantity,
        notes=command.notes,
        search=" ".join([batch_id, command.notes or "", sku.name, sku.sku_code or ""]).lower(),
        **new_entity_values(work, org_id, ProductionBatch.kind, batch_id, actor.user_id),
        **sku_values(org_id, ProductionBatch.kind, sku.spec, batch_id),
    )
    work.audit(ProductionBatch.kind, batch_id, "BATCH_CREATED")
    create_listed(work, batch)
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


def _open_packs(batch: ProductionBatch) -> dict[str, object]:
    """Return the numbers of packs, and the newest open ones."""
    packs = newest_of_batch(Pack, batch.org_id, batch.item_id, statuses=OPEN_PACKS, limit=_MAX_NAMED_PACKS)
    open_packs = [{"packId": pack.item_id, "serial": pack.serial, "status": pack.status} for pack in packs]
    return {"packs": batch.packs, "packsOpen": batch.packs_open, "openPacks": open_packs}
