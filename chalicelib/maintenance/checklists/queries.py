"""Reads of rides and checklists."""

from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.table import SEPARATOR, key, parts_of
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.schemas import ChecklistPage, ChecklistQuery, ChecklistView, RideQuery
from chalicelib.maintenance.checklists.service import open_orders, require_ride
from chalicelib.maintenance.checklists.tables import Checklist, Ride, checklists_list, ride_key, rides_list
from chalicelib.maintenance.checklists.views import checklist_summary, checklist_view
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.tables import read_list, read_list_beside
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


def list_rides(actor: Actor, query: RideQuery, clock: Clock) -> Page[Ride]:
    """Return a page of rides. Raise `AccessDenied` for a game zone outside the caller's scope."""
    reach = reach_of_list(actor, permissions.READ_RIDES, query.zone)
    if reach.is_empty:
        return Page((), None)
    within = None if reach.zone is None else Ride.place.startswith(key(reach.zone) + SEPARATOR)
    return read_list(Ride, rides_list(actor.org_id), CursorRequest(query.limit, query.cursor), clock, within=within)


def list_checklists(actor: Actor, query: ChecklistQuery, clock: Clock) -> ChecklistPage:
    """Return a page of checklists of the rides that the caller's scope covers."""
    org_id = actor.org_id
    reach = reach_of_list(actor, permissions.READ_CHECKLIST)
    if reach.is_empty:
        return ChecklistPage([], None)
    within = None if query.ride is None else Checklist.place.startswith(key(query.ride) + SEPARATOR)
    asked = CursorRequest(query.limit, query.cursor)
    listed = checklists_list(org_id)
    page, rides = read_list_beside(Checklist, listed, asked, clock, other=partial(_ride_at, org_id), within=within)
    shown = [(checklist, rides.get(ride_key(org_id, checklist.ride_code))) for checklist in page.items]
    return ChecklistPage(
        [
            checklist_summary(checklist, ride)
            for checklist, ride in shown
            if ride is not None and reach.zone in (None, ride.game_zone)
        ],
        page.next_cursor,
    )


def _ride_at(org_id: str, place: str) -> ItemKey[Ride]:
    """Return the key of the ride of the checklist at a place in the list."""
    return ride_key(org_id, parts_of(place)[0])
