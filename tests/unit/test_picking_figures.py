"""Rates, scores and progress, and the watch they are worked out with."""

from decimal import Decimal

import pytest

from chalicelib.picking import figures
from chalicelib.picking.working_time import Pause, Watch

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("units", "worked_ms", "rate"),
    [("60", HOUR, "60.0"), ("1", 60_000, "60.0"), ("2.5", HOUR, "2.5"), ("1", 7 * HOUR, "0.1"), ("0", HOUR, "0.0")],
)
def test_a_rate_is_units_per_hour_of_work(units: str, worked_ms: int, rate: str) -> None:
    assert figures.rate_per_hour(Decimal(units), worked_ms) == Decimal(rate)


def test_without_work_there_is_no_rate_and_no_score() -> None:
    assert figures.rate_per_hour(Decimal(5), 0) is None
    assert figures.performance(Decimal(5), 0, 100).score_pct is None


def test_a_score_is_told_with_what_it_was_worked_out_from() -> None:
    assert figures.performance(Decimal(90), HOUR, 120) == (Decimal("75.0"), Decimal(90), HOUR, 120)


@pytest.mark.parametrize(
    ("picked", "wanted", "percent"), [("0", "5", 0), ("4.99", "5", 99), ("5", "5", 100), ("1", "3", 33), ("0", "0", 0)]
)
def test_progress_is_a_hundred_only_when_nothing_is_lacking(picked: str, wanted: str, percent: int) -> None:
    assert figures.progress_pct(Decimal(picked), Decimal(wanted)) == percent


@pytest.mark.parametrize(("remaining", "rate", "ms"), [("30", "60", HOUR // 2), ("0", None, 0), ("1", "0", None)])
def test_the_rest_takes_as_long_as_the_rate_says(remaining: str, rate: str | None, ms: int | None) -> None:
    assert figures.done_in_ms(Decimal(remaining), None if rate is None else Decimal(rate)) == ms


def test_a_watch_that_was_not_started_stands_still() -> None:
    watch = Watch()
    assert watch.begin(Pause.BREAK, 5) == watch
    assert watch.worked_by(100) == 0


def test_a_watch_that_runs_is_not_started_again() -> None:
    assert Watch().start(10).start(50).worked_by(60) == 50


def test_pauses_are_left_out_also_while_they_last() -> None:
    watch = Watch().start(0).begin(Pause.DELAY, 10).resume(15).begin(Pause.BREAK, 20)
    assert (watch.worked_by(20), watch.worked_by(99)) == (15, 15)
    assert watch.begin(Pause.WRAP, 30) == watch
    assert watch.stop(50) == Watch(None, 15)
