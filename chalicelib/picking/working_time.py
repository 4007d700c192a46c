"""How long somebody has worked on an assignment: a stopwatch that knows breaks, wraps and delays.

A break lasts from one toggle to the next. A wrap and a delay last until the same person scans again. None of them
counts as work, so nobody's rate suffers from them. Times are milliseconds since the epoch; a watch is a value, and
each step gives the next one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Pause(StrEnum):
    """Why somebody is not picking just now."""

    BREAK = "break"
    WRAP = "wrap"
    DELAY = "delay"


class Watch(NamedTuple):
    """One person's time on one assignment. `since` is None while they do not have it in hand."""

    since: int | None = None
    worked: int = 0
    """Milliseconds of earlier times in hand, without their pauses."""
    pause: Pause | None = None
    pause_since: int = 0
    paused: int = 0
    """Milliseconds of pauses that are over, of this time in hand."""

    def start(self, at: int) -> Watch:
        """Take it in hand."""
        return self if self.since is not None else Watch(at, self.worked)

    def stop(self, at: int) -> Watch:
        """Out of hand."""
        return Watch(None, self.worked_by(at))

    def begin(self, pause: Pause, at: int) -> Watch:
        """Pause from now on; a wrap or a delay does not interrupt a break."""
        if self.since is None or (self.pause is Pause.BREAK and pause is not Pause.BREAK):
            return self
        return self.resume(at)._replace(pause=pause, pause_since=at)

    def resume(self, at: int) -> Watch:
        """The pause is over, if there was one."""
        if self.pause is None:
            return self
        return self._replace(pause=None, pause_since=0, paused=self.paused + max(0, at - self.pause_since))

    def worked_by(self, at: int) -> int:
        """Milliseconds of work up to a moment."""
        if self.since is None:
            return self.worked
        resumed = self.resume(at)
        return self.worked + max(0, at - self.since - resumed.paused)
