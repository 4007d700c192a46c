"""When a test passed, and which required steps of a unit have no test that counts."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple


class TestResult(StrEnum):
    """What the station says about a test.

    `PASS`: the unit passed by the station's own criteria; the values are checked against the limits of the step as
    well. `FAIL`: it failed, whatever the values are.
    """

    __test__ = False

    PASS = "PASS"  # noqa: S105 - a result, not a password
    FAIL = "FAIL"


class StepOutcome(NamedTuple):
    """The newest test of a step: whether it passed, and the content of the unit that was tested.

    `content` is the attempt of a pack, 0 of one that was not sealed, and the version of a module.
    """

    has_passed: bool
    content: int


class StepProblem(NamedTuple):
    """A required step without a test that counts; `problem` is `missing`, `outdated` or `failed`."""

    step: str
    problem: str

    def __str__(self) -> str:
        return f"step {self.step} {_WORDS[self.problem]}"


_WORDS = {
    "missing": "has no test",
    "outdated": "was tested before the content changed",
    "failed": "failed its newest test",
}


def step_problems(required: Iterable[str], newest: Mapping[str, StepOutcome], content: int) -> list[StepProblem]:
    """Return each required step whose newest test is absent, is of other content than this, or failed."""
    problems = ((step, _problem(newest.get(step), content)) for step in required)
    return [StepProblem(step, problem) for step, problem in problems if problem is not None]


def _problem(outcome: StepOutcome | None, content: int) -> str | None:
    if outcome is None:
        return "missing"
    if outcome.content != content:
        return "outdated"
    return None if outcome.has_passed else "failed"
