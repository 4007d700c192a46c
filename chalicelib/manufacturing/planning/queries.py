"""Reads of SKUs and batches."""

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.store import ReadResult, get
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.listing import EntityPage, list_entities
from chalicelib.manufacturing.planning.schemas import BatchQuery, SkuQuery
from chalicelib.manufacturing.tables import ProductionBatch, Sku, sku_key


class BatchDetails(msgspec.Struct, frozen=True):
    """A batch with its SKU."""

    batch: ProductionBatch
    sku: Sku | None
    holds: OpenHolds | None


def list_skus(actor: Actor, query: SkuQuery, totals: ReadResult) -> EntityPage[Sku]:
    """Return a page of SKUs."""
    return list_entities(actor, permissions.READ_SKU, Sku, query, totals)


def list_batches(actor: Actor, query: BatchQuery, totals: ReadResult) -> EntityPage[ProductionBatch]:
    """Return a page of batches."""
    return list_entities(actor, permissions.READ_BATCH, ProductionBatch, query, totals)


def get_batch_details(batch: ProductionBatch, holds: OpenHolds | None) -> BatchDetails:
    """Return a batch with its SKU, which has the limits, and what is held."""
    return BatchDetails(batch, get(sku_key(batch.org_id, batch.sku_id)), holds)
