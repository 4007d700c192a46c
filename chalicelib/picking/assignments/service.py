"""The use cases of assignments: claim, release, close.

Every picker sees the same queue, so if all claimed the first assignment, all but one would conflict. A claim therefore
takes a random one of the first few of the highest priority, and after a conflict leaves that one out and considers more
of them. Where each assignment has a priority of its own, that would admit one claim at a time, so after a few conflicts
the choice extends beyond one priority. When nothing waits, a shared assignment may be joined.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.picking.assignments.errors import NoAssignmentAvailable
from chalicelib.picking.assignments.queries import active_assignment_id, list_claimable
from chalicelib.picking.assignments.schemas import CloseRequest, NextAssignment
from chalicelib.picking.ledger.entries import decode_state, system_entry
from chalicelib.picking.ledger.state import EntryKind
from chalicelib.picking.ledger.writer import AssignmentWriter
from chalicelib.picking.permissions import CLAIM
from chalicelib.picking.tables import Assignment, Picker, assignment_key

FIRST_FEW = 8
MAX_QUEUE_READ = 100
"""The largest number of queue entries that a claim reads."""
_SAME_PRIORITY_CONFLICTS = 6
"""The number of conflicts after which other priorities than the highest are considered."""


class HeldAssignment(NamedTuple):
    """An assignment, and the time (milliseconds) since which the caller has held it."""

    assignment: Assignment
    held_since: int


def claim_assignment(
    work: UnitOfWork, command: NextAssignment, actor: Actor, picker: Picker | None, organisation: Organisation | None
) -> HeldAssignment:
    """Return the assignment that the caller holds, or claim the next one of the role's queue.

    Raise `AccessDenied` for another organisation or a role that the caller may not claim for, `NoAssignmentAvailable`
    if the queue is empty.
    """
    if command.company_id != actor.org_id:
        raise AccessDenied("company_id must be your own.")
    owners = (actor.user_id,) if command.role == actor.role else ()
    actor.require_reach(CLAIM, owners=owners, message=f"You cannot claim assignments as {command.role}.")
    held = _held_assignment(actor, picker)
    if held is not None:
        work.audit(Assignment.kind, held.assignment.assignment_id, "ASSIGNMENT_CLAIMED")
        return held
    limit = min(MAX_QUEUE_READ, _candidates(len(work.conflicts)) + len(work.conflicts))
    queue = list_claimable(actor.org_id, command.role, limit)
    if len(queue) == limit and all(assignment.released_by == actor.user_id for assignment in queue):
        queue = list_claimable(actor.org_id, command.role, MAX_QUEUE_READ)
    # Not one that the caller has just released, while others wait.
    waiting = [assignment for assignment in queue if assignment.released_by != actor.user_id] or queue
    assignment = _choose(waiting, work.conflicts, work.random_source)
    if assignment is None:
        raise NoAssignmentAvailable
    return _claim(work, assignment, actor, command.device_id, general_settings(organisation).timezone)


def release_assignment(work: UnitOfWork, assignment: Assignment, actor: Actor) -> Assignment:
    """Put an assignment back into the queue, with what was picked.

    A holder releases only their own hold; a supervisor who is not a holder releases those of all.
    """
    writer = AssignmentWriter(assignment)
    holders = writer.state.holders
    leaving = [actor.user_id] if actor.user_id in holders else list(holders)
    entry = system_entry(EntryKind.RELEASED, writer.entry_time(work), people=leaving)
    writer.append(work, actor.user_id, [entry], {"released_by": actor.user_id})
    return assignment


def close_assignment(work: UnitOfWork, assignment: Assignment, command: CloseRequest, actor: Actor) -> Assignment:
    """Close an assignment before it is complete."""
    writer = AssignmentWriter(assignment)
    entry = system_entry(EntryKind.CLOSED, writer.entry_time(work), text=command.reason)
    writer.append(work, actor.user_id, [entry], {"closed_by": actor.user_id, "close_reason": command.reason})
    return assignment


def holders_of(assignment: Assignment, _: Actor) -> tuple[str, ...]:
    """Return the user ids of an assignment's holders."""
    return tuple(decode_state(assignment.state).holders)


def holders_and_releaser_of(assignment: Assignment, actor: Actor) -> tuple[str | None, ...]:
    """Return the holders, and the user who released the assignment last and may repeat that."""
    return (*holders_of(assignment, actor), assignment.released_by)


def has_released(assignment: Assignment, actor: Actor) -> bool:
    """Return whether the caller was the last to release the assignment and has not claimed it again."""
    return assignment.released_by == actor.user_id and actor.user_id not in holders_of(assignment, actor)


def has_closed(assignment: Assignment, actor: Actor) -> bool:
    """Return whether the caller has closed the assignment."""
    return assignment.closed_by == actor.user_id


def _held_assignment(actor: Actor, picker: Picker | None) -> HeldAssignment | None:
    """Return the assignment that the caller works on, unless they no longer hold it."""
    assignment_id = active_assignment_id(picker)
    assignment = None if assignment_id is None else get(assignment_key(actor.org_id, assignment_id))
    if assignment is None:
        return None
    state = decode_state(assignment.state)
    if actor.user_id not in state.active_holders:
        return None
    return HeldAssignment(assignment, state.holders[actor.user_id])


def _claim(work: UnitOfWork, assignment: Assignment, actor: Actor, device_id: str, time_zone: str) -> HeldAssignment:
    writer, assignment_id = AssignmentWriter(assignment), assignment.assignment_id
    work.audit(Assignment.kind, assignment_id, "ASSIGNMENT_CLAIMED")
    at, name = writer.entry_time(work), actor.full_name
    entry = system_entry(EntryKind.CLAIMED, at, device_id=device_id, text=name, time_zone=time_zone)
    writer.append(work, actor.user_id, [entry], {"released_by": None}, claimed_by=actor.user_id, label=assignment_id)
    return HeldAssignment(assignment, writer.state.holders[actor.user_id])


def _candidates(conflicts: int) -> int:
    """Return the number of assignments among which a claim chooses."""
    return FIRST_FEW << min(conflicts, 4)


def _choose(queue: Sequence[Assignment], conflicts: frozenset[str], random_source: Random) -> Assignment | None:
    """Return a random one of the first few of the highest priority; one in `conflicts` only if there is no other."""
    others = [assignment for assignment in queue if assignment.assignment_id not in conflicts] or list(queue)
    if not others:
        return None
    first = others[0]
    any_priority = 1 << max(0, len(conflicts) - _SAME_PRIORITY_CONFLICTS)
    best = [
        assignment
        for number, assignment in enumerate(others)
        if _queue_kind(assignment) == _queue_kind(first)
        and (assignment.priority == first.priority or number < any_priority)
    ]
    return best[random_source.randrange(min(len(best), _candidates(len(conflicts))))]


def _queue_kind(assignment: Assignment) -> str:
    return (assignment.queue_place or "")[:1]
