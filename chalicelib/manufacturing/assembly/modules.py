"""The use cases of modules: create, bind and unbind cells, seal."""

from collections.abc import Mapping

from chalicelib.core.actor import Actor
from chalicelib.core.errors import VersionConflict
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
from chalicelib.manufacturing.assembly.schemas import BindCell, BindCells, CreateModule, UnbindCell
from chalicelib.manufacturing.batch_closing import require_open_batch
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.rules import MODULE, BatchStatus, LineAction, ModuleStatus, missing_for_seal
from chalicelib.manufacturing.status_counters import change_status, create_listed
from chalicelib.manufacturing.tables import LINE_HOURS, Module, ProductionBatch, batch_key, module_key
from chalicelib.manufacturing.traceability import serial_registry
from chalicelib.manufacturing.traceability.rules import ScannedPart, lot_of, read_part
from chalicelib.manufacturing.traceability.tables import (
    CELL,
    UNBOUND,
    LedgerEntry,
    LotUse,
    SerialNumber,
    former_cell_key,
    ledger_entry_key,
    lot_key,
)


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


def bind_cell(work: UnitOfWork, module: Module, command: BindCell, actor: Actor) -> Module:
    """Bind a cell. Raise `Conflict` if the module is full; fails with `DuplicateSerial`."""
    parts = {"serial": read_part(command.serial)}
    return _bind(work, module, parts, actor, given_lot=command.lot, action=LineAction.BIND_CELL)


def bind_cells(work: UnitOfWork, module: Module, command: BindCells, actor: Actor) -> Module:
    """Bind a tray of cells, all or none. Raise `Conflict` if there is not enough room; fails with `DuplicateSerial`."""
    parts = {f"serials.{place}": read_part(raw) for place, raw in enumerate(command.serials)}
    return _bind(work, module, parts, actor, given_lot=command.lot, action=LineAction.BIND_CELLS)


def unbind_cell(
    work: UnitOfWork, module: Module, command: UnbindCell, actor: Actor, *, cell: SerialNumber | None
) -> Module:
    """Unbind a cell; its serial number can be bound again. Raise `Conflict` if it is not bound to this module."""
    cell, serial = serial_registry.find_scanned(cell, command.serial)
    if cell is None or (cell.org_id, cell.used_as, cell.holder_id) != (module.org_id, CELL, module.item_id):
        raise line_conflict(module, LineAction.UNBIND_CELL, [f"{serial} is not bound to this module"])
    _release_cell(work, module, cell, actor)
    changes: dict[str, list[object]] = {f"cell/{cell.serial}.module": [module.item_id, None]}
    if cell.lot is not None:
        changes[f"cell/{cell.serial}.lot"] = [cell.lot, None]
    update_binding(work, module, MODULE.target(module.status, LineAction.UNBIND_CELL), -1, changes)
    return module


def seal_module(work: UnitOfWork, module: Module) -> Module:
    """Seal a module. Raise `Conflict` unless it holds exactly as many cells as its SKU requires."""
    missing = missing_for_seal(module.bound, module.required, "cell")
    if missing:
        raise line_conflict(module, LineAction.SEAL, missing, bound=module.bound, required=module.required)
    is_full = Module.bound == module.required
    change_status(work, module, ModuleStatus.SEALED, {"sealed_at": work.now}, condition=is_full)
    require_open_batch(work, module, LineAction.SEAL)
    LINE_HOURS.count(work, module.org_id, modules_sealed=1)
    return module


def _bind(
    work: UnitOfWork,
    module: Module,
    parts: Mapping[str, ScannedPart],
    actor: Actor,
    *,
    given_lot: str | None,
    action: LineAction,
) -> Module:
    require_article(module.org_id, module.sku, CELL_ARTICLE, parts)
    serials, lot = [part.serial for part in parts.values()], lot_of(parts.values(), given_lot)
    require_lots(module.sku, [lot])
    require_room(module, len(serials), "cell", action)
    require_open_batch(work, module, action)
    entry = append_ledger_entry(work, module, actor.user_id, serials, lot=lot)
    serial_registry.register_cells(work, module, serials, lot=lot, entry=entry.sk)
    _count_lot(work, module, lot, len(serials))
    changes: dict[str, list[object]] = {f"cell/{serial}.module": [None, module.item_id] for serial in serials}
    if lot is not None:
        changes |= {f"cell/{serial}.lot": [None, lot] for serial in serials}
    update_binding(work, module, MODULE.target(module.status, action), len(serials), changes)
    return module


def _count_lot(work: UnitOfWork, module: Module, lot: str | None, cells: int) -> None:
    """Stage that a module holds so many more cells of a lot (negative: fewer)."""
    if lot is None:
        return
    actions = [LotUse.cells.add(cells), LotUse.lot.set(lot), LotUse.module_id.set(module.item_id)]
    work.update_unread(lot_key(module.org_id, lot, module.item_id), actions=actions, audited=False)


def _release_cell(work: UnitOfWork, module: Module, cell: SerialNumber, actor: Actor) -> None:
    """Stage that a serial number is free, and the record that this module held it."""
    serial_registry.release_cell(work, cell)
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
    _count_lot(work, module, cell.lot, -1)
