"""The schedule of the local stack."""

from threading import Event

from infra.local.sweeper import Sweeper

PATIENCE_S = 30.0


def test_failed_sweep_does_not_stop_the_schedule() -> None:
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


def test_no_sweep_runs_after_stop() -> None:
    sweeper = Sweeper(lambda: None, every_s=3600)
    sweeper.stop(PATIENCE_S)
    sweeper.start()
    sweeper.stop(PATIENCE_S)
    assert not sweeper.running
