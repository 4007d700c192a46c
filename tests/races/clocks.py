"""A clock for races."""

from chalicelib.core.clock import SystemClock
from chalicelib.core.commit import RetryPolicy
from tests.builders.time import ManualClock
from tests.races.engines import named_engine


class StandingClock(ManualClock):
    """A clock that only the test moves: who waits on it goes on at once.

    With `ManualClock` one thread's pause would make the leases of all others run out.
    """

    def elapsed_s(self) -> float:
        """The same for ever: a test lets hours pass during a request, and no request has used up its time then."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Go on at once."""


class PausingClock(StandingClock):
    """The same, but who lost a race pauses before the next, as the application does.

    Without that, a crowd that wants the same thing may lose a dozen in a row. Longer waits are over at once here, too.
    """

    def sleep(self, seconds: float) -> None:
        """Really wait, as long as a pause may be."""
        if seconds <= RetryPolicy(1).cap_s:
            SystemClock().sleep(seconds)


def racing_clock() -> StandingClock:
    """It stands at the time of all tests; for a named engine at now, since that may drop what is past its expiry."""
    return PausingClock() if named_engine() is None else PausingClock(SystemClock().now())
