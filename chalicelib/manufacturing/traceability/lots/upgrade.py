"""What the lots of cells of earlier versions lack, and its repair (`python -m infra.rebuild manufacturing`).

Earlier versions deleted the serial number of a cell that was unbound, forgot its lot, and counted lots by their case.
What they kept of it is one `FormerCell` for each unbinding.
"""

from collections.abc import Sequence

from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import ItemKey, Query, get
from chalicelib.core.table import parts_of
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.holds.tables import open_holds_key
from chalicelib.manufacturing.tables import module_key
from chalicelib.manufacturing.traceability.lots.queries import find_module
from chalicelib.manufacturing.traceability.lots.schemas import CorrectLot
from chalicelib.manufacturing.traceability.lots.service import change_lot_use, give_lot, list_cell_of_lot
from chalicelib.manufacturing.traceability.rules import fold_lot
from chalicelib.manufacturing.traceability.serial_registry import register_free_cell
from chalicelib.manufacturing.traceability.tables import (
    CELL,
    FormerCell,
    LotUse,
    SerialNumber,
    former_cell_pk,
    lot_cell_key,
    lot_pk,
    serial_key,
)

_REASON = "It was bound again without its lot."
_ACTOR = "system:rebuild"


def find_missing(org_id: str, serial: str) -> list[str]:
    """Return in words what is missing of the lots of a cell that was unbound once."""
    lots, number = _read(org_id, serial)
    missing = [f"is not listed under its lot {lot}" for lot in lots if get(lot_cell_key(org_id, lot, serial)) is None]
    if number is None:
        missing.append("is not registered")
    elif _lacks_lot(number, org_id, lots):
        missing.append(f"does not have its lot {lots[0]}")
    return missing


def restore_cell(work: UnitOfWork, *, org_id: str, serial: str) -> bool:
    """Register a cell again, give it its first lot, and list it under all; return whether anything was missing."""
    if not find_missing(org_id, serial):
        return False
    lots, number = _read(org_id, serial)
    work.audit(SerialNumber.kind, serial, "CELL_LOTS_RESTORED")
    if number is None:
        register_free_cell(work, org_id, serial, lots[0] if lots else None, earlier=None)
    elif _lacks_lot(number, org_id, lots):
        command, holds = CorrectLot(lots[0], _REASON), get(open_holds_key(org_id))
        give_lot(work, number, find_module(number), command, _ACTOR, holds=holds)
        lots = lots[1:]  # the first is listed with this
    for lot in lots:
        list_cell_of_lot(work, org_id, lot, serial)
    return True


def is_counted_by_case(use: LotUse) -> bool:
    """Return whether an earlier version counted these cells, by the case of their lot."""
    return str(use.pk) != lot_pk(parts_of(use.pk)[0], use.lot)


def count_without_case(work: UnitOfWork, *, use: LotUse) -> bool:
    """Count the cells of a module under their folded lot; return whether they were not."""
    org_id = parts_of(use.pk)[0]
    module = get(module_key(org_id, use.module_id))
    if module is None:
        return False
    work.audit(LotUse.kind, use.module_id, "LOT_COUNTED_AGAIN")
    work.remove(ItemKey(LotUse, use.pk, use.sk), LotUse.cells == use.cells, VersionConflict())
    change_lot_use(work, module, use.lot, use.cells)
    return True


def _read(org_id: str, serial: str) -> tuple[Sequence[str], SerialNumber | None]:
    """Return the lots that a cell was unbound with, the first one first, and its serial number."""
    lots: dict[str, str] = {}
    for use in Query(FormerCell, former_cell_pk(org_id, serial)).all():
        if use.lot is not None:
            lots.setdefault(fold_lot(use.lot), use.lot)
    return list(lots.values()), get(serial_key(serial))


def _lacks_lot(number: SerialNumber, org_id: str, lots: Sequence[str]) -> bool:
    return (number.org_id, number.used_as, number.lot) == (org_id, CELL, None) and bool(lots)
