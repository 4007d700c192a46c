"""Events as they come: whatever a client sends is read, and a bad one says why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking.intake import KINDS, read_event
from chalicelib.picking.schemas import ClientEvent, EventStatus

ID = "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10"
AT = "2026-03-01T09:00:00Z"
PAYLOAD = {"raw": "5901234123457", "assignment_id": "PA-1", "order_id": "PA-1", "at": AT}
GOOD: dict[str, Any] = {
    "client_event_id": ID,
    "event_type": "scan_received",
    "payload": PAYLOAD,
    "created_at": AT,
    "device_id": "truck-7",
    "company_id": "demo",
    "user_id": "anna",
}

REASONS = {"company_mismatch", "user_mismatch", "unknown_event_type", "malformed_event"}
"""What is wrong with an event and no single field of it; NaN, for one, is no JSON."""

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from([*GOOD, *(f"payload.{name}" for name in PAYLOAD), "payload.more", "more"])


def reason(event: object) -> str | None:
    """Why it is not taken; that the answer can be sent is asserted."""
    sent = read_event(0, json.dumps(event).encode("utf-8", "surrogatepass"), "demo", "anna")
    assert isinstance(EventStatus(sent.echo, "rejected", sent.reason), EventStatus)
    assert (sent.event_id is not None) or sent.reason
    json.dumps([sent.echo, sent.reason]).encode()
    return sent.reason


def test_an_event_of_the_contract_is_in_form() -> None:
    assert reason(GOOD) is None
    assert set(GOOD) == set(ClientEvent.__struct_fields__)


@given(anything)
def test_whatever_is_sent_is_answered(event: object) -> None:
    assert reason(event)


@settings(max_examples=200)
@given(fields, anything)
def test_whatever_a_field_holds_is_answered(name: str, value: object) -> None:
    outer, _, inner = name.partition(".")
    event = GOOD | {outer: PAYLOAD | {inner: value} if inner else value}
    told = reason(event)
    assert told is None or ":" in told or told in REASONS


@pytest.mark.parametrize("kind", KINDS)
def test_computed_values_are_refused_in_every_payload(kind: str) -> None:
    assert reason(GOOD | {"event_type": kind, "payload": {"rate": 12}}) == "unexpected_field:rate"


@pytest.mark.parametrize("at", [AT, "2026-03-01T09:00:00.123+01:00", "2026-03-01T09:00:00", "2026-03-01 09:00:00Z"])
def test_times_are_taken_in_every_usual_form(at: str) -> None:
    assert reason(GOOD | {"created_at": at}) is None


def test_the_company_is_checked_before_the_id_is_known_and_the_person_after() -> None:
    other = read_event(3, json.dumps(GOOD | {"company_id": "x", "user_id": "y"}).encode(), "demo", "anna")
    assert (other.index, other.reason, other.event_id) == (3, "company_mismatch", None)
    person = read_event(3, json.dumps(GOOD | {"user_id": "y"}).encode(), "demo", "anna")
    assert (person.reason, person.event_id) == ("user_mismatch", ID)
