"""Cells that a scrapped module freed: their serial numbers still name it, and can be bound again.

A module that is scrapped stays scrapped, so a serial number that still names it is free for good. Binding it again
keeps in `freed_from` which module held it, by which entry of its ledger, in the item of the serial number itself:
a transaction that binds a tray has no room for further items.
"""

from collections.abc import Iterable

from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.tables import module_key
from chalicelib.manufacturing.traceability.tables import CELL, SerialNumber


def find_freed(work: UnitOfWork, org_id: str, numbers: Iterable[SerialNumber]) -> set[str]:
    """Return those of these bound serial numbers that are cells of scrapped modules which freed them."""
    cells = [number for number in numbers if (number.org_id, number.used_as) == (org_id, CELL)]
    keys = {number.holder_id: module_key(org_id, str(number.holder_id)) for number in cells}
    if not keys:
        return set()
    modules = get_many(keys.values(), work.clock)
    freed = {holder for holder, key in keys.items() if (module := modules.get(key)) is not None and module.cells_freed}
    return {number.serial for number in cells if number.holder_id in freed}


def earlier_uses(number: SerialNumber) -> set[str]:
    """Return what a serial number that is bound again keeps of the module that freed it, and of earlier ones."""
    return {*(number.freed_from or ()), f"{number.holder_id} {number.entry}"}


def parts_of_use(use: str) -> tuple[str, str]:
    """Return the id of a module and the sort key of an entry of its ledger."""
    module_id, _, entry = use.partition(" ")
    return module_id, entry
