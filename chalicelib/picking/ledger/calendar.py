"""The days of a time zone, in which the work of pickers is counted. Times are milliseconds since the epoch."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

from chalicelib.core.time_zones import time_zone

_DAY = timedelta(days=1)


class Calendar:
    """The days of one time zone. It remembers the last day, since entries come in the order of time."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._last = (0, 0, "")
        """The begin, the end and the date of the day that was asked for last."""

    def day_of(self, at: int) -> str:
        """Return the date of a moment, such as `2026-03-14`."""
        begin, end, day = self._last
        if not begin <= at < end:
            found = datetime.fromtimestamp(max(at, 0) // 1000, UTC).astimezone(self._zone).date()
            day = found.isoformat()
            self._last = (self._midnight(found), self._midnight(found + _DAY), day)
        return day

    def begin_of(self, day: str) -> int:
        """Return when a day begins."""
        return self._midnight(date.fromisoformat(day))

    def _midnight(self, day: date) -> int:
        return int(datetime.combine(day, time.min, self._zone).timestamp()) * 1000


@cache
def calendar_of(name: str | None) -> Calendar:
    """Return the calendar of a time zone by its IANA name; that of UTC without a name."""
    return Calendar(time_zone(name or "UTC"))


def day_after(day: str) -> str:
    """Return the date of the next day."""
    return (date.fromisoformat(day) + _DAY).isoformat()
