"""Recall: the packs, modules and cells in no module that hold or are cells of a lot, by any lot that a cell ever had.

One item for each module and lot counts the module's cells of the lot; it is written in the transactions that bind and
unbind cells. These items are in one collection per lot, so a recall reads as many items as there are modules with such
cells: for a lot of 10,000 cells in modules of 48 about 210. The modules state their pack, which changes after the cells
were bound. Cells that no module counts are found one by one (`lots/`).

All of this is read for every page, because a pack is listed once though its modules are anywhere in the list: one round
trip for the modules of the lot (per megabyte, some 5,000 of them), one for the modules themselves, one for the packs on
the page. Cells in no module come first, then modules in no pack, so what is bound between two pages is listed twice
rather than not at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import get_many
from chalicelib.core.table import key
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.tables import Module, Pack, pack_key
from chalicelib.manufacturing.traceability.lots.queries import AffectedCells, read_affected
from chalicelib.manufacturing.traceability.rules import fold_lot
from chalicelib.manufacturing.traceability.schemas import (
    Affected,
    AffectedMeta,
    AffectedModule,
    AffectedPage,
    AffectedQuery,
)

_SHAPE = {"sk": "S"}


def list_affected(actor: Actor, query: AffectedQuery, clock: Clock) -> AffectedPage:
    """Return a page of what holds cells of a lot.

    Raise `AccessDenied` if the caller's permission does not cover the whole organisation, and `ValidationFailed` if the
    cursor does not belong to this list.
    """
    actor.require_reach(permissions.TRACE)
    list_name = key(actor.org_id, "RECALL", fold_lot(query.cell_lot))
    after = "" if query.cursor is None else cursors.decode(query.cursor, list_name, _SHAPE)["sk"]["S"]
    in_modules, free = read_affected(actor.org_id, query.cell_lot, clock)
    by_holder: dict[str, list[AffectedCells]] = {}
    for part in in_modules:
        by_holder.setdefault(part.module.pack_id or part.module.item_id, []).append(part)
    cells = {key("CELL", serial): serial for serial in free}
    holders = sorted(holder for holder in (*by_holder, *cells) if holder > after)
    page = holders[: query.limit]
    cursor = cursors.encode({"sk": {"S": page[-1]}}, list_name) if len(holders) > query.limit else None
    meta = AffectedMeta(len(by_holder) + len(cells), sum(part.cells for part in in_modules) + len(cells), cursor)
    found = [_free_cell(cells[holder]) for holder in page if holder in cells]
    held = [by_holder[holder] for holder in page if holder in by_holder]
    return AffectedPage([*found, *_holders(actor.org_id, held, clock)], meta)


def _free_cell(serial: str) -> Affected:
    return Affected(kind="cell", id=serial, serial=serial, status="REMOVED", cells=1, modules=[])


def _holders(org_id: str, page: Sequence[Sequence[AffectedCells]], clock: Clock) -> list[Affected]:
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


def _affected(holder: Module | Pack, parts: Sequence[AffectedCells]) -> Affected:
    shipment: Mapping[str, Any] = {}
    if isinstance(holder, Pack):
        names = ("disposition", "customer", "order", "shipped_at", "returned_at")
        shipment = {name: getattr(holder, name) for name in names}
    return Affected(
        kind="pack" if isinstance(holder, Pack) else "module",
        id=holder.item_id,
        serial=holder.serial,
        status=holder.status,
        cells=sum(part.cells for part in parts),
        modules=[AffectedModule(part.module.item_id, part.module.serial, part.cells) for part in parts],
        **shipment,
    )
