"""Where the cells of a lot are: of every lot that a cell ever had, also cells that are in no module.

LotUse     the modules that count cells of the lot; those that were scrapped and freed their cells are looked at
           cell by cell, because a cell that is bound again is counted by another module
LotCell    cells that were unbound, or have another lot now; the registry says where they are
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import ShardedList
from chalicelib.core.store import BATCH, ItemKey, Query, ReadResult, get, get_many, parallel_pair_reads, parallel_reads
from chalicelib.core.table import Item
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.quality.queries import newest_records
from chalicelib.manufacturing.tables import Module, module_key
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.lots.rules import is_same_lot
from chalicelib.manufacturing.traceability.lots.schemas import CellLotQuery
from chalicelib.manufacturing.traceability.lots.tables import CellLot, lot_partitions
from chalicelib.manufacturing.traceability.serial_registry import find_scanned
from chalicelib.manufacturing.traceability.tables import (
    CELL,
    LotCell,
    LotCorrection,
    LotUse,
    SerialNumber,
    lot_cell_pk,
    lot_corrections_pk,
    lot_pks,
    serial_key,
)

ItemT = TypeVar("ItemT", bound=Item)


class CellLots(msgspec.Struct, frozen=True):
    """A cell and the newest corrections of its lot, oldest first."""

    cell: SerialNumber
    corrections: Sequence[LotCorrection]


class AffectedCells(msgspec.Struct, frozen=True):
    """A module and the number of its cells of the lot."""

    module: Module
    cells: int


def read_affected(org_id: str, lot: str, clock: Clock) -> tuple[list[AffectedCells], list[str]]:
    """Return the modules that hold cells of a lot, by age, and the cells of it that are in no module."""
    counts = _read_counts(org_id, lot)
    modules, serials = _read_modules_and_cells(org_id, counts, lot, clock)
    numbers = _read_numbers(serials, clock)
    freed = [module for module in modules.values() if module.cells_freed]
    numbers |= _read_freed(freed, lot, clock) if freed else {}
    modules |= _read_modules(org_id, {_holder(org_id, number) for number in numbers.values()} - {*modules, None}, clock)
    counted, free = {*counts}, []
    for serial in sorted({*serials, *numbers}):
        module = modules.get(_holder(org_id, numbers.get(serial)) or "")
        if module is None or module.cells_freed:
            free.append(serial)
        elif module.item_id not in counted or not is_same_lot(numbers[serial].lot, lot):  # else its module counts it
            counts[module.item_id] += 1
    held = [AffectedCells(module, counts[module_id]) for module_id, module in sorted(modules.items())]
    return [part for part in held if part.cells > 0 and not part.module.cells_freed], free


def read_corrections(org_id: str, serial: str) -> list[LotCorrection]:
    """Return the newest corrections of a cell's lot, oldest first."""
    return newest_records(LotCorrection, lot_corrections_pk(org_id, serial), "LOT#")


def get_cell(actor: Actor, number: SerialNumber | None, raw: str) -> CellLots:
    """Return a cell with its lot and the newest corrections of it. Raise `SerialNotFound` if there is no such cell."""
    actor.require_reach(permissions.READ_LOT)
    cell = require_cell(actor, number, raw)
    return CellLots(cell, read_corrections(actor.org_id, cell.serial))


def list_cell_lots(actor: Actor, query: CellLotQuery) -> Page[CellLot]:
    """Return a page of the lots of cells, newest first."""
    actor.require_reach(permissions.READ_LOT)
    name = str(CellLot.of_organisation.Meta.index_name)
    lots = ShardedList(CellLot, lot_partitions(actor.org_id, query.status), name, "place", newest_first=True)
    return lots.page(query.limit, query.cursor)


def find_module(cell: SerialNumber) -> Module | None:
    """Return the module that a cell names; it may have been scrapped and have freed the cell."""
    return None if cell.holder_id is None else get(module_key(cell.org_id, cell.holder_id))


def require_cell(actor: Actor, number: SerialNumber | None, raw: str) -> SerialNumber:
    """Return the cell that a request names. Raise `SerialNotFound` if the organisation has no such cell."""
    cell, serial = find_scanned(number, raw)
    if cell is None or (cell.org_id, cell.used_as) != (actor.org_id, CELL):
        raise SerialNotFound(serial)
    return cell


def _read_counts(org_id: str, lot: str) -> Counter[str]:
    """Return the number of cells of each module that holds some of a lot."""
    counts: Counter[str] = Counter()
    for uses in parallel_reads([partial(_all, Query(LotUse, pk)) for pk in sorted(lot_pks(org_id, lot))]):
        counts.update({use.module_id: use.cells for use in uses})
    return +counts


def _all(query: Query[ItemT]) -> list[ItemT]:
    return list(query.all())


def _read_modules_and_cells(
    org_id: str, module_ids: Iterable[str], lot: str, clock: Clock
) -> tuple[dict[str, Module], list[str]]:
    """Return these modules and the single cells of a lot, in one round trip.

    The cells are read after the counts: one that is unbound in between is in both rather than in neither.
    """
    keys = [module_key(org_id, module_id) for module_id in module_ids]
    read_cells = partial(_all, Query(LotCell, lot_cell_pk(org_id, lot)))
    stored, [cells] = parallel_pair_reads(_batches(keys, clock), [read_cells])
    return {module.item_id: module for module in _found(keys, stored)}, [cell.serial for cell in cells]


def _read_modules(org_id: str, module_ids: Iterable[str | None], clock: Clock) -> dict[str, Module]:
    keys = [module_key(org_id, module_id) for module_id in module_ids if module_id]
    return {module.item_id: module for module in _found(keys, parallel_reads(_batches(keys, clock)))}


def _read_numbers(serials: Iterable[str], clock: Clock) -> dict[str, SerialNumber]:
    keys = [*map(serial_key, serials)]
    return {number.serial: number for number in _found(keys, parallel_reads(_batches(keys, clock)))}


def _read_freed(modules: Sequence[Module], lot: str, clock: Clock) -> dict[str, SerialNumber]:
    """Return the cells of this lot that modules freed which were scrapped, wherever they are now."""
    ledgers = parallel_reads([partial(read_whole_ledger, module.pk) for module in modules])
    numbers = _read_numbers((serial for ledger in ledgers for entry in ledger for serial in entry.present), clock)
    return {serial: number for serial, number in numbers.items() if is_same_lot(number.lot, lot)}


def _batches(keys: Sequence[ItemKey[Any]], clock: Clock) -> list[Callable[[], ReadResult]]:
    """Return the reads of these items."""
    return [partial(get_many, keys[start : start + BATCH], clock) for start in range(0, len(keys), BATCH)]


def _found(keys: Sequence[ItemKey[ItemT]], stored: Sequence[ReadResult]) -> list[ItemT]:
    """Return the items that exist, in the order of their keys, from the batches that `_batches` read."""
    found = [stored[number // BATCH].get(item_key) for number, item_key in enumerate(keys)]
    return [item for item in found if item is not None]


def _holder(org_id: str, number: SerialNumber | None) -> str | None:
    """Return the module that a cell names, None if it is in none of the organisation."""
    is_cell = number is not None and (number.org_id, number.used_as) == (org_id, CELL)
    return number.holder_id if number is not None and is_cell else None
