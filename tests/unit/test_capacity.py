"""What DynamoDB would charge, by its published rules; the benchmarks estimate bills from it."""

from typing import Any

import pytest

from tests.benchmarks.capacity import (
    Index,
    Units,
    batch_read_units,
    check_units,
    index_units,
    item_size,
    query_units,
    read_units,
    write_units,
)

BY_STATE = Index(("state",), projected=frozenset({"pk", "state", "note"}))
WHOLE = Index(("state",), projected=None)


def text(size: int) -> dict[str, Any]:
    """An item of exactly so many bytes."""
    return {"a": {"S": "x" * (size - 1)}}


def item(state: str | None = "open", note: str = "n", other: str = "o") -> dict[str, Any]:
    made = {"pk": {"S": "k"}, "note": {"S": note}, "other": {"S": other}}
    return made if state is None else {**made, "state": {"S": state}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "123"}, 3),
        ({"N": "1772355600000"}, 5),
        ({"N": "1772355600123"}, 8),
        ({"N": "-12.5"}, 4),
        ({"N": "0.0050"}, 2),
        ({"N": "1E+30"}, 2),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"B": "AAEC"}, 3),
        ({"B": b"\0\1\2"}, 3),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "ab"}}}, 9),
    ],
)
def test_a_value_has_the_size_that_dynamodb_documents(value: dict[str, Any], size: int) -> None:
    assert item_size({"n": value}) == size + 1


def test_the_names_of_attributes_count_in_bytes() -> None:
    assert item_size({"größe": {"S": "x"}, "b": {"S": "y"}}) == 7 + 1 + 1 + 1


def test_nothing_has_no_size() -> None:
    assert item_size(None) == 0


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1, 1), (4096, 1), (4097, 2), (12_289, 4)])
def test_a_read_pays_for_each_four_kilobytes_begun_and_half_if_it_may_be_stale(size: int, units: float) -> None:
    assert read_units(size, consistent=True) == units
    assert read_units(size, consistent=False) == units / 2


def test_a_batch_rounds_each_item_up_and_pays_for_what_is_not_there() -> None:
    assert batch_read_units([text(10), text(5000)], 1, consistent=True) == 1 + 2 + 1


def test_a_query_rounds_the_whole_page_up_once() -> None:
    assert query_units([text(2000), text(2000)], consistent=True) == 1
    assert query_units([text(2000), text(2097)], consistent=False) == 1
    assert query_units([], consistent=False) == 0.5


@pytest.mark.parametrize(("size", "units"), [(2, 1), (1024, 1), (1025, 2), (3000, 3)])
def test_a_write_pays_for_each_kilobyte_begun_and_twice_in_a_transaction(size: int, units: float) -> None:
    assert write_units(None, text(size)) == units
    assert write_units(None, text(size), transactional=True) == 2 * units


def test_a_change_pays_for_the_larger_of_before_and_after() -> None:
    assert write_units(text(3000), text(10)) == 3
    assert write_units(text(10), text(3000)) == 3
    assert write_units(text(3000), None) == 3
    assert write_units(None, None) == 1


@pytest.mark.parametrize(
    ("before", "after", "writes"),
    [
        (None, item(), 1),
        (None, item(state=None), 0),
        (item(), None, 1),
        (item(state=None), item(), 1),
        (item(), item(state=None), 1),
        (item(state="open"), item(state="done"), 2),
        (item(note="old"), item(note="new"), 1),
        (item(other="old"), item(other="new"), 0),
    ],
    ids=["new", "new and left out", "gone", "put in", "taken out", "key changed", "projected changed", "other changed"],
)
def test_an_index_is_written_only_when_its_entry_changes(before: Any, after: Any, writes: int) -> None:
    assert write_units(before, after, [BY_STATE]) == 1 + writes


def test_the_writes_of_an_index_are_those_of_the_keys_that_an_entry_leaves_and_enters() -> None:
    index = Index(("shard", "rank"), projected=frozenset({"shard", "rank"}))
    one, other = ({"shard": {"S": shard}, "rank": {"N": "1"}} for shard in ("one", "other"))
    assert list(index_units(None, one, index)) == [("one", 1)]
    assert list(index_units(one, None, index)) == [("one", 1)]
    assert list(index_units(one, other, index)) == [("one", 1), ("other", 1)]
    assert list(index_units(one, {**one, "rank": {"N": "2"}}, index)) == [("one", 1), ("one", 1)]
    assert list(index_units(one, one, index)) == []


def test_an_index_of_everything_follows_every_change() -> None:
    assert write_units(item(other="old"), item(other="new"), [WHOLE]) == 2


def test_an_index_entry_is_paid_by_its_own_size() -> None:
    large = item(other="x" * 3000)
    assert write_units(None, large, [BY_STATE]) == 3 + 1
    assert write_units(None, large, [WHOLE]) == 3 + 3


def test_a_transaction_does_not_double_what_its_indexes_cost() -> None:
    assert write_units(None, item(), [BY_STATE, WHOLE], transactional=True) == 2 + 1 + 1


def test_a_refused_write_and_a_check_pay_for_the_item_that_is_there() -> None:
    assert check_units(None) == 1
    assert check_units(text(2000)) == 2
    assert check_units(text(2000), transactional=True) == 4


def test_units_add_up() -> None:
    assert Units(1, 2) + Units(0.5, 3) == Units(1.5, 5)
