"""Rates, scores and progress, and the timer of working time."""

from decimal import Decimal

import pytest

from chalicelib.picking.assignments import metrics
from chalicelib.picking.ledger.working_time import Pause, WorkTimer

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("units", "worked_ms", "rate"),
    [("60", HOUR, "60.0"), ("1", 60_000, "60.0"), ("2.5", HOUR, "2.5"), ("1", 7 * HOUR, "0.1"), ("0", HOUR, "0.0")],
)
def test_rate_is_units_per_hour_of_work(units: str, worked_ms: int, rate: str) -> None:
    assert metrics.rate_per_hour(Decimal(units), worked_ms) == Decimal(rate)


def test_no_rate_and_no_score_without_work() -> None:
    assert metrics.rate_per_hour(Decimal(5), 0) is None
    assert metrics.performance(Decimal(5), 0, 100).score_pct is None


def test_score_comes_with_its_inputs() -> None:
    assert metrics.performance(Decimal(90), HOUR, 120) == (Decimal("75.0"), Decimal(90), HOUR, 120)


@pytest.mark.parametrize(
    ("picked", "quantity", "percent"),
    [("0", "5", 0), ("4.99", "5", 99), ("5", "5", 100), ("1", "3", 33), ("0", "0", 0)],
)
def test_progress_is_a_hundred_only_when_complete(picked: str, quantity: str, percent: int) -> None:
    assert metrics.progress_pct(Decimal(picked), Decimal(quantity)) == percent


@pytest.mark.parametrize(("remaining", "rate", "ms"), [("30", "60", HOUR // 2), ("0", None, 0), ("1", "0", None)])
def test_remaining_time_follows_from_the_rate(remaining: str, rate: str | None, ms: int | None) -> None:
    assert metrics.remaining_ms(Decimal(remaining), None if rate is None else Decimal(rate)) == ms


def test_timer_that_was_not_started_counts_nothing() -> None:
    timer = WorkTimer()
    assert timer.begin(Pause.BREAK, 5) == timer
    assert timer.worked_by(100) == 0


def test_running_timer_is_not_restarted() -> None:
    assert WorkTimer().start(10).start(50).worked_by(60) == 50


def test_pauses_do_not_count_while_they_last() -> None:
    timer = WorkTimer().start(0).begin(Pause.DELAY, 10).resume(15).begin(Pause.BREAK, 20)
    assert (timer.worked_by(20), timer.worked_by(99)) == (15, 15)
    assert timer.begin(Pause.WRAP, 30) == timer
    assert timer.stop(50) == WorkTimer(None, 15)
