"""Lots of cells: a cell keeps the lot that it was first given, and a recall finds it by that lot.

A module counts its cells of each lot (`LotUse`), in the transaction that binds or unbinds them. A cell that is unbound
is listed by itself (`LotCell`), because no module counts it any more.
"""

from collections.abc import Mapping, Sequence

from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.errors import LotConflict
from chalicelib.manufacturing.tables import Module
from chalicelib.manufacturing.traceability.lots.rules import is_same_lot
from chalicelib.manufacturing.traceability.serial_registry import lot_of_cell
from chalicelib.manufacturing.traceability.tables import LotCell, LotUse, SerialNumber, lot_cell_key, lot_key


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


def change_lot_use(work: UnitOfWork, module: Module, lot: str, cells: int) -> None:
    """Stage that a module holds so many more cells of a lot (negative: fewer)."""
    actions = [LotUse.cells.add(cells), LotUse.lot.set(LotUse.lot | lot), LotUse.module_id.set(module.item_id)]
    work.update_unread(lot_key(module.org_id, lot, module.item_id), actions=actions, audited=False)


def list_cell_of_lot(work: UnitOfWork, org_id: str, lot: str, serial: str) -> None:
    """Stage that a recall of the lot looks where this cell is."""
    target = lot_cell_key(org_id, lot, serial)
    work.update_unread(target, actions=[LotCell.serial.set(serial)], audited=False)
