"""Endpoints of pick assignments and of the scanner's view, the import of assignments, and the settings of picking."""

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
from chalicelib.picking.assignments import queries, service, views
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

_ASSIGNED = {
    "assignment_id": "PA-1001",
    "customer": "Zomer & Zoon",
    "order_label": "SO-20417",
    "zone": "Ambient",
    "route": "North 3",
}
_SCANNER_DATA = {
    "header": "SO-20417 - Zomer & Zoon",
    "metrics": {"live_rate_display": "118.2 / h", "total_units": 31, "perf_score_display": "98.5%"},
    "assignment": {**_ASSIGNED, "active": True, "status": "active"},
    "order_summary": {"qty": 74, "locations": 12, "pallets": 2, "rate": 118.2, "progress_pct": 41},
    "order_progress": {"percent": "41%"},
    "order_log": [
        {"message": "Picked 1 of 4011-A at A-01-03 (5 of 12)", "at": "2026-03-14T09:26:53Z", "level": "info"}
    ],
}


@routes.get(
    "/scanner/state",
    permission=permissions.READ_STATE,
    related={"picker": PICKER, "organisation": ORGANISATION},
    returns=ScannerState,
    view=views.scanner_state_view,
    examples={"response": {**_SCANNER_DATA, "data": _SCANNER_DATA, "view": "picker"}},
)
def get_scanner_state(request: Request[Empty]) -> queries.ScannerSnapshot:
    """Get what the scanner shows: the assignment, its progress and log, and the user's performance."""
    picker, organisation = request.related["picker"], request.related["organisation"]
    return queries.get_scanner_state(picker, organisation, request.actor, dependencies().clock)


@routes.post(
    "/assignments/next",
    permission=permissions.CLAIM,
    related={"picker": PICKER},
    body=NextAssignment,
    returns=Assigned,
    view=views.held_assignment_view,
    examples={"request": {"device_id": "truck-7", "role": "picker"}, "response": _ASSIGNED},
    errors=[AccessDenied, NoAssignmentAvailable],
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_CLAIMED"),
)
def claim_assignment(request: Request[NextAssignment], work: UnitOfWork) -> service.HeldAssignment:
    """Claim the next assignment, or get the one that the user already holds."""
    return service.claim_assignment(work, request.body, request.actor, request.related["picker"])


@routes.post(
    "/assignments/{assignment_id}/release",
    permission=permissions.RELEASE,
    resource=ASSIGNMENT_RESOURCE,
    owners=service.holders_and_releaser_of,
    transition=AssignmentAction.RELEASE,
    repeated=service.has_released,
    returns=AssignmentView,
    view=views.assignment_view,
    examples={"response": {**_ASSIGNED, "close_reason": ...}},
    versioned=True,
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_RELEASED", "assignment_id"),
)
def release_assignment(request: Request[Empty, Empty, Assignment], work: UnitOfWork) -> Assignment:
    """Put an assignment back into the queue, with what was picked."""
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
    examples={
        "request": {"reason": "The rest is out of stock"},
        "response": {**_ASSIGNED, "status": "closed", "close_reason": "The rest is out of stock"},
    },
    versioned=True,
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_CLOSED", "assignment_id"),
)
def close_assignment(request: Request[CloseRequest, Empty, Assignment], work: UnitOfWork) -> Assignment:
    """Close an assignment before it is complete, with a reason."""
    return service.close_assignment(work, request.resource, request.body, request.actor)


importing(routes, ASSIGNMENTS)
organisation_settings(routes, PICKING)
