"""A clock for races."""

from tests.builders.time import ManualClock


class StandingClock(ManualClock):
    """A clock that only the test moves: who waits on it goes on at once.

    With `ManualClock` one thread's pause would make the leases of all others run out.
    """

    def sleep(self, seconds: float) -> None:
        """Go on at once."""
