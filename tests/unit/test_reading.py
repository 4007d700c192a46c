"""Reads of a query: never less than there is and was asked for, however early the store ends an answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.expressions.condition import Condition

from chalicelib.core.sharding import merge
from chalicelib.core.store import Query, Rows
from infra.local.engine import EmbeddedEngine
from tests.builders.shelves import Note, Storehouse

PK = "demo#NOTES"
TEXTS = [f"note {number}" for number in range(7)]


@pytest.fixture
def engine_with_short_answers(engine: EmbeddedEngine) -> Iterator[EmbeddedEngine]:
    """The engine with seven notes; each of its answers ends after two items."""
    Storehouse(engine)
    for number, text in enumerate(TEXTS):
        Note(PK, f"{number:03d}", text=text).save()

    def shorten(_: str, request: dict[str, Any]) -> None:
        request["Limit"] = min(2, request.get("Limit") or 2)

    with engine.before("Query", shorten):
        yield engine


@pytest.fixture
def reads(engine_with_short_answers: EmbeddedEngine) -> list[str]:
    """The names of the queries that were sent."""
    sent: list[str] = []
    engine_with_short_answers.before("Query", lambda name, _: sent.append(name))
    return sent


def notes(filter_condition: Condition | None = None, *, newest_first: bool = False, pk: str = PK) -> Query[Note]:
    return Query(Note, pk, filter_condition=filter_condition, newest_first=newest_first)


def texts(rows: Rows) -> list[str]:
    return [item["text"]["S"] for item in rows.items]


@pytest.mark.parametrize(
    ("limit", "complete"), [(1, False), (2, False), (3, False), (6, False), (8, True), (None, True)]
)
def test_read_returns_the_limit_or_everything(reads: list[str], limit: int | None, complete: bool) -> None:
    rows = notes().read(limit)
    assert (texts(rows), rows.is_complete) == (TEXTS[:limit], complete)


def test_read_of_exactly_what_there_is_may_name_a_key_after_which_is_nothing(reads: list[str]) -> None:
    rows = notes().read(7)
    assert texts(rows) == TEXTS
    assert rows.is_complete or texts(notes().read(start=rows.next_key)) == []


def test_read_goes_on_after_its_next_key(reads: list[str]) -> None:
    first = notes().read(3)
    assert texts(notes().read(None, first.next_key)) == TEXTS[3:]


def test_read_stops_after_max_reads_and_says_so(reads: list[str]) -> None:
    rows = notes().read(max_reads=2)
    assert (texts(rows), rows.is_complete, len(reads)) == (TEXTS[:4], False, 2)
    assert texts(notes().read(start=rows.next_key)) == TEXTS[4:]


def test_filtered_read_returns_the_limit_of_matching_items(reads: list[str]) -> None:
    matching = Note.text.is_in(TEXTS[1], TEXTS[4], TEXTS[5], TEXTS[6])
    rows = notes(matching).read(2)
    assert texts(rows) == [TEXTS[1], TEXTS[4]]
    assert texts(notes(matching).read(start=rows.next_key)) == TEXTS[5:]


def test_filtered_read_may_end_at_an_empty_answer(reads: list[str]) -> None:
    rows = notes(Note.text == TEXTS[6]).read(1, max_reads=2)
    assert (texts(rows), rows.is_complete) == ([], False)


def test_read_of_nothing_is_complete(reads: list[str]) -> None:
    assert notes(pk="demo#NONE").read(5) == Rows([])


def test_page_is_full_although_answers_are_short(reads: list[str]) -> None:
    page = notes().page(5)
    assert [note.text for note in page.items] == TEXTS[:5]
    assert [note.text for note in notes().page(5, page.next_cursor).items] == TEXTS[5:]


def test_pages_of_a_filtered_list_cover_it(reads: list[str]) -> None:
    query = notes(Note.text != TEXTS[3])
    found, cursor = [], None
    while True:
        page = query.page(2, cursor)
        found += [note.text for note in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == TEXTS[:3] + TEXTS[4:]


@pytest.mark.parametrize(("limit", "counted"), [(1, 1), (3, 3), (7, 7), (50, 7)])
def test_count_reads_on_up_to_its_limit(reads: list[str], limit: int, counted: int) -> None:
    assert notes().count(limit) == counted


def test_all_reads_on_only_as_far_as_the_caller_goes(reads: list[str]) -> None:
    items = notes().all()
    assert next(items).text == TEXTS[0]
    assert len(reads) == 1
    assert [note.text for note in items] == TEXTS[1:]


def test_first_is_the_first_or_none(reads: list[str]) -> None:
    newest = notes(newest_first=True).first()
    assert newest is not None
    assert newest.text == TEXTS[-1]
    assert notes(pk="demo#NONE").first() is None


def test_merge_orders_the_items_of_all_shards() -> None:
    shards = [Rows([{"sk": {"S": name}} for name in names]) for names in ("ad", "", "bce")]
    assert [item["sk"]["S"] for item in merge(shards, "sk")] == list("abcde")
    assert [item["sk"]["S"] for item in merge(shards, "sk", limit=2, newest_first=True)] == ["e", "d"]
