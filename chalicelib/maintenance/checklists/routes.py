"""Endpoints of rides and checklists, and their imports."""

from chalicelib.core.errors import AccessDenied
from chalicelib.core.pagination import Page
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists import queries, views
from chalicelib.maintenance.checklists.imports import CHECKLISTS, RIDES
from chalicelib.maintenance.checklists.schemas import (
    ChecklistPage,
    ChecklistQuery,
    ChecklistView,
    RidePage,
    RideQuery,
)
from chalicelib.maintenance.checklists.tables import Checklist, Ride
from chalicelib.maintenance.resources import CHECKLIST
from chalicelib.maintenance.workorders.examples import SUMMARY

routes = Routes(__name__, "Maintenance")

_CHECKLIST = {
    "checklistRef": "CL-2041",
    "name": "Opening inspection",
    "status": "HELD",
    "version": 1,
    "ride": "River Rapids",
    "rideCode": "RC-07",
    "gameZone": "North",
    "items": [{"itemRef": "A-3", "text": "Lap bars close and lock", "note": "Row 2 twice"}],
    "openCount": 1,
    "openWorkOrders": [SUMMARY],
}
_SUMMARY = {
    "checklistRef": "CL-2041",
    "name": "Opening inspection",
    "status": "HELD",
    "ride": "River Rapids",
    "rideCode": "RC-07",
    "gameZone": "North",
    "itemCount": 12,
    "openCount": 1,
}
_RIDE = {"code": "RC-07", "name": "River Rapids", "gameZone": "North"}


@routes.get(
    "/v1/rides",
    permission=permissions.READ_RIDES,
    query=RideQuery,
    returns=RidePage,
    view=views.ride_page_view,
    errors=[AccessDenied],
    examples={"response": {"rides": [_RIDE], "nextCursor": None}},
)
def list_rides(request: Request[Empty, RideQuery]) -> Page[Ride]:
    """List the rides of a game zone, or of all."""
    return queries.list_rides(request.actor, request.query, dependencies().clock)


@routes.get(
    "/v1/checklists",
    permission=permissions.READ_CHECKLIST,
    query=ChecklistQuery,
    returns=ChecklistPage,
    errors=[AccessDenied],
    examples={"response": {"checklists": [_SUMMARY], "nextCursor": None}},
)
def list_checklists(request: Request[Empty, ChecklistQuery]) -> ChecklistPage:
    """List the checklists of the caller's game zone, or of all, with the number of their open work orders."""
    return queries.list_checklists(request.actor, request.query, dependencies().clock)


@routes.get(
    "/v1/checklists/{checklist_ref}",
    permission=permissions.READ_CHECKLIST,
    resource=CHECKLIST,
    returns=ChecklistView,
    versioned=True,
    errors=[AccessDenied],
    examples={"response": _CHECKLIST},
)
def get_checklist(request: Request[Empty, Empty, Checklist]) -> ChecklistView:
    """Get a checklist with its items and the open work orders that hold it back.

    A checklist of another game zone is 403 unless the caller's permission covers the organisation.
    """
    return queries.get_checklist(request.resource, request.actor, dependencies().clock)


importing(routes, RIDES)
importing(routes, CHECKLISTS)
