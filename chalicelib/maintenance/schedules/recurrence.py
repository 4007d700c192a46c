"""The occurrences of a recurrence rule; the only module that loads dateutil, and only where it is used.

dateutil searches for an occurrence up to the year 9999, for seconds if there is none. The calendar repeats itself every
400 years, so the search begins in the last such period instead, and takes at most half a second.
"""

from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, date, datetime, time, timedelta
from itertools import dropwhile, islice
from typing import NamedTuple

from chalicelib.core.time_zones import time_zone
from chalicelib.maintenance.schedules.rules import WEEKDAYS, moment_of, order_moment, parts_of_rule, until_of

_PERIOD_YEARS = 400


class Recurrence(NamedTuple):
    """When something is to be done: a valid rule, its first possible date, a local time, its time zone, and lead."""

    rule: str
    starts_on: date
    at: time
    timezone: str
    lead_days: int = 0


class Occurrence(NamedTuple):
    """One time that something is to be done: its local date, its moment, and when its order is made."""

    day: date
    at: datetime
    make_at: datetime


def occurrences(recurrence: Recurrence, since: date) -> Iterator[Occurrence]:
    """Return the occurrences from a date on, in their order, up to the end of the rule."""
    zone = time_zone(recurrence.timezone)
    until = parts_of_rule(recurrence.rule).get("UNTIL")
    end = None if until is None else until_of(until)
    for day in _dates(recurrence, since):
        at = moment_of(day, recurrence.at, zone)
        if end is not None and (at > end if isinstance(end, datetime) else day > end):
            return
        yield Occurrence(day, at, order_moment(day, recurrence.at, zone, recurrence.lead_days))


def occurrences_after(recurrence: Recurrence, moment: datetime) -> Iterator[Occurrence]:
    """Return the occurrences whose moments are later than this one."""
    # A time that the clocks skip may move to the next date.
    since = moment.astimezone(time_zone(recurrence.timezone)).date() - timedelta(days=1)
    return (occurrence for occurrence in occurrences(recurrence, since) if occurrence.at > moment)


def today_in(timezone: str, now: datetime) -> date:
    """Return the present date in a time zone."""
    return now.astimezone(time_zone(timezone)).date()


def _dates(recurrence: Recurrence, since: date) -> Iterator[date]:
    """Return the dates of a rule from a date on, without its end by `UNTIL`."""
    parts = parts_of_rule(recurrence.rule)
    count = parts.get("COUNT")
    from_start = dropwhile(lambda day: day < recurrence.starts_on, _endless_dates(recurrence, parts))
    return dropwhile(lambda day: day < since, islice(from_start, None if count is None else int(count)))


def _endless_dates(recurrence: Recurrence, parts: Mapping[str, str]) -> Iterator[date]:
    """Return the dates of a rule without its end, from the begin of the period in which it starts."""
    # Here, because it takes 20 ms and most requests need none of it. dateutil has no types.
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    first = recurrence.starts_on
    weekday = WEEKDAYS[first.weekday()]
    # By RFC 5545, weeks without days mean the weekday of the start, and BYSETPOS counts the days of a whole week.
    is_open = parts.keys().isdisjoint(("BYDAY", "BYMONTHDAY", "BYYEARDAY"))
    if parts["FREQ"] == "WEEKLY":
        first -= timedelta(days=(first.weekday() - WEEKDAYS.index(parts.get("WKST", "MO"))) % 7)
    if is_open and (parts["FREQ"] == "WEEKLY" or "BYWEEKNO" in parts):
        parts = {**parts, "BYDAY": weekday}
    years = (MAXYEAR - first.year) // _PERIOD_YEARS * _PERIOD_YEARS
    endless = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("COUNT", "UNTIL"))
    try:
        for found in rrulestr(endless, dtstart=datetime.combine(first.replace(year=first.year + years), time())):
            yield found.date().replace(year=found.year - years)
    except ValueError:  # the last week that dateutil looks at may reach into the year 10000
        return
