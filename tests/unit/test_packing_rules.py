"""The rules of packing: states, counters, sums, weights and allergens."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.decimals import to_decimal
from chalicelib.packing.boxes.rules import (
    BOX,
    BoxAction,
    PackedProduct,
    match_allergens,
    matching_allergens,
    sum_products,
    total_weight,
    weight_of,
)
from chalicelib.packing.rules import has_too_many_places, normalize
from chalicelib.packing.shipments.rules import (
    PACKABLE,
    SHIPMENT,
    CompletionObstacle,
    LineStatus,
    Progress,
    ShipmentAction,
    ShipmentStatus,
    completion_obstacle,
    counter_change,
    line_status,
    remaining,
)

PENDING, PACKING = ShipmentStatus.PENDING, ShipmentStatus.PACKING
few = settings(max_examples=60)
amounts = st.decimals(min_value="0.000001", max_value=999_999_999, places=6)
small = st.integers(1, 8).map(Decimal)


def content(name: str = "Milk", quantity: str = "1", **fields: object) -> PackedProduct:
    """Return a content of a box."""
    made = {"sku": name, "uom": "EA", "unit_weight": None, "allergens": (), **fields}
    return PackedProduct(product_name=name, quantity=Decimal(quantity), **made)  # type: ignore[arg-type]


def progress(**counters: int) -> Progress:
    """Return the counters of two packed lines in two closed boxes, with changes."""
    usual = {"lines_total": 2, "lines_packed": 2, "lines_complete": 2, "boxes_count": 2}
    return Progress(**{**usual, "boxes_open": 0, "boxes_empty": 0, **counters})


# --- states ----------------------------------------------------------------------------------------------------


def test_a_shipment_is_packed_reopened_and_cancelled_in_these_states() -> None:
    assert {(str(state), str(action)): str(target) for (state, action), target in SHIPMENT.transitions.items()} == {
        ("pending", "create"): "pending",
        ("pending", "pack"): "packing",
        ("packing", "create"): "packing",
        ("packing", "pack"): "packing",
        ("packing", "remove"): "packing",
        ("packing", "reopen-box"): "packing",
        ("packing", "complete"): "packed",
        ("pending", "void"): "pending",
        ("packing", "void"): "packing",
        ("pending", "cancel"): "cancelled",
        ("packing", "cancel"): "cancelled",
        ("packed", "cancel"): "cancelled",
        ("cancelling", "cancel"): "cancelled",
        ("packed", "reopen"): "packing",
    }
    assert {PENDING, PACKING} == PACKABLE
    assert {action for _, action in SHIPMENT.transitions} == set(ShipmentAction)


def test_contents_change_only_in_open_boxes_and_only_closed_boxes_are_reopened() -> None:
    assert {(str(state), str(action)): str(target) for (state, action), target in BOX.transitions.items()} == {
        ("open", "pack"): "open",
        ("open", "remove"): "open",
        ("open", "close"): "closed",
        ("closed", "reopen"): "open",
        ("open", "void"): "voided",
    }
    assert {action for _, action in BOX.transitions} == set(BoxAction)


@pytest.mark.parametrize(
    ("status", "counters", "allow_partial", "obstacle"),
    [
        (PACKING, {}, False, None),
        (PACKING, {}, True, None),
        (ShipmentStatus.PACKED, {}, True, CompletionObstacle.NOT_PACKABLE),
        (ShipmentStatus.IMPORTING, {}, True, CompletionObstacle.NOT_PACKABLE),
        (PENDING, {"boxes_count": 0, "lines_packed": 0, "lines_complete": 0}, False, CompletionObstacle.NO_BOXES),
        (PENDING, {"boxes_count": 0, "lines_packed": 0, "lines_complete": 0}, True, CompletionObstacle.NO_BOXES),
        (PACKING, {"boxes_open": 1}, False, CompletionObstacle.OPEN_BOXES),
        (PACKING, {"boxes_open": 1}, True, CompletionObstacle.OPEN_BOXES),
        (PACKING, {"boxes_open": 1, "boxes_empty": 1}, False, CompletionObstacle.OPEN_BOXES),
        (PACKING, {"boxes_open": 1, "boxes_empty": 1}, True, None),
        (PACKING, {"boxes_open": 2, "boxes_empty": 1}, True, CompletionObstacle.OPEN_BOXES),
        (PACKING, {"lines_complete": 1}, False, CompletionObstacle.UNPACKED_ITEMS),
        (PACKING, {"lines_complete": 1}, True, None),
        (PACKING, {"lines_complete": 0, "lines_packed": 1}, True, None),
        (PACKING, {"lines_complete": 0, "lines_packed": 0}, True, CompletionObstacle.UNPACKED_ITEMS),
        (
            PENDING,
            {"boxes_count": 1, "boxes_open": 1, "boxes_empty": 1, "lines_packed": 0, "lines_complete": 0},
            True,
            CompletionObstacle.UNPACKED_ITEMS,
        ),
        (PENDING, {"lines_total": 0, "lines_packed": 0, "lines_complete": 0}, False, CompletionObstacle.UNPACKED_ITEMS),
    ],
)
def test_a_shipment_is_complete_if_its_boxes_are_closed_and_hold_all_items(
    status: ShipmentStatus, counters: dict[str, int], allow_partial: bool, obstacle: CompletionObstacle | None
) -> None:
    assert completion_obstacle(status, progress(**counters), allow_partial=allow_partial) is obstacle


# --- lines and their counters ----------------------------------------------------------------------------------


@few
@given(packed=st.integers(0, 12).map(Decimal), ordered=small, change=small, out=st.booleans(), at=st.integers(0, 12))
def test_a_counter_change_is_true_in_its_whole_range(
    packed: Decimal, ordered: Decimal, change: Decimal, out: bool, at: int
) -> None:
    change = -min(change, packed) if out else change
    effect = counter_change(packed, ordered, change)
    assert effect.at_least <= packed
    assert effect.at_most is None or packed <= effect.at_most
    elsewhere = Decimal(at)
    if elsewhere + change < 0:
        return
    within = elsewhere >= effect.at_least and (effect.at_most is None or elsewhere <= effect.at_most)
    if within:
        there = counter_change(elsewhere, ordered, change)
        assert (there.lines_packed, there.lines_complete) == (effect.lines_packed, effect.lines_complete)


@few
@given(ordered=small, changes=st.lists(st.tuples(small, st.booleans()), max_size=12))
def test_the_counters_follow_a_line_through_any_changes(ordered: Decimal, changes: list[tuple[Decimal, bool]]) -> None:
    packed, started, complete = Decimal(0), 0, 0
    for amount, out in changes:
        change = -min(amount, packed) if out else amount
        effect = counter_change(packed, ordered, change)
        packed, started, complete = packed + change, started + effect.lines_packed, complete + effect.lines_complete
        assert (started, complete) == (int(packed > 0), int(packed >= ordered))


def test_the_range_reaches_to_the_smallest_step_beside_a_bound() -> None:
    effect = counter_change(Decimal(0), Decimal(10), Decimal("2.5"))
    assert (effect.lines_packed, effect.lines_complete) == (1, 0)
    assert (effect.at_least, effect.at_most) == (Decimal(0), Decimal(0))
    effect = counter_change(Decimal(1), Decimal(10), Decimal("2.5"))
    assert (effect.at_least, effect.at_most) == (Decimal("0.000001"), Decimal("7.499999"))


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


def test_contents_are_summed_by_product_and_unit_in_the_order_of_first_packing() -> None:
    contents = [
        content("Tea", "2"),
        content("Milk", "0.1"),
        content("Milk", "0.2"),
        content("Milk", "1", uom="CS"),
        content("Tea", "3"),
    ]
    assert [tuple(one) for one in sum_products(contents)] == [
        ("Tea", Decimal(5), "EA"),
        ("Milk", Decimal("0.3"), "EA"),
        ("Milk", Decimal(1), "CS"),
    ]
    assert sum_products([]) == []


@few
@given(st.lists(st.tuples(amounts, st.none() | amounts), max_size=5))
def test_weights_are_exact_for_all_sizes(parts: list[tuple[Decimal, Decimal | None]]) -> None:
    contents = [content("Milk", str(quantity), unit_weight=weight) for quantity, weight in parts]
    whole = sum((Fraction(quantity) * Fraction(weight or 0) for quantity, weight in parts), Fraction(0))
    assert Fraction(total_weight(contents)) == whole
    assert all(weight_of(one.quantity, None) == 0 for one in contents)


@pytest.mark.parametrize(
    ("stored", "said"),
    [("10", "10"), ("1E+2", "100"), ("2.500000", "2.5"), ("0", "0"), ("0.0000005", "0"), ("0.0000015", "0.000002")],
)
def test_numbers_are_shown_without_trailing_zeros_and_with_at_most_six_places(stored: str, said: str) -> None:
    assert str(normalize(Decimal(stored))) == said


@few
@given(amounts)
def test_quantities_within_the_bounds_are_exact(amount: Decimal) -> None:
    assert to_decimal(float(str(amount))) == amount
    assert not has_too_many_places(float(str(amount)))


@pytest.mark.parametrize("number", [0.0000001, 1.2345678, 999999999.0000001])
def test_more_than_six_places_are_too_many(number: float) -> None:
    assert has_too_many_places(number)


@pytest.mark.parametrize("number", [1.0, 0.1 + 0.7, 0.000001, 100.0, 123456789.123456])
def test_six_places_are_accepted(number: float) -> None:
    assert not has_too_many_places(round(number, 6))


# --- allergens -------------------------------------------------------------------------------------------------


def test_allergens_match_without_case_and_keep_the_spelling_of_the_restriction() -> None:
    assert matching_allergens(["Nuts", " GLUTEN ", "Milk", "NUTS", "Nuts"], {"nuts", "Gluten"}) == [
        "Nuts",
        " GLUTEN ",
        "NUTS",
    ]
    assert matching_allergens(["Straße"], {"STRASSE"}) == ["Straße"]
    assert matching_allergens([], {"nuts"}) == []


def test_the_warning_names_the_packed_product_before_the_contents_of_the_box() -> None:
    milk, tea = content("Milk", allergens=("milk",)), content("Tea")
    nuts = content("Nuts", allergens=("nuts", "milk"))
    assert match_allergens(["milk"], milk, [nuts]) == (["milk"], "Milk")
    assert match_allergens(["milk", "nuts"], tea, [tea, nuts, milk]) == (["milk", "nuts"], "Nuts")
    assert match_allergens(["milk", "nuts"], milk, [nuts]) == (["milk", "nuts"], "Milk")
    assert match_allergens(["fish"], milk, [nuts]) is None
    assert match_allergens([], milk, [nuts]) is None
