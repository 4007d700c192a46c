"""The time, and waiting, as things that are handed in.

Nothing in Baton asks the operating system for the time but `SystemClock`; whoever needs it takes a `Clock`, so a
test owns the time and never sleeps.
"""

import time
from collections.abc import Hashable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Hashable, Protocol):
    """What time it is, and how to let some pass."""

    def now(self) -> datetime:
        """The current time in UTC, cut to whole milliseconds, the precision in which Baton stores times."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...


class SystemClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        """The current time in UTC, in whole milliseconds."""
        return from_millis(time.time_ns() // 1_000_000)

    def sleep(self, seconds: float) -> None:
        """Really wait."""
        time.sleep(seconds)  # noqa: TID251 - this is what others are handed


def to_millis(moment: datetime) -> int:
    """Milliseconds since the epoch, exactly (no float in between)."""
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 1000 + moment.microsecond // 1000


def from_millis(millis: int) -> datetime:
    """The moment in UTC that is `millis` milliseconds after the epoch."""
    seconds, rest = divmod(millis, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


def iso(moment: datetime) -> str:
    """`2026-01-31T09:30:00.123Z`: the one way in which Baton writes a time."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
