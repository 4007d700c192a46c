"""Events as clients send them, and what is wrong with those that cannot be taken.

Each event is read by itself, so a bad one is rejected with its reason and fails no other. What a client's own queue
keeps beside the contract's fields is passed over; inside a payload nothing is, since a client must not send what it
worked out itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from chalicelib.core.clock import to_millis
from chalicelib.core.errors import BatonError
from chalicelib.edge.validation import parse_json
from chalicelib.edge.value_checks import value_error as flaw_in
from chalicelib.picking.schemas import MAX_EVENTS
from chalicelib.picking.state import Kind

MALFORMED = "malformed_event"
UNKNOWN_TYPE = "unknown_event_type"
COMPANY_MISMATCH = "company_mismatch"
USER_MISMATCH = "user_mismatch"
NOT_YOURS = "not_your_assignment"
RETRY = "retry"
MISSING, INVALID, UNEXPECTED = "missing_field", "invalid_field", "unexpected_field"

KINDS: Mapping[str, Kind] = {
    "scan_received": Kind.SCAN,
    "log_wrap_requested": Kind.WRAP,
    "log_delay_requested": Kind.DELAY,
    "log_delay": Kind.DELAY,
    "break_toggle_requested": Kind.BREAK,
    "shared_pick_requested": Kind.SHARE,
    "shared_pick": Kind.SHARE,
    "undo_requested": Kind.UNDO,
    "assignment_received": Kind.RECEIVED,
    "assignment_resumed": Kind.RESUMED,
    "tracker_opened": Kind.OPENED,
}
"""What each type of event means."""

_REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.SCAN: ("raw", "assignment_id", "order_id", "at"),
    Kind.WRAP: ("assignment_id", "order_id"),
    Kind.RECEIVED: (),
    Kind.RESUMED: (),
    Kind.OPENED: (),
}
_REQUIRED_ELSE = ("assignment_id",)
_OPTIONAL = ("assignment_id", "order_id")
"""What the types that require nothing may have."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST = {"raw": 500}
_LONGEST_OTHERWISE = 128
_LONGEST_NAME = 64
_LONGEST_ECHO = 200


Echo = str | int | float | bool | None
"""An id as it was sent; None if it was nothing that could be sent back."""


class Refused(Exception):
    """An event that is not taken, and why."""


class Sent(msgspec.Struct):
    """An event as it came: `echo` is its id as it was sent, `event_id` the same in one form if it is a good one.

    `reason` says why it cannot be taken, as far as the event itself tells; then the rest may be missing. Times are
    milliseconds.
    """

    index: int
    echo: Echo = None
    event_id: str | None = None
    reason: str | None = None
    event_type: str = ""
    kind: Kind = Kind.OPENED
    created_at: int = 0
    device_id: str | None = None
    assignment_id: str | None = None
    order_id: str | None = None
    raw: str = ""
    scanned_at: int | None = None


def salvaged(body: bytes) -> list[bytes] | None:
    """The events of a batch that is no JSON for us because of half a surrogate pair somewhere; else None.

    Browsers write such a half as an escape, and our parser refuses the whole body for it. The event in which it stands
    is judged like any other then, and fails no other.
    """
    batch = _leniently(body)
    events = batch.get("events") if isinstance(batch, dict) else None
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        return None
    return [json.dumps(event).encode() for event in events]


def read_event(index: int, raw: bytes, org_id: str, user_id: str) -> Sent:
    """One event of a batch, and what is wrong with it. Never raises."""
    sent = Sent(index)
    try:
        event = parse_json(raw)
    except BatonError:
        event = _leniently(raw)
    if not isinstance(event, dict):
        sent.reason = MALFORMED
        return sent
    sent.echo = _echo(event.get("client_event_id"))
    try:
        _identify(sent, event, org_id)
        _read(sent, event, user_id)
    except Refused as refused:
        sent.reason = str(refused)
    return sent


def _leniently(raw: bytes) -> object:
    """JSON in which a text may have half a surrogate pair; None if it is none all the same."""
    try:
        return json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _identify(sent: Sent, event: Mapping[str, object], org_id: str) -> None:
    """Its id. One of another company has none with us: ids are kept by company."""
    if event.get("client_event_id") is None:
        raise Refused(f"{MISSING}:client_event_id")
    if not isinstance(sent.echo, str) or not _UUID4.fullmatch(sent.echo):
        raise Refused(f"{INVALID}:client_event_id")
    if event.get("company_id") not in (None, "", org_id):
        raise Refused(COMPANY_MISMATCH)
    sent.event_id = sent.echo.lower()


def _read(sent: Sent, event: Mapping[str, object], user_id: str) -> None:
    if event.get("user_id") not in (None, "", user_id):
        raise Refused(USER_MISMATCH)
    sent.event_type = _text(event, "event_type")
    kind = KINDS.get(sent.event_type)
    if kind is None:
        raise Refused(UNKNOWN_TYPE)
    sent.kind = kind
    payload = event.get("payload")
    if payload is None:
        raise Refused(f"{MISSING}:payload")
    if not isinstance(payload, dict):
        raise Refused(f"{INVALID}:payload")
    sent.created_at = _moment(event, "created_at")
    if event.get("device_id") not in (None, ""):
        sent.device_id = _text(event, "device_id")
    _read_payload(sent, payload)


def _read_payload(sent: Sent, payload: Mapping[str, object]) -> None:
    required = _REQUIRED.get(sent.kind, _REQUIRED_ELSE)
    known = required or _OPTIONAL
    for name in payload:
        if name not in known:
            raise Refused(f"{UNEXPECTED}:{_shown(name)}")
    for name in known:
        if name == "at":
            sent.scanned_at = _moment(payload, name)
        elif required or payload.get(name) is not None:
            setattr(sent, name, _text(payload, name))


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if value is None:
        raise Refused(f"{MISSING}:{name}")
    longest = _LONGEST.get(name, _LONGEST_OTHERWISE)
    if not isinstance(value, str) or not value.strip() or len(value) > longest or flaw_in(value):
        raise Refused(f"{INVALID}:{name}")
    return value


def _moment(values: Mapping[str, object], name: str) -> int:
    """A time in ISO 8601 as milliseconds; one without an offset is taken as UTC."""
    text = _text(values, name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{INVALID}:{name}") from None
    if flaw_in(moment):
        raise Refused(f"{INVALID}:{name}")
    return to_millis(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _shown(name: str) -> str:
    """A name that somebody made up, in an answer."""
    return "".join(one if one.isprintable() else "?" for one in name[:_LONGEST_NAME])


def _echo(value: object) -> Echo:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_ECHO and not flaw_in(value) else None
    if isinstance(value, (int, float)):
        return None if flaw_in(value) else value
    return None
