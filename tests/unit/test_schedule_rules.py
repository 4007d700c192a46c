"""Recurrence rules: which are refused, and which occurrences the others have."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.time_zones import time_zone
from chalicelib.maintenance.schedules.recurrence import Recurrence, occurrences, occurrences_after
from chalicelib.maintenance.schedules.rules import moment_of, occurrence_order_id, rule_error
from tests.builders.recurrence import Parts, dates_of, rules, text_of
from tests.environment import examples

AMSTERDAM = "Europe/Amsterdam"
SIX = time(6)


def recurrence(rule: str, starts_on: str = "2026-01-01", at: time = SIX, timezone: str = AMSTERDAM) -> Recurrence:
    return Recurrence(rule, date.fromisoformat(starts_on), at, timezone)


def dates(rule: str, starts_on: str = "2026-01-01", count: int = 4) -> list[str]:
    one = recurrence(rule, starts_on)
    return [occurrence.day.isoformat() for occurrence in islice(occurrences(one, one.starts_on), count)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "INTERVAL=2;FREQ=DAILY;COUNT=10",
        "FREQ=WEEKLY;BYDAY=MO,TH;WKST=SU;UNTIL=20271231",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR;UNTIL=20271231T225959Z",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1",
        "FREQ=YEARLY;BYDAY=20MO",
    ],
)
def test_rules_of_rfc_5545_are_accepted(rule: str) -> None:
    assert rule_error(rule) is None


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("daily", "must be parts such as FREQ=WEEKLY"),
        ("FREQ=DAILY;", "'' is none"),
        ("RRULE:FREQ=DAILY", "no part of a rule of RFC 5545"),
        ("FREQ=DAILY\nEXDATE=20260101", "must have one of DAILY"),
        ("INTERVAL=2", "must have FREQ, one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("FREQ=FORTNIGHTLY", "must have one of DAILY, WEEKLY, MONTHLY, YEARLY as FREQ"),
        ("FREQ=HOURLY", "must be daily or coarser"),
        ("FREQ=SECONDLY;COUNT=5", "must be daily or coarser"),
        ("FREQ=DAILY;BYHOUR=6,18", "must be daily or coarser"),
        ("FREQ=DAILY;FREQ=WEEKLY", "must have FREQ only once"),
        ("FREQ=DAILY;BYEASTER=1", "must not have BYEASTER"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "must not have both COUNT and UNTIL"),
        ("FREQ=DAILY;COUNT=0", "a number from 1 to 10000 as COUNT"),
        ("FREQ=DAILY;INTERVAL=-1", "a number from 1 to 1000 as INTERVAL"),
        ("FREQ=DAILY;INTERVAL=\u0662", "as INTERVAL"),
        ("FREQ=DAILY;UNTIL=20270230", "a date such as 20271231"),
        ("FREQ=DAILY;UNTIL=20270101T000000", "a time in UTC"),
        ("FREQ=DAILY;UNTIL=2027011", "as UNTIL"),
        ("FREQ=WEEKLY;BYDAY=MON", "days such as MO or 1MO"),
        ("FREQ=MONTHLY;BYDAY=0MO", "days such as MO or 1MO"),
        ("FREQ=MONTHLY;BYDAY=\u0661MO", "days such as MO or 1MO"),
        ("FREQ=WEEKLY;BYDAY=1MO", "numbers in BYDAY only with FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "numbers in BYDAY only with FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "numbers from 1 to 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "numbers from 1 to 31"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "must not have BYMONTHDAY with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "must not have BYYEARDAY with FREQ=MONTHLY"),
        ("FREQ=DAILY;BYWEEKNO=1", "must not have BYWEEKNO with FREQ=DAILY"),
        ("FREQ=YEARLY;BYMONTH=13", "numbers from 1 to 12"),
        ("FREQ=YEARLY;BYMONTH=-1", "numbers from 1 to 12"),
        ("FREQ=DAILY;BYSETPOS=1", "must have BYSETPOS only beside another BY part"),
        ("FREQ=WEEKLY;WKST=1", "a day such as MO as WKST"),
    ],
)
def test_other_rules_are_refused_with_the_reason(rule: str, reason: str) -> None:
    assert reason in str(rule_error(rule))


@settings(max_examples=examples(200), deadline=None)
@given(rules(), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_occurrences_are_those_of_the_model(parts: Parts, start: date) -> None:
    rule, end = text_of(parts), start + timedelta(days=366 * 4)
    assert rule_error(rule) is None
    found = occurrences(Recurrence(rule, start, SIX, "UTC"), start)
    assert [one.day for one in islice(found, 40) if one.day <= end] == dates_of(parts, start, end)[:40]


@settings(max_examples=examples(100), deadline=None)
@given(rules(), st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(-400, 1200))
def test_a_search_may_begin_anywhere(parts: Parts, start: date, later: int) -> None:
    since, end = start + timedelta(days=later), start + timedelta(days=366 * 4)
    found = occurrences(Recurrence(text_of(parts), start, SIX, "UTC"), since)
    expected = [day for day in dates_of(parts, start, end) if day >= since]
    assert [one.day for one in islice(found, 20) if one.day <= end] == expected[:20]


@pytest.mark.parametrize(
    ("rule", "starts_on", "expected"),
    [
        ("FREQ=YEARLY", "2028-02-29", ["2028-02-29", "2032-02-29", "2036-02-29", "2040-02-29"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2027-01-01", ["2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28"]),
        ("FREQ=MONTHLY", "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
        ("FREQ=MONTHLY;BYDAY=1MO", "2026-01-01", ["2026-01-05", "2026-02-02", "2026-03-02", "2026-04-06"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-01-01", ["2026-01-30", "2026-02-27"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-01-01", ["2026-01-13", "2026-01-27", "2026-02-10", "2026-02-24"]),
        ("FREQ=DAILY;UNTIL=20260102", "2026-01-01", ["2026-01-01", "2026-01-02"]),
        ("FREQ=YEARLY;BYWEEKNO=20", "2026-01-01", ["2026-05-14", "2027-05-20", "2028-05-18", "2029-05-17"]),
    ],
)
def test_dates_of_usual_rules(rule: str, starts_on: str, expected: list[str]) -> None:
    assert dates(rule, starts_on) == expected


@pytest.mark.parametrize(
    "rule",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=FR", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2"],
)
def test_a_rule_may_have_no_occurrence(rule: str) -> None:
    assert dates(rule) == []


def test_a_rule_has_occurrences_for_centuries() -> None:
    one = recurrence("FREQ=WEEKLY;BYDAY=MO;WKST=TU")
    assert max(occurrence.day.year for occurrence in occurrences(one, date(2390, 1, 1))) == 2399


@pytest.mark.parametrize(("until", "last"), [("20260105T045959Z", "2026-01-04"), ("20260105T050000Z", "2026-01-05")])
def test_a_rule_ends_with_the_moment_that_it_names(until: str, last: str) -> None:
    assert dates(f"FREQ=DAILY;UNTIL={until}", count=99)[-1] == last


def moments(rule: str, starts_on: str, at: time, timezone: str = AMSTERDAM, count: int = 3) -> list[str]:
    one = recurrence(rule, starts_on, at, timezone)
    return [f"{occurrence.at:%m-%d %H:%M}" for occurrence in islice(occurrences(one, one.starts_on), count)]


def test_a_local_time_that_does_not_exist_moves_forward() -> None:
    assert moments("FREQ=DAILY", "2026-03-28", time(2, 30)) == ["03-28 01:30", "03-29 01:30", "03-30 00:30"]
    shown = moment_of(date(2026, 3, 29), time(2, 30), time_zone(AMSTERDAM)).astimezone(ZoneInfo(AMSTERDAM))
    assert f"{shown:%H:%M}" == "03:30"


def test_a_local_time_that_comes_twice_counts_once() -> None:
    assert moments("FREQ=DAILY", "2026-10-24", time(2, 30)) == ["10-24 00:30", "10-25 00:30", "10-26 01:30"]


def test_the_local_time_stays_over_both_changes_of_the_clocks() -> None:
    found = moments("FREQ=MONTHLY", "2026-01-15", SIX, count=12)
    assert [one[-5:] for one in found] == ["05:00"] * 3 + ["04:00"] * 7 + ["05:00"] * 2


def test_a_time_that_moves_to_the_next_date_is_found_until_then() -> None:
    one = recurrence("FREQ=DAILY", "2026-01-01", time(0, 30), "Africa/Cairo")  # clocks go from 00:00 to 01:00
    [moved] = islice(occurrences(one, date(2026, 4, 24)), 1)
    assert next(occurrences_after(one, moved.at - timedelta(minutes=1))) == moved
    assert next(occurrences_after(one, moved.at)).day == date(2026, 4, 25)


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.times(), st.sampled_from((AMSTERDAM, "America/New_York", "UTC"))
)
def test_each_date_has_one_moment_and_they_keep_their_order(day: date, at: time, timezone: str) -> None:
    zone, at = time_zone(timezone), at.replace(second=0, microsecond=0)
    moment = moment_of(day, at, zone)
    assert moment.tzinfo is UTC
    assert moment < moment_of(day + timedelta(days=1), at, zone)
    local = moment.astimezone(zone)
    assert local.date() == day
    assert (local.hour, local.minute) >= (at.hour, at.minute)


def test_the_order_is_made_so_many_days_before_at_the_same_local_time() -> None:
    one = recurrence("FREQ=DAILY", "2026-03-30")._replace(lead_days=3)
    occurrence = next(occurrences(one, one.starts_on))
    assert occurrence.at == datetime(2026, 3, 30, 4, tzinfo=UTC)
    assert occurrence.make_at == datetime(2026, 3, 27, 5, tzinfo=UTC)


def test_the_id_of_an_order_is_that_of_schedule_and_local_date() -> None:
    assert occurrence_order_id("s-1", date(2026, 3, 1)) == "s-1.2026-03-01"
