"""Endpoints of the supervisors of picking."""

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.picking import permissions
from chalicelib.picking.assignments.routes import ASSIGNMENT_RESOURCE
from chalicelib.picking.assignments.rules import AssignmentAction
from chalicelib.picking.desk import queries, service, views
from chalicelib.picking.desk.errors import PickerBusy
from chalicelib.picking.desk.schemas import (
    AssignmentChange,
    AssignmentDetail,
    AssignmentListQuery,
    AssignmentPage,
    AssignmentToUser,
)
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


@routes.post(
    "/v1/assignments/{assignment_id}/assign",
    permission=permissions.MANAGE,
    resource=ASSIGNMENT_RESOURCE,
    related={"organisation": ORGANISATION},
    transition=AssignmentAction.ASSIGN,
    body=AssignmentToUser,
    returns=AssignmentDetail,
    view=views.assignment_detail_view,
    versioned=True,
    errors=[PickerBusy],
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_ASSIGNED", "assignment_id"),
)
def assign_assignment(request: Request[AssignmentToUser, Empty, Assignment], work: UnitOfWork) -> views.AssignmentNow:
    """Give an assignment to a user of your choice, and take it from everybody else who holds it.

    What was picked stays, and events of former holders from before this moment still count. Nothing changes for a user
    who is the only holder already. The user must not hold another assignment.
    """
    organisation = request.related["organisation"]
    time_zone = general_settings(organisation).timezone
    assignment = service.assign_assignment(work, request.resource, request.body, request.actor, time_zone)
    return views.AssignmentNow(assignment, picking_settings(organisation), work.now)


@routes.patch(
    "/v1/assignments/{assignment_id}",
    permission=permissions.MANAGE,
    resource=ASSIGNMENT_RESOURCE,
    related={"organisation": ORGANISATION},
    transition=AssignmentAction.UPDATE,
    body=AssignmentChange,
    returns=AssignmentDetail,
    view=views.assignment_detail_view,
    versioned=True,
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_UPDATED", "assignment_id"),
)
def update_assignment(request: Request[AssignmentChange, Empty, Assignment], work: UnitOfWork) -> views.AssignmentNow:
    """Change the priority of an assignment that is not done, and with it its place in the queue."""
    assignment = service.update_assignment(work, request.resource, request.body)
    return views.AssignmentNow(assignment, picking_settings(request.related["organisation"]), work.now)
