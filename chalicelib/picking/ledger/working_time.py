"""The working time of one picker on an assignment, without breaks, wraps and delays.

A break lasts from one toggle to the next, or until the same picker scans; a wrap and a delay last until they scan.
None of these counts as work, so none lowers the rate. Times are milliseconds since the epoch. A timer is a value: each
step returns a new one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from chalicelib.picking.ledger.calendar import Calendar, day_after


class Pause(StrEnum):
    """Why a picker is not picking."""

    BREAK = "break"
    WRAP = "wrap"
    DELAY = "delay"


class WorkTimer(NamedTuple):
    """One picker's time on one assignment. `since` is None while they do not hold it."""

    since: int | None = None
    worked: int = 0
    """Milliseconds worked before `since`, without pauses."""
    pause: Pause | None = None
    pause_since: int = 0
    paused: int = 0
    """Milliseconds of pauses that have ended, after `since`."""
    days: tuple[tuple[str, int], ...] = ()
    """Each day on which the timer has run, and the milliseconds worked before it."""

    def start(self, at: int) -> WorkTimer:
        """Return the timer started; unchanged if it runs."""
        return self if self.since is not None else WorkTimer(at, self.worked, days=self.days)

    def stop(self, at: int) -> WorkTimer:
        """Return the timer stopped."""
        return WorkTimer(None, self.worked_by(at), days=self.days)

    def begin(self, pause: Pause, at: int) -> WorkTimer:
        """Return the timer in a pause; a wrap or a delay does not interrupt a break."""
        if self.since is None or (self.pause is Pause.BREAK and pause is not Pause.BREAK):
            return self
        return self.resume(at)._replace(pause=pause, pause_since=at)

    def resume(self, at: int) -> WorkTimer:
        """Return the timer without a pause."""
        if self.pause is None:
            return self
        return self._replace(pause=None, pause_since=0, paused=self.paused + max(0, at - self.pause_since))

    def worked_by(self, at: int) -> int:
        """Return the milliseconds of work up to a time."""
        if self.since is None:
            return self.worked
        resumed = self.resume(at)
        return self.worked + max(0, at - self.since - resumed.paused)

    def begin_days(self, calendar: Calendar, at: int) -> WorkTimer:
        """Return the timer with the days that have begun up to a time; it must not have changed since they began."""
        today = calendar.day_of(at)
        if self.since is None or (self.days and self.days[-1][0] >= today):
            return self
        days = list(self.days)
        first = calendar.day_of(self.since)
        if not days or days[-1][0] < first:
            days.append((first, self.worked))
        while days[-1][0] < today:
            day = day_after(days[-1][0])
            days.append((day, self.worked_by(calendar.begin_of(day))))
        return self._replace(days=tuple(days))

    def worked_on_days(self, at: int) -> dict[str, int]:
        """Return the milliseconds of work up to a time, by day; days that have ended count as a whole."""
        ends = [*(before for _, before in self.days[1:]), self.worked_by(at)]
        return {day: max(0, end - before) for (day, before), end in zip(self.days, ends, strict=False)}
