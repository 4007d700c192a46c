"""The hold of open work orders on their checklist.

A checklist has the ids of its open work orders. Routing and reopening add one, finishing and cancelling remove one,
each in its own transaction and under the condition on which it was decided: "this is the last one", or "there are
others". If two technicians finish the last two at the same moment, both assume the other is still open; the second
commit fails its condition, runs again and is the last. So a checklist is released exactly once, and both succeed.
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.expressions.condition import size

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict, Unavailable, ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.checklists.tables import Checklist, Ride
from chalicelib.maintenance.rules import ChecklistStatus

MAX_OPEN = 1000
"""The most open work orders of one checklist: their ids are part of its item, which may have 400 KB."""
C = Checklist


def require_ride(actor: Actor, permission: str, ride: Ride | None) -> Ride:
    """Return the ride of a checklist. Raise `AccessDenied` if its game zone is outside the scope of the permission."""
    if ride is None:
        raise RuntimeError("a checklist has no ride")
    actor.require_reach(permission, zone=ride.game_zone, message="This checklist belongs to another game zone.")
    return ride


def find_item(checklist: Checklist, item_ref: str) -> Mapping[str, Any] | None:
    """Return an item of a checklist, or None if it has none of this ref."""
    items: list[dict[str, Any]] = checklist.items
    return next((item for item in items if item["item_ref"] == item_ref), None)


def require_item(checklist: Checklist, item_ref: str) -> Mapping[str, Any]:
    """Return an item of a checklist. Raise `ValidationFailed` if it has none of this ref."""
    item = find_item(checklist, item_ref)
    if item is None:
        raise ValidationFailed({"itemRef": "is not an item of this checklist"})
    return item


def open_orders(checklist: Checklist) -> set[str]:
    """Return the ids of the work orders that hold a checklist back."""
    return set(checklist.open_orders or ())


def check_capacity(checklist: Checklist) -> None:
    """Raise `Conflict` if a checklist has as many open work orders as it can have."""
    count = len(open_orders(checklist))
    if count >= MAX_OPEN:
        raise Conflict(f"A checklist can have at most {MAX_OPEN} open work orders.", details={"open": count})


def find_open_order(checklist: Checklist, item_ref: str) -> str | None:
    """Return the id of an open work order of an item, the oldest if there are several."""
    entries = [entry.partition("/") for entry in checklist.open_items or ()]
    return min((order_id for ref, _, order_id in entries if ref == item_ref), default=None)


def hold_checklist(work: UnitOfWork, checklist: Checklist, item_ref: str, order_id: str) -> str:
    """Stage that one more work order holds a checklist back; return the code of the work order."""
    number = checklist.routed + 1
    _hold(work, checklist, item_ref, order_id, routed=number)
    return f"WO-{checklist.checklist_ref}-{number}"


def hold_checklist_again(work: UnitOfWork, checklist: Checklist, item_ref: str, order_id: str) -> None:
    """Stage that a work order that was done holds its checklist back again."""
    _hold(work, checklist, item_ref, order_id, routed=checklist.routed)


def release_checklist(work: UnitOfWork, checklist: Checklist, item_ref: str, order_id: str) -> bool:
    """Stage that a work order no longer holds its checklist back; return whether it was the last one."""
    last = open_orders(checklist) == {order_id}
    status = ChecklistStatus.RELEASED if last else ChecklistStatus(checklist.status)
    work.update_unread(
        ItemKey(Checklist, checklist.pk, checklist.sk),
        condition=C.open_orders.contains(order_id) & (size(C.open_orders) == 1 if last else size(C.open_orders) > 1),
        on_conflict=Unavailable(),
        actions=[
            C.open_orders.delete({order_id}),
            C.open_items.delete({_open_item(item_ref, order_id)}),
            C.status.set(status.value),
        ],
        changes=_changes(checklist, status, by=-1),
    )
    return last


def _hold(work: UnitOfWork, checklist: Checklist, item_ref: str, order_id: str, *, routed: int) -> None:
    """Stage that an order holds a checklist back. Whether the item has another open order is as it was read."""
    held = ChecklistStatus.HELD
    work.update_unread(
        ItemKey(Checklist, checklist.pk, checklist.sk),
        condition=C.routed == checklist.routed,
        on_conflict=Conflict("Other work orders of this checklist are being routed at the same moment; try again."),
        actions=[
            C.open_orders.add({order_id}),
            C.open_items.add({_open_item(item_ref, order_id)}),
            C.routed.set(routed),
            C.status.set(held.value),
        ],
        changes=_changes(checklist, held, by=1),
    )


def _open_item(item_ref: str, order_id: str) -> str:
    return f"{item_ref}/{order_id}"


def _changes(checklist: Checklist, status: ChecklistStatus, *, by: int) -> dict[str, list[object]]:
    """Return what the audit row says."""
    before = len(open_orders(checklist))
    counted: dict[str, list[object]] = {"open_work_orders": [before, before + by]}
    return counted if status == checklist.status else {**counted, "status": [checklist.status, status.value]}
