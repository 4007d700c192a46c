"""The rules of the battery line: states and steps, what a seal needs, what a pass needs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.manufacturing.rules import (
    BATCH,
    LIVES,
    MODULE,
    PACK,
    SKU,
    Bounds,
    Life,
    Measured,
    Step,
    Verdict,
    completion_lacks,
    judge,
    leads_to,
    outside,
    possible_in,
    seal_lacks,
    strange_units,
)

POSSIBLE = {
    ("sku", "DRAFT", "activate"): "ACTIVE",
    ("batch", "DRAFT", "start"): "IN_PROGRESS",
    ("batch", "IN_PROGRESS", "complete"): "COMPLETED",
    ("module", "DRAFT", "bind"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "bind"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "unbind"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "seal"): "SEALED",
    ("pack", "DRAFT", "bind"): "IN_PROGRESS",
    ("pack", "IN_PROGRESS", "bind"): "IN_PROGRESS",
    ("pack", "IN_PROGRESS", "seal"): "READY_FOR_EOL",
    ("pack", "READY_FOR_EOL", "finalize"): "FINALIZED",
    ("pack", "READY_FOR_EOL", "quarantine"): "READY_FOR_EOL",
}
SEALED = {("module", "SEALED"), ("pack", "READY_FOR_EOL"), ("pack", "FINALIZED")}
EVERY = [(life, state, step) for life in LIVES.values() for state in life.states for step in Step]

numbers = st.decimals(min_value=-1000, max_value=1000, places=3)


@pytest.mark.parametrize(("life", "state", "step"), EVERY, ids=lambda one: str(getattr(one, "kind", one)))
def test_only_what_the_contract_says_is_possible_and_what_is_sealed_is_locked(
    life: Life, state: str, step: Step
) -> None:
    expected = Verdict.IMPOSSIBLE
    if (life.kind, state) in SEALED and step in ("bind", "unbind", "seal"):
        expected = Verdict.LOCKED
    elif (life.kind, state, step) in POSSIBLE:
        expected = Verdict.MOVE
    assert judge(life, state, step) is expected
    assert life.steps.get((state, step)) == POSSIBLE.get((life.kind, state, step))


def test_a_refusal_can_say_what_was_wanted_and_where_it_is_possible() -> None:
    assert (leads_to(SKU, Step.ACTIVATE), possible_in(SKU, Step.ACTIVATE)) == ("ACTIVE", ["DRAFT"])
    assert (leads_to(BATCH, Step.COMPLETE), possible_in(BATCH, Step.COMPLETE)) == ("COMPLETED", ["IN_PROGRESS"])
    assert (leads_to(MODULE, Step.BIND), possible_in(MODULE, Step.BIND)) == ("IN_PROGRESS", ["DRAFT", "IN_PROGRESS"])
    assert (leads_to(PACK, Step.SEAL), possible_in(PACK, Step.SEAL)) == ("READY_FOR_EOL", ["IN_PROGRESS"])


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_seal_lacks_nothing_exactly_if_the_count_is_right(bound: int, required: int) -> None:
    assert (seal_lacks(bound, required, "cell") == []) == (bound == required)


def test_a_seal_says_what_is_missing_and_what_is_too_much() -> None:
    assert seal_lacks(47, 48, "cell") == ["1 of 48 cells are not bound yet"]
    assert seal_lacks(9, 8, "module") == ["1 modules are too many"]


def test_a_batch_lacks_packs_or_finalized_packs() -> None:
    assert completion_lacks(0, 0) == ["the batch has no pack"]
    assert completion_lacks(5, 2) == ["2 of 5 packs are not FINALIZED"]
    assert completion_lacks(5, 0) == []


@given(numbers, st.none() | numbers, st.none() | numbers)
def test_a_value_passes_exactly_if_it_lies_within_both_ends(
    value: Decimal, low: Decimal | None, high: Decimal | None
) -> None:
    found = outside({"U": Bounds(low, high, "V")}, {"U": Measured(value, "V")})
    within = (low is None or value >= low) and (high is None or value <= high)
    assert (found == []) == within
    assert all((one.name, one.value) == ("U", value) and one.problem in ("below", "above") for one in found)


@given(st.dictionaries(st.sampled_from("ABCDEF"), numbers), st.dictionaries(st.sampled_from("ABCDEF"), numbers))
def test_every_limit_without_a_value_is_named_and_values_without_a_limit_are_not(
    limits: dict[str, Decimal], measured: dict[str, Decimal]
) -> None:
    bounds = {name: Bounds(None, most, "V") for name, most in limits.items()}
    found = outside(bounds, {name: Measured(value, "V") for name, value in measured.items()})
    missing = [one.name for one in found if one.problem == "missing"]
    assert missing == [name for name in limits if name not in measured]
    assert [one.name for one in found if one.problem == "above"] == [
        name for name in limits if name in measured and measured[name] > limits[name]
    ]


def test_a_value_in_another_unit_than_its_limit_is_named_with_the_right_one() -> None:
    bounds = {"U": Bounds(None, Decimal(1), "V"), "R": Bounds(None, Decimal(1), "Ohm")}
    measured = {"U": Measured(Decimal(1), "mV"), "R": Measured(Decimal(1), "Ohm"), "T": Measured(Decimal(1), "K")}
    assert strange_units(bounds, measured) == {"U": "V"}
