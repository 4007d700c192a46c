"""The endpoint of technicians."""

from chalicelib.core.errors import AccessDenied
from chalicelib.core.pagination import Page
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.technicians import queries, views
from chalicelib.maintenance.technicians.schemas import TechnicianPage, TechnicianQuery

routes = Routes(__name__, "Maintenance")

_TECHNICIAN = {
    "id": "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0",
    "name": "Noor de Vries",
    "gameZone": "North",
    "team": "Maintenance",
    "skills": ["electrics"],
    "openOrders": 2,
}


@routes.get(
    "/v1/technicians",
    permission=permissions.READ_TECHNICIANS,
    query=TechnicianQuery,
    returns=TechnicianPage,
    view=views.technician_page_view,
    errors=[AccessDenied],
    examples={"response": {"technicians": [_TECHNICIAN], "nextCursor": None}},
)
def list_technicians(request: Request[Empty, TechnicianQuery]) -> Page[queries.CountedTechnician]:
    """List the active technicians of a game zone, or of all, with the number of their open work orders."""
    return queries.list_technicians(request.actor, request.query, dependencies().clock)
