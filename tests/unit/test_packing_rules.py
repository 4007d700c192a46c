"""The rules of packing: states, counters and what they rest on, sums, weights, and allergens."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.packing.rules import (
    BOX_STEPS,
    PACKABLE,
    SHIPMENT_STEPS,
    BoxStatus,
    BoxStep,
    LineStatus,
    Obstacle,
    Packed,
    Progress,
    ShipmentStatus,
    ShipmentStep,
    allergen_warning,
    exact,
    has_too_many_places,
    line_status,
    matching_allergens,
    moved,
    obstacle_to_completion,
    remaining,
    shown,
    summed,
    total_weight,
    weight_of,
)

PENDING, PACKING = ShipmentStatus.PENDING, ShipmentStatus.PACKING
few = settings(max_examples=60)
amounts = st.decimals(min_value="0.000001", max_value=999_999_999, places=6)
small = st.integers(1, 8).map(Decimal)


def content(name: str = "Milk", quantity: str = "1", **fields: object) -> Packed:
    """Something in a box."""
    made = {"sku": name, "uom": "EA", "unit_weight": None, "allergens": (), **fields}
    return Packed(product_name=name, quantity=Decimal(quantity), **made)  # type: ignore[arg-type]


def progress(**counters: int) -> Progress:
    """Two lines in two closed boxes, all packed, unless a test says otherwise."""
    usual = {"lines_total": 2, "lines_packed": 2, "lines_complete": 2, "boxes_count": 2}
    return Progress(**{**usual, "boxes_open": 0, "boxes_empty": 0, **counters})


# --- states ----------------------------------------------------------------------------------------------------


def test_a_shipment_goes_from_pending_to_packing_to_packed_and_never_back() -> None:
    assert {(state.value, step.value): to.value for (state, step), to in SHIPMENT_STEPS.items()} == {
        ("pending", "pack"): "packing",
        ("packing", "pack"): "packing",
        ("packing", "complete"): "packed",
    }
    assert {PENDING, PACKING} == PACKABLE
    assert {step for _, step in SHIPMENT_STEPS} == set(ShipmentStep)


def test_a_box_is_closed_when_it_is_open_and_opened_when_it_is_closed() -> None:
    possible = {(BoxStatus.OPEN, BoxStep.CLOSE), (BoxStatus.CLOSED, BoxStep.REOPEN)}
    assert {one for one in product(BoxStatus, BoxStep) if one in BOX_STEPS} == possible
    assert all(to is not state for (state, _), to in BOX_STEPS.items())


@pytest.mark.parametrize(
    ("status", "counters", "allow_partial", "obstacle"),
    [
        (PACKING, {}, False, None),
        (PACKING, {}, True, None),
        (ShipmentStatus.PACKED, {}, True, Obstacle.NOT_PACKABLE),
        (ShipmentStatus.IMPORTING, {}, True, Obstacle.NOT_PACKABLE),
        (PENDING, {"boxes_count": 0, "lines_packed": 0, "lines_complete": 0}, False, Obstacle.NO_BOXES),
        (PENDING, {"boxes_count": 0, "lines_packed": 0, "lines_complete": 0}, True, Obstacle.NO_BOXES),
        (PACKING, {"boxes_open": 1}, False, Obstacle.OPEN_BOXES),
        (PACKING, {"boxes_open": 1}, True, Obstacle.OPEN_BOXES),
        (PACKING, {"boxes_open": 1, "boxes_empty": 1}, False, Obstacle.OPEN_BOXES),
        (PACKING, {"boxes_open": 1, "boxes_empty": 1}, True, None),
        (PACKING, {"boxes_open": 2, "boxes_empty": 1}, True, Obstacle.OPEN_BOXES),
        (PACKING, {"lines_complete": 1}, False, Obstacle.UNPACKED_ITEMS),
        (PACKING, {"lines_complete": 1}, True, None),
        (PACKING, {"lines_complete": 0, "lines_packed": 1}, True, None),
        (PACKING, {"lines_complete": 0, "lines_packed": 0}, True, Obstacle.UNPACKED_ITEMS),
        (
            PENDING,
            {"boxes_count": 1, "boxes_open": 1, "boxes_empty": 1, "lines_packed": 0, "lines_complete": 0},
            True,
            Obstacle.UNPACKED_ITEMS,
        ),
        (PENDING, {"lines_total": 0, "lines_packed": 0, "lines_complete": 0}, False, Obstacle.UNPACKED_ITEMS),
    ],
)
def test_a_shipment_is_complete_when_its_boxes_are_closed_and_all_is_in_them(
    status: ShipmentStatus, counters: dict[str, int], allow_partial: bool, obstacle: Obstacle | None
) -> None:
    assert obstacle_to_completion(status, progress(**counters), allow_partial=allow_partial) is obstacle


# --- lines and their counters ----------------------------------------------------------------------------------


@few
@given(packed=st.integers(0, 12).map(Decimal), ordered=small, change=small, out=st.booleans(), at=st.integers(0, 12))
def test_a_change_means_the_same_for_the_counters_wherever_its_range_says_so_and_nowhere_else(
    packed: Decimal, ordered: Decimal, change: Decimal, out: bool, at: int
) -> None:
    change = -min(change, packed) if out else change
    meaning = moved(packed, ordered, change)
    assert meaning.at_least <= packed
    assert meaning.at_most is None or packed <= meaning.at_most
    elsewhere = Decimal(at)
    if elsewhere + change < 0:
        return
    within = elsewhere >= meaning.at_least and (meaning.at_most is None or elsewhere <= meaning.at_most)
    if within:
        there = moved(elsewhere, ordered, change)
        assert (there.lines_packed, there.lines_complete) == (meaning.lines_packed, meaning.lines_complete)


@few
@given(ordered=small, changes=st.lists(st.tuples(small, st.booleans()), max_size=12))
def test_the_counters_follow_a_line_through_any_changes(ordered: Decimal, changes: list[tuple[Decimal, bool]]) -> None:
    packed, started, complete = Decimal(0), 0, 0
    for amount, out in changes:
        change = -min(amount, packed) if out else amount
        meaning = moved(packed, ordered, change)
        packed, started, complete = packed + change, started + meaning.lines_packed, complete + meaning.lines_complete
        assert (started, complete) == (int(packed > 0), int(packed >= ordered))


def test_the_range_reaches_to_the_smallest_step_beside_a_bound() -> None:
    meaning = moved(Decimal(0), Decimal(10), Decimal("2.5"))
    assert (meaning.lines_packed, meaning.lines_complete) == (1, 0)
    assert (meaning.at_least, meaning.at_most) == (Decimal(0), Decimal(0))
    meaning = moved(Decimal(1), Decimal(10), Decimal("2.5"))
    assert (meaning.at_least, meaning.at_most) == (Decimal("0.000001"), Decimal("7.499999"))


def test_a_line_may_hold_more_than_was_ordered() -> None:
    assert (line_status(Decimal(9), Decimal(10)), remaining(Decimal(9), Decimal(10))) == (
        LineStatus.PARTIAL,
        Decimal(1),
    )
    assert (line_status(Decimal(10), Decimal(10)), remaining(Decimal(10), Decimal(10))) == (
        LineStatus.COMPLETE,
        Decimal(0),
    )
    assert (line_status(Decimal(12), Decimal(10)), remaining(Decimal(12), Decimal(10))) == (
        LineStatus.COMPLETE,
        Decimal(0),
    )


# --- sums and weights ------------------------------------------------------------------------------------------


def test_the_contents_of_a_box_are_summed_by_product_and_unit_in_the_order_of_their_coming() -> None:
    contents = [
        content("Tea", "2"),
        content("Milk", "0.1"),
        content("Milk", "0.2"),
        content("Milk", "1", uom="CS"),
        content("Tea", "3"),
    ]
    assert [tuple(one) for one in summed(contents)] == [
        ("Tea", Decimal(5), "EA"),
        ("Milk", Decimal("0.3"), "EA"),
        ("Milk", Decimal(1), "CS"),
    ]
    assert summed([]) == []


@few
@given(st.lists(st.tuples(amounts, st.none() | amounts), max_size=5))
def test_weights_are_exact_however_large_or_fine(parts: list[tuple[Decimal, Decimal | None]]) -> None:
    contents = [content("Milk", str(quantity), unit_weight=weight) for quantity, weight in parts]
    whole = sum((Fraction(quantity) * Fraction(weight or 0) for quantity, weight in parts), Fraction(0))
    assert Fraction(total_weight(contents)) == whole
    assert all(weight_of(one.quantity, None) == 0 for one in contents)


@pytest.mark.parametrize(
    ("stored", "said"),
    [("10", "10"), ("1E+2", "100"), ("2.500000", "2.5"), ("0", "0"), ("0.0000005", "0"), ("0.0000015", "0.000002")],
)
def test_numbers_are_answered_without_idle_zeros_and_with_six_places_at_most(stored: str, said: str) -> None:
    assert str(shown(Decimal(stored))) == said


@few
@given(amounts)
def test_every_quantity_within_the_bounds_is_kept_as_it_was_written(amount: Decimal) -> None:
    assert exact(float(str(amount))) == amount
    assert not has_too_many_places(float(str(amount)))


@pytest.mark.parametrize("number", [0.0000001, 1.2345678, 999999999.0000001])
def test_more_than_six_places_are_too_many(number: float) -> None:
    assert has_too_many_places(number)


@pytest.mark.parametrize("number", [1.0, 0.1 + 0.7, 0.000001, 100.0, 123456789.123456])
def test_six_places_are_not(number: float) -> None:
    assert not has_too_many_places(round(number, 6))


# --- allergens -------------------------------------------------------------------------------------------------


def test_allergens_match_in_any_case_and_are_named_as_the_customer_names_them() -> None:
    assert matching_allergens(["Nuts", " GLUTEN ", "Milk", "NUTS", "Nuts"], {"nuts", "Gluten"}) == [
        "Nuts",
        " GLUTEN ",
        "NUTS",
    ]
    assert matching_allergens(["Straße"], {"STRASSE"}) == ["Straße"]
    assert matching_allergens([], {"nuts"}) == []


def test_the_warning_is_about_the_product_or_else_about_what_is_in_the_box() -> None:
    milk, tea = content("Milk", allergens=("milk",)), content("Tea")
    nuts = content("Nuts", allergens=("nuts", "milk"))
    assert allergen_warning(["milk"], milk, [nuts]) == (["milk"], "Milk")
    assert allergen_warning(["milk", "nuts"], tea, [tea, nuts, milk]) == (["milk", "nuts"], "Nuts")
    assert allergen_warning(["milk", "nuts"], milk, [nuts]) == (["milk", "nuts"], "Milk")
    assert allergen_warning(["fish"], milk, [nuts]) is None
    assert allergen_warning([], milk, [nuts]) is None
