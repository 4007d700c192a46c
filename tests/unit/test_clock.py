"""Times: exact to the millisecond, in UTC, written in one way."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core.clock import SystemClock, from_millis, iso, to_millis

moments = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


def cut(moment: datetime) -> datetime:
    """The moment in whole milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(moments)
@example(datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC))
@example(datetime(2262, 4, 11, 23, 47, 16, 854_775, tzinfo=UTC))
def test_a_moment_survives_as_milliseconds(moment: datetime) -> None:
    assert from_millis(to_millis(moment)) == cut(moment)


@given(moments, moments)
def test_milliseconds_sort_as_moments_do(one: datetime, other: datetime) -> None:
    assert (to_millis(one) < to_millis(other)) == (cut(one) < cut(other))


@given(moments)
def test_a_written_time_is_read_as_the_same_moment(moment: datetime) -> None:
    text = iso(moment)
    assert (len(text), text[-1]) == (24, "Z")
    assert datetime.fromisoformat(text) == cut(moment)


def test_a_time_is_written_in_utc_with_milliseconds() -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    assert iso(datetime(2026, 1, 31, 15, 0, 0, 7_999, tzinfo=there)) == "2026-01-31T09:30:00.007Z"


def test_a_moment_is_the_same_in_every_zone() -> None:
    there = timezone(timedelta(hours=-3))
    here = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert to_millis(here.astimezone(there)) == to_millis(here)


def test_the_clock_on_the_wall_is_in_utc_and_whole_milliseconds() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_the_clock_on_the_wall_waits_no_negative_time() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        SystemClock().sleep(-1)
