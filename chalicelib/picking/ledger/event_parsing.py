"""Parses the events of a batch, each by itself, and gives the reason if one has to be rejected.

An invalid event is rejected with its reason and does not affect the others. Unknown fields of an event are ignored,
since clients send what their queues store. Unknown fields of a payload are rejected, since a client must not send
values that the server computes.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from chalicelib.core.clock import to_millis
from chalicelib.core.errors import BatonError
from chalicelib.edge.validation import parse_json
from chalicelib.edge.value_checks import value_error
from chalicelib.picking.ledger.schemas import MAX_EVENTS, EventBatch
from chalicelib.picking.ledger.state import EntryKind

MALFORMED = "malformed_event"
UNKNOWN_TYPE = "unknown_event_type"
COMPANY_MISMATCH = "company_mismatch"
USER_MISMATCH = "user_mismatch"
NOT_YOURS = "not_your_assignment"
NO_ASSIGNMENT = "no_assignment"
RETRY = "retry"
MISSING, INVALID, UNEXPECTED = "missing_field", "invalid_field", "unexpected_field"

EVENT_KINDS: Mapping[str, EntryKind] = {
    "scan_received": EntryKind.SCAN,
    "log_wrap_requested": EntryKind.WRAP,
    "log_delay_requested": EntryKind.DELAY,
    "log_delay": EntryKind.DELAY,
    "break_toggle_requested": EntryKind.BREAK,
    "shared_pick_requested": EntryKind.SHARE,
    "shared_pick": EntryKind.SHARE,
    "undo_requested": EntryKind.UNDO,
    "assignment_received": EntryKind.RECEIVED,
    "assignment_resumed": EntryKind.RESUMED,
    "tracker_opened": EntryKind.OPENED,
}
"""The kind of ledger entry of each event type."""

_REQUIRED: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.SCAN: ("raw", "assignment_id", "order_id", "at"),
    EntryKind.WRAP: ("assignment_id", "order_id"),
    EntryKind.RECEIVED: (),
    EntryKind.RESUMED: (),
    EntryKind.OPENED: (),
}
_REQUIRED_BY_DEFAULT = ("assignment_id",)
_OPTIONAL = ("assignment_id", "order_id")
"""The payload fields of types that require none; null means the assignment in hand."""
_PAYLOAD_FIELDS = frozenset({"raw", "assignment_id", "order_id", "at"})
"""Fields of any payload. Generated clients may send those of other types as null, which counts as absent."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_MAX_LENGTHS = {"raw": 500}
_DEFAULT_MAX_LENGTH = 128
_MAX_ECHOED_NAME = 64
_MAX_ECHOED_ID = 200


class EventRejected(Exception):
    """The reason for which an event is rejected."""


class ParsedEvent(msgspec.Struct):
    """An event of a batch. `echo` is the text of its id as sent, `event_id` the canonical form of a valid id.

    If `reason` is set, the event is invalid and the remaining fields may be unset. Times are milliseconds.
    """

    index: int
    echo: str | None = None
    event_id: str | None = None
    reason: str | None = None
    event_type: str = ""
    kind: EntryKind = EntryKind.OPENED
    created_at: int = 0
    device_id: str | None = None
    assignment_id: str | None = None
    order_id: str | None = None
    in_hand: bool = False
    """Whether the event means the assignment that its sender had in hand: the payload names null."""
    raw: str = ""
    scanned_at: int | None = None

    @property
    def happened_at(self) -> int:
        """Return when the event happened by the device's clock."""
        return self.created_at if self.scanned_at is None else self.scanned_at


def needs_assignment(kind: EntryKind) -> bool:
    """Return whether an event of this kind concerns an assignment; the others are only messages."""
    return bool(_REQUIRED.get(kind, _REQUIRED_BY_DEFAULT))


def recover_batch(body: bytes) -> EventBatch | None:
    """Return the batch in a body that is not valid JSON only because of unpaired surrogates, else None.

    Browsers write an unpaired surrogate as an escape, for which the parser refuses the whole body. Here only the event
    that contains it is rejected.
    """
    batch = _parse_leniently(body)
    events = batch.get("events") if isinstance(batch, dict) else None
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        return None
    return EventBatch([msgspec.Raw(json.dumps(event).encode()) for event in events])


def parse_event(index: int, raw: bytes, org_id: str, user_id: str) -> ParsedEvent:
    """Return one event of a batch, with the reason if it is invalid. Raises nothing."""
    parsed = ParsedEvent(index)
    try:
        event = parse_json(raw)
    except BatonError:
        event = _parse_leniently(raw)
    if not isinstance(event, dict):
        parsed.reason = MALFORMED
        return parsed
    parsed.echo = _echo(event.get("client_event_id"))
    try:
        _parse_id(parsed, event, org_id)
        _parse_fields(parsed, event, user_id)
    except EventRejected as rejected:
        parsed.reason = str(rejected)
    return parsed


def _parse_leniently(raw: bytes) -> object:
    """Return the value of a JSON text that may contain unpaired surrogates; None if it is not JSON otherwise."""
    try:
        return json.loads(raw.decode(), parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return None


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _parse_id(parsed: ParsedEvent, event: Mapping[str, object], org_id: str) -> None:
    """Set the event's id. An event of another organisation gets none, since ids are unique within one."""
    if event.get("client_event_id") is None:
        raise EventRejected(f"{MISSING}:client_event_id")
    if not isinstance(parsed.echo, str) or not _UUID4.fullmatch(parsed.echo):
        raise EventRejected(f"{INVALID}:client_event_id")
    if event.get("company_id") not in (None, "", org_id):
        raise EventRejected(COMPANY_MISMATCH)
    parsed.event_id = parsed.echo.lower()


def _parse_fields(parsed: ParsedEvent, event: Mapping[str, object], user_id: str) -> None:
    if event.get("user_id") not in (None, "", user_id):
        raise EventRejected(USER_MISMATCH)
    parsed.event_type = _text(event, "event_type")
    kind = EVENT_KINDS.get(parsed.event_type)
    if kind is None:
        raise EventRejected(UNKNOWN_TYPE)
    parsed.kind = kind
    payload = event.get("payload")
    if payload is None:
        raise EventRejected(f"{MISSING}:payload")
    if not isinstance(payload, dict):
        raise EventRejected(f"{INVALID}:payload")
    parsed.created_at = _millis(event, "created_at")
    if event.get("device_id") not in (None, ""):
        parsed.device_id = _text(event, "device_id")
    _parse_payload(parsed, payload)


def _parse_payload(parsed: ParsedEvent, payload: Mapping[str, object]) -> None:
    required = _REQUIRED.get(parsed.kind, _REQUIRED_BY_DEFAULT)
    allowed = required or _OPTIONAL
    for name, value in payload.items():
        if name not in allowed and not (value is None and name in _PAYLOAD_FIELDS):
            raise EventRejected(f"{UNEXPECTED}:{_printable(name)}")
    for name in allowed:
        if name == "at":
            parsed.scanned_at = _millis(payload, name)
        elif name in _OPTIONAL and name in payload and payload[name] is None:
            parsed.in_hand = parsed.in_hand or name == "assignment_id"
        elif required or payload.get(name) is not None:
            setattr(parsed, name, _text(payload, name))


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if value is None:
        raise EventRejected(f"{MISSING}:{name}")
    limit = _MAX_LENGTHS.get(name, _DEFAULT_MAX_LENGTH)
    if not isinstance(value, str) or not value.strip() or len(value) > limit or value_error(value):
        raise EventRejected(f"{INVALID}:{name}")
    return value


def _millis(values: Mapping[str, object], name: str) -> int:
    """Return an ISO 8601 time in milliseconds; without an offset it is UTC."""
    text = _text(values, name)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise EventRejected(f"{INVALID}:{name}") from None
    if value_error(time):
        raise EventRejected(f"{INVALID}:{name}")
    return to_millis(time if time.tzinfo else time.replace(tzinfo=UTC))


def _printable(name: str) -> str:
    """Return a client's field name in a form that is safe in a response."""
    return "".join(char if char.isprintable() else "?" for char in name[:_MAX_ECHOED_NAME])


def _echo(value: object) -> str | None:
    """Return the text of an id that can be sent back; a number or boolean as its JSON text."""
    if value_error(value):
        return None
    text = json.dumps(value) if isinstance(value, (int, float)) else value
    return text if isinstance(text, str) and len(text) <= _MAX_ECHOED_ID else None
