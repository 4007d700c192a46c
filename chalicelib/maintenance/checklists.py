"""Checklists: held back by open work orders, released by whoever closes the last one, and shown.

A checklist knows the ids of its open work orders. Routing adds one, finishing takes one away, each in the transaction
that does it and under the condition that was decided on: "this is the last", or "there are others". Two who finish the
last two at the same moment both believe in the other one; the second to commit finds its condition broken, looks again
and is the last. So release happens once, and nobody is told that something is stale.
"""

from __future__ import annotations

from typing import Any

from pynamodb.expressions.condition import size

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, NotFound, Unavailable
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.maintenance.rules import ChecklistStatus
from chalicelib.maintenance.tables import Checklist, Ride, WorkOrder, checklist_key, ride_key, work_order_key

READ = "maintenance.checklist.read"
MAX_SHOWN = 99
"""How many open work orders are shown; with their ride they are one batch read."""
MAX_OPEN = 1000
"""How many work orders hold one checklist: their ids are part of it, and an item of the store has at most 400 KB."""
C = Checklist


def existing_checklist(request: Request[Any, Any], checklist_ref: str) -> Checklist:
    """A checklist of the caller's organisation. Raises `NotFound`."""
    checklist = request.read(checklist_key(request.actor.org_id, checklist_ref))
    if checklist is None:
        raise NotFound("There is no such checklist.")
    return checklist


def find_checklist(request: Request[Any, Any], clock: Clock) -> tuple[Checklist, Ride, list[WorkOrder]]:
    """A checklist that the caller may see, its ride, and the oldest of its open work orders.

    Raises `NotFound` or `AccessDenied`.
    """
    org_id = request.actor.org_id
    checklist = existing_checklist(request, request.path["checklist_ref"])
    where = ride_key(org_id, checklist.ride_code)
    shown = [work_order_key(org_id, order_id) for order_id in sorted(open_orders(checklist))[:MAX_SHOWN]]
    found = get_many([where, *shown], clock)
    ride = reached_ride(request.actor, READ, found.get(where))
    return checklist, ride, [order for order in map(found.get, shown) if order is not None]


def reached_ride(actor: Actor, permission: str, ride: Ride | None) -> Ride:
    """The ride of a checklist, if this permission of the caller reaches its game zone. Raises `AccessDenied`."""
    if ride is None:
        raise NotFound("The ride of this checklist does not exist.")
    actor.require_reach(permission, zone=ride.game_zone, message="This checklist is of another game zone.")
    return ride


def open_orders(checklist: Checklist) -> set[str]:
    """The ids of the work orders that hold a checklist back."""
    return set(checklist.open_orders or ())


def check_room(checklist: Checklist) -> None:
    """Whether one more work order can hold a checklist back. Raises `Conflict`."""
    held = len(open_orders(checklist))
    if held >= MAX_OPEN:
        raise Conflict("This checklist has as many open work orders as it can have.", details={"open": held})


def hold(work: UnitOfWork, checklist: Checklist, order_id: str) -> str:
    """Stage that one more work order holds a checklist back; the code of the order, by its number among them all."""
    number = checklist.routed + 1
    held = ChecklistStatus.HELD
    work.update_unread(
        ItemKey(Checklist, checklist.pk, checklist.sk),
        condition=C.routed == checklist.routed,
        on_conflict=Conflict("Others route work orders of this checklist at this very moment; try again."),
        actions=[C.open_orders.add({order_id}), C.routed.set(number), C.status.set(held.value)],
        changes=_changes(checklist, held, by=1),
    )
    return f"WO-{checklist.checklist_ref}-{number}"


def let_go(work: UnitOfWork, checklist: Checklist, order_id: str) -> bool:
    """Stage that a work order no longer holds its checklist back; whether that releases it."""
    last = open_orders(checklist) == {order_id}
    status = ChecklistStatus.RELEASED if last else ChecklistStatus(checklist.status)
    work.update_unread(
        ItemKey(Checklist, checklist.pk, checklist.sk),
        condition=C.open_orders.contains(order_id) & (size(C.open_orders) == 1 if last else size(C.open_orders) > 1),
        on_conflict=Unavailable(),
        actions=[C.open_orders.delete({order_id}), C.status.set(status.value)],
        changes=_changes(checklist, status, by=-1),
    )
    return last


def _changes(checklist: Checklist, status: ChecklistStatus, *, by: int) -> dict[str, list[object]]:
    """What the audit trail says of it."""
    before = len(open_orders(checklist))
    counted: dict[str, list[object]] = {"open_work_orders": [before, before + by]}
    return counted if status == checklist.status else {**counted, "status": [checklist.status, status.value]}
