"""Taking serial numbers into use, and saying where one is used that was wanted again.

A serial is taken by writing its item, which fails if there is one. A single one that fails says at once where the
other is, because the store gives back what stood in the way. Of a tray that fails the next attempt reads all serials,
so that the answer names every one that is in use. A tray that succeeds costs no read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chalicelib.core.clock import Clock
from chalicelib.core.store import get_many
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing.errors import DuplicateSerial
from chalicelib.manufacturing.registry import PACK, SerialNumber, serial_key

_TAKEN = "serials"


def take(work: UnitOfWork, org_id: str, serial: str, used_as: str, holder_id: str) -> None:
    """Stage that a module or pack has this serial. Fails with `DuplicateSerial`."""
    new = _new(work, org_id, serial, used_as, holder_id)
    work.create(new, partial(_taken, org_id, serial), final=True, audited=False)


def take_cells(
    work: UnitOfWork,
    clock: Clock,
    org_id: str,
    serials: Sequence[str],
    *,
    module_id: str,
    lot: str | None,
    entry: str,
) -> None:
    """Stage that these are cells of a module, all or none. Raises or fails with `DuplicateSerial` naming all in use."""
    if _TAKEN in work.conflicts:
        _check_free(clock, org_id, serials)
    alone = len(serials) == 1
    for serial in serials:
        new = _new(work, org_id, serial, "CELL", module_id)
        new.lot, new.entry = lot, entry
        work.create(new, partial(_taken, org_id, serial), final=alone, label=None if alone else _TAKEN, audited=False)


def _new(work: UnitOfWork, org_id: str, serial: str, used_as: str, holder_id: str) -> SerialNumber:
    where = serial_key(serial)
    return SerialNumber(
        where.pk, where.sk, serial=serial, org_id=org_id, used_as=used_as, holder_id=holder_id, at=work.now
    )


def _check_free(clock: Clock, org_id: str, serials: Sequence[str]) -> None:
    wanted = [serial_key(serial) for serial in serials]
    found = get_many(wanted, clock)
    used = [_where(org_id, one) for one in map(found.get, wanted) if one is not None]
    if used:
        raise _duplicates(used)


def _taken(org_id: str, serial: str, raw: RawItem | None) -> DuplicateSerial:
    used = None if raw is None else SerialNumber.from_raw_data(raw)
    return _duplicates([{"serial": serial} if used is None else _where(org_id, used)])


def _duplicates(used: Sequence[dict[str, object]]) -> DuplicateSerial:
    names = ", ".join(str(one["serial"]) for one in used)
    message = f"In use already: {names}."
    return DuplicateSerial(message, details={**used[0], "duplicates": list(used)})


def _where(org_id: str, used: SerialNumber) -> dict[str, object]:
    """Where a serial is used; of another organisation's nothing but that it is."""
    if used.org_id != org_id:
        return {"serial": used.serial}
    holder = "packId" if used.used_as == PACK else "moduleId"
    return {"serial": used.serial, "usedAs": used.used_as, holder: used.holder_id}
