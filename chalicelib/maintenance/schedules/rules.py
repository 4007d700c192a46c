"""The form of recurrence rules, and the moment of a local time on a date.

A rule is a value of RFC 5545 (`RECUR`), such as `FREQ=WEEKLY;BYDAY=MO,TH`. Occurrences are dates, so what is finer than
a day is refused. `recurrence.py` finds the occurrences.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
FINER = ("HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND")
_DAY = "|".join(WEEKDAYS)
_NUMBERED_DAY = re.compile(rf"(?:[+-]?(\d{{1,2}}))?(?:{_DAY})", re.ASCII)
_NOT_WITH: Mapping[str, tuple[str, ...]] = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYWEEKNO": ("DAILY", "WEEKLY", "MONTHLY"),
}
"""The parts that RFC 5545 does not have with some frequencies."""


def parts_of_rule(rule: str) -> dict[str, str]:
    """Return the parts of a rule by their names. Raise `ValueError` with the reason if it is not a list of parts."""
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, equals, value = part.partition("=")
        if not (equals and value):
            raise ValueError(f"must be parts such as FREQ=WEEKLY, separated by semicolons; {part!r} is none")
        if name in parts:
            raise ValueError(f"must have {name} only once")
        parts[name] = value
    return parts


def rule_error(rule: str) -> str | None:
    """Return why a text is not a recurrence rule that is daily or coarser; None if it is one."""
    try:
        parts = parts_of_rule(rule)
    except ValueError as error:
        return str(error)
    return next(_errors(parts), None)


def until_of(value: str) -> date | datetime:
    """Return the end of a rule: a date, which is included, or a moment in UTC. Raise `ValueError` if it is neither."""
    if "T" in value:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 - a date has no time zone


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the moment of a local time on a date, in UTC.

    A time that the change to daylight saving skips moves forward by as much as the clocks do. Of a time that comes
    twice it is the first.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def order_moment(day: date, at: time, zone: tzinfo, lead_days: int) -> datetime:
    """Return when the order of an occurrence is made: so many days earlier, at the same local time."""
    return moment_of(day - timedelta(days=lead_days), at, zone)


def occurrence_order_id(schedule_id: str, day: date) -> str:
    """Return the id of the work order of an occurrence, of which there can be only one."""
    return f"{schedule_id}.{day.isoformat()}"


def _errors(parts: Mapping[str, str]) -> Iterator[str]:
    frequency = parts.get("FREQ")
    if any(name in FINER for name in (*parts, frequency)):
        yield "must be daily or coarser; the time of day is `at`"
    for name, value in parts.items():
        if name not in _FORMS:
            yield f"must not have {name}, which is no part of a rule of RFC 5545"
        else:
            meaning, has_form = _FORMS[name]
            if not has_form(value):
                yield f"must have {meaning} as {name}"
    if frequency is None:
        yield f"must have FREQ, one of {', '.join(FREQUENCIES)}"
    yield from _contradictions(parts, str(frequency))


def _contradictions(parts: Mapping[str, str], frequency: str) -> Iterator[str]:
    """Yield the errors of parts that RFC 5545 does not allow together."""
    if "COUNT" in parts and "UNTIL" in parts:
        yield "must not have both COUNT and UNTIL"
    for name, frequencies in _NOT_WITH.items():
        if name in parts and frequency in frequencies:
            yield f"must not have {name} with FREQ={frequency}"
    if any(character.isdigit() for character in parts.get("BYDAY", "")) and (
        frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts
    ):
        yield "must have numbers in BYDAY only with FREQ=MONTHLY, or with FREQ=YEARLY without BYWEEKNO"
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        yield "must have BYSETPOS only beside another BY part"


def _number(most: int) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(r"\d{1,5}", value, re.ASCII) is not None and 1 <= int(value) <= most


def _numbers(most: int, *, signed: bool = True) -> Callable[[str], bool]:
    form = re.compile(r"[+-]?\d{1,3}" if signed else r"\d{1,2}", re.ASCII)
    return lambda value: all(
        form.fullmatch(number) is not None and 1 <= abs(int(number)) <= most for number in value.split(",")
    )


def _are_weekdays(value: str) -> bool:
    matches = [_NUMBERED_DAY.fullmatch(day) for day in value.split(",")]
    return all(match is not None and (match[1] is None or 1 <= int(match[1]) <= 53) for match in matches)


def _is_until(value: str) -> bool:
    try:
        until_of(value)
    except ValueError:
        return False
    return len(value) in (8, 16)


_FORMS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "FREQ": (f"one of {', '.join(FREQUENCIES)}", FREQUENCIES.__contains__),
    "UNTIL": ("a date such as 20271231 or a time in UTC such as 20271231T225959Z", _is_until),
    "COUNT": ("a number from 1 to 10000", _number(10_000)),
    "INTERVAL": ("a number from 1 to 1000", _number(1000)),
    "BYDAY": ("days such as MO or 1MO, separated by commas,", _are_weekdays),
    "BYMONTHDAY": ("numbers from 1 to 31 or -31 to -1, separated by commas,", _numbers(31)),
    "BYYEARDAY": ("numbers from 1 to 366 or -366 to -1, separated by commas,", _numbers(366)),
    "BYWEEKNO": ("numbers from 1 to 53 or -53 to -1, separated by commas,", _numbers(53)),
    "BYMONTH": ("numbers from 1 to 12, separated by commas,", _numbers(12, signed=False)),
    "BYSETPOS": ("numbers from 1 to 366 or -366 to -1, separated by commas,", _numbers(366)),
    "WKST": ("a day such as MO", WEEKDAYS.__contains__),
}
"""What the parts of a rule look like, and the function that tells it."""
