"""Several passes within one scheduled call: on time, one after the other, and over before the call is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.core.schedule import run_passes
from tests.builders.time import START, ManualClock

MINUTE_S = 60.0


class Shift:
    """Runs passes on a clock of its own and notes when each began, in seconds from the start."""

    def __init__(self, *, lasting_s: float = 0, call_s: float = MINUTE_S) -> None:
        self.clock = ManualClock()
        self.began: list[float] = []
        self.lasting_s = lasting_s
        self.ends = START + timedelta(seconds=call_s)

    def run(self, *, passes: int = 4, do: Callable[[], None] | None = None) -> int:
        """The number of passes made."""
        return run_passes(self.clock, do or self._pass, passes=passes, every_s=15, remaining_s=self._remaining_s)

    def _pass(self) -> None:
        self.began.append((self.clock.now() - START).total_seconds())
        self.clock.advance(seconds=self.lasting_s)

    def _remaining_s(self) -> float:
        return (self.ends - self.clock.now()).total_seconds()


def test_four_passes_fit_into_the_minute_evenly() -> None:
    shift = Shift()
    assert shift.run() == 4
    assert shift.began == [0, 15, 30, 45]


def test_a_pass_that_takes_a_while_does_not_shift_the_next() -> None:
    shift = Shift(lasting_s=4)
    assert shift.run() == 4
    assert shift.began == [0, 15, 30, 45]


def test_a_pass_that_takes_too_long_delays_the_next_and_they_never_overlap() -> None:
    shift = Shift(lasting_s=17)
    assert shift.run() == 4
    assert shift.began == [0, 17, 34, 51]


def test_one_slow_pass_is_made_up_for() -> None:
    shift = Shift(call_s=120)

    def slow_first() -> None:
        shift.began.append((shift.clock.now() - START).total_seconds())
        shift.clock.advance(seconds=20 if len(shift.began) == 1 else 1)

    assert shift.run(do=slow_first) == 4
    assert shift.began == [0, 20, 30, 45]


@pytest.mark.parametrize(("call_s", "passes"), [(4.9, 0), (5, 1), (19.9, 1), (20, 2), (49.9, 3), (50, 4), (900, 4)])
def test_no_pass_is_begun_with_less_than_five_seconds_left(call_s: float, passes: int) -> None:
    shift = Shift(call_s=call_s)
    assert shift.run() == passes
    assert len(shift.began) == passes


def test_nobody_waits_for_a_pass_that_will_not_be_made() -> None:
    shift = Shift(call_s=16)
    shift.run()
    assert shift.clock.now() == START


def test_a_pass_that_fails_ends_the_call_and_says_so() -> None:
    shift = Shift()

    def fail() -> None:
        raise RuntimeError("the store has burnt down")

    with pytest.raises(RuntimeError, match="burnt down"):
        shift.run(do=fail)


def test_no_passes_are_none() -> None:
    assert Shift().run(passes=0) == 0
