"""The use cases by which modules and packs leave the line or go back: unbind, rework, scrap, void, ship, return.

Rework opens a sealed pack again, also one of a completed batch: modules are taken out and put in, and the pack is
sealed and tested again as another attempt. The earlier seal is kept in the ledger, the dispositions in their records.

A voided pack holds nothing. Its modules are taken out in its own transaction, as far as that has room (90 modules). The
others follow in transactions of their own; until then they are bound to other packs as if they were free, because a
voided pack stays voided (`leave_voided_packs` in `packs.py`). The ledger names the modules, so they are not read; only
if one of them turns out to be elsewhere does the next attempt read them all.

A scrapped module may hold 5,000 cells, and a transaction has 100 items. So their serial numbers are not written: that
of a cell names its module, and a module that is scrapped stays scrapped. If it says that its cells are free, they are
bound elsewhere as if they had been unbound; otherwise their serial numbers stay in use for good.
"""

from collections.abc import Sequence
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed, VersionConflict
from chalicelib.core.store import get, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.binding import append_ledger_entry, update_binding
from chalicelib.manufacturing.assembly.holds.blocking import require_pack_not_held
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.assembly.packs import leave_voided_packs
from chalicelib.manufacturing.assembly.rework.schemas import (
    ReturnPack,
    Rework,
    ScrapModule,
    ShipPack,
    UnbindModule,
    VoidPack,
)
from chalicelib.manufacturing.assembly.schemas import MAX_PARTS_PER_REQUEST
from chalicelib.manufacturing.batch_counts import change_pack_counts, counted_as
from chalicelib.manufacturing.errors import SerialNotFound, line_conflict
from chalicelib.manufacturing.list_keys import free_partition
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.rules import PACK, CellFate, LineAction, ModuleStatus, PackStatus
from chalicelib.manufacturing.status_counters import change_status
from chalicelib.manufacturing.tables import Module, Pack, module_key, pack_key
from chalicelib.manufacturing.traceability.ledger_reader import packed_modules, read_whole_ledger
from chalicelib.manufacturing.traceability.serial_registry import find_scanned
from chalicelib.manufacturing.traceability.tables import PACK as USED_AS_PACK
from chalicelib.manufacturing.traceability.tables import (
    RETURNED,
    REWORKED,
    SCRAPPED,
    SHIPPED,
    UNBOUND,
    VOIDED,
    LedgerEntry,
    SerialNumber,
    ledger_entry_key,
)

_MOVED = "modules of a voided pack"


def unbind_module(work: UnitOfWork, pack: Pack, _: UnbindModule, actor: Actor, *, module: Module) -> Pack:
    """Take a module out of a pack that is not sealed. Raise `Conflict` if the pack does not hold it."""
    bound_by = _bound_by(pack, module)
    if bound_by is None:
        raise line_conflict(pack, LineAction.UNBIND_MODULE, [f"module {module.item_id} is not in this pack"])
    removal = LedgerEntry.removed.add({module.serial})
    work.update_unread(ledger_entry_key(pack.pk, bound_by), actions=[removal], audited=False)
    append_ledger_entry(work, pack, actor.user_id, [module.serial], change=UNBOUND, part_ids=[module.item_id])
    _take_out(work, module)
    update_binding(work, pack, PACK.target(pack.status, LineAction.UNBIND_MODULE), -1)
    return pack


def rework_pack(work: UnitOfWork, pack: Pack, command: Rework, actor: Actor) -> Pack:
    """Open a pack again that is ready for its test or failed it. Raise `Conflict` if it passed."""
    if pack.status == PackStatus.FINALIZED and pack.disposition != Disposition.FAIL:
        missing = [f"the disposition is {pack.disposition} and has to be {Disposition.FAIL}"]
        raise line_conflict(pack, LineAction.REWORK, missing, disposition=pack.disposition)
    reason, sealed_at = command.reason, pack.sealed_at
    append_ledger_entry(work, pack, actor.user_id, [], change=REWORKED, reason=reason, sealed_at=sealed_at)
    _open_again(work, pack, PackStatus.REWORK, {"sealed_at": None})
    return pack


def void_pack(work: UnitOfWork, pack: Pack, command: VoidPack, actor: Actor) -> Pack:
    """Void a pack that was not shipped: it leaves the count of its batch, and its modules are free."""
    modules = packed_modules(read_whole_ledger(pack.pk))
    ids, serials = [module.id for module in modules], [module.serial for module in modules]
    append_ledger_entry(work, pack, actor.user_id, serials, change=VOIDED, part_ids=ids, reason=command.reason)
    change_pack_counts(work, pack, {"packs": -1, "packs_voided": 1, counted_as(pack): -1})
    change_status(work, pack, PackStatus.VOID, {"bound": 0})
    _take_out_all(work, pack.org_id, pack.item_id, ids)
    return pack


def scrap_module(work: UnitOfWork, module: Module, command: ScrapModule, actor: Actor) -> Module:
    """Scrap a module that is in no pack; its cells are freed or scrapped with it. Raise `Conflict` if it is in one."""
    leave_voided_packs(work, [module])
    if module.pack_id is not None:
        missing = [f"the module is in pack {module.pack_id}"]
        raise line_conflict(module, LineAction.SCRAP, missing, packId=module.pack_id)
    append_ledger_entry(work, module, actor.user_id, [], change=SCRAPPED, reason=command.reason)
    is_freed = command.cells == CellFate.FREE
    freed = {"scrapped_at": work.now, "cells_freed": is_freed, "pack_list": None, **({"bound": 0} if is_freed else {})}
    change_status(work, module, ModuleStatus.SCRAPPED, freed)
    return module


def ship_pack(work: UnitOfWork, pack: Pack, command: ShipPack, actor: Actor, *, holds: OpenHolds | None) -> Pack:
    """Ship a pack. Raise `Conflict` unless it passed, and if it is held."""
    if pack.disposition != Disposition.PASS:
        missing = [f"the disposition is {pack.disposition} and has to be {Disposition.PASS}"]
        raise line_conflict(pack, LineAction.SHIP, missing, disposition=pack.disposition)
    require_pack_not_held(work, pack, holds, LineAction.SHIP)
    customer, order = command.customer, command.order
    append_ledger_entry(work, pack, actor.user_id, [], change=SHIPPED, customer=customer, order=order)
    values = {"customer": customer, "order": order, "shipped_at": work.now, "returned_at": None}
    change_status(work, pack, PackStatus.SHIPPED, values)
    return pack


def return_pack(work: UnitOfWork, command: ReturnPack, actor: Actor, *, number: SerialNumber | None) -> Pack:
    """Take back a shipped pack, which has to be tested again.

    Raise `SerialNotFound` if the organisation has no such serial number, `ValidationFailed` if it is not that of a
    pack, and `Conflict` if the pack is not shipped.
    """
    number, serial = find_scanned(number, command.serial)
    if number is None or number.org_id != actor.org_id:
        raise SerialNotFound(serial)
    pack = get(pack_key(actor.org_id, str(number.holder_id))) if number.used_as == USED_AS_PACK else None
    if pack is None:
        raise ValidationFailed({"serial": "is not the serial number of a pack"})
    if pack.status != PackStatus.SHIPPED:
        raise line_conflict(pack, LineAction.RETURN)
    work.audit(Pack.kind, pack.item_id, "PACK_RETURNED")
    append_ledger_entry(work, pack, actor.user_id, [], change=RETURNED, reason=command.reason)
    _open_again(work, pack, PackStatus.READY_FOR_EOL, {"returned_at": work.now})
    return pack


def _open_again(work: UnitOfWork, pack: Pack, status: PackStatus, values: dict[str, object]) -> None:
    """Stage that another attempt of a pack begins in this status, and that it is open in its batch."""
    counted = counted_as(pack)
    if counted != "packs_open":
        change_pack_counts(work, pack, {"packs_open": 1, counted: -1})
    values |= {"attempt": pack.attempt + 1, "disposition": None, "disposed_at": None}
    values["first_disposition"] = pack.first_disposition or pack.disposition
    change_status(work, pack, status, values)


def _bound_by(pack: Pack, module: Module) -> str | None:
    """Return the sort key of the ledger entry that bound a module to the pack; None if the pack does not hold it."""
    if module.pack_id != pack.item_id or module.packed_by_entry is not None:
        return module.packed_by_entry if module.pack_id == pack.item_id else None
    entries = read_whole_ledger(pack.pk)  # of a module that an earlier version bound
    return next((entry.sk for entry in entries if module.serial in entry.present), None)


def _take_out(work: UnitOfWork, module: Module) -> None:
    """Stage that a module is in no pack, and that it was in this one."""
    former = {*(module.former_packs or ()), str(module.pack_id)}
    values = {"pack_id": None, "packed_at": None, "packed_by_entry": None, "former_packs": former}
    free = free_partition(module.org_id, module.item_id)
    work.update(module, {**values, "pack_list": free, "updated_at": work.now})


def _take_out_all(work: UnitOfWork, org_id: str, pack_id: str, module_ids: Sequence[str]) -> None:
    """Stage that modules are taken out of a voided pack: 90 with these changes, the others afterwards.

    A module that is in another pack already stays there.
    """
    now, later = module_ids[:MAX_PARTS_PER_REQUEST], module_ids[MAX_PARTS_PER_REQUEST:]
    for module_id in _still_inside(work, org_id, pack_id, now) if _MOVED in work.conflicts else now:
        _take_out_unread(work, org_id, pack_id, module_id)
    if later:
        work.follow_ups.append((org_id, partial(_take_out_later, org_id, pack_id, later)))


def _still_inside(work: UnitOfWork, org_id: str, pack_id: str, module_ids: Sequence[str]) -> list[str]:
    """Return those of these modules that name the pack."""
    keys = {module_id: module_key(org_id, module_id) for module_id in module_ids}
    stored = get_many(keys.values(), work.clock)
    modules = {module_id: stored.get(key) for module_id, key in keys.items()}
    return [module_id for module_id, module in modules.items() if module is not None and module.pack_id == pack_id]


def _take_out_unread(work: UnitOfWork, org_id: str, pack_id: str, module_id: str) -> None:
    """Stage that a module is in no pack, and that it was in this one. Fails with `VersionConflict` if it is not."""
    removed = [Module.pack_id.remove(), Module.packed_at.remove(), Module.packed_by_entry.remove()]
    listed = Module.pack_list.set(free_partition(org_id, module_id))
    work.update_unread(
        module_key(org_id, module_id),
        condition=Module.pack_id == pack_id,
        on_conflict=VersionConflict(),
        actions=[
            *removed,
            listed,
            Module.former_packs.add({pack_id}),
            Module.version.add(1),
            Module.updated_at.set(work.now),
        ],
        changes={"pack_id": [pack_id, None]},
        label=_MOVED,
    )


def _take_out_later(org_id: str, pack_id: str, module_ids: Sequence[str], work: UnitOfWork) -> None:
    work.audit(Pack.kind, pack_id, "MODULES_FREED")
    _take_out_all(work, org_id, pack_id, module_ids)
