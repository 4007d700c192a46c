"""Reads of recall cases: lists, units, and where the affected units are.

The ledgers of modules tell which cells were ever bound under a lot and when, also those that were unbound or have
another lot by now. Cells that were given a lot afterwards are listed by themselves. The registry tells where each of
them is now. A step of collecting reads one part: some of the modules that ever held cells of the lot with their
ledgers, or some of its single cells.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import merge
from chalicelib.core.store import BATCH, ItemKey, Query, ReadResult, get_many, parallel_pair_reads, parallel_reads
from chalicelib.core.table import Item, key
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.listing import EntityPage, list_entities
from chalicelib.manufacturing.rules import PackStatus
from chalicelib.manufacturing.tables import Assembly, Module, Pack, module_key, pack_key
from chalicelib.manufacturing.traceability.freed_cells import parts_of_use
from chalicelib.manufacturing.traceability.ledger_reader import AFTER_LEDGER, LedgerPosition, read_ledger
from chalicelib.manufacturing.traceability.lots.rules import is_same_lot
from chalicelib.manufacturing.traceability.recalls.rules import chunks
from chalicelib.manufacturing.traceability.recalls.schemas import RecallQuery, UnitsQuery
from chalicelib.manufacturing.traceability.recalls.tables import (
    SERIALS,
    UNIT,
    Position,
    RecallCase,
    RecalledUnit,
    RecallSerials,
)
from chalicelib.manufacturing.traceability.tables import (
    BOUND,
    CELL,
    MODULE,
    PACK,
    FormerCell,
    LedgerEntry,
    LotCell,
    LotUse,
    SerialNumber,
    former_cell_pk,
    ledger_entry_key,
    lot_cell_pk,
    lot_pks,
    serial_key,
)

ItemT = TypeVar("ItemT", bound=Item)

_MODULES = 20
"""The number of modules whose ledgers are read in one step."""
_ENTRIES = 90
"""The number of entries that are read of each of these ledgers."""
_COUNTED = 5000
"""The number of modules that are counted for the estimate of a case, about one answer of the store."""


class RecallContents(msgspec.Struct, frozen=True):
    """A case and the serial numbers that it names."""

    case: RecallCase
    serials: Sequence[RecallSerials]


class BoundCells(msgspec.Struct, frozen=True):
    """Cells of a lot that were bound together, and when."""

    serials: Sequence[str]
    at: datetime


class LotUses(msgspec.Struct, frozen=True):
    """The cells of a lot that were bound in a part of its modules; `resume_at` is None after the last part."""

    cells: Sequence[BoundCells]
    resume_at: Position | None


class NamedUses(msgspec.Struct, frozen=True):
    """A serial number that a case names: its use now (None: unbound) and what is known of earlier uses."""

    serial: str
    number: SerialNumber | None
    former: Sequence[FormerCell]
    entries: Sequence[LedgerEntry]
    """The entries of ledgers of modules that were scrapped and freed it."""

    @property
    def is_unknown(self) -> bool:
        """Return whether the organisation has never used it."""
        return self.number is None and not self.former

    @property
    def bound(self) -> Sequence[datetime]:
        """Return when the cell was bound, each time."""
        present = [self.number.at] if self.number is not None and self.number.holder_id is not None else []
        return [*present, *(use.bound_at for use in self.former), *(entry.at for entry in self.entries)]

    @property
    def lots(self) -> set[str]:
        """Return the lots that the cell has and was bound under."""
        present = None if self.number is None else self.number.lot
        lots = [present, *(use.lot for use in self.former), *(e.lot_by_serial.get(self.serial) for e in self.entries)]
        return set(filter(None, lots))


class UnitPlace(msgspec.Struct, frozen=True):
    """Where a serial number is now."""

    number: SerialNumber | None = None
    module: Module | None = None
    pack: Pack | None = None


def list_recalls(actor: Actor, query: RecallQuery, totals: ReadResult) -> EntityPage[RecallCase]:
    """Return a page of recall cases."""
    return list_entities(actor, permissions.READ_RECALL, RecallCase, query, totals)


def get_recall_contents(case: RecallCase) -> RecallContents:
    """Return a case with the serial numbers that it names."""
    named = Query(RecallSerials, case.pk, range_condition=RecallSerials.sk.startswith(SERIALS))
    return RecallContents(case, list(named.all()) if case.serials else [])


def list_units(case: RecallCase, query: UnitsQuery) -> Page[RecalledUnit]:
    """Return a page of the units of a case, by serial number."""
    units = Query(RecalledUnit, case.pk, range_condition=RecalledUnit.sk.startswith(UNIT))
    return units.page(query.limit, query.cursor)


def count_lots(org_id: str, lots: Sequence[str]) -> Mapping[str, int | None]:
    """Return about how many cells each lot has; None if no cell ever had it. One round trip."""
    limit = max(1, _COUNTED // max(1, len(lots)))
    uses = [(lot, Query(LotUse, pk)) for lot in lots for pk in sorted(lot_pks(org_id, lot))]
    read_uses, read_cells = parallel_pair_reads(
        [partial(query.read, limit, max_reads=1) for _, query in uses],
        [partial(Query(LotCell, lot_cell_pk(org_id, lot)).read, 1) for lot in lots],
    )
    counts: dict[str, int | None] = {lot: 0 if rows.items else None for lot, rows in zip(lots, read_cells, strict=True)}
    for (lot, _), rows in zip(uses, read_uses, strict=True):
        if rows.items:
            cells = sum(max(0, LotUse.from_raw_data(item).cells) for item in rows.items)
            counts[lot] = (counts[lot] or 0) + cells
    return counts


def read_lot_uses(org_id: str, lot: str, position: Position, limit: int) -> LotUses:
    """Return what bound cells in modules that count or counted cells of a lot, up to `limit` of its cells."""
    ids, has_more = _modules_of_lot(org_id, lot, position.after)
    starts = {module_id: position.entry if module_id == position.after else "" for module_id in ids}
    reads = [
        partial(read_ledger, module_key(org_id, module_id).pk, LedgerPosition(module_id, start), _ENTRIES)
        for module_id, start in starts.items()
    ]
    found: list[BoundCells] = []
    room, skipped = limit, position.taken
    for (module_id, start), (entries, is_complete) in zip(starts.items(), parallel_reads(reads), strict=True):
        last = start
        for entry in entries:
            cells = [] if entry.sk <= start else _cells_of_lot(entry, lot)
            if cells:
                part = cells[skipped : skipped + room]
                found.append(BoundCells(part, entry.at))
                if len(cells) > skipped + room:
                    return LotUses(found, Position(position.part, module_id, last, skipped + room))
                room, skipped = room - len(part), 0
            last = entry.sk
        if not is_complete:
            return LotUses(found, Position(position.part, module_id, last))
    return LotUses(found, Position(position.part, ids[-1], AFTER_LEDGER) if has_more else None)


def _modules_of_lot(org_id: str, lot: str, after: str) -> tuple[list[str], bool]:
    """Return the next modules that count or counted cells of a lot, from one on, and whether there are more."""
    between = LotUse.sk.between(key(MODULE, after), f"{MODULE}$")
    reads = [partial(Query(LotUse, pk, range_condition=between).read, _MODULES) for pk in sorted(lot_pks(org_id, lot))]
    rows = parallel_reads(reads)
    ids = list(dict.fromkeys(LotUse.from_raw_data(item).module_id for item in merge(rows, "sk")))
    return ids[:_MODULES], len(ids) > _MODULES or not all(one.is_complete for one in rows)


def _cells_of_lot(entry: LedgerEntry, lot: str) -> list[str]:
    """Return the cells of a lot that an entry of a ledger bound."""
    if entry.change != BOUND:
        return []
    return [serial for serial, its_lot in entry.lot_by_serial.items() if is_same_lot(its_lot, lot)]


def read_lot_cells(org_id: str, lot: str, position: Position, limit: int) -> tuple[list[str], Position | None]:
    """Return single cells of a lot: those that were unbound, or have another lot by now."""
    after = LotCell.sk > key(CELL, position.after)
    rows = Query(LotCell, lot_cell_pk(org_id, lot), range_condition=after).read(limit)
    serials = [LotCell.from_raw_data(item).serial for item in rows.items]
    return serials, None if rows.is_complete else Position(position.part, serials[-1])


def read_named_uses(org_id: str, serials: Sequence[str], clock: Clock) -> list[NamedUses]:
    """Return the uses of serial numbers, now and earlier."""
    numbers = _own_numbers(org_id, serials, clock)
    reads = [partial(_former, org_id, serial) for serial in serials]
    former = dict(zip(serials, parallel_reads(reads), strict=True))
    freed = {serial: _freed_entries(org_id, numbers.get(serial), former[serial]) for serial in serials}
    stored = read_items([each for keys in freed.values() for each in keys], clock)
    return [
        NamedUses(
            serial, numbers.get(serial), former[serial], [stored[each] for each in freed[serial] if each in stored]
        )
        for serial in serials
    ]


def read_places(org_id: str, serials: Sequence[str], clock: Clock) -> dict[str, UnitPlace]:
    """Return where serial numbers are now. A cell in no module, and what is in no pack, has none."""
    numbers = {serial: number for serial, number in _own_numbers(org_id, serials, clock).items() if number.holder_id}
    held_in = {serial: str(number.holder_id) for serial, number in numbers.items() if number.used_as != PACK}
    modules = read_items({module_key(org_id, module_id) for module_id in held_in.values()}, clock)
    pack_ids = {serial: number.holder_id for serial, number in numbers.items() if number.used_as == PACK}
    for serial, module_id in held_in.items():
        module = modules.get(module_key(org_id, module_id))
        pack_ids[serial] = None if module is None else module.pack_id
    packs = read_items({pack_key(org_id, pack_id) for pack_id in pack_ids.values() if pack_id is not None}, clock)
    return {
        serial: _place(
            number,
            modules.get(module_key(org_id, held_in.get(serial, ""))),
            packs.get(pack_key(org_id, pack_ids[serial] or "")),
        )
        for serial, number in numbers.items()
    }


def _place(number: SerialNumber, module: Module | None, pack: Pack | None) -> UnitPlace:
    """Return a place: a scrapped module holds no cells that it freed, and a voided pack no modules."""
    if number.used_as == CELL and (module is None or module.cells_freed):
        return UnitPlace()
    holds = pack is not None and (number.used_as == PACK or pack.status != PackStatus.VOID)
    return UnitPlace(number, module, pack if holds else None)


def assembly_of(place: UnitPlace) -> Assembly | None:
    """Return the module or pack that has the serial number itself."""
    return None if place.number is None or place.number.used_as == CELL else place.module or place.pack


def read_items(keys: Iterable[ItemKey[ItemT]], clock: Clock) -> dict[ItemKey[ItemT], ItemT]:
    """Return the stored ones of any number of items by their keys, a hundred of them at once."""
    parts = chunks(list(keys), BATCH)
    results = parallel_reads([partial(get_many, part, clock) for part in parts])
    pairs = ((one, result.get(one)) for part, result in zip(parts, results, strict=True) for one in part)
    return {item_key: item for item_key, item in pairs if item is not None}


def _own_numbers(org_id: str, serials: Iterable[str], clock: Clock) -> dict[str, SerialNumber]:
    stored = read_items({serial_key(serial) for serial in serials}, clock)
    return {number.serial: number for number in stored.values() if number.org_id == org_id}


def _former(org_id: str, serial: str) -> list[FormerCell]:
    return list(Query(FormerCell, former_cell_pk(org_id, serial)).all())


def _freed_entries(
    org_id: str, number: SerialNumber | None, former: Sequence[FormerCell]
) -> list[ItemKey[LedgerEntry]]:
    """Return the keys of the entries that bound a cell to modules which were scrapped and freed it."""
    uses: set[Any] = {use for each in (number, *former) if each is not None for use in each.freed_from or ()}
    named = sorted(map(parts_of_use, uses))
    return [ledger_entry_key(module_key(org_id, module_id).pk, entry) for module_id, entry in named]
