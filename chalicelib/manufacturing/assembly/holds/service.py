"""The use cases of holds: make and release one.

Both rewrite all copies of the open holds, each on the condition that it is as it was read, so they are made one after
the other, and each step of the line is before or after them. A hold of a serial number also names the module that the
cell is in; what is held is not bound, so it can only leave that module again.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.commit import EXACT_VERSION
from chalicelib.core.errors import NotFound, ValidationFailed, VersionConflict
from chalicelib.core.table import is_as_read
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.holds.errors import TooManyHolds
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, HoldStatus, OpenHold, held_value, holds_on, mark
from chalicelib.manufacturing.assembly.holds.schemas import CreateHold, ReleaseHold
from chalicelib.manufacturing.assembly.holds.tables import (
    Hold,
    OpenHolds,
    all_copies,
    are_as_read,
    hold_key,
    hold_kind,
    list_keys,
    open_holds,
    open_holds_key,
)
from chalicelib.manufacturing.tables import ProductionBatch
from chalicelib.manufacturing.traceability.rules import new_part_error
from chalicelib.manufacturing.traceability.serial_registry import find_scanned
from chalicelib.manufacturing.traceability.tables import PACK, SerialNumber, serial_key

MAX_BYTES = 300_000
"""The largest list of open holds, as JSON: an item has at most 400 kB, a transaction 4 MB."""


def create_hold(
    work: UnitOfWork,
    command: CreateHold,
    actor: Actor,
    *,
    holds: OpenHolds | None,
    number: SerialNumber | None,
    batch: ProductionBatch | None,
) -> Hold:
    """Hold a lot, a serial number or a batch; `number` and `batch` are what was found by the value.

    Raise `NotFound` if there is no such batch, `ValidationFailed` for an id instead of a serial number, and
    `TooManyHolds`.
    """
    value, module_id = held_value(command.kind, command.value), None
    if command.kind is HoldKind.BATCH:
        _require_batch(batch, value)
    if command.kind is HoldKind.SERIAL:
        number, value = find_scanned(number, command.value)
        _require_no_id(number, command.value)
        module_id = _hold_number(work, number, value, actor.org_id)
    hold = _new_hold(work, command, value, actor)
    others = open_holds(holds)
    _replace(work, actor.org_id, holds, [*others, _as_open(hold, module_id)])
    work.audit(Hold.kind, hold.item_id, "HOLD_CREATED")
    return hold


def release_hold(work: UnitOfWork, hold: Hold, command: ReleaseHold, actor: Actor, *, holds: OpenHolds | None) -> Hold:
    """Release an open hold."""
    lists = list_keys(hold.org_id, hold.held_kind, hold.value, HoldStatus.RELEASED)
    by = {"released_by": actor.user_id, "released_by_name": actor.full_name or None, "released_at": work.now}
    status = {"status": str(HoldStatus.RELEASED), "release_reason": command.reason}
    work.update(hold, {**status, **by, **lists})
    _replace(work, hold.org_id, holds, [each for each in open_holds(holds) if each.id != hold.item_id])
    return hold


def forget_module(work: UnitOfWork, org_id: str, holds: OpenHolds | None, serial: str) -> None:
    """Stage that a held cell is in no module any more; nothing if the cell is not held."""
    kept = [
        each._replace(module_id=None) if (each.kind, each.value) == (HoldKind.SERIAL, serial) else each
        for each in open_holds(holds)
    ]
    if kept != list(open_holds(holds)):
        _replace(work, org_id, holds, kept)


def correct_held_lot(work: UnitOfWork, org_id: str, holds: OpenHolds | None, lot: str) -> None:
    """Stage that a bound cell has this lot now: a step that did not see it yet runs again if the lot is held."""
    held = open_holds(holds)
    if holds_on(held, {mark(HoldKind.LOT, lot)}):
        _replace(work, org_id, holds, held)
    else:
        work.check_condition(open_holds_key(org_id), are_as_read(holds), VersionConflict(), label=EXACT_VERSION)


def _require_batch(batch: ProductionBatch | None, value: str) -> None:
    if batch is None:
        raise NotFound("Batch not found.", details={"batchId": value})


def _require_no_id(number: SerialNumber | None, raw: str) -> None:
    """Raise `ValidationFailed` for an unknown serial number that no unit can get, such as the id of a pack."""
    error = new_part_error(raw) if number is None else None
    if error is not None:
        raise ValidationFailed({"value": error})


def _hold_number(work: UnitOfWork, number: SerialNumber | None, serial: str, org_id: str) -> str | None:
    """Return the module that a serial number is in; the commit fails if it gets into another one before."""
    holder = None if number is None else number.holder_id
    is_same = SerialNumber.pk.does_not_exist() if number is None else is_as_read(SerialNumber.holder_id, holder)
    work.check_condition(serial_key(serial), is_same, VersionConflict(), label=EXACT_VERSION)
    return holder if number is not None and number.org_id == org_id and number.used_as != PACK else None


def _new_hold(work: UnitOfWork, command: CreateHold, value: str, actor: Actor) -> Hold:
    item_id = f"HLD-{work.ids.new()}"
    hold = hold_key(actor.org_id, item_id).new(
        item_id=item_id,
        org_id=actor.org_id,
        held_kind=str(command.kind),
        value=value,
        status=str(HoldStatus.OPEN),
        reason=command.reason,
        place=item_id,
        created_by=actor.user_id,
        created_by_name=actor.full_name or None,
        created_at=work.now,
        **list_keys(actor.org_id, command.kind, value, HoldStatus.OPEN),
    )
    work.create(hold)
    return hold


def _as_open(hold: Hold, module_id: str | None) -> OpenHold:
    return OpenHold(hold.item_id, hold_kind(hold), hold.value, hold.reason, module_id)


def _replace(work: UnitOfWork, org_id: str, read: OpenHolds | None, kept: Sequence[OpenHold]) -> None:
    """Stage other open holds. Raise `TooManyHolds` if they are more than before and too many."""
    before = open_holds(read)
    if len(kept) > len(before) and len(msgspec.json.encode(kept)) > MAX_BYTES:
        raise TooManyHolds(details={"open": len(before)})
    number = 0 if read is None else read.number
    for copy in all_copies(org_id):
        work.update_unread(
            copy,
            condition=are_as_read(read),
            on_conflict=VersionConflict(),
            actions=[OpenHolds.holds.set(list(kept)), OpenHolds.number.set(number + 1)],
            label=EXACT_VERSION,
            audited=False,
        )
