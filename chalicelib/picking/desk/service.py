"""The use cases of supervisors: who picks an assignment, and when."""

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.roles.tables import role_key
from chalicelib.picking import permissions
from chalicelib.picking.desk.errors import PickerBusy
from chalicelib.picking.desk.schemas import AssignmentChange, AssignmentToUser
from chalicelib.picking.ledger.entries import system_entry
from chalicelib.picking.ledger.state import EntryKind
from chalicelib.picking.ledger.writer import AssignmentWriter, queue_attributes
from chalicelib.picking.tables import Assignment, picker_key


def assign_assignment(
    work: UnitOfWork, assignment: Assignment, command: AssignmentToUser, actor: Actor, time_zone: str
) -> Assignment:
    """Give an assignment to a user and take it from all others who hold it.

    A user who is the only holder keeps it without a change. Raise `ValidationFailed` if the user may not pick,
    `PickerBusy` if they hold another assignment.
    """
    writer, user_id = AssignmentWriter(assignment), command.user_id
    leaving = [holder for holder in writer.state.holders if holder != user_id]
    is_holder = user_id in writer.state.holders
    if is_holder and not leaving:
        return assignment
    at = writer.entry_time(work)
    entries = [system_entry(EntryKind.RELEASED, at, people=leaving)] if leaving else []
    values: dict[str, object] = {"released_by": None}
    if is_holder:
        writer.append(work, actor.user_id, entries, values)
        return assignment
    user = _require_picker(work, actor.org_id, user_id, assignment.assignment_id)
    claim = system_entry(EntryKind.CLAIMED, at, people=[user_id], text=user.full_name, time_zone=time_zone)
    writer.append(work, actor.user_id, [*entries, claim], values, claimed_by=user_id)
    return assignment


def update_assignment(work: UnitOfWork, assignment: Assignment, command: AssignmentChange) -> Assignment:
    """Change the priority of an assignment, and with it its place in the queue."""
    if assignment.priority != command.priority:
        work.update(assignment, {"priority": command.priority, "updated_at": work.now})
        if assignment.queue_place is not None:
            work.update(assignment, queue_attributes(assignment, assignment.queue_place[0]))
    return assignment


def _require_picker(work: UnitOfWork, org_id: str, user_id: str, assignment_id: str) -> User:
    """Return the user if they may pick and hold nothing else."""
    refused = ValidationFailed({"user_id": "must be an active user whose role sends events of scanners"})
    of_user, of_picker = user_key(org_id, user_id), picker_key(org_id, user_id)
    items = get_many([of_user, of_picker], work.clock)
    user, picker = items.get(of_user), items.get(of_picker)
    role = None if user is None else get(role_key(org_id, user.role))
    if user is None or user.status != ACTIVE or role is None or permissions.SEND_EVENTS not in role.permissions:
        raise refused
    others = sorted(set(picker.held or ()) - {assignment_id}) if picker is not None else []
    if others:
        raise PickerBusy(details={"user_id": user_id, "assignment_id": others[0]})
    work.check_condition(of_user, (User.status == ACTIVE) & (User.role == user.role), refused)
    return user
