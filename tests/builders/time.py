"""A clock that a test owns: it stands still until told otherwise, and waiting only moves it."""

from datetime import UTC, datetime, timedelta
from threading import Lock

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class ManualClock:
    """Time as a test wants it; safe for many threads."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._elapsed_s = 0.0
        self._lock = Lock()

    def now(self) -> datetime:
        """The moment that the test has set, in whole milliseconds like that of any clock."""
        with self._lock:
            return self._now.replace(microsecond=self._now.microsecond // 1000 * 1000)

    def elapsed_s(self) -> float:
        """The seconds that have passed; a clock that is set passes none."""
        with self._lock:
            return self._elapsed_s

    def sleep(self, seconds: float) -> None:
        """Nobody waits: the time is simply later."""
        self.advance(seconds=seconds)

    def advance(self, **by: float) -> datetime:
        """Let time pass: `advance(seconds=15)`; the new moment."""
        with self._lock:
            self._now += timedelta(**by)
            self._elapsed_s += timedelta(**by).total_seconds()
            return self._now

    def set(self, **by: float) -> datetime:
        """Set the clock forward or back, for which no time passes; the new moment."""
        with self._lock:
            self._now += timedelta(**by)
            return self._now
