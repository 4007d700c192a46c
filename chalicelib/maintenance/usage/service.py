"""The use cases of what work orders use: add labour and parts, and remove what was added by mistake.

They are possible in every state: what was forgotten or wrong is often noticed after the work is done. A technician
removes what they have added themselves, a lead everything in the zone.
"""

from decimal import Decimal
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance import permissions
from chalicelib.maintenance.reports.totals import PartsUsed, Worker, count_labour, count_parts
from chalicelib.maintenance.usage.rules import MAX_ENTRIES, UsageChange, add_cost, plain
from chalicelib.maintenance.usage.schemas import AddLabour, AddPart
from chalicelib.maintenance.usage.tables import Labour, Usage, UsageEntry, UsedPart, labour_key, part_key, usage_key
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.maintenance.workorders.timeline import TimelineAction, record_event

_NOT_YOURS = "You may remove only what you have added yourself."
_AT_ONCE = "Others change labour or parts of this work order at the same moment; try again."
_TOO_MANY = f"A work order can have at most {MAX_ENTRIES} entries of labour, and as many of parts."
_ZERO = Decimal(0)


def add_labour(work: UnitOfWork, order: WorkOrder, command: AddLabour, actor: Actor, usage: Usage | None) -> Labour:
    """Add time to an order. Raise `Conflict` if it has as many entries as it can have."""
    labour_id = work.ids.new()
    labour = labour_key(order.org_id, order.order_id, labour_id).new(
        entry_id=labour_id, minutes=command.minutes, note=command.note or None, **_added(work, actor)
    )
    work.create(labour)
    _count(work, order, labour, usage, _of_labour(labour))
    record_event(work, order, actor, TimelineAction.LABOUR_ADDED, _labour_note(labour))
    return labour


def remove_labour(work: UnitOfWork, order: WorkOrder, labour: Labour, actor: Actor, usage: Usage | None) -> None:
    """Remove time that was added. Raise `AccessDenied` if only another may do that."""
    _require_removal(permissions.RECORD_LABOUR, order, labour, actor)
    work.delete(labour)
    _count(work, order, labour, usage, _of_labour(labour).reversed())
    record_event(work, order, actor, TimelineAction.LABOUR_REMOVED, _labour_note(labour))


def add_part(work: UnitOfWork, order: WorkOrder, command: AddPart, actor: Actor, usage: Usage | None) -> UsedPart:
    """Add a part to an order. Raise `Conflict` if it has as many parts as it can have."""
    part_id = work.ids.new()
    part = part_key(order.org_id, order.order_id, part_id).new(
        entry_id=part_id,
        name=command.name,
        quantity=_exact(command.quantity),
        unit_cost=None if command.unit_cost is None else _exact(command.unit_cost),
        currency=command.currency,
        **_added(work, actor),
    )
    work.create(part)
    _count(work, order, part, usage, _of_part(part))
    record_event(work, order, actor, TimelineAction.PART_ADDED, _part_note(part))
    return part


def remove_part(work: UnitOfWork, order: WorkOrder, part: UsedPart, actor: Actor, usage: Usage | None) -> None:
    """Remove a part that was added. Raise `AccessDenied` if only another may do that."""
    _require_removal(permissions.RECORD_PARTS, order, part, actor)
    work.delete(part)
    _count(work, order, part, usage, _of_part(part).reversed())
    record_event(work, order, actor, TimelineAction.PART_REMOVED, _part_note(part))


def _added(work: UnitOfWork, actor: Actor) -> dict[str, Any]:
    return {"added_by_id": actor.user_id, "added_by_name": actor.full_name, "at": work.now}


def _require_removal(permission: str, order: WorkOrder, entry: UsageEntry, actor: Actor) -> None:
    actor.require_reach(permission, owners=(entry.added_by_id,), zone=order.game_zone, message=_NOT_YOURS)


def _count(work: UnitOfWork, order: WorkOrder, entry: UsageEntry, usage: Usage | None, change: UsageChange) -> None:
    """Stage what a change adds to the sums of its order and to the totals of reports."""
    _change_sums(work, order, usage, change)
    worker = Worker(entry.added_by_id, entry.added_by_name)
    if change.labour_minutes:
        count_labour(work, order, worker, entry.at, change.labour_minutes)
    if change.quantity:
        count_parts(work, order, worker, entry.at, PartsUsed(change.quantity, change.cost, change.currency))


def _change_sums(work: UnitOfWork, order: WorkOrder, usage: Usage | None, change: UsageChange) -> None:
    """Stage the sums after a change. Raise `Conflict` if there are too many entries then."""
    before = usage or usage_key(order.org_id, order.order_id).new()
    labour_entries = before.labour_entries + change.labour_entries
    part_entries = before.part_entries + change.part_entries
    if max(labour_entries, part_entries) > MAX_ENTRIES:
        raise Conflict(_TOO_MANY, details={"most": MAX_ENTRIES})
    values = {
        "labour_entries": labour_entries,
        "labour_minutes": before.labour_minutes + change.labour_minutes,
        "part_entries": part_entries,
        "parts_quantity": before.parts_quantity + change.quantity,
        "costs": add_cost(before.costs or {}, change.currency, change.cost) or None,
    }
    if usage is not None:
        work.update(usage, values, on_conflict=Conflict(_AT_ONCE))
        return
    for name, value in values.items():
        setattr(before, name, value)
    work.create(before, Conflict(_AT_ONCE), audited=False)


def _of_labour(labour: Labour) -> UsageChange:
    return UsageChange(labour_entries=1, labour_minutes=labour.minutes)


def _of_part(part: UsedPart) -> UsageChange:
    cost = _ZERO if part.unit_cost is None else part.quantity * part.unit_cost
    return UsageChange(part_entries=1, quantity=part.quantity, cost=cost, currency=part.currency)


def _exact(number: float) -> Decimal:
    """Return a number of a request as it was written; `5` and `5.0` give the same."""
    return Decimal(plain(Decimal(repr(number))))


def _labour_note(labour: Labour) -> str:
    return f"{labour.minutes} min: {labour.note}" if labour.note else f"{labour.minutes} min"


def _part_note(part: UsedPart) -> str:
    return f"{plain(part.quantity)} × {part.name}"  # noqa: RUF001 - the sign of multiplication is meant
