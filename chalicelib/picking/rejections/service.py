"""The use cases of rejected events: a supervisor accepts or dismisses one."""

from chalicelib.core.actor import Actor
from chalicelib.core.clock import to_millis
from chalicelib.core.store import get_many
from chalicelib.core.transitions import transition_conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.entries import decode_lines, event_entry
from chalicelib.picking.ledger.matching import read_code
from chalicelib.picking.ledger.rejections import close_record
from chalicelib.picking.ledger.state import EntryKind
from chalicelib.picking.ledger.tables import DISMISSED, EventRecord, rejected_events_key
from chalicelib.picking.ledger.writer import AssignmentWriter
from chalicelib.picking.rejections.queries import parse_kept_event
from chalicelib.picking.rejections.rules import REJECTED_EVENT, RejectedEventAction, RejectedEventStatus
from chalicelib.picking.rejections.schemas import Acceptance, Dismissal
from chalicelib.picking.tables import assignment_key, lines_key


def accept_event(
    work: UnitOfWork, record: EventRecord, command: Acceptance, actor: Actor, time_zone: str
) -> EventRecord:
    """Ingest a rejected event for the user who sent it, at the moment at which it happened.

    Raise the conflict of a step that is not possible if the event is not well-formed or its assignment does not exist.
    """
    event, sender = parse_kept_event(record), record.sent_by or ""
    if event is None or event.assignment_id is None:
        raise _not_acceptable(record)
    key, its_lines = assignment_key(actor.org_id, event.assignment_id), lines_key(actor.org_id, event.assignment_id)
    items = get_many([key, its_lines], work.clock)
    assignment, lines = items.get(key), items.get(its_lines)
    if assignment is None or lines is None:
        raise _not_acceptable(record)
    writer = AssignmentWriter(assignment, decode_lines(lines.lines))
    at = min(event.happened_at, to_millis(record.received_at or work.now))
    reading = read_code(event.raw, writer.lines) if event.kind is EntryKind.SCAN else None
    entry = event_entry(event, reading, at, record.sender_name or "", time_zone)
    decision = {"decided_by": actor.user_id, "note": command.note or None}
    close_record(work, record, assignment.pk, assignment.seq + 1, **decision)
    writer.append(work, sender, [entry])
    return record


def dismiss_event(work: UnitOfWork, record: EventRecord, command: Dismissal, actor: Actor) -> EventRecord:
    """Record that a rejected event does not count; the client's next try is answered as a duplicate."""
    decision = {"decided_by": actor.user_id, "decided_at": work.now, "note": command.note}
    listed = {"status": DISMISSED, "desk_key": rejected_events_key(actor.org_id, DISMISSED)}
    work.update(record, {**listed, **decision})
    return record


def _not_acceptable(record: EventRecord) -> Exception:
    """Return the conflict of an event that can only be dismissed."""
    state, action = RejectedEventStatus(record.status or ""), RejectedEventAction.ACCEPT
    missing = ["a well-formed event of an assignment that exists"]
    details = {"reason": record.reason, "allowed": [RejectedEventAction.DISMISS.value]}
    return transition_conflict(REJECTED_EVENT, state, action, missing=missing, details=details)
