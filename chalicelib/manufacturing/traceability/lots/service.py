"""Lots of cells: a cell keeps the lot that it was first given, and a recall finds it by that lot.

A module counts its cells of each lot (`LotUse`), in the transaction that binds or unbinds them. A cell that is unbound
is listed by itself (`LotCell`), because no module counts it any more.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get, parallel_pair_reads
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.service import correct_held_lot
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.errors import LotConflict
from chalicelib.manufacturing.quality.queries import NEWEST
from chalicelib.manufacturing.tables import Module, Sku, sku_key
from chalicelib.manufacturing.traceability.lots.blocking import change_blocked_lots
from chalicelib.manufacturing.traceability.lots.errors import LotTaken
from chalicelib.manufacturing.traceability.lots.queries import CellLots, find_module, read_corrections, require_cell
from chalicelib.manufacturing.traceability.lots.rules import LotStatus, is_same_lot
from chalicelib.manufacturing.traceability.lots.schemas import ChangeLotStatus, CorrectLot, CreateCellLot
from chalicelib.manufacturing.traceability.lots.tables import CellLot, cell_lot_key, lot_partition
from chalicelib.manufacturing.traceability.rules import fold_lot
from chalicelib.manufacturing.traceability.serial_registry import change_cell, lot_of_cell
from chalicelib.manufacturing.traceability.tables import (
    LOT_CORRECTED,
    LotCell,
    LotCorrection,
    LotUse,
    SerialNumber,
    ledger_key,
    lot_cell_key,
    lot_correction_key,
    lot_key,
)


class FoundCell(NamedTuple):
    """The text that a request names, and the serial number that was found by it."""

    raw: str
    number: SerialNumber | None


def lots_of_cells(
    org_id: str, serials: Sequence[str], given: str | None, known: Mapping[str, SerialNumber]
) -> dict[str, str | None]:
    """Return the lot of each cell: the one that it has, else the given one; `known` are those that were bound before.

    Raise `LotConflict` with every cell that has another lot than the given one.
    """
    lots: dict[str, str | None] = dict.fromkeys(serials, given)
    for serial, number in known.items():
        lots[serial] = lot_of_cell(number, org_id) or given
    conflicts = [
        {"serial": serial, "lot": str(lot), "givenLot": given}
        for serial, lot in lots.items()
        if given is not None and not is_same_lot(lot, given)
    ]
    if conflicts:
        raise LotConflict(conflicts)
    return lots


def create_cell_lot(work: UnitOfWork, command: CreateCellLot, actor: Actor) -> CellLot:
    """Record a lot of cells, which is released. Fails with `LotTaken`."""
    place = work.ids.new()
    lot = cell_lot_key(actor.org_id, command.lot).new(
        org_id=actor.org_id,
        lot=command.lot,
        status=str(LotStatus.RELEASED),
        supplier=command.supplier,
        supplier_lot=command.supplier_lot,
        quantity=command.quantity,
        received_at=command.received_at,
        org_list=lot_partition(actor.org_id, LotStatus.RELEASED),
        place=place,
        created_by=actor.user_id,
        created_at=work.now,
    )
    work.audit(CellLot.kind, command.lot, "CELL_LOT_CREATED")
    work.create(lot, _taken, final=True)
    return lot


def change_lot_status(work: UnitOfWork, lot: CellLot, command: ChangeLotStatus, *, holds: OpenHolds | None) -> CellLot:
    """Block or release a lot, with a reason. Raise `TooManyBlockedLots` if there is no room for another."""
    work.audit(CellLot.kind, lot.lot, "CELL_LOT_STATUS_CHANGED")
    if lot.status != command.status:
        change_blocked_lots(work, lot.org_id, holds, lot.lot, is_blocked=command.status is LotStatus.BLOCKED)
    place = lot_partition(lot.org_id, command.status)
    work.update(lot, {"status": str(command.status), "status_reason": command.reason, "org_list": place})
    return lot


def _taken(raw: RawItem | None) -> LotTaken:
    return LotTaken(details={} if raw is None else {"lot": CellLot.from_raw_data(raw).lot})


def correct_lot(
    work: UnitOfWork, found: FoundCell, command: CorrectLot, actor: Actor, *, holds: OpenHolds | None
) -> CellLots:
    """Give a cell another lot, wherever it is.

    Raise `SerialNotFound` if the organisation has no such cell, `ValidationFailed` if it has this lot already.
    """
    actor.require_reach(permissions.CORRECT_LOT)
    cell = require_cell(actor, found.number, found.raw)
    if cell.lot == command.lot:
        raise ValidationFailed({"lot": "is the lot of the cell already"})
    read_module = partial(find_module, cell)
    others: list[Callable[[], Any]] = [partial(read_corrections, actor.org_id, cell.serial), partial(_find_sku, cell)]
    [module], [earlier, sku] = parallel_pair_reads([read_module], others)
    work.audit(SerialNumber.kind, cell.serial, "LOT_CORRECTED")
    correction = give_lot(work, cell, module, command, actor.user_id, sku=sku, holds=holds)
    return CellLots(cell, [*earlier, correction][-NEWEST:])


def give_lot(
    work: UnitOfWork,
    cell: SerialNumber,
    module: Module | None,
    command: CorrectLot,
    by: str,
    *,
    sku: Sku | None = None,
    holds: OpenHolds | None,
) -> LotCorrection:
    """Stage another lot of a cell; `module` is the one that it names, `sku` that of a cell in no module."""
    changes: dict[str, list[object]] = {"lot": [cell.lot, command.lot], "reason": [None, command.reason]}
    change_cell(work, cell, [SerialNumber.lot.set(command.lot)], changes)
    is_bound = module is not None and not module.cells_freed
    entry = _correct_in_module(work, module, cell, command, by) if module is not None and is_bound else None
    if is_bound:
        correct_held_lot(work, cell.org_id, holds, command.lot)
    for lot in {fold_lot(lot): lot for lot in (cell.lot, command.lot) if lot is not None}.values():
        list_cell_of_lot(work, cell.org_id, lot, cell.serial)
    correction = lot_correction_key(cell.org_id, cell.serial, work.ids.new()).new(
        serial=cell.serial,
        lot=command.lot,
        former_lot=cell.lot,
        reason=command.reason,
        sku_id=cell.sku_id if module is None else module.sku_id,
        gtins=getattr(sku if module is None else module.sku, "gtins", None),
        entry=entry,
        at=work.now,
        by=by,
    )
    work.create(correction, audited=False)
    cell.lot = command.lot
    return correction


def _find_sku(cell: SerialNumber) -> Sku | None:
    """Return the SKU of a cell that is in no module."""
    return None if cell.sku_id is None else get(sku_key(cell.org_id, cell.sku_id))


def _correct_in_module(work: UnitOfWork, module: Module, cell: SerialNumber, command: CorrectLot, by: str) -> str:
    """Stage what the module that holds a cell records of its correction; return the sort key of the ledger entry."""
    if not is_same_lot(cell.lot, command.lot):
        change_lot_use(work, module, command.lot, 1)
        if cell.lot is not None:
            change_lot_use(work, module, cell.lot, -1)
    entry = ledger_key(module.pk, module.version, work.ids.new()).new(
        org_id=module.org_id,
        holder_id=module.item_id,
        change=LOT_CORRECTED,
        serials=[cell.serial],
        lot=command.lot,
        former_lot=cell.lot,
        reason=command.reason,
        at=work.now,
        by=by,
    )
    work.create(entry, audited=False)
    return str(entry.sk)


def change_lot_use(work: UnitOfWork, module: Module, lot: str, cells: int) -> None:
    """Stage that a module holds so many more cells of a lot (negative: fewer)."""
    actions = [LotUse.cells.add(cells), LotUse.lot.set(LotUse.lot | lot), LotUse.module_id.set(module.item_id)]
    work.update_unread(lot_key(module.org_id, lot, module.item_id), actions=actions, audited=False)


def list_cell_of_lot(work: UnitOfWork, org_id: str, lot: str, serial: str) -> None:
    """Stage that a recall of the lot looks where this cell is."""
    target = lot_cell_key(org_id, lot, serial)
    work.update_unread(target, actions=[LotCell.serial.set(serial)], audited=False)
