"""The importer of cells: registers the lots of cells before they are bound, such as from a delivery note.

A cell is found by its serial number and keeps the lot that it was first given; another lot is rejected, because that is
a correction with a reason (`PATCH /v1/cells/{serial}/lot`). Binding the cell then needs no lot.
"""

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.sku_spec import Lot, ScannedSerial
from chalicelib.manufacturing.traceability.lots.rules import is_same_lot
from chalicelib.manufacturing.traceability.lots.service import list_cell_of_lot
from chalicelib.manufacturing.traceability.rules import lot_of, new_part_errors, read_part
from chalicelib.manufacturing.traceability.serial_registry import (
    change_cell,
    find_scanned,
    lot_of_cell,
    register_free_cell,
)
from chalicelib.manufacturing.traceability.tables import CELL, SerialNumber, serial_key


class CellRecord(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cell and its lot."""

    serial: ScannedSerial
    """The natural key: the serial number of the cell. Of a scanned GS1 code its serial number (21) is stored."""
    lot: Lot | None = None
    """The lot of the cell; upper and lower case do not differ. If absent, the lot (10) of the scanned code."""

    cross_check = staticmethod(new_part_errors)


def upsert_cell(work: UnitOfWork, record: CellRecord, actor: Actor) -> Outcome:
    """Register a cell with its lot, or give it to one that has none. Raise `ValidationFailed` for another lot."""
    actor.require_reach(permissions.BIND_CELL)
    part = read_part(record.serial)
    lot = lot_of([part], record.lot)
    if lot is None:
        raise ValidationFailed({"lot": "is required, unless the scanned code has it"})
    number, serial = find_scanned(get(serial_key(part.serial)), record.serial)
    work.audit(SerialNumber.kind, serial, "CELL_IMPORTED")
    if number is None or number.org_id != actor.org_id:
        _register(work, actor.org_id, serial, lot, number)
        return "created"
    if number.used_as != CELL:
        raise ValidationFailed({"serial": f"is the serial number of a {number.used_as.lower()}"})
    if number.lot is None and number.holder_id is None:
        change_cell(work, number, [SerialNumber.lot.set(lot)], {"lot": [None, lot]})
        list_cell_of_lot(work, actor.org_id, lot, serial)
    else:
        _require_lot(number.lot, lot)
    return "updated"


def _register(work: UnitOfWork, org_id: str, serial: str, lot: str, earlier: SerialNumber | None) -> None:
    """Stage a new cell of the organisation; another one may have used it before."""
    if earlier is not None:
        if earlier.holder_id is not None or earlier.used_as != CELL:
            raise ValidationFailed({"serial": "is in use"})
        known = lot_of_cell(earlier, org_id)
        if known is not None:
            _require_lot(known, lot)
    register_free_cell(work, org_id, serial, lot, earlier=earlier)
    list_cell_of_lot(work, org_id, lot, serial)


def _require_lot(known: str | None, lot: str) -> None:
    if not is_same_lot(known, lot):
        name = "without a lot in its module" if known is None else f"of lot {known}"
        raise ValidationFailed({"lot": f"differs: the cell is {name}; correct it with a reason"})


CELLS = Dataset(
    name="cells",
    title="cells",
    record=CellRecord,
    permission=permissions.BIND_CELL,
    entity_type=SerialNumber.kind,
    action="CELL_IMPORTED",
    key_field="serial",
    upsert=upsert_cell,
    canonical=lambda raw: read_part(raw).serial,
    example={"serial": "CELL-000417", "lot": "LOT-2026-03"},
)
"""The importer of cells."""
