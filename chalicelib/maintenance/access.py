"""Whose work order it is: the one place where the scope of a permission is held against an order."""

from __future__ import annotations

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import NotFound
from chalicelib.edge.request import Request
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key

READ = "maintenance.workorder.read"


def existing_order(request: Request[Any, Any], order_id: str) -> WorkOrder:
    """A work order of the caller's organisation. Raises `NotFound`."""
    order = request.read(work_order_key(request.actor.org_id, order_id))
    if order is None:
        raise NotFound("There is no such work order.")
    return order


def require_reach(actor: Actor, permission: str, order: WorkOrder) -> None:
    """Whether this permission of the caller reaches this order. Raises `AccessDenied`.

    An order is its technician's own only in the game zone where both are.
    """
    owners = (order.technician_id,) if order.game_zone == actor.game_zone else ()
    message = "This work order is not yours."
    actor.require_reach(permission, owners=owners, zone=order.game_zone, message=message)


def reached_order(request: Request[Any, Any], order_id: str, permission: str) -> WorkOrder:
    """A work order that the caller may see or change by this permission. Raises `NotFound` or `AccessDenied`."""
    order = existing_order(request, order_id)
    require_reach(request.actor, permission, order)
    return order
