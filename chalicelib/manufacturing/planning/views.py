"""SKUs and batches as the console reads them; absent values are omitted."""

from chalicelib.manufacturing.planning.queries import BatchDetails
from chalicelib.manufacturing.planning.schemas import BatchView, PackCounts, SkuView
from chalicelib.manufacturing.rules import BatchStatus, SkuStatus
from chalicelib.manufacturing.tables import ProductionBatch, Sku
from chalicelib.manufacturing.views import with_limits


def sku_view(sku: Sku) -> SkuView:
    """Return a SKU."""
    return SkuView(
        id=sku.item_id,
        name=sku.name,
        chemistry=sku.chemistry,
        cells_per_module=sku.cells_per_module,
        modules_per_pack=sku.modules_per_pack,
        nominal_voltage=sku.nominal_voltage,
        nominal_capacity=sku.nominal_capacity,
        sku_code=sku.sku_code,
        limits=sku.limits,
        status=SkuStatus(sku.status),
        version=sku.version,
        created_at=sku.created_at,
        updated_at=sku.updated_at,
    )


def batch_view(batch: ProductionBatch, sku: Sku | None = None) -> BatchView:
    """Return a batch, with the limits of its SKU if that is given."""
    return BatchView(
        id=batch.item_id,
        status=BatchStatus(batch.status),
        sku_id=batch.sku_id,
        sku=with_limits(batch.sku, sku),
        packs=PackCounts(batch.packs, batch.packs_open, batch.packs_passed, batch.packs_failed, batch.packs_voided),
        version=batch.version,
        created_at=batch.created_at,
        updated_at=batch.updated_at,
        target_quantity=batch.target_quantity,
        notes=batch.notes,
        started_at=batch.started_at,
        completed_at=batch.completed_at,
    )


def batch_details_view(details: BatchDetails) -> BatchView:
    """Return a batch with its SKU and the SKU's limits."""
    return batch_view(details.batch, details.sku)
