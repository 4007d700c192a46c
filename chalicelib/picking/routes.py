"""Endpoints of the pick scanner, and the import of what it works on."""

from __future__ import annotations

from typing import Any

from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Naming
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import organisation_settings
from chalicelib.picking import claiming, recording, screen, service
from chalicelib.picking.importing import ASSIGNMENTS
from chalicelib.picking.schemas import (
    Assigned,
    AssignmentView,
    BatchAnswer,
    ClientEvents,
    CloseRequest,
    EventBatch,
    NextAssignment,
    ScannerState,
)
from chalicelib.picking.standards import PICKING
from chalicelib.picking.tables import Assignment, assignment_key, picker_key

routes = Routes(__name__, "Pick scanner")

_ASSIGNED = {
    "assignment_id": "PA-1001",
    "customer": "Zomer & Zoon",
    "order_label": "SO-20417",
    "zone": "Ambient",
    "route": "North 3",
}
_SHOWN = {
    "header": "SO-20417 - Zomer & Zoon",
    "metrics": {"live_rate_display": "118.2 / h", "total_units": 31, "perf_score_display": "98.5%"},
    "assignment": {**_ASSIGNED, "active": True, "status": "active"},
    "order_summary": {"qty": 74, "locations": 12, "pallets": 2, "rate": 118.2, "progress_pct": 41},
    "order_progress": {"percent": "41%"},
    "order_log": [
        {"message": "Picked 1 of 4011-A at A-01-03 (5 of 12)", "at": "2026-03-14T09:26:53Z", "level": "info"}
    ],
}

STATE = "picking.state.read"
SEND = "picking.event.send"


def _own_hands(naming: Naming) -> list[ItemKey[Any]]:
    return [picker_key(naming.org_id, naming.user_id)]


def _own_screen(naming: Naming) -> list[ItemKey[Any]]:
    return [*_own_hands(naming), organisation_key(naming.org_id)]


@routes.get(
    "/scanner/state",
    permission=STATE,
    loads_also=_own_screen,
    returns=ScannerState,
    examples={"response": {**_SHOWN, "data": _SHOWN, "view": "picker"}},
)
def scanner_state(request: Request[Empty, Empty]) -> Response[ScannerState]:
    """What the scanner shows: the assignment, its progress and log, and how one is doing."""
    return Response(screen.scanner_state(request, dependencies().clock))


@routes.post(
    "/events/batch",
    permission=SEND,
    batch=True,
    body=EventBatch,
    documented_body=ClientEvents,
    returns=BatchAnswer,
    audit_target=AuditTarget("event_batch", recording.ACTION),
    examples={
        "request": {
            "events": [
                {
                    "client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10",
                    "event_type": "scan_received",
                    "payload": {
                        "raw": "5901234123457",
                        "assignment_id": "PA-1001",
                        "order_id": "PA-1001",
                        "at": "2026-03-14T09:26:53.000Z",
                    },
                    "created_at": "2026-03-14T09:26:53.000Z",
                    "device_id": "truck-7",
                }
            ]
        },
        "response": {
            "status": [{"client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10", "result": "accepted"}],
        },
    },
)
def send_events(request: Request[EventBatch, Empty]) -> Response[BatchAnswer]:
    """Send what was scanned and done, up to 500 events; each is answered for itself."""
    statuses = recording.record(request, dependencies())
    return Response(BatchAnswer(statuses), incomplete=any(one.reason in recording.NOT_YET for one in statuses))


@routes.post(
    "/assignments/next",
    permission=claiming.CLAIM,
    loads_also=_own_hands,
    body=NextAssignment,
    returns=Assigned,
    examples={"request": {"device_id": "truck-7", "role": "picker"}, "response": _ASSIGNED},
    errors=[AccessDenied, claiming.NoAssignmentAvailable],
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_CLAIMED"),
)
def next_assignment(request: Request[NextAssignment, Empty], work: UnitOfWork) -> Response[Assigned]:
    """Take the next assignment; while one has one in hand, it is that one."""
    return Response(claiming.take_next(work, request, dependencies().random_source))


@routes.post(
    "/assignments/{assignment_id}/release",
    permission=service.RELEASE,
    loads=assignment_key,
    returns=AssignmentView,
    examples={"response": {**_ASSIGNED, "close_reason": ...}},
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict],
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_RELEASED", "assignment_id"),
)
def release_assignment(request: Request[Empty, Empty], work: UnitOfWork) -> Response[AssignmentView]:
    """Put an assignment back into the queue; what was picked is kept."""
    one = service.release(work, request)
    return Response(service.view(one), version=one.version)


@routes.post(
    "/assignments/{assignment_id}/close",
    permission=service.CLOSE,
    loads=assignment_key,
    body=CloseRequest,
    returns=AssignmentView,
    examples={
        "request": {"reason": "The rest is out of stock"},
        "response": {**_ASSIGNED, "status": "closed", "close_reason": "The rest is out of stock"},
    },
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict],
    audit_target=AuditTarget(Assignment.kind, "ASSIGNMENT_CLOSED", "assignment_id"),
)
def close_assignment(request: Request[CloseRequest, Empty], work: UnitOfWork) -> Response[AssignmentView]:
    """Close an assignment before everything is picked, with a reason."""
    one = service.close(work, request)
    return Response(service.view(one), version=one.version)


importing(routes, ASSIGNMENTS)
organisation_settings(routes, PICKING)
