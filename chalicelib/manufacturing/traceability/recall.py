"""Recall: the packs and modules that hold a cell of a lot.

One item for each module and lot counts the module's cells of the lot; it is written in the transactions that bind and
unbind cells. These items are in one collection per lot, so a recall reads as many items as there are modules with such
cells: for a lot of 10,000 cells in modules of 48 about 210. The modules state their pack, which changes after the cells
were bound.

All of this is read for every page, because a pack is listed once though its modules are anywhere in the list: one round
trip for the modules of the lot (per megabyte, some 5,000 of them), one for the modules themselves, one for the packs on
the page. Modules in no pack come first, so one that is bound to a pack between two pages is listed twice rather than
not at all.
"""

from collections.abc import Sequence
from functools import partial

import msgspec

from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import BATCH, Query, get_many, parallel_reads
from chalicelib.core.table import key
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.tables import Module, Pack, module_key, pack_key
from chalicelib.manufacturing.traceability.schemas import (
    Affected,
    AffectedMeta,
    AffectedModule,
    AffectedPage,
    AffectedQuery,
)
from chalicelib.manufacturing.traceability.tables import LotUse, lot_pk

_SHAPE = {"sk": "S"}


class _AffectedCells(msgspec.Struct, frozen=True):
    """A module and the number of its cells of the lot."""

    module: Module
    cells: int


def list_affected(actor: Actor, query: AffectedQuery, clock: Clock) -> AffectedPage:
    """Return a page of what holds cells of a lot.

    Raise `AccessDenied` if the caller's permission does not cover the whole organisation, and `ValidationFailed` if the
    cursor does not belong to this list.
    """
    actor.require_reach(permissions.TRACE)
    list_name = key(actor.org_id, "RECALL", query.cell_lot)
    after = "" if query.cursor is None else cursors.decode(query.cursor, list_name, _SHAPE)["sk"]["S"]
    affected = _affected_modules(actor.org_id, query.cell_lot, clock)
    by_holder: dict[str, list[_AffectedCells]] = {}
    for part in affected:
        by_holder.setdefault(part.module.pack_id or part.module.item_id, []).append(part)
    holders = sorted(holder for holder in by_holder if holder > after)
    page = holders[: query.limit]
    cursor = cursors.encode({"sk": {"S": page[-1]}}, list_name) if len(holders) > query.limit else None
    meta = AffectedMeta(len(by_holder), sum(part.cells for part in affected), cursor)
    return AffectedPage(_holders(actor.org_id, [by_holder[holder] for holder in page], clock), meta)


def _affected_modules(org_id: str, lot: str, clock: Clock) -> list[_AffectedCells]:
    """Return all modules that hold cells of a lot, by age."""
    uses = [use for use in Query(LotUse, lot_pk(org_id, lot)).all() if use.cells > 0]
    keys = [module_key(org_id, use.module_id) for use in uses]
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    stored = parallel_reads([partial(get_many, batch, clock) for batch in batches])
    modules = [stored[number // BATCH].get(item_key) for number, item_key in enumerate(keys)]
    return [
        _AffectedCells(module, use.cells)
        for use, module in zip(uses, modules, strict=True)
        if module is not None and not module.cells_freed
    ]


def _holders(org_id: str, page: Sequence[Sequence[_AffectedCells]], clock: Clock) -> list[Affected]:
    """Return each pack with its affected modules, and each affected module that is in no pack."""
    packs = {first.module.pack_id: pack_key(org_id, first.module.pack_id) for first, *_ in page if first.module.pack_id}
    stored = get_many(packs.values(), clock)
    affected = []
    for parts in page:
        module = parts[0].module
        holder: Module | Pack | None = stored.get(packs[module.pack_id]) if module.pack_id else module
        if holder is not None:
            affected.append(_affected(holder, parts))
    return affected


def _affected(holder: Module | Pack, parts: Sequence[_AffectedCells]) -> Affected:
    pack = holder if isinstance(holder, Pack) else None
    return Affected(
        kind="module" if pack is None else "pack",
        id=holder.item_id,
        serial=holder.serial,
        status=holder.status,
        cells=sum(part.cells for part in parts),
        modules=[AffectedModule(part.module.item_id, part.module.serial, part.cells) for part in parts],
        disposition=None if pack is None else pack.disposition,
        customer=None if pack is None else pack.customer,
        order=None if pack is None else pack.order,
        shipped_at=None if pack is None else pack.shipped_at,
        returned_at=None if pack is None else pack.returned_at,
    )
