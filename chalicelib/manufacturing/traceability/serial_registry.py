"""The serial registry: registers serial numbers for use, and reports where a duplicate is in use.

A serial number is registered by writing its item, which fails if there is one. The next attempt reads all serials: the
error names every duplicate, and a cell that a scrapped module freed is registered again. Cells without duplicates need
no read.
"""

from collections.abc import Sequence
from functools import partial

from pynamodb.expressions.condition import Condition

from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import get, get_many
from chalicelib.core.table import is_as_read
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing.errors import DuplicateSerial
from chalicelib.manufacturing.tables import Assembly, Module
from chalicelib.manufacturing.traceability.freed_cells import earlier_uses, find_freed
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
    freed = _require_unused(work, module.org_id, serials) if _DUPLICATE in work.conflicts else {}
    for serial in serials:
        earlier = freed.get(serial)
        number = serial_key(serial).new(
            serial=serial,
            org_id=module.org_id,
            used_as=CELL,
            holder_id=module.item_id,
            lot=lot,
            entry=entry,
            freed_from=None if earlier is None else earlier_uses(earlier),
            at=work.now,
        )
        work.create(
            number,
            partial(_duplicate_error, module.org_id, serial),
            unless=None if earlier is None else _is_unchanged(earlier),
            label=_DUPLICATE,
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
    work.remove(serial_key(cell.serial), _is_unchanged(cell), VersionConflict())


def _is_unchanged(cell: SerialNumber) -> Condition:
    has_holder = is_as_read(SerialNumber.holder_id, cell.holder_id)
    is_unchanged: Condition = has_holder & is_as_read(SerialNumber.entry, cell.entry)
    return is_unchanged


def _require_unused(work: UnitOfWork, org_id: str, serials: Sequence[str]) -> dict[str, SerialNumber]:
    """Return the serial numbers that a scrapped module freed. Raise `DuplicateSerial` if others are in use."""
    keys = [serial_key(serial) for serial in serials]
    stored = get_many(keys, work.clock)
    numbers = [number for number in map(stored.get, keys) if number is not None]
    freed = find_freed(work, org_id, numbers)
    uses = [_use(org_id, number) for number in numbers if number.serial not in freed]
    if uses:
        raise _duplicates(uses)
    return freed


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
