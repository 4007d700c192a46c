"""Packs: setting one up, binding modules, sealing, looking them up. The decision after the test is in `disposing.py`.

A module is bound by writing the pack's id into it, where none may be, in the pack's own transaction. One transaction
has a hundred items, so one request binds at most 90 modules; a pack of 200 takes three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound
from chalicelib.core.store import Query, ReadResult, get_many, parallel_pair
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.manufacturing import serials
from chalicelib.manufacturing.assembling import (
    built_by,
    check_room,
    count_new,
    find,
    in_state,
    known,
    move,
    regroup,
    write_down,
)
from chalicelib.manufacturing.batches import batch_for, whole_sku
from chalicelib.manufacturing.errors import check_step, violation
from chalicelib.manufacturing.modules import ended, ledger_of
from chalicelib.manufacturing.registry import (
    DISPOSITION,
    DispositionRecord,
    LedgerEntry,
)
from chalicelib.manufacturing.rules import (
    PACK,
    BatchStatus,
    ModuleStatus,
    PackStatus,
    Step,
    leads_to,
    seal_lacks,
)
from chalicelib.manufacturing.schemas import NewPack
from chalicelib.manufacturing.tables import (
    Assembly,
    Batch,
    Module,
    Pack,
    Sku,
    batch_key,
    batch_list,
    module_key,
    pack_key,
)

READ = "manufacturing.pack.read"
CREATE = "manufacturing.pack.create"
BIND = "manufacturing.pack.bind"
SEAL = "manufacturing.pack.seal"


class Contents(msgspec.Struct, frozen=True):
    """A pack with its SKU, its modules in order, and the decisions that were made on it."""

    pack: Pack
    sku: Sku | None
    entries: Sequence[LedgerEntry]
    decisions: Sequence[DispositionRecord]


def create_pack(work: UnitOfWork, actor: Actor, wanted: NewPack, clock: Clock) -> Pack:
    """Set up a pack in a batch that is in progress, with modules if some are named.

    Raises `NotFound` or `Conflict`; fails with `DuplicateSerial`.
    """
    org_id, pack_id = actor.org_id, f"PCK-{work.ids.new()}"
    of_batch, module_ids = batch_key(org_id, wanted.batch_id), wanted.module_ids or []
    found = get_many([of_batch, *(module_key(org_id, module_id) for module_id in module_ids)], clock)
    batch = batch_for(found.get(of_batch), wanted.batch_id, Pack.kind)
    where = pack_key(org_id, pack_id)
    pack = Pack(
        where.pk,
        where.sk,
        serial=wanted.serial,
        batch_id=wanted.batch_id,
        batch_list=batch_list(org_id, Pack.kind, wanted.batch_id, pack_id),
        search=f"{wanted.serial} {pack_id}".lower(),
        **known(work, org_id, Pack.kind, pack_id, actor.user_id),
        **built_by(org_id, Pack.kind, batch, pack_id),
    )
    work.audit(Pack.kind, pack_id, "PACK_CREATED")
    if module_ids:
        check_room(pack, len(module_ids), "module", exists=False)
        _take_modules(work, pack, _modules(found, org_id, module_ids), actor.user_id, exists=False)
        pack.bound = len(module_ids)
        for name, value in in_state(leads_to(PACK, Step.BIND), pack_id).items():
            setattr(pack, name, value)
    work.create(pack)
    serials.take(work, org_id, wanted.serial, "PACK", pack_id)
    counted = [Batch.packs.add(1), Batch.packs_open.add(1), Batch.version.add(1), Batch.updated_at.set(work.now)]
    work.update_unread(
        of_batch,
        condition=Batch.status == BatchStatus.IN_PROGRESS,
        on_conflict=lambda raw: ended(batch, raw, Pack.kind),
        actions=counted,
        audited=False,
    )
    count_new(work, pack)
    return pack


def bind_modules(work: UnitOfWork, request: Request[Any, Any], pack_id: str, clock: Clock) -> Pack:
    """Bind sealed modules of the same SKU that are in no pack, all or none, in their order.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `EntityLocked`, `Conflict` or `ValidationFailed`.
    """
    pack = find_pack(request, pack_id, BIND)
    request.check_version(pack)
    check_step(pack, PACK, Step.BIND)
    check_room(pack, 1, "module")
    wanted = request.body.modules
    check_room(pack, len(wanted), "module")
    found = get_many([module_key(pack.org_id, module_id) for module_id in wanted], clock)
    _take_modules(work, pack, _modules(found, pack.org_id, wanted), request.actor.user_id)
    regroup(work, pack, leads_to(PACK, Step.BIND), len(wanted), {})
    return pack


def seal_pack(work: UnitOfWork, request: Request[Any, Any], pack_id: str) -> Pack:
    """Seal a pack that has exactly the modules that its SKU wants; it is ready for its test.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `EntityLocked` or `Conflict`.
    """
    pack = find_pack(request, pack_id, SEAL)
    request.check_version(pack)
    check_step(pack, PACK, Step.SEAL)
    lacks = seal_lacks(pack.bound, pack.required, "module")
    if lacks:
        raise violation(pack, PackStatus.READY_FOR_EOL, lacks, more=_filling(pack))
    move(work, pack, PackStatus.READY_FOR_EOL, {"sealed_at": work.now}, condition=Pack.bound == pack.required)
    return pack


def find_pack(request: Request[Any, Any], pack_id: str, permission: str = READ) -> Pack:
    """A pack that the caller may see. Raises `NotFound` or `AccessDenied`."""
    return find(request, pack_key(request.actor.org_id, pack_id), permission, pack_id)


def find_contents(request: Request[Any, Any], pack_id: str) -> Contents:
    """A pack with its modules and decisions. Raises `NotFound` or `AccessDenied`."""
    pack = find_pack(request, pack_id)
    decided = Query(DispositionRecord, pack.pk, range_condition=DispositionRecord.sk.startswith(DISPOSITION))
    histories: list[Callable[[], list[Any]]] = [lambda: ledger_of(pack.pk), lambda: list(decided.all())]
    (entries, decisions), skus = parallel_pair(histories, [lambda: whole_sku(pack)])
    return Contents(pack, skus[0], entries, decisions)


def _modules(found: ReadResult, org_id: str, module_ids: Sequence[str]) -> list[Module]:
    """The modules that were asked for, in that order. Raises `NotFound` naming every one that there is not."""
    modules = {module_id: found.get(module_key(org_id, module_id)) for module_id in module_ids}
    absent = [module_id for module_id, module in modules.items() if module is None]
    if absent:
        message = f"There is no module {', '.join(absent)}."
        raise NotFound(message, details={"moduleId": absent[0], "moduleIds": absent})
    return [module for module in modules.values() if module is not None]


def _take_modules(
    work: UnitOfWork, pack: Pack, modules: Sequence[Module], actor_id: str, *, exists: bool = True
) -> None:
    """Stage that these modules are in this pack. Raises `Conflict` naming every one that cannot be."""
    problems = [told for told in (_unfit(pack, module) for module in modules) if told is not None]
    if problems:
        lacks = [str(problem["missing"]) for problem in problems]
        raise violation(pack, PackStatus.IN_PROGRESS, lacks, more={"modules": problems}, exists=exists)
    part_ids = [module.item_id for module in modules]
    write_down(work, pack, actor_id, [module.serial for module in modules], part_ids=part_ids)
    for module in modules:
        values = {"pack_id": pack.item_id, "packed_at": work.now, "updated_at": work.now}
        work.update(module, values)


def _unfit(pack: Pack, module: Module) -> dict[str, object] | None:
    """Why a module cannot be bound to a pack; None if it can."""
    told: dict[str, object] = {"moduleId": module.item_id, "status": module.status}
    if module.status != ModuleStatus.SEALED:
        return {**told, "missing": f"module {module.item_id} is {module.status} and has to be {ModuleStatus.SEALED}"}
    if module.pack_id is not None:
        return {**told, "packId": module.pack_id, "missing": f"module {module.item_id} is in pack {module.pack_id}"}
    if module.sku_id != pack.sku_id:
        lacks = f"module {module.item_id} is of SKU {module.sku_id} and has to be of {pack.sku_id}"
        return {**told, "skuId": module.sku_id, "missing": lacks}
    return None


def _filling(thing: Assembly) -> dict[str, object]:
    return {"bound": thing.bound, "required": thing.required}
