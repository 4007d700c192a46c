"""The rules of recall cases: which bindings count, parts of lists, progress, the ways out."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.manufacturing.traceability.recalls.rules import (
    RECALL,
    BindingPeriod,
    RecallStatus,
    chunks,
    units_expected,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
moments = st.integers(0, 20).map(lambda minutes: START + timedelta(minutes=minutes))


@given(st.lists(moments), st.none() | moments, st.none() | moments, moments)
def test_newest_binding_in_the_period_counts(
    bindings: list[datetime], since: datetime | None, until: datetime | None, opened: datetime
) -> None:
    counting = [
        at for at in bindings if at <= opened and (since is None or since <= at) and (until is None or at <= until)
    ]
    newest = BindingPeriod(since, until, opened).newest(bindings)
    assert newest == (max(counting) if counting else None)


@given(st.lists(st.integers()), st.integers(1, 9))
def test_parts_are_the_whole_list_in_order(values: list[int], size: int) -> None:
    parts = chunks(values, size)
    assert [value for part in parts for value in part] == values
    assert all(len(part) == size for part in parts[:-1])
    assert all(parts)


@given(st.integers(0, 99), st.integers(0, 99), st.booleans())
def test_progress_is_complete_only_when_all_is_collected(expected: int, found: int, is_collecting: bool) -> None:
    total = units_expected(expected, found, is_collecting=is_collecting)
    assert (found == total) is not is_collecting


def test_every_status_but_canceled_has_a_way_out() -> None:
    assert [status for status in RecallStatus if not RECALL.allowed(status)] == ["CANCELED"]
