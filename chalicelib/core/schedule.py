"""Several passes within one scheduled call, because EventBridge schedules at most once a minute."""

from collections.abc import Callable
from datetime import timedelta

from chalicelib.core.clock import Clock

_RESERVE_S = 5.0


def run_passes(
    clock: Clock, do: Callable[[], object], *, passes: int, every_s: int, remaining_s: Callable[[], float]
) -> int:
    """Call `do` up to `passes` times, every `every_s` seconds, and return the number of calls.

    A pass that takes longer delays the next. None is begun with less than five seconds of `remaining_s` left.
    """
    start = clock.now()
    for number in range(passes):
        wait = (start + timedelta(seconds=number * every_s) - clock.now()).total_seconds()
        if remaining_s() < max(wait, 0.0) + _RESERVE_S:
            return number
        if wait > 0:
            clock.sleep(wait)
        do()
    return passes
