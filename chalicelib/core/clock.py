"""The clock, injected so that tests control the time and never sleep.

Only `SystemClock` asks the operating system for the time.
"""

import time
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from typing import Protocol

SKEW = timedelta(seconds=5)
"""How far apart the clocks of two processes may be."""


class Clock(Hashable, Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the current time in UTC, in whole milliseconds, the precision of stored times."""

    def elapsed_s(self) -> float:
        """Return the seconds since a fixed moment. They never go back, also if the clock is set."""

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""


class SystemClock:
    """The clock of the operating system."""

    def now(self) -> datetime:
        """Return the current time in UTC, in whole milliseconds."""
        return from_millis(time.time_ns() // 1_000_000)

    def elapsed_s(self) -> float:
        """Return the seconds since a fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        time.sleep(seconds)  # noqa: TID251 - the implementation that is injected


def is_due(at: datetime, now: datetime, life: timedelta) -> bool:
    """Return whether a time that was set at most `life` ahead has come.

    One that lies further ahead was set before a clock was set back. It counts as due, so that nothing waits until the
    clock has caught up.
    """
    return not now < at <= now + life + SKEW


def to_millis(moment: datetime) -> int:
    """Return the milliseconds since the epoch, calculated without floats."""
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 1000 + moment.microsecond // 1000


def from_millis(millis: int) -> datetime:
    """Return the time in UTC that is `millis` milliseconds after the epoch."""
    seconds, rest = divmod(millis, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


def iso(moment: datetime) -> str:
    """Return a time as text, such as `2026-01-31T09:30:00.123Z`; all responses use this format."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
