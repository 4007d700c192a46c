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

routes = Routes(__name__, "Maintenance")


@routes.get(
    "/v1/checklists/{checklist_ref}",
    permission=permissions.READ_CHECKLIST,
    resource=CHECKLIST,
    returns=ChecklistView,
    versioned=True,
    errors=[AccessDenied],
)
def get_checklist(request: Request[Empty, Empty, Checklist]) -> ChecklistView:
    """Get a checklist, its items, and the open work orders that hold it back."""
    return queries.get_checklist(request.resource, request.actor, dependencies().clock)


importing(routes, RIDES)
importing(routes, CHECKLISTS)
