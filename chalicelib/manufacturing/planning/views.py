"""SKUs and batches as the console reads them; absent values are omitted."""

import msgspec

from chalicelib.manufacturing.assembly.holds.blocking import marks_of_batch, unit_holds
from chalicelib.manufacturing.planning.queries import BatchDetails
from chalicelib.manufacturing.planning.schemas import BatchDetail, BatchView, PackCounts, SkuView
from chalicelib.manufacturing.rules import BatchStatus, SkuStatus
from chalicelib.manufacturing.sku_spec import SkuSpec
from chalicelib.manufacturing.tables import ProductionBatch, Sku
from chalicelib.manufacturing.views import with_limits


def sku_view(sku: Sku) -> SkuView:
    """Return a SKU with its limits, tests and passport."""
    return _view_of(sku, with_limits(sku.spec, sku))


def listed_sku_view(sku: Sku) -> SkuView:
    """Return a SKU as lists show it: with its limits, without tests and passport."""
    return _view_of(sku, msgspec.structs.replace(sku.spec, limits=sku.limits))


def _view_of(sku: Sku, spec: SkuSpec) -> SkuView:
    return SkuView(
        **msgspec.structs.asdict(spec),
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
        reference=batch.reference,
        started_at=batch.started_at,
        completed_at=batch.completed_at,
        voided_at=batch.voided_at,
        void_reason=batch.void_reason,
    )


def batch_details_view(details: BatchDetails) -> BatchDetail:
    """Return a batch with its SKU, the SKU's limits, and the holds of the batch."""
    view = batch_view(details.batch, details.sku)
    holds = unit_holds(details.holds, marks_of_batch(details.batch.item_id))
    return BatchDetail(**msgspec.structs.asdict(view), holds=holds)
