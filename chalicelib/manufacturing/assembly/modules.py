"""The use cases of modules: create, bind and unbind cells, seal."""

from collections.abc import Mapping
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import ReadResult, parallel_pair_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.binding import (
    CELL_ARTICLE,
    append_ledger_entry,
    new_assembly,
    require_article,
    require_lots,
    require_room,
    update_binding,
)
from chalicelib.manufacturing.assembly.holds.blocking import (
    marks_of_cells,
    marks_of_module,
    read_lots_of_module,
    require_not_held,
)
from chalicelib.manufacturing.assembly.holds.service import forget_module
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.assembly.schemas import BindCell, BindCells, CreateModule, UnbindCell
from chalicelib.manufacturing.batch_closing import require_open_batch
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.list_keys import free_partition
from chalicelib.manufacturing.quality.tests.queries import read_unit_tests
from chalicelib.manufacturing.quality.tests.service import check_tests_unchanged, missing_tests, problem_details
from chalicelib.manufacturing.rules import MODULE, BatchStatus, LineAction, ModuleStatus, missing_for_seal
from chalicelib.manufacturing.status_counters import change_status, create_listed
from chalicelib.manufacturing.tables import LINE_HOURS, Module, ProductionBatch, batch_key, module_key
from chalicelib.manufacturing.traceability import serial_registry
from chalicelib.manufacturing.traceability.lots.blocking import require_lots_released
from chalicelib.manufacturing.traceability.lots.rules import count_lots, lots_of_entry
from chalicelib.manufacturing.traceability.lots.service import change_lot_use, list_cell_of_lot, lots_of_cells
from chalicelib.manufacturing.traceability.rules import ScannedPart, lot_of, read_part
from chalicelib.manufacturing.traceability.tables import (
    CELL,
    UNBOUND,
    LedgerEntry,
    SerialNumber,
    former_cell_key,
    ledger_entry_key,
)

_MAX_ITEMS = 91
"""Those of the cells and their lots; the transaction has nine more at most, of 100. There is no room for another check
of a lot: what stops all cells of a lot belongs into the open holds (`assembly/holds/`), which are one item."""


def create_module(work: UnitOfWork, batch: ProductionBatch, command: CreateModule, actor: Actor) -> Module:
    """Create a module in a batch that is in progress. Fails with `DuplicateSerial`."""
    part = read_part(command.serial)
    require_article(batch.org_id, batch.sku, Module.kind, {"serial": part})
    key = module_key(actor.org_id, f"MOD-{work.ids.new()}")
    module = new_assembly(work, key, batch, serial=part.serial, actor=actor)
    work.audit(Module.kind, module.item_id, "MODULE_CREATED")
    create_listed(work, module)
    serial_registry.register_assembly(work, module)
    is_running = ProductionBatch.status == BatchStatus.IN_PROGRESS
    work.check_condition(batch_key(module.org_id, batch.item_id), is_running, VersionConflict())
    return module


def bind_cell(
    work: UnitOfWork, module: Module, command: BindCell, actor: Actor, *, found: ReadResult, holds: OpenHolds | None
) -> Module:
    """Bind a cell; `found` holds its serial number if it was bound before.

    Raise `Conflict` if the module is full, `DuplicateSerial`, `LotConflict` if the cell has another lot, and
    `OnHold`.
    """
    parts = {"serial": read_part(command.serial)}
    return _bind(
        work, module, parts, actor, given_lot=command.lot, action=LineAction.BIND_CELL, found=found, holds=holds
    )


def bind_cells(
    work: UnitOfWork, module: Module, command: BindCells, actor: Actor, *, found: ReadResult, holds: OpenHolds | None
) -> Module:
    """Bind a tray of cells, all or none; `found` holds the serial numbers of those that were bound before.

    Raise `Conflict` if there is not enough room, `DuplicateSerial`, `LotConflict` if a cell has another lot,
    and `OnHold`.
    """
    parts = {f"serials.{place}": read_part(raw) for place, raw in enumerate(command.serials)}
    return _bind(
        work, module, parts, actor, given_lot=command.lot, action=LineAction.BIND_CELLS, found=found, holds=holds
    )


def unbind_cell(
    work: UnitOfWork,
    module: Module,
    command: UnbindCell,
    actor: Actor,
    *,
    cell: SerialNumber | None,
    holds: OpenHolds | None,
) -> Module:
    """Unbind a cell; its serial number can be bound again. Raise `Conflict` if it is not bound to this module."""
    cell, serial = serial_registry.find_scanned(cell, command.serial)
    if cell is None or (cell.org_id, cell.used_as, cell.holder_id) != (module.org_id, CELL, module.item_id):
        raise line_conflict(module, LineAction.UNBIND_CELL, [f"{serial} is not bound to this module"])
    _release_cell(work, module, cell, actor)
    forget_module(work, module.org_id, holds, cell.serial)
    changes: dict[str, list[object]] = {f"cell/{cell.serial}.module": [module.item_id, None]}
    if cell.lot is not None:
        changes[f"cell/{cell.serial}.lot"] = [cell.lot, None]
    update_binding(work, module, MODULE.target(module.status, LineAction.UNBIND_CELL), -1, changes)
    return module


def seal_module(work: UnitOfWork, module: Module, *, holds: OpenHolds | None) -> Module:
    """Seal a module.

    Raise `Conflict` unless it holds exactly as many cells as its SKU requires, passed the required tests, and is not on
    hold.
    """
    missing = missing_for_seal(module.bound, module.required, "cell")
    if missing:
        raise line_conflict(module, LineAction.SEAL, missing, bound=module.bound, required=module.required)
    read_tests, read_lots = partial(read_unit_tests, module, work.clock), partial(_held_lots, work, module, holds)
    [tests], [held] = parallel_pair_reads([read_tests], [read_lots])
    require_not_held(work, module, marks_of_module(module, held), holds, LineAction.SEAL)
    problems = missing_tests(module, tests)
    if problems:
        raise line_conflict(module, LineAction.SEAL, list(map(str, problems)), tests=problem_details(problems))
    check_tests_unchanged(work, module, tests)
    is_full = Module.bound == module.required
    sealed = {"sealed_at": work.now, "pack_list": free_partition(module.org_id, module.item_id)}
    change_status(work, module, ModuleStatus.SEALED, sealed, condition=is_full)
    require_open_batch(work, module, LineAction.SEAL)
    LINE_HOURS.count(work, module.org_id, modules_sealed=1)
    return module


def _held_lots(work: UnitOfWork, module: Module, holds: OpenHolds | None) -> dict[str, set[str]]:
    return read_lots_of_module(module.org_id, module.item_id, holds, work.clock)


def _bind(
    work: UnitOfWork,
    module: Module,
    parts: Mapping[str, ScannedPart],
    actor: Actor,
    *,
    given_lot: str | None,
    action: LineAction,
    found: ReadResult,
    holds: OpenHolds | None,
) -> Module:
    require_article(module.org_id, module.sku, CELL_ARTICLE, parts)
    serials = [part.serial for part in parts.values()]
    require_room(module, len(serials), "cell", action)
    free = serial_registry.find_free(work, module.org_id, serials, found)
    lots = lots_of_cells(module.org_id, serials, lot_of(parts.values(), given_lot), free)
    require_lots(module.sku, lots.values())
    require_lots_released(work, module.org_id, lots.values(), holds)
    marks = marks_of_module(module, _held_lots(work, module, holds)) | marks_of_cells(serials, lots.values())
    require_not_held(work, module, marks, holds, action)
    require_open_batch(work, module, action)
    _stage_cells(work, module, actor, lots=lots, free=free, action=action)
    changes: dict[str, list[object]] = {f"cell/{serial}.module": [None, module.item_id] for serial in serials}
    changes |= {f"cell/{serial}.lot": [None, lot] for serial, lot in lots.items() if lot is not None}
    update_binding(work, module, MODULE.target(module.status, action), len(serials), changes)
    return module


def _stage_cells(
    work: UnitOfWork,
    module: Module,
    actor: Actor,
    *,
    lots: Mapping[str, str | None],
    free: Mapping[str, SerialNumber],
    action: LineAction,
) -> None:
    """Stage a ledger entry of cells, their serial numbers, and the counts of their lots."""
    counts = count_lots(lots.values())
    if len(lots) + len(counts) > _MAX_ITEMS:
        missing = [f"{len(lots)} cells of {len(counts)} lots have to be bound by several requests"]
        raise line_conflict(module, action, missing, lots=sorted(counts))
    of_all, by_cell = lots_of_entry(lots)
    entry = append_ledger_entry(work, module, actor.user_id, [*lots], lot=of_all, lots=by_cell)
    serial_registry.register_cells(work, module, lots, free=free, entry=entry.sk)
    for lot, cells in counts.items():
        change_lot_use(work, module, lot, cells)


def _release_cell(work: UnitOfWork, module: Module, cell: SerialNumber, actor: Actor) -> None:
    """Stage that a serial number is free, and the record that this module held it."""
    serial_registry.release_cell(work, cell, module.sku_id)
    removal = LedgerEntry.removed.add({cell.serial})
    work.update_unread(ledger_entry_key(module.pk, str(cell.entry)), actions=[removal], audited=False)
    entry = append_ledger_entry(work, module, actor.user_id, [cell.serial], change=UNBOUND, lot=cell.lot)
    former = former_cell_key(module.org_id, cell.serial, work.ids.new()).new(
        serial=cell.serial,
        module_id=module.item_id,
        lot=cell.lot,
        bound_at=cell.at,
        bound_by_entry=str(cell.entry),
        removed_at=work.now,
        removed_by=actor.user_id,
        removed_by_entry=entry.sk,
        freed_from=cell.freed_from,
    )
    work.create(former, audited=False)
    if cell.lot is not None:
        change_lot_use(work, module, cell.lot, -1)
        list_cell_of_lot(work, module.org_id, cell.lot, cell.serial)
