"""A query returns exactly what moto's scan of the whole table returns, for any previous writes."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, product
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local.engine_patches import patched_moto, replaced
from infra.local.engine_table import IndexedTable
from tests.environment import examples
from tests.infra.engine_calls import Calls, Json, Refused, key, number, text

HASHES = ("a", "b")
RANKS = ("1", "2", "2.0", "10", "-3")

NAMES = ("1", "10", "2", "2x", "3")

keys = st.builds(key, st.sampled_from(HASHES), st.sampled_from(NAMES))
extras = st.fixed_dictionaries(
    {},
    optional={
        "team": st.sampled_from(HASHES).map(text),
        "rank": st.sampled_from(RANKS).map(number),
        "note": st.sampled_from([text("x"), {"L": [number(1)]}, {"M": {"deep": text("y")}}]),
    },
)
puts = st.builds(lambda at, more: {"Put": {"TableName": "things", "Item": at | more}}, keys, extras)
deletes = st.builds(lambda at: {"Delete": {"TableName": "things", "Key": at}}, keys)


@st.composite
def updates(draw: st.DrawFn) -> Json:
    """Updates that move an item, remove it from an index, or fail: the last two expressions are invalid."""
    expression, values = draw(
        st.sampled_from(
            [
                ("SET team = :t, #r = :r", (":t", ":r")),
                ("SET #r = :r", (":r",)),
                ("REMOVE team", ()),
                ("SET team = :t, #r = nowhere + :r", (":t", ":r")),
                ("SET #r = :t", (":t",)),
            ]
        )
    )
    given_values = {":t": text(draw(st.sampled_from(HASHES))), ":r": number(draw(st.sampled_from(RANKS)))}
    update: Json = {"TableName": "things", "Key": draw(keys), "UpdateExpression": expression}
    if "#r" in expression:
        update["ExpressionAttributeNames"] = {"#r": "rank"}
    if values:
        update["ExpressionAttributeValues"] = {name: given_values[name] for name in values}
    return {"Update": update}


writes = st.lists(st.lists(st.one_of(puts, puts, updates(), deletes), min_size=1, max_size=3), max_size=10)

SCHEMAS = ((None, "pk", "sk"), ("by_rank", "team", "rank"), ("by_team", "team", None), ("local", "pk", "rank"))
CONDITIONS = ("=", "<", "<=", ">", ">=", "BETWEEN", "begins_with")
FORMS = {"BETWEEN": "#r BETWEEN :a AND :b", "begins_with": "begins_with(#r, :a)"}


def all_queries() -> Iterator[Json]:
    """Yield a query for each index, condition and direction; the rest takes turns, so that it meets all of these."""
    limits, tails, starts = (
        cycle((None, 1, 2, 3)),
        cycle(({}, {"FilterExpression": "attribute_exists(note)"})),
        cycle((0, 1, 2)),
    )
    for (index, hash_attr, range_attr), condition, forward in product(SCHEMAS, (None, *CONDITIONS), (True, False)):
        if condition and (range_attr is None or (condition == "begins_with" and range_attr == "rank")):
            continue
        for _ in range(2):
            query = one_query(hash_attr, range_attr, condition)
            query |= {"TableName": "things", "ScanIndexForward": forward} | next(tails)
            if index is not None:
                query["IndexName"] = index
            if limit := next(limits):
                query["Limit"] = limit
            if next(starts) == 0:
                query["ExclusiveStartKey"] = start_key(hash_attr, range_attr)
            yield query


def one_query(hash_attr: str, range_attr: str | None, condition: str | None) -> Json:
    names, values = {"#h": hash_attr}, {":h": text("a")}
    if condition is None:
        return {
            "KeyConditionExpression": "#h = :h",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
    form = FORMS.get(condition, f"#r {condition} :a")
    bounds = {":a": number(2), ":b": number(10)} if range_attr == "rank" else {":a": text("2"), ":b": text("2x")}
    return {
        "KeyConditionExpression": f"#h = :h AND {form}",
        "ExpressionAttributeNames": {**names, "#r": range_attr},
        "ExpressionAttributeValues": values | {name: bound for name, bound in bounds.items() if name in form},
    }


def start_key(hash_attr: str, range_attr: str | None) -> Json:
    """Return a start key, whose item need not exist."""
    whole = {**key("a", "2"), "team": text("a"), "rank": number(2)}
    return {name: whole[name] for name in {"pk", "sk", hash_attr, range_attr or "pk"}}


QUERIES = list(all_queries())


@settings(max_examples=examples(20))
@given(writes)
def test_query_returns_the_same_as_a_scan(transactions: list[list[Json]]) -> None:
    with patched_moto():
        calls = Calls()
        for query in QUERIES:
            calls("Query", **query)  # from now on the collections are kept up to date, not made
        for (pk, sk), team, rank in zip(product(HASHES, NAMES), cycle("aaba"), cycle(RANKS[:3]), strict=False):
            calls.put(pk, sk, team=text(team), rank=number(rank))
        for transaction in transactions:
            with suppress(Refused):
                calls("TransactWriteItems", TransactItems=transaction)
        compare(calls)


def compare(calls: Calls) -> None:
    for query in QUERIES:
        found = list(pages(calls, query))
        with replaced(IndexedTable, "query", Table.query):
            assert found == list(pages(calls, query))


def pages(calls: Calls, query: Json) -> Iterator[Any]:
    """Yield the responses of a query, page by page."""
    answer = calls("Query", **query)
    yield answer
    while last := answer.get("LastEvaluatedKey"):
        answer = calls("Query", **query | {"ExclusiveStartKey": last})
        yield answer


def test_query_reads_hardly_more_than_its_result() -> None:
    seen: list[int] = []
    all_items = IndexedTable.all_items

    def counted(table: IndexedTable) -> list[Item]:
        items = all_items(table)
        seen.append(len(items))
        return items

    with patched_moto():
        calls = Calls()
        for rank in range(600):
            calls.put(f"order {rank % 20}", f"{rank:05}", team=text("all"), rank=number(rank))
        with replaced(IndexedTable, "all_items", counted):
            assert len(answered(calls, "pk = :h", {":h": text("order 7")})) == 30
            assert (
                len(answered(calls, "team = :h AND #r >= :a", {":h": text("all"), ":a": number(300)}, "by_rank", 30))
                == 30
            )
            assert len(answered(calls, "team = :h AND #r = :a", {":h": text("all"), ":a": number(300)}, "by_rank")) == 1
    assert seen == [30, 31, 2]


def answered(
    calls: Calls, condition: str, values: Json, index: str | None = None, limit: int | None = None
) -> list[Json]:
    query: Json = {"TableName": "things", "KeyConditionExpression": condition, "ExpressionAttributeValues": values}
    more = {
        "IndexName": index,
        "Limit": limit,
        "ExpressionAttributeNames": {"#r": "rank"} if "#r" in condition else None,
    }
    items: list[Json] = calls("Query", **query, **{name: value for name, value in more.items() if value is not None})[
        "Items"
    ]
    return items
