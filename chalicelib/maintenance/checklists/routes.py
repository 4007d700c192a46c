"""Endpoints of checklists, and the imports of rides and checklists."""

from chalicelib.core.errors import AccessDenied
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists import queries
from chalicelib.maintenance.checklists.imports import CHECKLISTS, RIDES
from chalicelib.maintenance.checklists.schemas import ChecklistView
from chalicelib.maintenance.checklists.tables import Checklist
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
