"""The page about dispatch agrees with the code and the tests that it names."""

import re
from pathlib import Path

import pytest

from chalicelib.dispatch.orders.rules import FINAL, ORDER, OrderState, Reassign

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/dispatch.md").read_text()
STEP = re.compile(
    r"^\| `(\w+)` \| (?:courier|customer|dispatcher|sweep|system) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE
)
DEATH = re.compile(r"^\| `(\w+)` \| [^|]+ \| `(tests/\S+\.py)::(\w+)` \|$", re.MULTILINE)
TARGETS = {Reassign.TO_NEXT_COURIER: {"assigned", "no_nearby_driver"}, Reassign.TO_CHOSEN_COURIER: {"assigned"}}


def names(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_the_table_of_steps_is_that_of_the_rules() -> None:
    documented = {
        (state, step): names(target) for step, states, target in STEP.findall(PAGE) for state in names(states)
    }
    assert documented == {
        (str(state), str(step)): {str(target)} if isinstance(target, OrderState) else TARGETS[target]
        for (state, step), target in ORDER.transitions.items()
    }


def test_every_state_that_is_not_final_says_how_an_order_ends_when_a_phone_dies() -> None:
    way = ["scheduled", "no_nearby_driver", "assigned", "accepted", "arrived", "picked_up", "undeliverable", "returned"]
    assert list(dict.fromkeys(state for state, _, _ in DEATH.findall(PAGE))) == way
    assert set(way) == set(OrderState) - FINAL | {OrderState.RETURNED}


def test_every_row_has_a_test_of_its_own_and_every_test_a_row() -> None:
    tests = [test for _, _, test in DEATH.findall(PAGE)]
    assert tests == re.findall(r"^def (test_\w+)\(", (ROOT / "tests/api/test_dead_phones.py").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("state", "path", "test"), DEATH.findall(PAGE))
def test_the_tests_that_prove_it_exist(state: str, path: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / path).read_text(), state
