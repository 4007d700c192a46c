"""Endpoints of lines and short lines."""

from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.picking import permissions
from chalicelib.picking.assignments.routes import ASSIGNMENT_RESOURCE, ORGANISATION
from chalicelib.picking.ledger.entries import decode_lines, decode_state
from chalicelib.picking.ledger.tables import ShortRecord
from chalicelib.picking.lines import queries, service, views
from chalicelib.picking.lines.examples import SHORT, SHORT_LINE, SHORT_REQUEST
from chalicelib.picking.lines.schemas import AssignmentLine, AssignmentLines, ShortPage, ShortQuery, ShortRequest
from chalicelib.picking.tables import Assignment, lines_key

routes = Routes(__name__, "Pick scanner")

LINES = Resource(key=lines_key, id_from=("assignment_id",), in_scope=False)


@routes.get(
    "/assignments/{assignment_id}/lines",
    permission=permissions.READ_STATE,
    resource=ASSIGNMENT_RESOURCE,
    related={"lines": LINES},
    returns=AssignmentLines,
    view=views.lines_view,
    examples={"response": {"lines": [SHORT_LINE]}},
)
def list_assignment_lines(request: Request[Empty, Empty, Assignment]) -> queries.LinesNow:
    """List the lines of an assignment with what is picked of each, in the order in which one walks.

    The order is that of the locations, numbers in them by their value. Pickers read those of assignments that they
    hold.
    """
    lines = decode_lines(request.related["lines"].lines)
    return queries.LinesNow(lines, decode_state(request.resource.state))


@routes.post(
    "/assignments/{assignment_id}/lines/{line_number}/short",
    permission=permissions.SHORT_LINE,
    resource=ASSIGNMENT_RESOURCE,
    related={"lines": LINES, "organisation": ORGANISATION},
    body=ShortRequest,
    returns=AssignmentLine,
    view=views.line_view,
    examples={"request": SHORT_REQUEST, "response": SHORT_LINE},
    errors=[Conflict, NotFound],
    audit_target=AuditTarget(Assignment.kind, "LINE_CLOSED_SHORT", "assignment_id"),
)
def short_line(request: Request[ShortRequest, Empty, Assignment], work: UnitOfWork) -> queries.LineNow:
    """Close a line of which less is picked than was ordered, with the reason.

    Later scans of the line count nothing. The assignment completes if all other lines are complete or short. An undo
    opens the line again. A line that is short already stays as it is.
    """
    target = queries.LineTarget(request.resource, request.related["lines"], request.path["line_number"])
    time_zone = general_settings(request.related["organisation"]).timezone
    return service.short_line(work, target, request.body, request.actor, time_zone)


@routes.get(
    "/v1/picking/shorts",
    permission=permissions.READ,
    query=ShortQuery,
    returns=ShortPage,
    view=views.short_page_view,
    examples={"response": {"shorts": [SHORT]}},
)
def list_shorts(request: Request[Empty, ShortQuery]) -> Page[ShortRecord]:
    """List the lines that were closed short, the last closed first."""
    return queries.list_shorts(request.actor, request.query)
