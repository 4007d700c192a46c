"""What a hold holds: marks, values, and the table of its states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.state_machine import TransitionCheck
from chalicelib.manufacturing.assembly.holds.rules import (
    HOLD,
    HoldAction,
    HoldKind,
    HoldStatus,
    OpenHold,
    held_value,
    holds_on,
    mark,
    module_mark,
    value_error,
)

texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
kinds = st.sampled_from(HoldKind)
holds = st.builds(OpenHold, texts, kinds, texts, texts, st.none() | texts)


@given(st.lists(holds), st.sets(st.builds(mark, kinds, texts) | st.builds(module_mark, texts)))
def test_holds_hold_what_has_their_value_or_their_module(held: list[OpenHold], marks: set[str]) -> None:
    def names(hold: OpenHold) -> bool:
        inside = hold.module_id is not None and module_mark(hold.module_id) in marks
        return mark(hold.kind, hold.value) in marks or inside

    assert holds_on(held, marks) == [hold for hold in held if names(hold)]


@given(st.tuples(kinds, texts), st.tuples(kinds, texts))
def test_values_have_one_mark_if_they_are_the_same_and_lots_match_without_case(
    one: tuple[HoldKind, str], other: tuple[HoldKind, str]
) -> None:
    are_lots = one[0] is other[0] is HoldKind.LOT
    same = one[1].casefold() == other[1].casefold() if are_lots else one == other
    assert (mark(*one) == mark(*other)) == same


def test_serial_of_a_scan_is_held() -> None:
    assert held_value(HoldKind.SERIAL, "]C121C-1") == "C-1"
    assert held_value(HoldKind.BATCH, "BAT-1") == "BAT-1"
    assert value_error(HoldKind.SERIAL, "C-1") is None
    assert value_error(HoldKind.SERIAL, "a b") is not None
    assert value_error(HoldKind.LOT, "L-7") is None
    assert value_error(HoldKind.LOT, "L" * 129) is not None
    assert value_error(HoldKind.BATCH, "B" * 256) == "must have at most 255 characters"


@pytest.mark.parametrize("status", HoldStatus)
def test_only_an_open_hold_is_released(status: HoldStatus) -> None:
    allowed = HOLD.check(status, HoldAction.RELEASE) is TransitionCheck.ALLOWED
    assert allowed == (status is HoldStatus.OPEN)
