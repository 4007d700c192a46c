"""Handing assignments out: who asks gets what they have in hand already, else the best that waits.

Everybody who asks sees the same queue, so if all took the first, all but one would collide. Who asks therefore takes a
random one of the first few of the highest priority, and after a collision leaves that one out and looks at more of
them. Where each has a priority of its own that would let one through at a time, so after a few collisions the choice
is wider than one priority: by then it is plain that others are taking what comes before.

When nothing waits, somebody may join in a shared assignment.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core.actor import Actor
from chalicelib.core.clock import from_millis
from chalicelib.core.errors import AccessDenied, NotFound
from chalicelib.core.random_source import RandomSource
from chalicelib.core.store import Query, get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Empty, Request
from chalicelib.picking.book import Book, in_hands
from chalicelib.picking.ledger import own_note
from chalicelib.picking.schemas import Assigned, NextAssignment
from chalicelib.picking.state import Kind
from chalicelib.picking.tables import (
    WAITING,
    Assignment,
    Picker,
    QueueIndex,
    assignment_key,
    picker_key,
    queue_key,
)

CLAIM = "picking.assignment.claim"
FIRST_FEW = 8
MOST = 100
"""How many entries of the queue are looked at, at most."""
_PATIENT = 6
"""How many collisions it takes until others than the highest priority are looked at."""


class NoAssignmentAvailable(NotFound):
    """Nothing waits for the caller's role, and nothing can be joined."""

    code, summary = "NO_ASSIGNMENT_AVAILABLE", "There is nothing to pick right now."


def take_next(work: UnitOfWork, request: Request[NextAssignment, Empty], random_source: RandomSource) -> Assigned:
    """What the caller has to pick now. Raises `AccessDenied` or `NoAssignmentAvailable`."""
    actor, wanted = request.actor, request.body
    if wanted.company_id != actor.org_id:
        raise AccessDenied("company_id must be your own.")
    own = (actor.user_id,) if wanted.role == actor.role else ()
    actor.require_reach(CLAIM, owners=own, message=f"You do not pick as {wanted.role}.")
    picker = request.read(picker_key(actor.org_id, actor.user_id))
    active = active_of(picker)
    if active is not None:
        found = get(assignment_key(actor.org_id, active))
        book = None if found is None else Book(found)
        if book is not None and actor.user_id in in_hands(book.state):
            work.audit(Assignment.kind, active, "ASSIGNMENT_CLAIMED")
            return assigned(book, actor)
    chosen = _choose(_queue(actor.org_id, wanted.role, len(work.conflicts)), work.conflicts, random_source)
    if chosen is None:
        raise NoAssignmentAvailable
    return _claim(work, actor, Book(chosen), wanted.device_id)


def active_of(picker: Picker | None) -> str | None:
    """Which of the assignments in somebody's hands they work on; rarely is there more than one."""
    held = set(picker.held or ()) if picker is not None else set()
    if picker is not None and picker.last in held:
        return picker.last
    return min(held, default=None)


def waiting(org_id: str, role: str) -> Query[Assignment]:
    """The queue of one role, without what can only be joined."""
    return Query(
        Assignment,
        queue_key(org_id, role),
        index=QueueIndex.Meta.index_name,
        range_condition=Assignment.queue_place.startswith(WAITING),
    )


def assigned(book: Book, actor: Actor) -> Assigned:
    """An assignment as the one who has it in hand is told."""
    one = book.assignment
    return Assigned(
        assignment_id=one.assignment_id,
        customer=one.customer,
        order_label=one.order_label,
        zone=one.zone,
        route=one.route,
        started_at=from_millis(book.state.holders[actor.user_id]),
    )


def _claim(work: UnitOfWork, actor: Actor, book: Book, device_id: str) -> Assigned:
    assignment_id = book.assignment.assignment_id
    work.audit(Assignment.kind, assignment_id, "ASSIGNMENT_CLAIMED")
    note = own_note(Kind.CLAIMED, book.moment(work), device_id=device_id, text=actor.full_name)
    values = {"released_by": None}
    book.write(work, actor.user_id, [note], values, free=actor.user_id, label=assignment_id)
    return assigned(book, actor)


def _queue(org_id: str, role: str, collisions: int) -> list[Assignment]:
    """The first of the queue: what waits, and after that what can be joined."""
    query = Query(Assignment, queue_key(org_id, role), index=QueueIndex.Meta.index_name)
    found = query.raw(limit=min(MOST, _few(collisions) + collisions))
    return [Assignment.from_raw_data(item) for item in found["Items"]]


def _few(collisions: int) -> int:
    return FIRST_FEW << min(collisions, 4)


def _choose(queue: Sequence[Assignment], lost: frozenset[str], random_source: RandomSource) -> Assignment | None:
    """One of the first few of the best, none of those that others took a moment ago unless there is nothing else."""
    left = [one for one in queue if one.assignment_id not in lost] or list(queue)
    if not left:
        return None
    first = left[0]
    wider = 1 << max(0, len(lost) - _PATIENT)
    best = [
        one
        for place, one in enumerate(left)
        if _kind(one) == _kind(first) and (one.priority == first.priority or place < wider)
    ]
    return best[random_source.below(min(len(best), _few(len(lost))))]


def _kind(one: Assignment) -> str:
    return (one.queue_place or "")[:1]
