"""Refuses the steps of what is on hold.

A step compares the marks of what it changes with the open holds, which were read with the authentication, and requires
at its commit that no hold was made or released since. What a module holds follows from the module and the holds
themselves, and while lots are held by the counts of its cells of these lots. What a pack holds follows from its ledger,
and while lots are held by their collections, which name the modules: one query each, whatever the number of cells.
Nothing of this is read while nothing is held.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import NamedTuple

from chalicelib.core.clock import Clock
from chalicelib.core.commit import EXACT_VERSION
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import BATCH, Query, get_many, parallel_pair_reads, parallel_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import Resource
from chalicelib.manufacturing.assembly.holds.errors import MAX_NAMED, OnHold
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, holds_on, mark, module_mark
from chalicelib.manufacturing.assembly.holds.schemas import UnitHold
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds, are_as_read, open_holds, open_holds_key
from chalicelib.manufacturing.tables import Assembly, Module, Pack, ProductionBatch
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import VOIDED, LedgerEntry, LotUse, lot_key, lot_pks


class Contents(NamedTuple):
    """What tells of which held things a pack holds something: its ledger, and the marks of held lots by module."""

    entries: Sequence[LedgerEntry] = ()
    lots: Mapping[str, AbstractSet[str]] = {}


def holds_resource(*id_from: str) -> Resource[OpenHolds]:
    """Return the declaration of the open holds, by where the request names the batch, module or pack."""
    return Resource(key=open_holds_key, id_from=id_from, required=False, in_scope=False)


def require_not_held(
    work: UnitOfWork, unit: ProductionBatch | Assembly, marks: AbstractSet[str], holds: OpenHolds | None, action: str
) -> None:
    """Raise `OnHold` if one of these marks is held; let the commit fail if holds change before it."""
    found = holds_on(open_holds(holds), marks)
    if found:
        raise OnHold.of(found, **{f"{unit.kind}Id": unit.item_id}, action=str(action))
    target = open_holds_key(unit.org_id, unit.item_id)
    work.check_condition(target, are_as_read(holds), VersionConflict(), label=EXACT_VERSION)


def require_pack_not_held(
    work: UnitOfWork,
    pack: Pack,
    holds: OpenHolds | None,
    action: str,
    *,
    modules: Iterable[Module] = (),
    contents: Contents | None = None,
) -> None:
    """Raise `OnHold` if a pack, something in it, or one of these modules is held; `contents` are those of the pack."""
    contents = read_contents(pack, holds) if contents is None else contents
    marks = marks_of_pack(pack, contents).union(*(marks_of_module(module, contents.lots) for module in modules))
    require_not_held(work, pack, marks, holds, action)


def read_contents(pack: Pack, holds: OpenHolds | None) -> Contents:
    """Return what a pack holds if anything is held, else nothing."""
    if not open_holds(holds):
        return Contents()
    read_ledger, read_lots = partial(read_whole_ledger, pack.pk), partial(read_held_lots, pack.org_id, holds)
    [entries], [lots] = parallel_pair_reads([read_ledger], [read_lots])
    return Contents(entries, lots)


def read_held_lots(org_id: str, holds: OpenHolds | None) -> dict[str, set[str]]:
    """Return the marks of held lots by the id of each module that has cells of them; a query for each held lot."""
    lots = _held_lots(holds)
    queries = [(lot, partial(_modules_of_lot, pk)) for lot in lots for pk in sorted(lot_pks(org_id, lot))]
    found: dict[str, set[str]] = {}
    for (lot, _), module_ids in zip(queries, parallel_reads([read for _, read in queries]), strict=True):
        for module_id in module_ids:
            found.setdefault(module_id, set()).add(mark(HoldKind.LOT, lot))
    return found


def read_lots_of_module(org_id: str, module_id: str, holds: OpenHolds | None, clock: Clock) -> dict[str, set[str]]:
    """Return the marks of the held lots that a module has cells of, under its id; one batch read, none without any."""
    keys = [lot_key(org_id, lot, module_id) for lot in _held_lots(holds)]
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    stored = parallel_reads([partial(get_many, batch, clock) for batch in batches])
    uses = [stored[place // BATCH].get(use_key) for place, use_key in enumerate(keys)]
    return {module_id: {mark(HoldKind.LOT, use.lot) for use in uses if use is not None and use.cells > 0}}


def _held_lots(holds: OpenHolds | None) -> list[str]:
    """Return the lots that are held, each once."""
    return list({hold.value: None for hold in open_holds(holds) if hold.kind is HoldKind.LOT})


def _modules_of_lot(lot_pk: str) -> list[str]:
    """Return the modules that hold cells of a lot."""
    return [use.module_id for use in Query(LotUse, lot_pk).all() if use.cells > 0]


def marks_of_batch(batch_id: str) -> set[str]:
    """Return the marks of a batch."""
    return {mark(HoldKind.BATCH, batch_id)}


def marks_of_cells(serials: Iterable[str], lots: Iterable[str | None] = ()) -> set[str]:
    """Return the marks of cells with these lots."""
    of_lots = {mark(HoldKind.LOT, lot) for lot in lots if lot is not None}
    return {mark(HoldKind.SERIAL, serial) for serial in serials} | of_lots


def marks_of_module(module: Module, lots: Mapping[str, AbstractSet[str]]) -> set[str]:
    """Return the marks of a module and of what it holds; `lots` are marks of held lots by module."""
    own = {mark(HoldKind.SERIAL, module.serial), module_mark(module.item_id), *origins_of(module)}
    return own.union(lots.get(module.item_id, ()))


def origins_of(module: Module) -> set[str]:
    """Return the marks of a module that do not follow from its serial number and id."""
    return marks_of_batch(module.batch_id)


def marks_of_pack(pack: Pack, contents: Contents) -> set[str]:
    """Return the marks of a pack and of what it holds."""
    marks = {mark(HoldKind.SERIAL, pack.serial), *marks_of_batch(pack.batch_id)}
    is_void = any(entry.change == VOIDED for entry in contents.entries)
    return marks if is_void else marks.union(*(_marks_of_entry(entry, contents.lots) for entry in contents.entries))


def unit_holds(holds: OpenHolds | None, marks: AbstractSet[str]) -> list[UnitHold]:
    """Return up to 20 of the holds that hold what has these marks, as responses show them."""
    found = holds_on(open_holds(holds), marks)
    return [UnitHold(hold.id, hold.kind, hold.value, hold.reason) for hold in found[:MAX_NAMED]]


def stored_origins(modules: Sequence[Module]) -> dict[str, list[int]]:
    """Return the further marks of modules, each with the places of the modules that have it, as ledgers store them."""
    origins: dict[str, list[int]] = {}
    for place, module in enumerate(modules):
        for each in sorted(origins_of(module)):
            origins.setdefault(each, []).append(place)
    return origins


def _marks_of_entry(entry: LedgerEntry, lots: Mapping[str, AbstractSet[str]]) -> set[str]:
    """Return the marks of the modules that an entry of a pack's ledger bound and that are still in the pack."""
    present = set(entry.present)
    places = {place for place, serial in enumerate(entry.serials) if serial in present}
    ids = [str(part_id) for place, part_id in enumerate(entry.part_ids or ()) if place in places]
    origins = {each for each, of in (entry.origins or {}).items() if not places.isdisjoint(of)}
    return (marks_of_cells(present) | origins).union(map(module_mark, ids), *(lots.get(each, ()) for each in ids))
