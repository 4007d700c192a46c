"""The use cases of packs: create, bind modules, seal.

A module is bound by writing the pack's id into it, provided that it has none, in the pack's own transaction. A
transaction has at most 100 items, so one request binds at most 90 modules; a pack of 200 takes three.
"""

from collections.abc import Callable, Sequence
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.store import get_many, parallel_pair_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.binding import (
    append_ledger_entry,
    new_assembly,
    require_article,
    require_room,
    update_binding,
)
from chalicelib.manufacturing.assembly.holds.blocking import (
    marks_of_batch,
    marks_of_cells,
    marks_of_module,
    read_contents,
    read_held_lots,
    require_not_held,
    require_pack_not_held,
    stored_origins,
)
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.assembly.schemas import BindModule, BindModules, CreatePack
from chalicelib.manufacturing.batch_counts import change_pack_counts
from chalicelib.manufacturing.errors import ModulesNotFound, line_conflict
from chalicelib.manufacturing.list_keys import pack_partition
from chalicelib.manufacturing.rules import (
    PACK,
    BatchStatus,
    LineAction,
    ModuleStatus,
    PackStatus,
    missing_for_binding,
    missing_for_seal,
)
from chalicelib.manufacturing.status_counters import change_status, create_listed
from chalicelib.manufacturing.tables import LINE_HOURS, Module, Pack, ProductionBatch, module_key, pack_key
from chalicelib.manufacturing.traceability import serial_registry
from chalicelib.manufacturing.traceability.rules import read_part

MakeConflict = Callable[..., Conflict]


def create_pack(
    work: UnitOfWork, batch: ProductionBatch, command: CreatePack, actor: Actor, *, holds: OpenHolds | None
) -> Pack:
    """Create a pack in a batch that is in progress, with the named modules.

    Raise `ModulesNotFound`, or `Conflict` if a module cannot be bound or something is held.

    Fails with `DuplicateSerial`.
    """
    part = read_part(command.serial)
    require_article(batch.org_id, batch.sku, Pack.kind, {"serial": part})
    key = pack_key(actor.org_id, f"PCK-{work.ids.new()}")
    pack = new_assembly(work, key, batch, serial=part.serial, actor=actor)
    work.audit(Pack.kind, pack.item_id, "PACK_CREATED")
    if command.module_ids:
        _bind_first_modules(work, pack, batch, command.module_ids, actor, holds=holds)
    create_listed(work, pack)
    serial_registry.register_assembly(work, pack)
    is_running = ProductionBatch.status == BatchStatus.IN_PROGRESS
    change_pack_counts(work, pack, {"packs": 1, "packs_open": 1}, condition=is_running)
    return pack


def bind_module(
    work: UnitOfWork, pack: Pack, _: BindModule, actor: Actor, *, module: Module, holds: OpenHolds | None
) -> Pack:
    """Bind a module. Raise `Conflict` if the pack is full, the module cannot be bound, or something is held."""
    require_room(pack, 1, "module", LineAction.BIND_MODULE)
    require_pack_not_held(work, pack, holds, LineAction.BIND_MODULE, modules=[module])
    return _bind(work, pack, [module], actor, LineAction.BIND_MODULE)


def bind_modules(work: UnitOfWork, pack: Pack, command: BindModules, actor: Actor, *, holds: OpenHolds | None) -> Pack:
    """Bind modules, all or none, in order.

    Raise `ModulesNotFound`, or `Conflict` if there is not enough room, a module cannot be bound, or something is held.
    """
    require_room(pack, len(command.module_ids), "module", LineAction.BIND_MODULES)
    read_modules = partial(_read_modules, work, pack.org_id, command.module_ids)
    [modules], [contents] = parallel_pair_reads([read_modules], [partial(read_contents, pack, holds)])
    require_pack_not_held(work, pack, holds, LineAction.BIND_MODULES, modules=modules, contents=contents)
    return _bind(work, pack, modules, actor, LineAction.BIND_MODULES)


def seal_pack(work: UnitOfWork, pack: Pack, *, holds: OpenHolds | None) -> Pack:
    """Seal a pack, which is then ready for its test.

    Raise `Conflict` unless it holds exactly the required modules, none of which is held.
    """
    missing = missing_for_seal(pack.bound, pack.required, "module")
    if missing:
        raise line_conflict(pack, LineAction.SEAL, missing, bound=pack.bound, required=pack.required)
    require_pack_not_held(work, pack, holds, LineAction.SEAL)
    is_full = Pack.bound == pack.required
    change_status(work, pack, PackStatus.READY_FOR_EOL, {"sealed_at": work.now}, condition=is_full)
    LINE_HOURS.count(work, pack.org_id, packs_sealed=1)
    return pack


def _bind_first_modules(
    work: UnitOfWork,
    pack: Pack,
    batch: ProductionBatch,
    module_ids: Sequence[str],
    actor: Actor,
    *,
    holds: OpenHolds | None,
) -> None:
    """Bind modules to a pack that is being created. A refusal is about the batch, since there is no pack yet."""
    missing = missing_for_binding(0, pack.required, len(module_ids), "module")
    if missing:
        raise line_conflict(batch, LineAction.CREATE_PACK, missing, bound=0, required=pack.required)
    read_modules = partial(_read_modules, work, pack.org_id, module_ids)
    [modules], [lots] = parallel_pair_reads([read_modules], [partial(read_held_lots, pack.org_id, holds)])
    marks = marks_of_cells([pack.serial]) | marks_of_batch(batch.item_id)
    marks = marks.union(*(marks_of_module(module, lots) for module in modules))
    require_not_held(work, batch, marks, holds, LineAction.CREATE_PACK)
    _require_bindable(
        work, pack, modules, lambda missing, **more: line_conflict(batch, LineAction.CREATE_PACK, missing, **more)
    )
    _put_into_pack(work, pack, modules, actor)
    pack.bound = len(modules)
    pack.status = PackStatus.IN_PROGRESS


def _bind(work: UnitOfWork, pack: Pack, modules: Sequence[Module], actor: Actor, action: LineAction) -> Pack:
    _require_bindable(work, pack, modules, lambda missing, **more: line_conflict(pack, action, missing, **more))
    _put_into_pack(work, pack, modules, actor)
    update_binding(work, pack, PACK.target(pack.status, action), len(modules))
    return pack


def _read_modules(work: UnitOfWork, org_id: str, module_ids: Sequence[str]) -> list[Module]:
    """Return the modules in this order. Raise `ModulesNotFound` with the ids of all that do not exist."""
    stored = get_many([module_key(org_id, module_id) for module_id in module_ids], work.clock)
    modules = {module_id: stored.get(module_key(org_id, module_id)) for module_id in module_ids}
    absent = [module_id for module_id, module in modules.items() if module is None]
    if absent:
        raise ModulesNotFound(absent)
    return [module for module in modules.values() if module is not None]


def _require_bindable(work: UnitOfWork, pack: Pack, modules: Sequence[Module], conflict: MakeConflict) -> None:
    """Raise `Conflict` with every module that cannot be bound to the pack."""
    leave_voided_packs(work, modules)
    refused = [reason for reason in (_refusal(pack, module) for module in modules) if reason is not None]
    if refused:
        raise conflict([str(reason["missing"]) for reason in refused], modules=refused)


def _put_into_pack(work: UnitOfWork, pack: Pack, modules: Sequence[Module], actor: Actor) -> None:
    part_ids = [module.item_id for module in modules]
    serials, origins = [module.serial for module in modules], stored_origins(modules)
    entry = append_ledger_entry(work, pack, actor.user_id, serials, part_ids=part_ids, origins=origins)
    listed = {"pack_id": pack.item_id, "pack_list": pack_partition(pack.org_id, pack.item_id)}
    values = {**listed, "packed_at": work.now, "packed_by_entry": entry.sk, "updated_at": work.now}
    for module in modules:
        work.update(module, values)


def leave_voided_packs(work: UnitOfWork, modules: Sequence[Module]) -> None:
    """Show modules as free whose pack is voided, but which were not taken out of it yet (`rework.py`)."""
    keys = {module.pack_id: pack_key(module.org_id, module.pack_id) for module in modules if module.pack_id is not None}
    if keys:
        stored = get_many(keys.values(), work.clock)
        for module in modules:
            pack = None if module.pack_id is None else stored.get(keys[module.pack_id])
            if pack is not None and pack.status == PackStatus.VOID:
                module.pack_id = None


def _refusal(pack: Pack, module: Module) -> dict[str, object] | None:
    """Return why a module cannot be bound to the pack, or None if it can."""
    details: dict[str, object] = {"moduleId": module.item_id, "status": module.status}
    name = f"module {module.item_id}"
    if module.status != ModuleStatus.SEALED:
        return {**details, "missing": f"{name} is {module.status} and has to be {ModuleStatus.SEALED}"}
    if module.pack_id is not None:
        return {**details, "packId": module.pack_id, "missing": f"{name} is in pack {module.pack_id}"}
    if module.sku_id != pack.sku_id:
        missing = f"{name} is of SKU {module.sku_id} and has to be of {pack.sku_id}"
        return {**details, "skuId": module.sku_id, "missing": missing}
    return None
