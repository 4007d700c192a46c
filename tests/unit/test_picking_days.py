"""The days on which work counts: where they begin, and that they contain all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking.ledger.calendar import calendar_of
from chalicelib.picking.ledger.matching import PickLine, PickLines
from chalicelib.picking.ledger.rules import fold
from chalicelib.picking.ledger.state import EntryKind, PickEntry
from chalicelib.picking.ledger.working_time import Pause, WorkTimer
from tests.environment import examples

HOUR = 3_600_000
ZONES = ("UTC", "Europe/Amsterdam", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia")
LINES = PickLines([PickLine(1, "SKU-1", Decimal(1000), "A-01")])


def millis(text: str) -> int:
    """Return a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("zone", "hours"), [("UTC", 24), ("Europe/Amsterdam", 23)], ids=["a usual day", "the day on which summer begins"]
)
def test_a_day_has_the_hours_of_its_time_zone(zone: str, hours: int) -> None:
    calendar = calendar_of(zone)
    assert calendar.begin_of("2026-03-30") - calendar.begin_of("2026-03-29") == hours * HOUR


@given(st.integers(0, 4_000_000_000), st.sampled_from(ZONES))
@settings(max_examples=examples(200))
def test_every_moment_is_on_the_day_that_its_time_zone_shows(seconds: int, zone: str) -> None:
    shown = datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()
    calendar, at = calendar_of(zone), seconds * 1000
    assert calendar.day_of(at) == shown.isoformat()
    assert calendar.begin_of(shown.isoformat()) <= at < calendar.begin_of((shown + timedelta(days=1)).isoformat())


def test_a_pause_over_midnight_is_work_on_neither_day() -> None:
    calendar = calendar_of("UTC")
    timer = WorkTimer().start(millis("2026-03-01T20:00")).begin(Pause.BREAK, millis("2026-03-01T22:00"))
    resumed = timer.begin_days(calendar, millis("2026-03-02T02:00")).resume(millis("2026-03-02T02:00"))
    assert resumed.worked_on_days(millis("2026-03-02T03:00")) == {"2026-03-01": 2 * HOUR, "2026-03-02": HOUR}


_kinds = st.sampled_from([EntryKind.SCAN, EntryKind.WRAP, EntryKind.BREAK, EntryKind.DELAY, EntryKind.UNDO])
_steps = st.lists(st.tuples(_kinds, st.integers(1, 40 * HOUR), st.sampled_from(["anna", "bo"])), max_size=25)


@given(_steps, st.sampled_from(ZONES))
@settings(max_examples=examples(100))
def test_the_days_of_a_picker_contain_all_of_their_work(steps: list[tuple[EntryKind, int, str]], zone: str) -> None:
    at, entries = millis("2026-03-01T09:00"), list[PickEntry]()
    for who in ("anna", "bo"):
        entries.append(PickEntry(len(entries) + 1, at, EntryKind.CLAIMED, who, text=who, time_zone=zone))
    for kind, pause, who in steps:
        at += pause
        codes = ("SKU-1",) if kind is EntryKind.SCAN else ()
        entries.append(PickEntry(len(entries) + 1, at, kind, who, codes=codes))
    for who in ("anna", "bo"):
        entries.append(PickEntry(len(entries) + 1, at, EntryKind.RELEASED, who, people=(who,)))
    state = fold(LINES, entries)
    for who, person in state.people.items():
        assert sum(person.timer.worked_on_days(at).values()) == person.timer.worked_by(at)
        assert sum(count.units for count in state.days.get(who, {}).values()) == person.units
        assert all(worked >= 0 for worked in person.timer.worked_on_days(at).values())
