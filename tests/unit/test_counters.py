"""Contended counters: exact for the first attempts, guarded afterwards, and never above their bound."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.core import store
from chalicelib.core.counters import ALWAYS, INSIST, add_to_counters, change_contended, is_exact
from chalicelib.core.errors import BatonError, Conflict, Unavailable, VersionConflict
from chalicelib.core.work import UnitOfWork
from infra.local.engine import EmbeddedEngine
from tests.builders.shelves import Shelf, Storehouse, new_work, only, shelf, shelf_key


@pytest.fixture
def house(engine: EmbeddedEngine) -> Storehouse:
    house = Storehouse(engine)
    house.fill(shelf(stock=0))
    return house


def read() -> Shelf:
    found = store.get(shelf_key("a"))
    assert found is not None
    return found


def overtake() -> None:
    """Change the shelf as somebody else would."""
    read().update(actions=[Shelf.stock.add(100), Shelf.version.add(1)])


def put(**options: Any) -> Callable[[UnitOfWork], int]:
    """The use case that puts one more on the shelf; returns the sum that the response would show."""

    def use_case(work: UnitOfWork) -> int:
        entity = read()
        work.audit("shelf", "a", "PUT")
        change_contended(work, entity, amounts={"stock": 1}, condition=Shelf.place == "hall", **options)
        return entity.stock

    return use_case


def after(use_case: Callable[[UnitOfWork], int], times: int) -> Callable[[UnitOfWork], int]:
    """The use case, overtaken in its first attempts, between read and commit."""
    attempts = iter(range(1_000))

    def overtaken(work: UnitOfWork) -> int:
        result = use_case(work)
        if next(attempts) < times:
            overtake()
        return result

    return overtaken


# --- staging ---------------------------------------------------------------------------------------------------


def test_entity_shows_the_new_values_at_once() -> None:
    work, entity = new_work(), shelf(stock=5, version=3)
    change_contended(work, entity, values={"place": "yard"}, amounts={"stock": 2}, condition=Shelf.place == "hall")
    assert (entity.place, entity.stock, entity.version) == ("yard", 7, 4)


def test_audit_row_has_what_was_set_and_not_the_sums() -> None:
    work, entity = new_work(), shelf(place="hall")
    values = {"place": None, "code": None}
    change_contended(work, entity, values=values, amounts={"stock": 2}, condition=Shelf.place == "hall")
    assert only(work).changes == {"place": ["hall", None]}


def test_audit_row_takes_further_changes() -> None:
    work, entity = new_work(), shelf()
    change_contended(
        work, entity, amounts={"stock": 1}, changes={"serial": [None, "S1"]}, condition=Shelf.place == "hall"
    )
    assert only(work).changes == {"serial": [None, "S1"]}


# --- attempts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [0, 1, INSIST - 1])
def test_response_is_exact_while_the_version_is_insisted_on(house: Storehouse, times: int) -> None:
    assert house.run(after(put(), times)) == 100 * times + 1
    assert house.stock("a") == 100 * times + 1


def test_after_some_conflicts_the_condition_alone_decides(house: Storehouse) -> None:
    assert house.run(after(put(), INSIST + 1)) == 100 * INSIST + 1  # read before the last change of the others
    assert house.stock("a") == 100 * (INSIST + 1) + 1
    assert len(house.sent) == INSIST + 1


def test_guarded_change_never_conflicts_with_others(house: Storehouse) -> None:
    house.run(after(put(insist=0), 1))
    assert (house.stock("a"), len(house.sent)) == (101, 1)


def test_change_that_always_insists_is_exact_in_every_attempt(house: Storehouse) -> None:
    assert house.run(after(put(insist=ALWAYS), INSIST + 2)) == 100 * (INSIST + 2) + 1


def test_conflicts_of_several_entities_in_one_attempt_count_once(house: Storehouse) -> None:
    house.fill(shelf("b", stock=0))
    exact: list[bool] = []

    def use_case(work: UnitOfWork) -> None:
        exact.append(is_exact(work))
        other = store.get(shelf_key("b"))
        assert other is not None
        for entity in (read(), other):
            change_contended(work, entity, amounts={"stock": 1}, condition=Shelf.place == "hall")
        if len(exact) <= INSIST:
            overtake()
            other.update(actions=[Shelf.version.add(1)])

    house.run(use_case)
    assert exact == [True] * INSIST + [False]


# --- conditions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "expected"), [(None, Unavailable), (Conflict(), Conflict)])
def test_condition_that_stays_false_is_the_error_that_was_named(
    house: Storehouse, given: BatonError | None, expected: type[BatonError]
) -> None:
    read().update(actions=[Shelf.place.set("yard")])
    with pytest.raises(expected):
        house.run(put(on_conflict=given))
    assert house.stock("a") == 0


def test_named_version_that_is_stored_is_accepted(house: Storehouse) -> None:
    assert house.run(put(expected_version=1)) == 1


def test_named_version_is_a_conflict_at_the_first_attempt(house: Storehouse) -> None:
    with pytest.raises(VersionConflict) as caught:
        house.run(after(put(expected_version=1), 1))
    assert caught.value.details == {"version": 2}
    assert (house.stock("a"), len(house.sent)) == (100, 1)


def test_named_version_that_holds_leaves_the_other_error(house: Storehouse) -> None:
    read().update(actions=[Shelf.place.set("yard")])
    with pytest.raises(Conflict) as caught:
        house.run(put(expected_version=1, on_conflict=lambda _: Conflict("Not in the hall.")))
    assert caught.value.message == "Not in the hall."


def test_item_that_is_gone_is_the_error_that_was_named(house: Storehouse) -> None:
    def use_case(work: UnitOfWork) -> None:
        put(expected_version=1)(work)
        Shelf(shelf_key("a").pk, "SHELF").delete()

    with pytest.raises(Unavailable):
        house.run(use_case)


# --- items that were not read ----------------------------------------------------------------------------------


def test_counters_of_an_unread_item_are_added_to(house: Storehouse) -> None:
    house.run(lambda work: add_to_counters(work, shelf_key("a"), {"stock": 3}))
    entity = read()
    assert (entity.stock, entity.version) == (3, 2)


def test_counters_of_an_absent_item_are_not_created(house: Storehouse) -> None:
    with pytest.raises(Unavailable):
        house.run(lambda work: add_to_counters(work, shelf_key("none"), {"stock": 3}))
    assert house.stock("none") is None


def test_final_condition_of_an_unread_item_ends_at_once(house: Storehouse) -> None:
    with pytest.raises(Conflict):
        house.run(
            lambda work: add_to_counters(
                work, shelf_key("a"), {"stock": 3}, condition=Shelf.stock > 0, on_conflict=Conflict(), final=True
            )
        )
    assert len(house.sent) == 1


# --- many at once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [4, 12])
def test_no_two_responses_show_the_same_sum_where_every_attempt_is_exact(house: Storehouse, people: int) -> None:
    with ThreadPoolExecutor(people) as pool:
        sums = list(pool.map(lambda _: house.run(put(insist=ALWAYS)), range(people)))
    assert sorted(sums) == list(range(1, people + 1))


def test_guarded_counter_never_passes_its_bound(house: Storehouse) -> None:
    def use_case(work: UnitOfWork) -> bool:
        entity = read()
        if entity.stock >= 5:
            return False
        change_contended(work, entity, amounts={"stock": 1}, condition=Shelf.stock < 5, insist=1)
        return True

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda _: house.run(use_case), range(12)))
    assert (results.count(True), house.stock("a")) == (5, 5)
