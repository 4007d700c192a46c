"""Parsing of events: any value is parsed, and an invalid one gets a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking.ledger.event_parsing import EVENT_KINDS, parse_event
from chalicelib.picking.ledger.schemas import EventStatus, ScanEvent

ID = "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10"
AT = "2026-03-01T09:00:00Z"
PAYLOAD = {"raw": "5901234123457", "assignment_id": "PA-1", "order_id": "PA-1", "at": AT}
VALID: dict[str, Any] = {
    "client_event_id": ID,
    "event_type": "scan_received",
    "payload": PAYLOAD,
    "created_at": AT,
    "device_id": "truck-7",
    "company_id": "demo",
    "user_id": "anna",
}

REASONS = {"company_mismatch", "user_mismatch", "unknown_event_type", "malformed_event"}
"""Reasons that name no field; NaN, for example, is not JSON."""

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from([*VALID, *(f"payload.{name}" for name in PAYLOAD), "payload.more", "more"])


def reason(event: object) -> str | None:
    """Return the reason of the rejection; assert that it can be sent."""
    parsed = parse_event(0, json.dumps(event).encode("utf-8", "surrogatepass"), "demo", "anna")
    assert isinstance(EventStatus(parsed.echo, "rejected", parsed.reason), EventStatus)
    assert (parsed.event_id is not None) or parsed.reason
    json.dumps([parsed.echo, parsed.reason]).encode()
    return parsed.reason


def test_event_of_the_contract_is_valid() -> None:
    assert reason(VALID) is None
    assert set(VALID) == {*ScanEvent.__struct_fields__, "event_type"}


@pytest.mark.parametrize(
    ("sent", "echoed"), [(ID, ID), ("x", "x"), (7, "7"), (1.5, "1.5"), (True, "true"), (None, None), ({}, None)]
)
def test_an_id_is_echoed_as_text_or_null(sent: object, echoed: str | None) -> None:
    event = json.dumps(VALID | {"client_event_id": sent}).encode()
    assert parse_event(0, event, "demo", "anna").echo == echoed


@given(anything)
def test_any_value_gives_a_reason(event: object) -> None:
    assert reason(event)


@settings(max_examples=200)
@given(fields, anything)
def test_any_field_value_gives_a_known_reason(name: str, value: object) -> None:
    outer, _, inner = name.partition(".")
    event = VALID | {outer: PAYLOAD | {inner: value} if inner else value}
    rejection = reason(event)
    assert rejection is None or ":" in rejection or rejection in REASONS


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_computed_values_are_rejected_in_every_payload(kind: str) -> None:
    assert reason(VALID | {"event_type": kind, "payload": {"rate": 12}}) == "unexpected_field:rate"


def test_null_in_a_field_of_other_payloads_counts_as_absent() -> None:
    undo = VALID | {"event_type": "undo_requested", "payload": {"assignment_id": "PA-1", "raw": None, "at": None}}
    assert reason(undo) is None
    assert reason(undo | {"payload": {"assignment_id": "PA-1", "rate": None}}) == "unexpected_field:rate"


@pytest.mark.parametrize("at", [AT, "2026-03-01T09:00:00.123+01:00", "2026-03-01T09:00:00", "2026-03-01 09:00:00Z"])
def test_times_are_accepted_in_common_iso_forms(at: str) -> None:
    assert reason(VALID | {"created_at": at}) is None


def test_company_is_checked_before_the_id_and_the_user_after() -> None:
    other = parse_event(3, json.dumps(VALID | {"company_id": "x", "user_id": "y"}).encode(), "demo", "anna")
    assert (other.index, other.reason, other.event_id) == (3, "company_mismatch", None)
    person = parse_event(3, json.dumps(VALID | {"user_id": "y"}).encode(), "demo", "anna")
    assert (person.reason, person.event_id) == ("user_mismatch", ID)
