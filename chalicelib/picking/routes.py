"""Endpoints of the pick scanner, and the import of what it works on."""

from __future__ import annotations

from typing import Any

from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.contract import About
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Nothing, Reply, Request
from chalicelib.edge.routes import Routes
from chalicelib.edge.runtime import runtime
from chalicelib.identity.organisation import organisation_settings
from chalicelib.identity.tables import organisation_key
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

STATE = "picking.state.read"
SEND = "picking.event.send"


def _own_hands(org_id: str, user_id: str) -> list[ItemKey[Any]]:
    return [picker_key(org_id, user_id)]


def _own_screen(org_id: str, user_id: str) -> list[ItemKey[Any]]:
    return [picker_key(org_id, user_id), organisation_key(org_id)]


@routes.get("/scanner/state", permission=STATE, loads_own=_own_screen, returns=ScannerState)
def scanner_state(request: Request[Nothing, Nothing]) -> Reply[ScannerState]:
    """What the scanner shows: the assignment, its progress and log, and how one is doing."""
    return Reply(screen.scanner_state(request, runtime().clock))


@routes.post(
    "/events/batch",
    permission=SEND,
    batch=True,
    body=EventBatch,
    told_body=ClientEvents,
    returns=BatchAnswer,
    about=About("event_batch", recording.ACTION),
)
def send_events(request: Request[EventBatch, Nothing]) -> Reply[BatchAnswer]:
    """Send what was scanned and done, up to 500 events; each is answered for itself."""
    return Reply(BatchAnswer(recording.record(request, runtime())))


@routes.post(
    "/assignments/next",
    permission=claiming.CLAIM,
    loads_own=_own_hands,
    body=NextAssignment,
    returns=Assigned,
    errors=[AccessDenied, claiming.NoAssignmentAvailable],
    about=About(Assignment.kind, "ASSIGNMENT_CLAIMED"),
)
def next_assignment(request: Request[NextAssignment, Nothing], work: UnitOfWork) -> Reply[Assigned]:
    """Take the next assignment; while one has one in hand, it is that one."""
    return Reply(claiming.take_next(work, request, runtime().chance))


@routes.post(
    "/assignments/{assignment_id}/release",
    permission=service.RELEASE,
    loads=assignment_key,
    returns=AssignmentView,
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict],
    about=About(Assignment.kind, "ASSIGNMENT_RELEASED", "assignment_id"),
)
def release_assignment(request: Request[Nothing, Nothing], work: UnitOfWork) -> Reply[AssignmentView]:
    """Put an assignment back into the queue; what was picked is kept."""
    one = service.release(work, request)
    return Reply(service.view(one), version=one.version)


@routes.post(
    "/assignments/{assignment_id}/close",
    permission=service.CLOSE,
    loads=assignment_key,
    body=CloseRequest,
    returns=AssignmentView,
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict],
    about=About(Assignment.kind, "ASSIGNMENT_CLOSED", "assignment_id"),
)
def close_assignment(request: Request[CloseRequest, Nothing], work: UnitOfWork) -> Reply[AssignmentView]:
    """Close an assignment before everything is picked, with a reason."""
    one = service.close(work, request)
    return Reply(service.view(one), version=one.version)


importing(routes, ASSIGNMENTS)
organisation_settings(routes, PICKING)
