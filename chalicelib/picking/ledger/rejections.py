"""The records of rejected events, which supervisors decide about.

The newest try of an event is kept until it is ingested or dismissed. A client sends its rejected events again with
every batch, so a try like the stored one is written again only after a while.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.event_parsing import RETRY, ParsedEvent
from chalicelib.picking.ledger.tables import (
    ACCEPTED,
    OPEN,
    EventRecord,
    event_record_key,
    rejected_event_place,
    rejected_events_key,
)

MAX_KEPT_AT_ONCE = 90
_SAME_TRY = timedelta(minutes=10)
_EVENT_FIELDS = ("client_event_id", "event_type", "payload", "created_at", "device_id", "company_id", "user_id")
_MAX_EVENT_BYTES = 8_000


class RejectedTry(NamedTuple):
    """An event as it was sent, and the reason of its rejection."""

    event: ParsedEvent
    raw: bytes
    reason: str


def is_kept(event: ParsedEvent, reason: str) -> bool:
    """Return whether the rejection of an event is kept: one that has an id, and that sending again does not mend."""
    return event.event_id is not None and reason != RETRY


def keep_rejected(work: UnitOfWork, actor: Actor, tries: Sequence[RejectedTry]) -> None:
    """Stage the records of rejected events, except those that were settled meanwhile."""
    newest = {rejected.event.event_id or "": rejected for rejected in tries}
    keys = {event_id: event_record_key(actor.org_id, event_id) for event_id in newest}
    records = get_many(keys.values(), work.clock)
    for event_id, rejected in newest.items():
        record, values = records.get(keys[event_id]), _values(work, actor, rejected)
        if record is None:
            place = rejected_event_place(work.now, event_id)
            new = keys[event_id].new(org_id=actor.org_id, desk_place=place, **values)
            work.create(new, Unavailable(), audited=False)
        elif not record.is_settled and not _is_same_try(record, values, work.now):
            work.update(record, values, on_conflict=Unavailable())


def close_record(work: UnitOfWork, record: EventRecord, ledger: str, seq: int, **values: object) -> None:
    """Stage that a rejected event was ingested; `values` are those of a supervisor's decision."""
    listed = {"status": ACCEPTED, "desk_key": rejected_events_key(record.org_id or "", ACCEPTED)}
    changed = {"ledger": ledger, "seq": seq, "decided_at": work.now, **listed, **values}
    work.update(record, changed, on_conflict=Unavailable())


def _values(work: UnitOfWork, actor: Actor, rejected: RejectedTry) -> dict[str, object]:
    return {
        "status": OPEN,
        "reason": rejected.reason,
        "event": _event_text(rejected.raw),
        "sent_by": actor.user_id,
        "sender_name": actor.full_name,
        "received_at": work.now,
        "desk_key": rejected_events_key(actor.org_id, OPEN),
    }


def _event_text(raw: bytes) -> str | None:
    """Return the known fields of an event as JSON; None if they are too long, as those of a valid event never are."""
    event = json.loads(raw)
    text = json.dumps({name: event[name] for name in _EVENT_FIELDS if name in event})
    return text if len(text) <= _MAX_EVENT_BYTES else None


def _is_same_try(record: EventRecord, values: Mapping[str, object], now: datetime) -> bool:
    same = all(getattr(record, name) == values[name] for name in ("reason", "event", "sent_by"))
    return same and record.received_at is not None and now - record.received_at < _SAME_TRY
