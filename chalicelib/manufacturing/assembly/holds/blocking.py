"""Refuses the steps of what is on hold.

A step compares the marks of what it changes with the open holds, which were read with the authentication, and requires
at its commit that no hold was made or released since. What a module holds is told by the module and the holds
themselves. What a pack holds is told by its ledger, which is read only while something is held: one query, whatever
the number of cells.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from chalicelib.core.commit import EXACT_VERSION
from chalicelib.core.errors import VersionConflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import Resource
from chalicelib.manufacturing.assembly.holds.errors import MAX_NAMED, OnHold
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, holds_on, mark, module_mark
from chalicelib.manufacturing.assembly.holds.schemas import UnitHold
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds, are_as_read, open_holds, open_holds_key
from chalicelib.manufacturing.tables import Assembly, Module, Pack, ProductionBatch
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import VOIDED, LedgerEntry


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
    contents: Sequence[LedgerEntry] | None = None,
) -> None:
    """Raise `OnHold` if a pack, something in it, or one of these modules is held.

    `contents` is the ledger of the pack, if it was read.
    """
    entries = read_contents(pack, holds) if contents is None else contents
    marks = marks_of_pack(pack, entries).union(*map(marks_of_module, modules))
    require_not_held(work, pack, marks, holds, action)


def read_contents(pack: Pack, holds: OpenHolds | None) -> list[LedgerEntry]:
    """Return the ledger of a pack if anything is held, else nothing."""
    return read_whole_ledger(pack.pk) if open_holds(holds) else []


def marks_of_batch(batch_id: str) -> set[str]:
    """Return the marks of a batch."""
    return {mark(HoldKind.BATCH, batch_id)}


def marks_of_cells(serials: Iterable[str]) -> set[str]:
    """Return the marks of cells."""
    return {mark(HoldKind.SERIAL, serial) for serial in serials}


def marks_of_module(module: Module) -> set[str]:
    """Return the marks of a module and of what it holds."""
    return {mark(HoldKind.SERIAL, module.serial), module_mark(module.item_id), *origins_of(module)}


def origins_of(module: Module) -> set[str]:
    """Return the marks of a module that do not follow from its serial number and id."""
    return marks_of_batch(module.batch_id)


def marks_of_pack(pack: Pack, entries: Sequence[LedgerEntry]) -> set[str]:
    """Return the marks of a pack and of what it holds, by its ledger."""
    marks = {mark(HoldKind.SERIAL, pack.serial), *marks_of_batch(pack.batch_id)}
    is_void = any(entry.change == VOIDED for entry in entries)
    return marks if is_void else marks.union(*map(_marks_of_entry, entries))


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


def _marks_of_entry(entry: LedgerEntry) -> set[str]:
    """Return the marks of the modules that an entry of a pack's ledger bound and that are still in the pack."""
    present = set(entry.present)
    places = {place for place, serial in enumerate(entry.serials) if serial in present}
    ids = {module_mark(str(part_id)) for place, part_id in enumerate(entry.part_ids or ()) if place in places}
    origins = {each for each, of in (entry.origins or {}).items() if not places.isdisjoint(of)}
    return marks_of_cells(present) | ids | origins
