"""Lists of rejected events, and what their stored form says."""

import json
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import ShardedList
from chalicelib.picking import permissions
from chalicelib.picking.ledger.event_parsing import ParsedEvent, parse_event
from chalicelib.picking.ledger.tables import EventRecord, rejected_events_key
from chalicelib.picking.rejections.rules import RejectedEventStatus
from chalicelib.picking.rejections.schemas import RejectedEventQuery


def list_rejected_events(actor: Actor, query: RejectedEventQuery) -> Page[EventRecord]:
    """Return rejected events, the last rejected first. Raise `AccessDenied` unless the caller may see all of them."""
    actor.require_reach(permissions.REVIEW_EVENTS)
    statuses = list(RejectedEventStatus) if query.status is None else [query.status]
    partitions = [rejected_events_key(actor.org_id, status) for status in statuses]
    index = EventRecord.desk.Meta.index_name
    events = ShardedList(EventRecord, partitions, index, "desk_place", newest_first=True)
    return events.page(query.limit, query.cursor)


def parse_kept_event(record: EventRecord) -> ParsedEvent | None:
    """Return a rejected event as its sender's; None if it is not well-formed."""
    fields: dict[str, Any] = {} if record.event is None else json.loads(record.event)
    fields.pop("user_id", None)
    event = parse_event(0, json.dumps(fields).encode(), record.org_id or "", record.sent_by or "")
    return event if event.reason is None else None
