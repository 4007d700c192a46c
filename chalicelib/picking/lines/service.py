"""The use case of short lines."""

from chalicelib.core.actor import Actor
from chalicelib.core.decimals import to_decimal
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.transitions import require_transition, transition_conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.assignments.rules import ASSIGNMENT, AssignmentAction
from chalicelib.picking.ledger.entries import decode_lines, short_entry
from chalicelib.picking.ledger.matching import MAX_PLACES, ZERO, has_too_many_places
from chalicelib.picking.ledger.writer import AssignmentWriter
from chalicelib.picking.lines.queries import LineNow, LineTarget
from chalicelib.picking.lines.schemas import ShortRequest


def short_line(work: UnitOfWork, target: LineTarget, command: ShortRequest, actor: Actor, time_zone: str) -> LineNow:
    """Close a line of which less is picked than was ordered; a line that is short already stays as it is.

    Raise `NotFound` if the assignment has no such line, `ValidationFailed` if more was picked than ordered, and
    `Conflict` if the line is complete or the assignment is done.
    """
    assignment, pick_list, number = target
    writer = AssignmentWriter(assignment, decode_lines(pick_list.lines))
    line = writer.lines.by_number.get(int(number)) if number.isascii() and number.isdecimal() else None
    if line is None:
        raise NotFound("Line not found.")
    if line.number in writer.state.shorts:
        return LineNow(line, writer.state)
    require_transition(ASSIGNMENT, assignment.status, AssignmentAction.SHORT)
    if writer.state.picked.get(line.number, ZERO) >= line.quantity:
        raise transition_conflict(ASSIGNMENT, assignment.status, AssignmentAction.SHORT, missing=["an incomplete line"])
    quantity = None if command.quantity is None else to_decimal(command.quantity)
    if quantity is not None and has_too_many_places(quantity):
        raise ValidationFailed({"quantity": f"must have at most {MAX_PLACES} places"})
    if quantity is not None and quantity >= line.quantity:
        raise ValidationFailed({"quantity": "must be less than the quantity of the line"})
    who_and_why = {"name": actor.full_name, "reason": command.reason}
    entry = short_entry(writer.entry_time(work), line.number, quantity, **who_and_why, time_zone=time_zone)
    writer.append(work, actor.user_id, [entry])
    return LineNow(line, writer.state)
