"""The working time of one picker on an assignment, without breaks, wraps and delays.

A break lasts from one toggle to the next, or until the same picker scans; a wrap and a delay last until they scan.
None of these counts as work, so none lowers the rate. Times are milliseconds since the epoch. A timer is a value: each
step returns a new one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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

    def start(self, at: int) -> WorkTimer:
        """Return the timer started; unchanged if it runs."""
        return self if self.since is not None else WorkTimer(at, self.worked)

    def stop(self, at: int) -> WorkTimer:
        """Return the timer stopped."""
        return WorkTimer(None, self.worked_by(at))

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
