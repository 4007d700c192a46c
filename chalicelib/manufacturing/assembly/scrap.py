"""The use case of scrapping a module, in one transaction whatever the number of its cells.

A module may hold 5,000 cells, and a transaction has 100 items. So their serial numbers are not written: that of a cell
names its module, and a module that is scrapped stays scrapped. If it says that its cells are free, they are bound
elsewhere as if they had been unbound; otherwise their serial numbers stay in use for good.
"""

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.binding import append_ledger_entry
from chalicelib.manufacturing.assembly.packs import leave_voided_packs
from chalicelib.manufacturing.assembly.rework_schemas import ScrapModule
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.rules import CellFate, LineAction, ModuleStatus
from chalicelib.manufacturing.status_counters import change_status
from chalicelib.manufacturing.tables import Module
from chalicelib.manufacturing.traceability.tables import SCRAPPED


def scrap_module(work: UnitOfWork, module: Module, command: ScrapModule, actor: Actor) -> Module:
    """Scrap a module that is in no pack; its cells are freed or scrapped with it. Raise `Conflict` if it is in one."""
    leave_voided_packs(work, [module])
    if module.pack_id is not None:
        missing = [f"the module is in pack {module.pack_id}"]
        raise line_conflict(module, LineAction.SCRAP, missing, packId=module.pack_id)
    append_ledger_entry(work, module, actor.user_id, [], change=SCRAPPED, reason=command.reason)
    is_freed = command.cells == CellFate.FREE
    freed = {"scrapped_at": work.now, "cells_freed": is_freed, **({"bound": 0} if is_freed else {})}
    change_status(work, module, ModuleStatus.SCRAPPED, freed)
    return module
