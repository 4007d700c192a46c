"""What is done with an assignment beside picking it: it is given back to the queue, or closed early."""

from __future__ import annotations

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.clock import from_millis
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.picking.book import Book
from chalicelib.picking.ledger import own_note
from chalicelib.picking.schemas import AssignmentView, CloseRequest
from chalicelib.picking.state import Kind, Status
from chalicelib.picking.tables import Assignment, assignment_key

RELEASE = "picking.assignment.release"
CLOSE = "picking.assignment.close"


def release(work: UnitOfWork, request: Request[Any, Any]) -> Assignment:
    """Give an assignment back; what was picked stays picked.

    It leaves the caller's hands; if it is in those of others only, and the caller may, it leaves all of them. Doing
    it again is no error. Raises `NotFound`, `AccessDenied`, `VersionConflict` or `Conflict`.
    """
    actor, book = request.actor, _existing(request)
    one, holders = book.assignment, book.state.holders
    if one.released_by == actor.user_id and actor.user_id not in holders:
        return one
    _check_reach(book, actor, RELEASE)
    request.check_version(one)
    if book.state.status is not Status.ACTIVE:
        raise _impossible(one, "given back")
    leaving = [actor.user_id] if actor.user_id in holders else list(holders)
    note = own_note(Kind.RELEASED, book.moment(work), people=leaving)
    book.write(work, actor.user_id, [note], {"released_by": actor.user_id})
    return one


def close(work: UnitOfWork, request: Request[CloseRequest, Any]) -> Assignment:
    """Close an assignment before everything is picked. Doing it again is no error.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `Conflict` or `ValidationFailed`.
    """
    actor, book = request.actor, _existing(request)
    one = book.assignment
    _check_reach(book, actor, CLOSE)
    if one.closed_by == actor.user_id:
        return one
    request.check_version(one)
    if book.state.status in (Status.COMPLETED, Status.CLOSED):
        raise _impossible(one, "closed")
    reason = request.body.reason
    note = own_note(Kind.CLOSED, book.moment(work), text=reason)
    book.write(work, actor.user_id, [note], {"closed_by": actor.user_id, "close_reason": reason})
    return one


def view(one: Assignment) -> AssignmentView:
    """An assignment as it is read."""
    started_at = Book(one).state.started_at
    return AssignmentView(
        assignment_id=one.assignment_id,
        status=Status(one.status),
        customer=one.customer,
        order_label=one.order_label,
        zone=one.zone,
        route=one.route,
        qty=one.quantity,
        picked_qty=one.units,
        version=one.version,
        started_at=None if started_at is None else from_millis(started_at),
        close_reason=one.close_reason,
    )


def _existing(request: Request[Any, Any]) -> Book:
    found = request.read(assignment_key(request.actor.org_id, request.path["assignment_id"]))
    if found is None:
        raise NotFound("There is no such assignment.")
    return Book(found)


def _check_reach(book: Book, actor: Actor, permission: str) -> None:
    holders = tuple(book.state.holders)
    actor.require_reach(permission, owners=holders, message="This assignment is not in your hands.")


def _impossible(one: Assignment, what: str) -> Conflict:
    return Conflict(f"It is {one.status} and cannot be {what}.", details={"status": one.status})
