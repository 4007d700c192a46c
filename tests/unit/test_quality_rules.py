"""The rules of tests: which required steps have no test that counts."""

from hypothesis import given
from hypothesis import strategies as st

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
