"""Rejected events as supervisors read them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.clock import from_millis
from chalicelib.core.pagination import Page
from chalicelib.picking.ledger.tables import EventRecord
from chalicelib.picking.rejections.queries import parse_kept_event
from chalicelib.picking.rejections.rules import RejectedEventStatus
from chalicelib.picking.rejections.schemas import RejectedEventPage, RejectedEventView


def rejected_event_page_view(page: Page[EventRecord]) -> RejectedEventPage:
    """Return a page of rejected events."""
    return RejectedEventPage([rejected_event_view(record) for record in page.items], page.next_cursor)


def rejected_event_view(record: EventRecord) -> RejectedEventView:
    """Return a rejected event."""
    sent: Mapping[str, Any] = {} if record.event is None else json.loads(record.event)
    parsed = parse_kept_event(record)
    payload = sent.get("payload")
    of_payload = payload if isinstance(payload, dict) else {}
    return RejectedEventView(
        client_event_id=record.entity_id,
        status=RejectedEventStatus(record.status or ""),
        reason=record.reason or "",
        user_id=record.sent_by or "",
        user_name=record.sender_name or "",
        received_at=record.received_at or datetime.fromtimestamp(0, UTC),
        event_type=_text(sent.get("event_type")),
        assignment_id=_text(of_payload.get("assignment_id")),
        raw=_text(of_payload.get("raw")),
        device_id=_text(sent.get("device_id")),
        happened_at=None if parsed is None else from_millis(parsed.happened_at),
        acceptable=parsed is not None and parsed.assignment_id is not None,
        decided_at=record.decided_at,
        decided_by=record.decided_by,
        note=record.note,
    )


def _text(value: object) -> str | None:
    """Return a text of the event; None if it is none, since an event that was rejected may hold anything."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else None
