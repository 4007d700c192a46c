"""The serial registry: registers serial numbers for use, and reports where a duplicate is in use.

A serial number is registered by writing its item, which fails if there is one. For a single serial the failed write
returns the existing item, so the error says where it is in use without a read. For a tray the next attempt reads all
serials, so that the error names every duplicate. A tray without duplicates needs no read.
"""

from collections.abc import Sequence
from functools import partial

from chalicelib.core.clock import Clock
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import get, get_many
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing.errors import DuplicateSerial
from chalicelib.manufacturing.tables import Assembly, Module
from chalicelib.manufacturing.traceability.rules import read_part
from chalicelib.manufacturing.traceability.tables import CELL, MODULE, PACK, SerialNumber, serial_key

_DUPLICATE = "serials"


def number_of(assembly: Assembly) -> SerialNumber:
    """Return the serial number of a module or pack, as it is registered."""
    return serial_key(assembly.serial).new(
        serial=assembly.serial,
        org_id=assembly.org_id,
        used_as=MODULE if isinstance(assembly, Module) else PACK,
        holder_id=assembly.item_id,
        at=assembly.created_at,
    )


def register_assembly(work: UnitOfWork, assembly: Assembly) -> None:
    """Stage the serial number of a new module or pack. Fails with `DuplicateSerial`."""
    number = number_of(assembly)
    work.create(number, partial(_duplicate_error, assembly.org_id, assembly.serial), final=True, audited=False)


def register_cells(work: UnitOfWork, module: Module, serials: Sequence[str], *, lot: str | None, entry: str) -> None:
    """Stage the serial numbers of cells of a module, all or none.

    Raises or fails with `DuplicateSerial`, which names every serial in use.
    """
    if _DUPLICATE in work.conflicts:
        _require_unused(work.clock, module.org_id, serials)
    is_single = len(serials) == 1
    for serial in serials:
        number = serial_key(serial).new(
            serial=serial,
            org_id=module.org_id,
            used_as=CELL,
            holder_id=module.item_id,
            lot=lot,
            entry=entry,
            at=work.now,
        )
        work.create(
            number,
            partial(_duplicate_error, module.org_id, serial),
            final=is_single,
            label=None if is_single else _DUPLICATE,
            audited=False,
        )


def find_scanned(number: SerialNumber | None, raw: str) -> tuple[SerialNumber | None, str]:
    """Return the serial number that a scan names, and its text; `number` is what `registry_key` found.

    Earlier versions stored a scanned GS1 code as a whole. Such a serial number is found by the same scan.
    """
    serial = read_part(raw).serial
    stored = get(serial_key(raw)) if number is None and serial != raw else None
    return (number, serial) if stored is None else (stored, raw)


def release_cell(work: UnitOfWork, cell: SerialNumber) -> None:
    """Stage that the serial number of a cell is free, unless its use has changed since it was read."""
    is_unchanged = (SerialNumber.holder_id == cell.holder_id) & (SerialNumber.entry == cell.entry)
    work.remove(serial_key(cell.serial), is_unchanged, VersionConflict())


def _require_unused(clock: Clock, org_id: str, serials: Sequence[str]) -> None:
    keys = [serial_key(serial) for serial in serials]
    stored = get_many(keys, clock)
    uses = [_use(org_id, number) for number in map(stored.get, keys) if number is not None]
    if uses:
        raise _duplicates(uses)


def _duplicate_error(org_id: str, serial: str, raw: RawItem | None) -> DuplicateSerial:
    return _duplicates([{"serial": serial} if raw is None else _use(org_id, SerialNumber.from_raw_data(raw))])


def _duplicates(uses: Sequence[dict[str, object]]) -> DuplicateSerial:
    serials = ", ".join(str(use["serial"]) for use in uses)
    return DuplicateSerial(f"Already in use: {serials}.", details={**uses[0], "duplicates": list(uses)})


def _use(org_id: str, number: SerialNumber) -> dict[str, object]:
    """Return where a serial number is in use; for one of another organisation only the number itself."""
    if number.org_id != org_id:
        return {"serial": number.serial}
    holder = "packId" if number.used_as == PACK else "moduleId"
    return {"serial": number.serial, "usedAs": number.used_as, holder: number.holder_id}
