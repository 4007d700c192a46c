"""Modules: setting one up, binding cells one by one or by the tray, taking one off, sealing, looking them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, VersionConflict
from chalicelib.core.store import Query, get, parallel_pair
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.manufacturing import serials
from chalicelib.manufacturing.assembling import (
    built_by,
    check_room,
    count_new,
    find,
    known,
    move,
    regroup,
    write_down,
)
from chalicelib.manufacturing.batches import batch_for, not_running, whole_sku
from chalicelib.manufacturing.errors import check_step, violation
from chalicelib.manufacturing.registry import (
    CELL,
    LEDGER,
    UNBOUND,
    FormerCell,
    LedgerEntry,
    LotUse,
    SerialNumber,
    former_key,
    ledger_item,
    lot_key,
    serial_key,
)
from chalicelib.manufacturing.rules import MODULE, BatchStatus, ModuleStatus, Step, leads_to, seal_lacks
from chalicelib.manufacturing.schemas import NewUnit
from chalicelib.manufacturing.tables import Batch, Module, Sku, batch_key, batch_list, module_key

READ = "manufacturing.module.read"
CREATE = "manufacturing.module.create"
BIND = "manufacturing.module.bind"
SEAL = "manufacturing.module.seal"


class Ledger(msgspec.Struct, frozen=True):
    """A module with its SKU and what its ledger holds now, in order."""

    module: Module
    sku: Sku | None
    entries: Sequence[LedgerEntry]


def create_module(work: UnitOfWork, actor: Actor, wanted: NewUnit) -> Module:
    """Set up a module in a batch that is in progress. Raises `NotFound` or `Conflict`, fails with `DuplicateSerial`."""
    org_id, module_id = actor.org_id, f"MOD-{work.ids.new()}"
    of_batch = batch_key(org_id, wanted.batch_id)
    batch = batch_for(get(of_batch), wanted.batch_id, Module.kind)
    where = module_key(org_id, module_id)
    module = Module(
        where.pk,
        where.sk,
        serial=wanted.serial,
        batch_id=wanted.batch_id,
        batch_list=batch_list(org_id, Module.kind, wanted.batch_id, module_id),
        search=f"{wanted.serial} {module_id}".lower(),
        **known(work, org_id, Module.kind, module_id, actor.user_id),
        **built_by(org_id, Module.kind, batch, module_id),
    )
    work.audit(Module.kind, module_id, "MODULE_CREATED")
    work.create(module)
    serials.take(work, org_id, wanted.serial, "MODULE", module_id)
    work.check_condition(of_batch, Batch.status == BatchStatus.IN_PROGRESS, lambda raw: ended(batch, raw, Module.kind))
    count_new(work, module)
    return module


def bind_cells(work: UnitOfWork, request: Request[Any, Any], module_id: str, clock: Clock) -> Module:
    """Bind one cell, or a tray of them, all or none, in their order.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `EntityLocked`, `Conflict` or `ValidationFailed`; fails with
    `DuplicateSerial`.
    """
    module = find_module(request, module_id, BIND)
    request.check_version(module)
    check_step(module, MODULE, Step.BIND)
    check_room(module, 1, "cell")
    wanted, lot = request.body.cells, request.body.lot
    check_room(module, len(wanted), "cell")
    entry = write_down(work, module, request.actor.user_id, wanted, lot=lot)
    serials.take_cells(work, clock, module.org_id, wanted, module_id=module_id, lot=lot, entry=entry.sk)
    count_lot(work, module, lot, len(wanted))
    changes: dict[str, list[object]] = {f"cell/{serial}.module": [None, module_id] for serial in wanted}
    changes |= {f"cell/{serial}.lot": [None, lot] for serial in wanted if lot is not None}
    to = leads_to(MODULE, Step.BIND)
    regroup(work, module, to, len(wanted), changes)
    return module


def unbind_cell(work: UnitOfWork, request: Request[Any, Any], module_id: str) -> Module:
    """Take a cell off a module that is not sealed; its serial can be bound again, here or elsewhere.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `EntityLocked`, `Conflict` or `ValidationFailed`.
    """
    module = find_module(request, module_id, BIND)
    request.check_version(module)
    check_step(module, MODULE, Step.UNBIND)
    serial = request.body.serial
    used = get(serial_key(serial))
    if used is None or (used.org_id, used.used_as, used.holder_id) != (module.org_id, CELL, module_id):
        raise violation(module, leads_to(MODULE, Step.UNBIND), [f"{serial} is not bound to this module"])
    _forget(work, module, used, request.actor.user_id)
    changes: dict[str, list[object]] = {f"cell/{serial}.module": [module_id, None]}
    if used.lot is not None:
        changes[f"cell/{serial}.lot"] = [used.lot, None]
    to = leads_to(MODULE, Step.UNBIND)
    regroup(work, module, to, -1, changes)
    return module


def seal_module(work: UnitOfWork, request: Request[Any, Any], module_id: str) -> Module:
    """Seal a module that has exactly the cells that its SKU wants; nothing of it changes any more.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `EntityLocked` or `Conflict`.
    """
    module = find_module(request, module_id, SEAL)
    request.check_version(module)
    check_step(module, MODULE, Step.SEAL)
    lacks = seal_lacks(module.bound, module.required, "cell")
    if lacks:
        more = {"bound": module.bound, "required": module.required}
        raise violation(module, ModuleStatus.SEALED, lacks, more=more)
    full = Module.bound == module.required
    move(work, module, ModuleStatus.SEALED, {"sealed_at": work.now}, condition=full)
    return module


def find_module(request: Request[Any, Any], module_id: str, permission: str = READ) -> Module:
    """A module that the caller may see. Raises `NotFound` or `AccessDenied`."""
    return find(request, module_key(request.actor.org_id, module_id), permission, module_id)


def find_ledger(request: Request[Any, Any], module_id: str) -> Ledger:
    """A module with its cells. Raises `NotFound` or `AccessDenied`."""
    module = find_module(request, module_id)
    ledgers, skus = parallel_pair([lambda: ledger_of(module.pk)], [lambda: whole_sku(module)])
    return Ledger(module, skus[0], ledgers[0])


def ledger_of(holder_pk: str) -> list[LedgerEntry]:
    """The whole ledger of a module or pack, in order: a round trip for each megabyte, some 4,000 entries."""
    return list(Query(LedgerEntry, holder_pk, range_condition=LedgerEntry.sk.startswith(LEDGER)).all())


def ended(batch: Batch, raw: RawItem | None, part: str) -> Conflict:
    """A batch was completed while something was being made in it."""
    if raw is not None:
        batch.status = str(raw["status"]["S"])
    return not_running(batch, part)


def count_lot(work: UnitOfWork, module: Module, lot: str | None, cells: int) -> None:
    """Stage that a module holds so many cells of a lot more, or fewer."""
    if lot is None:
        return
    actions = [LotUse.cells.add(cells), LotUse.lot.set(lot), LotUse.module_id.set(module.item_id)]
    work.update_unread(lot_key(module.org_id, lot, module.item_id), actions=actions, audited=False)


def _forget(work: UnitOfWork, module: Module, used: SerialNumber, actor_id: str) -> None:
    """Stage that a serial is free again, and that this module once had it."""
    where = serial_key(used.serial)
    same = (SerialNumber.holder_id == used.holder_id) & (SerialNumber.entry == used.entry)
    work.remove(where, same, VersionConflict())
    gone = LedgerEntry.removed.add({used.serial})
    work.update_unread(ledger_item(module.pk, str(used.entry)), actions=[gone], audited=False)
    entry = write_down(work, module, actor_id, [used.serial], change=UNBOUND, lot=used.lot)
    place = former_key(module.org_id, used.serial, work.ids.new())
    former = FormerCell(
        place.pk,
        place.sk,
        serial=used.serial,
        module_id=module.item_id,
        lot=used.lot,
        bound_at=used.at,
        bound_by_entry=str(used.entry),
        removed_at=work.now,
        removed_by=actor_id,
        removed_by_entry=entry.sk,
    )
    work.create(former, audited=False)
    count_lot(work, module, used.lot, -1)
