"""The local schedule."""

from threading import Event

from infra.local.sweeper import Sweeper

PATIENCE_S = 30.0


def test_a_pass_that_fails_does_not_stop_the_next() -> None:
    passes: list[int] = []
    third = Event()

    def one_pass() -> None:
        passes.append(len(passes))
        if len(passes) == 3:
            third.set()
        raise ValueError("this pass fails")

    sweeper = Sweeper(one_pass, every_s=0.001)
    sweeper.start()
    assert third.wait(PATIENCE_S)
    sweeper.stop(PATIENCE_S)
    made = len(passes)
    assert made >= 3


def test_after_the_stop_no_pass_is_made() -> None:
    sweeper = Sweeper(lambda: None, every_s=3600)
    sweeper.stop(PATIENCE_S)
    sweeper.start()
    sweeper.stop(PATIENCE_S)
    assert not sweeper.running
