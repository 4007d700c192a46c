"""The rules of the production line: transitions, what binding and sealing require, and limits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.state_machine import TransitionCheck
from chalicelib.manufacturing.quality.rules import (
    LimitBounds,
    MeasuredValue,
    limit_violations,
    mismatched_units,
    rounded,
)
from chalicelib.manufacturing.rules import (
    BATCH,
    MODULE,
    PACK,
    SKU,
    STATE_MACHINES,
    LineAction,
    missing_for_binding,
    missing_for_completion,
    missing_for_seal,
)

TRANSITIONS = {
    ("sku", "DRAFT", "edit"): "DRAFT",
    ("sku", "DRAFT", "activate"): "ACTIVE",
    ("sku", "ACTIVE", "create-batch"): "ACTIVE",
    ("sku", "DRAFT", "retire"): "RETIRED",
    ("sku", "ACTIVE", "retire"): "RETIRED",
    ("batch", "DRAFT", "start"): "IN_PROGRESS",
    ("batch", "IN_PROGRESS", "create-module"): "IN_PROGRESS",
    ("batch", "IN_PROGRESS", "create-pack"): "IN_PROGRESS",
    ("batch", "IN_PROGRESS", "complete"): "COMPLETED",
    ("batch", "DRAFT", "void"): "VOID",
    ("batch", "IN_PROGRESS", "void"): "VOID",
    ("module", "DRAFT", "bind-cell"): "IN_PROGRESS",
    ("module", "DRAFT", "bind-cells"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "bind-cell"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "bind-cells"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "unbind-cell"): "IN_PROGRESS",
    ("module", "IN_PROGRESS", "seal"): "SEALED",
    ("pack", "DRAFT", "bind-module"): "IN_PROGRESS",
    ("pack", "DRAFT", "bind-modules"): "IN_PROGRESS",
    ("pack", "IN_PROGRESS", "bind-module"): "IN_PROGRESS",
    ("pack", "IN_PROGRESS", "bind-modules"): "IN_PROGRESS",
    ("pack", "IN_PROGRESS", "seal"): "READY_FOR_EOL",
    ("pack", "READY_FOR_EOL", "disposition"): "FINALIZED",
    ("module", "DRAFT", "scrap"): "SCRAPPED",
    ("module", "IN_PROGRESS", "scrap"): "SCRAPPED",
    ("module", "SEALED", "scrap"): "SCRAPPED",
    ("pack", "IN_PROGRESS", "unbind-module"): "IN_PROGRESS",
    ("pack", "READY_FOR_EOL", "rework"): "REWORK",
    ("pack", "FINALIZED", "rework"): "REWORK",
    ("pack", "REWORK", "bind-module"): "REWORK",
    ("pack", "REWORK", "bind-modules"): "REWORK",
    ("pack", "REWORK", "unbind-module"): "REWORK",
    ("pack", "REWORK", "seal"): "READY_FOR_EOL",
    ("pack", "FINALIZED", "ship"): "SHIPPED",
    ("pack", "SHIPPED", "return"): "READY_FOR_EOL",
    **{("pack", state, "void"): "VOID" for state in ("DRAFT", "IN_PROGRESS", "READY_FOR_EOL", "FINALIZED", "REWORK")},
}
LOCKED = {
    ("sku", "ACTIVE"): {"edit"},
    ("sku", "RETIRED"): {"edit"},
    ("module", "SEALED"): {"bind-cell", "bind-cells", "unbind-cell", "seal"},
    ("pack", "READY_FOR_EOL"): {"bind-module", "bind-modules", "unbind-module", "seal"},
    ("pack", "FINALIZED"): {"bind-module", "bind-modules", "unbind-module", "seal"},
    ("pack", "SHIPPED"): {"bind-module", "bind-modules", "unbind-module", "seal"},
}
STEPS = [
    (kind, state, action)
    for kind, machine in STATE_MACHINES.items()
    for state in machine.states
    for action in LineAction
]

numbers = st.decimals(min_value=-1000, max_value=1000, places=3)


@pytest.mark.parametrize(("kind", "state", "action"), STEPS)
def test_transitions_are_those_of_the_contract(kind: str, state: str, action: LineAction) -> None:
    machine = STATE_MACHINES[kind]
    expected = TransitionCheck.NOT_ALLOWED
    if action in LOCKED.get((kind, state), ()):
        expected = TransitionCheck.LOCKED
    elif (kind, state, action) in TRANSITIONS:
        expected = TransitionCheck.ALLOWED
    assert machine.check(state, action) is expected
    assert machine.transitions.get((state, action)) == TRANSITIONS.get((kind, state, action))


def test_sources_and_targets_of_steps() -> None:
    assert (SKU.targets(LineAction.ACTIVATE), SKU.sources(LineAction.ACTIVATE)) == ({"ACTIVE"}, ["DRAFT"])
    assert (BATCH.targets(LineAction.COMPLETE), BATCH.sources(LineAction.COMPLETE)) == ({"COMPLETED"}, ["IN_PROGRESS"])
    assert MODULE.targets(LineAction.BIND_CELL) == {"IN_PROGRESS"}
    assert MODULE.sources(LineAction.BIND_CELL) == ["DRAFT", "IN_PROGRESS"]
    seals = (PACK.targets(LineAction.SEAL), PACK.sources(LineAction.SEAL))
    assert seals == ({"READY_FOR_EOL"}, ["IN_PROGRESS", "REWORK"])


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_seal_requires_the_exact_count(bound: int, required: int) -> None:
    assert (missing_for_seal(bound, required, "cell") == []) == (bound == required)


def test_missing_and_surplus_parts_are_named() -> None:
    assert missing_for_seal(47, 48, "cell") == ["1 of 48 cells are not bound yet"]
    assert missing_for_seal(9, 8, "module") == ["1 modules are too many"]


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(1, 90))
def test_parts_are_bound_up_to_the_required_count(bound: int, required: int, parts: int) -> None:
    assert (missing_for_binding(bound, required, parts, "cell") == []) == (bound + parts <= required)


def test_completion_requires_finalized_packs() -> None:
    assert missing_for_completion(0, 0) == ["the batch has no pack"]
    assert missing_for_completion(5, 2) == ["2 of 5 packs are not FINALIZED"]
    assert missing_for_completion(5, 0) == []


@given(numbers, st.none() | numbers, st.none() | numbers)
def test_value_passes_exactly_within_its_bounds(value: Decimal, low: Decimal | None, high: Decimal | None) -> None:
    violations = limit_violations({"U": LimitBounds(low, high, "V")}, {"U": MeasuredValue(value, "V")})
    within = (low is None or value >= low) and (high is None or value <= high)
    assert (violations == []) == within
    assert all((item.name, item.value) == ("U", value) and item.problem in ("below", "above") for item in violations)


@given(st.dictionaries(st.sampled_from("ABCDEF"), numbers), st.dictionaries(st.sampled_from("ABCDEF"), numbers))
def test_limits_without_a_value_are_violated_and_values_without_a_limit_are_ignored(
    limits: dict[str, Decimal], measured: dict[str, Decimal]
) -> None:
    bounds = {name: LimitBounds(None, maximum, "V") for name, maximum in limits.items()}
    violations = limit_violations(bounds, {name: MeasuredValue(value, "V") for name, value in measured.items()})
    missing = [item.name for item in violations if item.problem == "missing"]
    assert missing == [name for name in limits if name not in measured]
    assert [item.name for item in violations if item.problem == "above"] == [
        name for name in limits if name in measured and measured[name] > limits[name]
    ]


def test_value_in_another_unit_is_named_with_the_required_unit() -> None:
    bounds = {"U": LimitBounds(None, Decimal(1), "V"), "R": LimitBounds(None, Decimal(1), "Ohm")}
    measured = {
        "U": MeasuredValue(Decimal(1), "mV"),
        "R": MeasuredValue(Decimal(1), "Ohm"),
        "T": MeasuredValue(Decimal(1), "K"),
    }
    assert mismatched_units(bounds, measured) == {"U": "V"}


@given(st.floats(-1e9, 1e9))
def test_measured_value_is_rounded_to_the_nearest_millionth(value: float) -> None:
    exact = Decimal(value)
    result = rounded(exact)
    assert abs(result - exact) <= Decimal("5E-7")
    assert rounded(result) == result
    assert str(result) == format(result, "f")
    assert "." not in str(result) or not str(result).endswith("0")


@given(st.integers(-(10**15), 10**15))
def test_value_of_at_most_six_places_stays_as_it_is(millionths: int) -> None:
    value = Decimal(millionths).scaleb(-6)
    assert rounded(value) == value
