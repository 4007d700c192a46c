"""A model of recurrence rules that is independent of the code: it tries every single day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from hypothesis import strategies as st

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Parts = dict[str, Any]
"""A rule: `BY` parts as lists, COUNT and INTERVAL as numbers, UNTIL as a date."""


def text_of(parts: Parts) -> str:
    """Return a rule as RFC 5545 writes it."""
    return ";".join(f"{name}={_written(value)}" for name, value in parts.items())


def _written(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:%Y%m%d}" if isinstance(value, date) else str(value)


def dates_of(parts: Parts, start: date, until: date) -> list[date]:
    """Return the dates of a rule that begins at `start`, up to a date."""
    numbered = enumerate(_all_dates(parts, start, until), start=1)
    last = min(until, parts.get("UNTIL", until))
    return [day for number, day in numbered if number <= parts.get("COUNT", number) and day <= last]


def _all_dates(parts: Parts, start: date, until: date) -> Iterator[date]:
    first = start - timedelta(days=400)  # so that the first period is whole, for BYSETPOS
    days = (first + timedelta(days=number) for number in range((until - first).days + 400))
    for period, members in groupby(days, lambda day: _period(parts, day)):
        if (period - _period(parts, start)) % parts.get("INTERVAL", 1) == 0:
            yield from (
                day
                for day in _selected(parts, [day for day in members if _matches(parts, day, start)])
                if start <= day <= until
            )


def _selected(parts: Parts, days: list[date]) -> list[date]:
    """Return the days of one period that BYSETPOS selects."""
    positions = parts.get("BYSETPOS")
    if positions is None:
        return days
    counted = ((number, number - len(days) - 1, day) for number, day in enumerate(days, start=1))
    return [day for number, from_end, day in counted if number in positions or from_end in positions]


def _period(parts: Parts, day: date) -> int:
    """Return the number of the day, week, month or year."""
    first_weekday = DAYS.index(parts.get("WKST", "MO"))
    return {
        "DAILY": day.toordinal(),
        "WEEKLY": (day.toordinal() - 1 - first_weekday) // 7,
        "MONTHLY": day.year * 12 + day.month,
        "YEARLY": day.year,
    }[parts["FREQ"]]


def _matches(parts: Parts, day: date, start: date) -> bool:
    month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    year_end = day.replace(month=12, day=31)
    day_of_year = day.timetuple().tm_yday
    limits: dict[str, set[Any]] = {
        "BYMONTH": {day.month},
        "BYMONTHDAY": {day.day, day.day - month_end.day - 1},
        "BYYEARDAY": {day_of_year, day_of_year - year_end.timetuple().tm_yday - 1},
        "BYWEEKNO": {day.isocalendar().week},
        "BYDAY": _names(parts, day, month_end if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else year_end),
    }
    given = all(not limits[name].isdisjoint(parts[name]) for name in limits if name in parts)
    return given and _matches_start(parts, day, start)


def _names(parts: Parts, day: date, end: date) -> set[str]:
    """Return the names of a weekday, with its number from the begin and the end of its month or year."""
    in_span = (
        day.day if end.month != 12 or parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else day.timetuple().tm_yday
    )
    name, number, from_end = DAYS[day.weekday()], (in_span - 1) // 7 + 1, (end - day).days // 7 + 1
    return {name, f"{number}{name}", f"+{number}{name}", f"-{from_end}{name}"}


def _matches_start(parts: Parts, day: date, start: date) -> bool:
    """Return whether a day is like the start in what the rule leaves open."""
    if not parts.keys().isdisjoint(("BYDAY", "BYMONTHDAY", "BYYEARDAY")):
        return True
    if parts["FREQ"] == "WEEKLY" or "BYWEEKNO" in parts:
        return day.weekday() == start.weekday()
    if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        return (day.month, day.day) == (start.month, start.day)
    return parts["FREQ"] == "DAILY" or day.day == start.day


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=3, unique=True)


_weekdays = _some(st.sampled_from(DAYS))
_numbered = _some(
    st.builds(lambda number, day: f"{number}{day}", st.sampled_from((1, 2, 4, 5, -1, -2)), st.sampled_from(DAYS))
)
_months = _some(st.integers(1, 12))
_month_days = _some(st.sampled_from((1, 13, 28, 29, 30, 31, -1, -2, -31)))
_positions = _some(st.sampled_from((1, 2, -1, -2, 5)))
_PARTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "DAILY": {"BYMONTH": _months, "BYMONTHDAY": _month_days, "BYDAY": _weekdays},
    "WEEKLY": {"BYMONTH": _months, "BYDAY": _weekdays, "WKST": st.sampled_from(DAYS)},
    "MONTHLY": {"BYMONTH": _months, "BYMONTHDAY": _month_days, "BYDAY": _weekdays | _numbered},
    "YEARLY": {"BYMONTH": _months, "BYMONTHDAY": _month_days, "BYDAY": _weekdays | _numbered},
}


@st.composite
def rules(draw: st.DrawFn) -> Parts:
    """Return rules of every frequency, with and without an end."""
    frequency = draw(st.sampled_from(sorted(_PARTS)))
    parts: Parts = {"FREQ": frequency, "INTERVAL": draw(st.integers(1, 4))}
    for name, values in _PARTS[frequency].items():
        if draw(st.booleans()):
            parts[name] = draw(values)
    if any(name in parts for name in ("BYMONTH", "BYMONTHDAY", "BYDAY")) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(_positions)
    if frequency == "YEARLY" and set(parts) == {"FREQ", "INTERVAL"}:
        parts |= draw(st.sampled_from(({}, {"BYYEARDAY": [1, 60, -1]}, {"BYWEEKNO": [1, 20, 53], "INTERVAL": 1})))
    ends: tuple[Parts, ...] = (
        {},
        {"COUNT": draw(st.integers(1, 12))},
        {"UNTIL": draw(st.dates(date(2026, 1, 1), date(2032, 1, 1)))},
    )
    end: Parts = draw(st.sampled_from(ends))
    return parts | end
