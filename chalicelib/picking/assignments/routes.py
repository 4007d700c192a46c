"""Assignments, the events of the scanners, and what they show."""

from chalicelib.core.errors import AccessDenied
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import organisation_settings
from chalicelib.picking import permissions
from chalicelib.picking.assignments import examples, queries, service, views
from chalicelib.picking.assignments.errors import NoAssignmentAvailable
from chalicelib.picking.assignments.imports import ASSIGNMENTS
from chalicelib.picking.assignments.rules import ASSIGNMENT, AssignmentAction
from chalicelib.picking.assignments.schemas import Assigned, AssignmentView, CloseRequest, NextAssignment, ScannerState
from chalicelib.picking.settings import PICKING
from chalicelib.picking.tables import Assignment, assignment_key, picker_key

routes = Routes(__name__, "Pick scanner")

ASSIGNMENT_RESOURCE = Resource(
    key=assignment_key, id_from=("assignment_id",), owners=service.holders_of, states=ASSIGNMENT
)
PICKER = Resource(key=picker_key, id_from=("user_id",), required=False)
ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)


@routes.get(
    "/scanner/state",
    permission=permissions.READ_STATE,
    related={"picker": PICKER, "organisation": ORGANISATION},
    returns=ScannerState,
    view=views.scanner_state_view,
    examples={"response": examples.SCANNER_STATE},
)
def get_scanner_state(request: Request[Empty]) -> queries.ScannerSnapshot:
    """Get what the scanner shows: the assignment, its progress and log, and the user's performance.

    Every value is computed by the server from the events that it has recorded; show it as it is.
    """
    picker, organisation = request.related["picker"], request.related["organisation"]
    return queries.get_scanner_state(picker, organisation, request.actor, dependencies().clock)


@routes.post(
    "/assignments/next",
    permission=permissions.CLAIM,
    related={"picker": PICKER, "organisation": ORGANISATION},
    body=NextAssignment,
    returns=Assigned,
    view=views.held_assignment_view,
    examples={"request": {"device_id": "truck-7", "role": "picker"}, "response": examples.ASSIGNED},
    errors=[AccessDenied, NoAssignmentAvailable],
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_CLAIMED"),
)
def claim_assignment(request: Request[NextAssignment], work: UnitOfWork) -> service.HeldAssignment:
    """Claim the next assignment, or get the one that the caller already holds.

    The next one is one of the oldest with the lowest priority number. If none waits, the caller joins a shared
    assignment. Repeating the request returns the same assignment, so it is safe to send it again.
    """
    return service.claim_assignment(work, request.body, request.actor, **request.related)


@routes.post(
    "/assignments/{assignment_id}/release",
    permission=permissions.RELEASE,
    resource=ASSIGNMENT_RESOURCE,
    owners=service.holders_and_releaser_of,
    transition=AssignmentAction.RELEASE,
    repeated=service.has_released,
    returns=AssignmentView,
    view=views.assignment_view,
    examples={"response": examples.RELEASED},
    versioned=True,
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_RELEASED", "assignment_id"),
)
def release_assignment(request: Request[Empty, Empty, Assignment], work: UnitOfWork) -> Assignment:
    """Put an assignment back into the queue, with what was picked.

    A holder gives up their own hold; a shared assignment stays active while others hold it. A supervisor who is not a
    holder takes it from all of them. Repeating the request changes nothing.
    """
    return service.release_assignment(work, request.resource, request.actor)


@routes.post(
    "/assignments/{assignment_id}/close",
    permission=permissions.CLOSE,
    resource=ASSIGNMENT_RESOURCE,
    transition=AssignmentAction.CLOSE,
    repeated=service.has_closed,
    body=CloseRequest,
    returns=AssignmentView,
    view=views.assignment_view,
    examples={"request": {"reason": examples.CLOSE_REASON}, "response": examples.CLOSED},
    versioned=True,
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_CLOSED", "assignment_id"),
)
def close_assignment(request: Request[CloseRequest, Empty, Assignment], work: UnitOfWork) -> Assignment:
    """Close an assignment before it is complete, with a reason.

    It leaves the queue and cannot be claimed again. Repeating the request changes nothing.
    """
    return service.close_assignment(work, request.resource, request.body, request.actor)


importing(routes, ASSIGNMENTS)
organisation_settings(routes, PICKING, examples.SETTINGS)
