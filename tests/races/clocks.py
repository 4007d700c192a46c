"""A clock for races."""

from chalicelib.core.clock import SystemClock
from tests.builders.time import ManualClock
from tests.races.engines import named_engine


class StandingClock(ManualClock):
    """A clock that only the test moves: who waits on it goes on at once.

    With `ManualClock` one thread's pause would make the leases of all others run out.
    """

    def sleep(self, seconds: float) -> None:
        """Go on at once."""


def racing_clock() -> StandingClock:
    """It stands at the time of all tests; for a named engine at now, since that may drop what is past its expiry."""
    return StandingClock() if named_engine() is None else StandingClock(SystemClock().now())
