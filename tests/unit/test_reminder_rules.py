"""What is told of a due date, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.maintenance.rules import Reminder, WorkOrderState, format_span, is_overdue, reminder

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
spans = st.integers(0, 10**9).map(lambda ms: timedelta(milliseconds=ms))


@pytest.mark.parametrize(
    ("before_due", "notice_before_due", "what"),
    [
        (121, 120, None),
        (120, 120, Reminder.DUE_SOON),
        (1, 120, Reminder.DUE_SOON),
        (0, 120, Reminder.DUE_SOON),
        (0, 0, None),
        (-1, 120, Reminder.OVERDUE),
        (-1, 0, Reminder.OVERDUE),
        (-1, -1, Reminder.ESCALATED),
        (-1, -2, None),
    ],
)
def test_it_is_due_soon_until_it_is_overdue(before_due: int, notice_before_due: int, what: Reminder | None) -> None:
    now, notice_at = DUE - before_due * SECOND, DUE - notice_before_due * SECOND
    assert reminder(notice_at, DUE, now) is what


def test_when_all_is_told_there_is_nothing_to_tell() -> None:
    assert reminder(None, DUE, DUE + SECOND) is None


@given(spans, st.lists(spans, min_size=1, max_size=30))
def test_however_often_is_looked_each_is_told_at_most_once_and_overdue_last(
    soon: timedelta, looks: list[timedelta]
) -> None:
    notice_at: datetime | None = DUE - soon
    told = []
    for look in sorted(looks):
        now = DUE - timedelta(hours=100) + look
        what = reminder(notice_at, DUE, now)
        if what is not None:
            told.append(what)
            assert is_overdue(WorkOrderState.ASSIGNED, DUE, now) == (what is Reminder.OVERDUE)
            notice_at = None if what is Reminder.OVERDUE else DUE
        assert (Reminder.OVERDUE in told) == (now > DUE)
    assert told in ([], [Reminder.DUE_SOON], [Reminder.OVERDUE], [Reminder.DUE_SOON, Reminder.OVERDUE])


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(115, "1 h 55 min"), (120, "2 h"), (40.9, "40 min"), (0.5, "less than a minute"), (0, "less than a minute")],
)
def test_a_span_reads_as_people_say_it(minutes: float, words: str) -> None:
    assert format_span(timedelta(minutes=minutes)) == words


@given(spans)
def test_a_span_is_never_said_to_be_longer_than_it_is(span: timedelta) -> None:
    words = format_span(span).split()
    said = timedelta()
    if "less" not in words:
        said = sum((timedelta(**{unit: int(number)}) for number, unit in _units(words)), timedelta())
    assert said <= span < said + timedelta(minutes=1)


def _units(words: list[str]) -> list[tuple[str, str]]:
    names = {"h": "hours", "min": "minutes"}
    return [(number, names[unit]) for number, unit in zip(words[::2], words[1::2], strict=True)]
