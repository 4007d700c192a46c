"""Traces of batches and SKUs: what was created in a batch, and the batches of a SKU.

Both are read from the indexes of the lists, oldest first, a page from a position on: by its id, so a change of status
between two pages neither repeats nor omits an entry. The cells of a batch are found by tracing its modules.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from chalicelib.core.store import get, parallel_pair_reads
from chalicelib.core.table import key
from chalicelib.manufacturing.assembly.holds.blocking import marks_of_batch, unit_holds
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.listing import entities_after
from chalicelib.manufacturing.schemas import CursorMeta
from chalicelib.manufacturing.search import EntityFilter
from chalicelib.manufacturing.tables import ListedEntity, Module, Pack, ProductionBatch, Sku, sku_key
from chalicelib.manufacturing.traceability import ledger_reader
from chalicelib.manufacturing.traceability.ledger_reader import LedgerPosition
from chalicelib.manufacturing.traceability.schemas import TraceAnswer, TraceEntry, TraceQuery, TraceView


def trace_planned(entity: ProductionBatch | Sku, query: TraceQuery, holds: OpenHolds | None) -> TraceAnswer:
    """Return a page of the packs and then the modules of a batch, or of the batches of a SKU."""
    list_name = key(entity.org_id, "TRACE", entity.item_id)
    position = ledger_reader.decode_position(query.cursor, list_name)
    is_sku = isinstance(entity, Sku)
    read_page = partial(_read, entity, position, query.limit + 1)
    [ancestors], [page] = parallel_pair_reads([partial(_ancestors, entity)], [read_page])
    shown = page[: query.limit]
    last = LedgerPosition(shown[-1].kind, shown[-1].item_id) if len(page) > query.limit else None
    view = TraceView(
        entity.item_id,
        "sku" if is_sku else "batch",
        entity.item_id,
        entity.status,
        ancestors,
        [entity_entry(descendant) for descendant in shown],
        unit_holds(holds, marks_of_batch(entity.item_id)),
    )
    return TraceAnswer(view, CursorMeta(ledger_reader.encode_position(last, list_name)))


def entity_entry(entity: ListedEntity) -> TraceEntry:
    """Return the entry of a SKU, batch, module or pack."""
    kind: Any = entity.kind
    return TraceEntry(kind, entity.item_id, getattr(entity, "serial", None), entity.status)


def _ancestors(entity: ProductionBatch | Sku) -> list[TraceEntry]:
    sku = None if isinstance(entity, Sku) else get(sku_key(entity.org_id, entity.sku_id))
    return [] if sku is None else [entity_entry(sku)]


def _read(entity: ProductionBatch | Sku, position: LedgerPosition | None, limit: int) -> Sequence[ListedEntity]:
    """Return up to `limit` descendants after the position."""
    models: list[type[ListedEntity]] = [ProductionBatch] if isinstance(entity, Sku) else [Pack, Module]
    is_sku = isinstance(entity, Sku)
    filter_ = EntityFilter(sku_id=entity.item_id) if is_sku else EntityFilter(batch_id=entity.item_id)
    first = 0 if position is None else [model.kind for model in models].index(position.module_id)
    found: list[ListedEntity] = []
    for number, model in enumerate(models[first:]):
        after = position.entry if position is not None and number == 0 else ""
        if len(found) < limit:
            found += entities_after(model, entity.org_id, filter_, after, limit - len(found))
    return found
