"""Endpoints of the supervisors of picking."""

from chalicelib.core.pagination import Page
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.picking import permissions
from chalicelib.picking.assignments.routes import ASSIGNMENT_RESOURCE
from chalicelib.picking.desk import queries, views
from chalicelib.picking.desk.schemas import AssignmentDetail, AssignmentListQuery, AssignmentPage
from chalicelib.picking.settings import picking_settings
from chalicelib.picking.tables import Assignment, picker_key

routes = Routes(__name__, "Pick scanner")

HOLDER = Resource(key=picker_key, id_from=("holder",), required=False, in_scope=False)
ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)


@routes.get(
    "/v1/assignments",
    permission=permissions.READ,
    related={"holder": HOLDER},
    query=AssignmentListQuery,
    returns=AssignmentPage,
    view=views.assignment_page_view,
)
def list_assignments(request: Request[Empty, AssignmentListQuery]) -> Page[Assignment]:
    """List the assignments of the organisation, the last imported first.

    A page that is filtered by role or zone may be short and still have a cursor. The list of one holder has no cursor.
    """
    return queries.list_assignments(request.actor, request.query, request.related["holder"], dependencies().clock)


@routes.get(
    "/v1/assignments/{assignment_id}",
    permission=permissions.READ,
    resource=ASSIGNMENT_RESOURCE,
    related={"organisation": ORGANISATION},
    returns=AssignmentDetail,
    view=views.assignment_detail_view,
)
def get_assignment(request: Request[Empty, Empty, Assignment]) -> views.AssignmentNow:
    """Get an assignment with its pickers, their rates, and the newest messages of its log."""
    settings = picking_settings(request.related["organisation"])
    return views.AssignmentNow(request.resource, settings, dependencies().clock.now())
