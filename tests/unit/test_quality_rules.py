"""The rules of tests and of their report: which required steps have no test that counts, and what values say."""

from decimal import Decimal
from fractions import Fraction
from statistics import mean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.manufacturing.quality.reports.rules import MeasuredSums, capability, fraction, sums_of
from chalicelib.manufacturing.quality.rules import LimitBounds
from chalicelib.manufacturing.quality.tests.rules import StepOutcome, step_problems

STEPS = st.sampled_from("ABCDE")
OUTCOMES = st.builds(StepOutcome, st.booleans(), st.integers(0, 3))


@given(st.lists(STEPS, unique=True), st.dictionaries(STEPS, OUTCOMES), st.integers(1, 3))
def test_problems_are_those_of_required_steps_in_their_order(
    required: list[str], newest: dict[str, StepOutcome], content: int
) -> None:
    problems = step_problems(required, newest, content)
    good = {step for step, outcome in newest.items() if outcome == (True, content)}
    assert [problem.step for problem in problems] == [step for step in required if step not in good]
    for step, problem in problems:
        assert (problem == "missing") == (step not in newest)
        assert (problem == "failed") == (step in newest and newest[step] == (False, content))


def test_problems_are_said_in_words() -> None:
    newest = {"B": StepOutcome(has_passed=True, content=1), "C": StepOutcome(has_passed=False, content=2)}
    assert list(map(str, step_problems("ABC", newest, 2))) == [
        "step A has no test",
        "step B was tested before the content changed",
        "step C failed its newest test",
    ]


VALUES = st.decimals(-1_000_000_000, 1_000_000_000, places=6)


@given(st.lists(VALUES, min_size=2, max_size=30), VALUES, VALUES)
def test_capability_is_that_of_the_textbook(values: list[Decimal], one: Decimal, other: Decimal) -> None:
    sums = MeasuredSums()
    for value in values:
        sums = sums.plus(sums_of(value, None))
    low, high = min(one, other), max(one, other)
    found = capability(sums, LimitBounds(low, high, "V"))
    exact = [Fraction(value) for value in values]
    middle, spread = mean(exact), float(variance(exact)) ** 0.5
    assert float(found.mean or 0) == pytest.approx(float(middle), rel=1e-9, abs=1e-9)
    assert float(found.deviation or 0) == pytest.approx(spread, rel=1e-9, abs=1e-9)
    assert (found.cp is None, found.cpk is None) == (not spread, not spread)
    if spread:
        side = float(min(Fraction(high) - middle, middle - Fraction(low)))
        assert float(found.cpk or 0) == pytest.approx(side / (3 * spread), rel=1e-6, abs=1e-6)
        assert float(found.cp or 0) == pytest.approx(float(high - low) / (6 * spread), rel=1e-6, abs=1e-6)


def test_values_far_from_zero_have_an_exact_deviation() -> None:
    sums = MeasuredSums()
    for value in ("999999999.999998", "999999999.999999", "1000000000"):
        sums = sums.plus(sums_of(Decimal(value), "above"))
    found = capability(sums, LimitBounds(None, Decimal(5), "V"))
    assert (found.deviation, found.cp) == (Decimal("0.000001"), None)
    assert sums.number == sums.above == Decimal(3)


def test_nothing_has_no_fraction_and_no_capability() -> None:
    assert fraction(0, 0) is None
    assert fraction(2, 3) == Decimal("0.666667")
    assert capability(MeasuredSums(), LimitBounds(None, None, "V")) == (None, None, None, None)
    one = sums_of(Decimal(4), None)
    assert capability(one, LimitBounds(Decimal(1), None, "V")) == (Decimal(4), None, None, None)
