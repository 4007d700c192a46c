"""Endpoints of the picking board."""

from chalicelib.core.pagination import Page
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.picking import permissions
from chalicelib.picking.board import queries, views
from chalicelib.picking.board.examples import PICKERS, ZONES
from chalicelib.picking.board.schemas import PickerPage, PickerQuery, QueueQuery, ZonePage, ZoneQuery
from chalicelib.picking.desk.schemas import AssignmentPage
from chalicelib.picking.desk.views import assignment_page_view
from chalicelib.picking.tables import Assignment

routes = Routes(__name__, "Pick scanner")


@routes.get(
    "/v1/picking/queue",
    permission=permissions.READ,
    query=QueueQuery,
    returns=AssignmentPage,
    view=assignment_page_view,
)
def list_queue(request: Request[Empty, QueueQuery]) -> Page[Assignment]:
    """List the assignments that wait, in the order in which they are claimed: by priority, then by age.

    Without a role, those of all queues. A page that is filtered by zone may be short and still have a cursor.
    """
    return queries.list_queue(request.actor, request.query)


@routes.get(
    "/v1/picking/zones",
    permission=permissions.READ,
    query=ZoneQuery,
    returns=ZonePage,
    view=views.zone_page_view,
    examples={"response": ZONES},
)
def list_zones(request: Request[Empty, ZoneQuery]) -> Page[queries.CountedZone]:
    """List the zones of the warehouse with how many assignments wait and are picked in each."""
    return queries.list_zones(request.actor, request.query)


@routes.get(
    "/v1/picking/pickers",
    permission=permissions.MANAGE,
    query=PickerQuery,
    returns=PickerPage,
    view=views.picker_page_view,
    examples={"response": PICKERS},
)
def list_pickers(request: Request[Empty, PickerQuery]) -> Page[queries.PickerNow]:
    """List the active users who can be given an assignment, with what they hold."""
    return queries.list_pickers(request.actor, request.query, dependencies().clock)
