"""Reading: many items at once, lists page by page, and what becomes of a store that does not answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from pynamodb.exceptions import QueryError

from chalicelib.core import aws, store
from chalicelib.core.errors import Unavailable, ValidationFailed
from chalicelib.core.pagination import Page
from chalicelib.core.parallel import parallel, parallel_pair
from chalicelib.core.store import ItemKey, Query
from infra.local.engine import EmbeddedEngine
from tests.builders.shelves import Note, Shelf, Storehouse, shelf, shelf_key
from tests.builders.time import START
from tests.builders.world import World

PK = "demo#NOTES"


@pytest.fixture
def house(engine: EmbeddedEngine) -> Storehouse:
    """An empty storehouse."""
    return Storehouse(engine)


def write(number: int, pk: str = PK) -> list[str]:
    """A list of so many notes; their texts in order."""
    for one in range(number):
        Note(pk, f"{one:03d}", text=f"note {one}").save()
    return [f"note {one}" for one in range(number)]


def notes(*, newest_first: bool = False) -> Query[Note]:
    """The list."""
    return Query(Note, PK, newest_first=newest_first)


def walked(limit: int, *, newest_first: bool = False) -> list[str]:
    """The texts of all pages."""
    texts: list[str] = []
    page: Page[Note] = notes(newest_first=newest_first).page(limit)
    texts += [one.text for one in page.items]
    while page.next_cursor is not None:
        page = notes(newest_first=newest_first).page(limit, page.next_cursor)
        texts += [one.text for one in page.items]
    return texts


# --- lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_page_after_page_every_entry_comes_once_and_in_order(house: Storehouse, limit: int) -> None:
    texts = write(7)
    write(3, "demo#OTHERS")
    assert walked(limit) == texts
    assert walked(limit, newest_first=True) == texts[::-1]
    assert [one.text for one in notes().all()] == texts


def test_an_empty_list_has_no_next_page(house: Storehouse) -> None:
    assert notes().page(5) == Page([], None)


@pytest.mark.parametrize(("number", "most", "counted"), [(0, 5, 0), (3, 5, 3), (7, 5, 5)])
def test_a_list_is_counted_up_to_a_bound(house: Storehouse, number: int, most: int, counted: int) -> None:
    write(number)
    write(2, "demo#OTHERS")
    assert notes().count(most) == counted


def test_a_list_takes_no_cursor_of_another_list(house: Storehouse) -> None:
    write(3)
    write(3, "demo#OTHERS")
    others = Query(Note, "demo#OTHERS").page(1).next_cursor
    with pytest.raises(ValidationFailed):
        notes().page(1, others)


def test_two_lists_under_one_key_do_not_take_each_others_cursors(world: World) -> None:
    """The history and the active orders of a customer are indexes with the same key."""
    customer = world.person("customer")
    for _ in range(2):
        order = {"pickup_address": "A", "dropoff_address": "B", "receiver_phone": "1"}
        assert customer.post("/v1/orders", order).status == 201
    cursor = customer.get("/v1/customer/orders/history?limit=1").json["next_cursor"]
    assert customer.get(f"/v1/customer/orders/history?limit=1&cursor={cursor}").status == 200
    answer = customer.get(f"/v1/customer/active-orders?limit=1&cursor={cursor}")
    assert (answer.status, set(answer.fields)) == (422, {"cursor"})


def test_a_start_key_that_the_store_does_not_take_is_a_bad_cursor(house: Storehouse) -> None:
    write(2)
    cursor = notes().page(1).next_cursor
    house.engine.fail_next("Query", "ValidationException")
    with pytest.raises(ValidationFailed):
        notes().page(1, cursor)
    house.engine.fail_next("Query", "ValidationException")
    with pytest.raises(QueryError):
        notes().page(1)


# --- many at once ----------------------------------------------------------------------------------------------


def test_items_of_several_tables_come_in_one_call(house: Storehouse) -> None:
    house.fill(shelf("a"), shelf("b"))
    write(1)
    calls: list[str] = []
    house.engine.before("BatchGetItem", lambda operation, _: calls.append(operation))
    first = ItemKey(Note, PK, "000")
    found = store.get_many([shelf_key("a"), shelf_key("b"), shelf_key("c"), first, first], house.clock)
    shelves = [found.get(shelf_key(name)) for name in ("a", "b", "c")]
    assert [one and one.entity_id for one in shelves] == ["a", "b", None]
    assert isinstance(found.get(first), Note)
    assert len(calls) == 1


def test_nothing_asked_for_is_nothing_sent(house: Storehouse) -> None:
    house.engine.fail_next("BatchGetItem", "InternalServerError")
    assert store.get_many([], house.clock).get(shelf_key("a")) is None


def test_more_than_a_hundred_items_cannot_be_asked_for(house: Storehouse) -> None:
    with pytest.raises(ValueError, match="limit of 100"):
        store.get_many([shelf_key(str(number)) for number in range(101)], house.clock)


@contextmanager
def leaving_unread(times: int) -> Iterator[list[int]]:
    """A store that leaves the last item of a batch read unread so many times; how many it was asked for each time."""
    asked: list[int] = []

    def after(parsed: dict[str, Any], **_: Any) -> None:
        table = Shelf.Meta.table_name
        items = parsed["Responses"].get(table, [])
        asked.append(len(items))
        if len(asked) <= times:
            left = items.pop()
            parsed["UnprocessedKeys"] = {table: {"Keys": [{"pk": left["pk"], "sk": left["sk"]}]}}

    events = aws.client("dynamodb").meta.events
    events.register("after-call.dynamodb.BatchGetItem", after)
    try:
        yield asked
    finally:
        events.unregister("after-call.dynamodb.BatchGetItem", after)


def test_what_the_store_left_unread_is_asked_for_again(house: Storehouse) -> None:
    house.fill(shelf("a"), shelf("b"))
    with leaving_unread(2) as asked:
        found = store.get_many([shelf_key("a"), shelf_key("b")], house.clock)
    assert all(found.get(shelf_key(name)) for name in ("a", "b"))
    assert asked == [2, 1, 1]
    assert house.clock.now() > START


def test_a_store_that_leaves_things_unread_for_good_is_unavailable(house: Storehouse) -> None:
    house.fill(shelf("a"))
    with leaving_unread(1000) as asked, pytest.raises(Unavailable):
        store.get_many([shelf_key("a")], house.clock)
    assert 1 < len(asked) <= 5


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"]
)
def test_a_store_that_cannot_answer_is_unavailable(
    house: Storehouse, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    reads: list[Callable[[], object]] = [
        lambda: store.get(shelf_key("a")),
        lambda: store.get_many([shelf_key("a")], house.clock),
        lambda: notes().page(1),
        lambda: list(notes().all()),
    ]
    for read in reads:
        house.engine.fail_next(None, code, 3)
        with pytest.raises(Unavailable):
            read()
        house.engine.remove_hooks()


# --- in parallel -----------------------------------------------------------------------------------------------


def test_calls_are_made_at_once_and_answered_in_their_order() -> None:
    together = Barrier(16)

    def call(number: int) -> int:
        together.wait(30)
        return number

    assert parallel([partial(call, number) for number in range(16)]) == list(range(16))


def test_two_kinds_of_calls_are_answered_apart() -> None:
    assert parallel_pair([lambda: 1, lambda: 2], [lambda: "a"]) == ([1, 2], ["a"])
    assert parallel_pair([], []) == ([], [])


def test_the_first_error_is_raised() -> None:
    def fail() -> int:
        raise Unavailable

    with pytest.raises(Unavailable):
        parallel([lambda: 1, fail, lambda: 3])


def test_nothing_goes_on_once_the_error_is_raised() -> None:
    ended: list[int] = []

    def fail() -> None:
        raise Unavailable

    def work() -> None:
        ended.append(sum(range(100_000)))

    with pytest.raises(Unavailable):
        parallel([fail, *[work] * 16])
    assert len(ended) == 16
