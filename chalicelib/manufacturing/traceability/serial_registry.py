"""The serial registry: registers serial numbers for use, and reports where a duplicate is in use.

A serial number is registered by writing its item, on the condition that there is none or that it is free. That of a
module or pack is written unread. Those of cells are read with the authentication, because a cell that was bound before
keeps its lot, and so that an error names every duplicate; each is written if it is as it was read.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import ReadResult, get
from chalicelib.core.table import is_as_read
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing.errors import DuplicateSerial
from chalicelib.manufacturing.tables import Assembly, Module
from chalicelib.manufacturing.traceability.freed_cells import earlier_uses, find_freed
from chalicelib.manufacturing.traceability.rules import read_part
from chalicelib.manufacturing.traceability.tables import CELL, MODULE, PACK, SerialNumber, serial_key


def number_of(assembly: Assembly) -> SerialNumber:
    """Return the serial number of a module or pack, as it is registered."""
    return serial_key(assembly.serial).new(
        serial=assembly.serial,
        org_id=assembly.org_id,
        used_as=MODULE if isinstance(assembly, Module) else PACK,
        holder_id=assembly.item_id,
        sku_id=assembly.sku_id,
        at=assembly.created_at,
    )


def register_assembly(work: UnitOfWork, assembly: Assembly) -> None:
    """Stage the serial number of a new module or pack. Fails with `DuplicateSerial`."""
    explain = partial(_duplicate_error, assembly.org_id, assembly.serial)
    is_free = SerialNumber.holder_id.does_not_exist()
    work.create(number_of(assembly), explain, unless=is_free, final=True, audited=False)


def find_free(work: UnitOfWork, org_id: str, serials: Sequence[str], found: ReadResult) -> dict[str, SerialNumber]:
    """Return those of these serial numbers that were cells before and are free now; `found` holds what was read.

    Raise `DuplicateSerial`, which names every one in use.
    """
    stored = {serial: number for serial in serials if (number := found.get(serial_key(serial))) is not None}
    bound = [number for number in stored.values() if number.holder_id is not None]
    freed = find_freed(work, org_id, bound)
    uses = [_use(org_id, number) for number in bound if number.serial not in freed]
    if uses:
        raise _duplicates(uses)
    return stored


def register_cells(
    work: UnitOfWork,
    module: Module,
    lots: Mapping[str, str | None],
    *,
    free: Mapping[str, SerialNumber],
    entry: str,
) -> None:
    """Stage the serial numbers of cells of a module with their lots, all or none.

    `free` are those that were cells before, as they were read. Fails with `DuplicateSerial`.
    """
    for serial, lot in lots.items():
        earlier = free.get(serial)
        number = serial_key(serial).new(
            serial=serial,
            org_id=module.org_id,
            used_as=CELL,
            holder_id=module.item_id,
            lot=lot,
            lots_elsewhere=None if earlier is None else _lots_elsewhere(earlier, module.org_id),
            entry=entry,
            freed_from=None if earlier is None or earlier.holder_id is None else earlier_uses(earlier),
            at=work.now,
        )
        work.create(
            number,
            partial(_duplicate_error, module.org_id, serial),
            unless=None if earlier is None else _is_unchanged(earlier),
            audited=False,
        )


def register_free_cell(
    work: UnitOfWork, org_id: str, serial: str, lot: str | None, *, earlier: SerialNumber | None
) -> None:
    """Stage the serial number of a cell that is in no module, with its lot if it has one.

    `earlier` is the free cell of another organisation that has it, as it was read. Fails with `VersionConflict`.
    """
    elsewhere = None if earlier is None else _lots_elsewhere(earlier, org_id)
    number = serial_key(serial).new(
        serial=serial, org_id=org_id, used_as=CELL, lot=lot, lots_elsewhere=elsewhere, at=work.now
    )
    unless = None if earlier is None else _is_unchanged(earlier)
    work.create(number, VersionConflict(), unless=unless)


def lot_of_cell(number: SerialNumber, org_id: str) -> str | None:
    """Return the lot that a cell has in an organisation."""
    return number.lot if number.org_id == org_id else (number.lots_elsewhere or {}).get(org_id)


def find_scanned(number: SerialNumber | None, raw: str) -> tuple[SerialNumber | None, str]:
    """Return the serial number that a scan names, and its text; `number` is what `registry_key` found.

    Earlier versions stored a scanned GS1 code as a whole. Such a serial number is found by the same scan.
    """
    serial = read_part(raw).serial
    is_free = number is None or number.holder_id is None
    stored = get(serial_key(raw)) if is_free and serial != raw else None
    return (number, serial) if stored is None else (stored, raw)


def release_cell(work: UnitOfWork, cell: SerialNumber, sku_id: str) -> None:
    """Stage that the serial number of a cell is free; `sku_id` is that of its module."""
    fields = (SerialNumber.holder_id, SerialNumber.entry, SerialNumber.freed_from)
    change_cell(work, cell, [*(field.remove() for field in fields), SerialNumber.sku_id.set(sku_id)])


def change_cell(
    work: UnitOfWork, cell: SerialNumber, actions: Sequence[Action], changes: Mapping[str, list[object]] | None = None
) -> None:
    """Stage a change of a cell's serial number, unless its use or lot has changed since it was read.

    `changes` `{field: [old, new]}` is what the audit row says.
    """
    work.update_unread(
        serial_key(cell.serial),
        condition=_is_unchanged(cell),
        on_conflict=VersionConflict(),
        actions=actions,
        changes=changes,
    )


def _is_unchanged(cell: SerialNumber) -> Condition:
    has_holder = is_as_read(SerialNumber.holder_id, cell.holder_id) & is_as_read(SerialNumber.entry, cell.entry)
    has_lot = (SerialNumber.org_id == cell.org_id) & is_as_read(SerialNumber.lot, cell.lot)
    is_unchanged: Condition = has_holder & has_lot
    return is_unchanged


def _lots_elsewhere(earlier: SerialNumber, org_id: str) -> dict[str, str] | None:
    """Return the lots that other organisations know of a cell that this one uses next."""
    lots = {**(earlier.lots_elsewhere or {}), **({} if earlier.lot is None else {earlier.org_id: earlier.lot})}
    lots.pop(org_id, None)
    return lots or None


def _duplicate_error(org_id: str, serial: str, raw: RawItem | None) -> DuplicateSerial:
    return _duplicates([{"serial": serial} if raw is None else _use(org_id, SerialNumber.from_raw_data(raw))])


def _duplicates(uses: Sequence[dict[str, object]]) -> DuplicateSerial:
    serials = ", ".join(str(use["serial"]) for use in uses)
    return DuplicateSerial(f"Already in use: {serials}.", details={**uses[0], "duplicates": list(uses)})


def _use(org_id: str, number: SerialNumber) -> dict[str, object]:
    """Return where a serial number is in use; for one of another organisation only the number itself."""
    if number.org_id != org_id or number.holder_id is None:
        return {"serial": number.serial}
    holder = "packId" if number.used_as == PACK else "moduleId"
    return {"serial": number.serial, "usedAs": number.used_as, holder: number.holder_id}
