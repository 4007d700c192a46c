"""Reads of checklists."""

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import get_many
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.schemas import ChecklistView
from chalicelib.maintenance.checklists.service import open_orders, require_ride
from chalicelib.maintenance.checklists.tables import Checklist, ride_key
from chalicelib.maintenance.checklists.views import checklist_view
from chalicelib.maintenance.workorders.tables import work_order_key

MAX_SHOWN = 99
"""The most open work orders that are shown; with their ride they are one batch read."""


def get_checklist(checklist: Checklist, actor: Actor, clock: Clock) -> ChecklistView:
    """Return a checklist with the oldest of its open work orders. Raise `AccessDenied` for another game zone."""
    org_id = actor.org_id
    key = ride_key(org_id, checklist.ride_code)
    order_keys = [work_order_key(org_id, order_id) for order_id in sorted(open_orders(checklist))[:MAX_SHOWN]]
    stored = get_many([key, *order_keys], clock)
    ride = require_ride(actor, permissions.READ_CHECKLIST, stored.get(key))
    orders = [order for order in map(stored.get, order_keys) if order is not None]
    return checklist_view(checklist, ride, orders, clock.now())
