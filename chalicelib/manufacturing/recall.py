"""Recall: everything that holds a cell of one lot.

The line keeps one item for each module and lot, how many cells of the lot the module holds, in the transactions that
bind cells and take them off. They stand under the lot, so a recall reads as many items as there are modules with such
cells, not as many as there are cells: a lot of 10,000 cells in modules of 48 is about 210. The modules say in which
pack they are, which changes after the cells were bound.

All of that is read for every page, since a pack is named once although its modules are all over the list: one round
trip for the modules of the lot (per megabyte, some 5,000 of them), one for the modules themselves, one for the packs on
the page. Modules that are in no pack come first, so one that is bound to a pack between two pages is named twice rather
than not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, get_many, parallel
from chalicelib.core.table import key
from chalicelib.manufacturing.registry import LotUse, lot_pk
from chalicelib.manufacturing.tables import Module, Pack, module_key, pack_key
from chalicelib.manufacturing.trace_schemas import Affected, AffectedMeta, AffectedModule, AffectedQuery

_SHAPE = {"sk": "S"}
_BATCH = 100


class Holding(msgspec.Struct, frozen=True):
    """A module and how many cells of the lot it holds."""

    module: Module
    cells: int


class Recall(msgspec.Struct, frozen=True):
    """A page of what holds cells of a lot."""

    affected: list[Affected]
    meta: AffectedMeta


def affected_by(org_id: str, asked: AffectedQuery, clock: Clock) -> Recall:
    """A page of what holds cells of a lot. Raises `ValidationFailed` for a cursor that is none of this list."""
    name = key(org_id, "RECALL", asked.cell_lot)
    after = "" if asked.cursor is None else cursors.decode(asked.cursor, name, _SHAPE)["sk"]["S"]
    holdings = _holdings(org_id, asked.cell_lot, clock)
    holders: dict[str, list[Holding]] = {}
    for holding in holdings:
        holders.setdefault(holding.module.pack_id or holding.module.item_id, []).append(holding)
    behind = sorted(holder for holder in holders if holder > after)
    page = [holders[holder] for holder in behind[: asked.limit]]
    more = cursors.encode({"sk": {"S": behind[asked.limit - 1]}}, name) if len(behind) > asked.limit else None
    total = AffectedMeta(len(holders), sum(holding.cells for holding in holdings), more)
    return Recall(_told(org_id, page, clock), total)


def _holdings(org_id: str, lot: str, clock: Clock) -> list[Holding]:
    """All modules that hold cells of a lot, by age."""
    used = [one for one in Query(LotUse, lot_pk(org_id, lot)).all() if one.cells > 0]
    keys = [module_key(org_id, one.module_id) for one in used]
    batches = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
    found = parallel([partial(get_many, batch, clock) for batch in batches])
    modules = [found[number // _BATCH].get(where) for number, where in enumerate(keys)]
    return [Holding(module, one.cells) for one, module in zip(used, modules, strict=True) if module is not None]


def _told(org_id: str, page: Sequence[Sequence[Holding]], clock: Clock) -> list[Affected]:
    """Each holder with its modules: a pack if they are in one, else the module itself."""
    packs = {first.module.pack_id: pack_key(org_id, first.module.pack_id) for first, *_ in page if first.module.pack_id}
    found = get_many(packs.values(), clock)
    told = []
    for holdings in page:
        module = holdings[0].module
        holder: Module | Pack | None = found.get(packs[module.pack_id]) if module.pack_id else module
        if holder is not None:
            told.append(_affected(holder, holdings))
    return told


def _affected(holder: Module | Pack, holdings: Sequence[Holding]) -> Affected:
    pack = holder if isinstance(holder, Pack) else None
    return Affected(
        kind="module" if pack is None else "pack",
        id=holder.item_id,
        serial=holder.serial,
        status=holder.status,
        cells=sum(holding.cells for holding in holdings),
        modules=[AffectedModule(one.module.item_id, one.module.serial, one.cells) for one in holdings],
        disposition=None if pack is None else pack.disposition,
    )
