"""A query answers byte for byte what moto's own walk over the whole table answers, whatever was written before."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local.engine_patches import patched_moto, replaced
from infra.local.engine_table import IndexedTable
from tests.infra.engine_calls import Calls, Json, Refused, key, number, text

HASHES = ("a", "b")
RANKS = ("1", "2", "2.0", "10", "-3")

keys = st.builds(key, st.sampled_from(HASHES), st.sampled_from(["1", "10", "2", "2x", "3"]))
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
    """Move, take out of an index, or fail half-way: the last two expressions cannot be carried out."""
    expression, values = draw(
        st.sampled_from(
            [
                ("SET team = :t, #r = :r", (":t", ":r")),
                ("SET #r = :r", (":r",)),
                ("REMOVE team", ()),
                ("SET team = :t, #r = missing + :r", (":t", ":r")),
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


writes = st.lists(st.lists(st.one_of(puts, puts, updates(), deletes), min_size=1, max_size=3), max_size=14)

CONDITIONS = ("", "{0} = :a", "{0} < :a", "{0} <= :a", "{0} > :a", "{0} >= :a", "{0} BETWEEN :a AND :b")


@st.composite
def queries(draw: st.DrawFn) -> Json:
    """Any query by hash key, and possibly by range key, that DynamoDB accepts."""
    index, hash_attr, range_attr = draw(
        st.sampled_from(
            [(None, "pk", "sk"), ("by_rank", "team", "rank"), ("by_team", "team", None), ("local", "pk", "rank")]
        )
    )
    query: Json = {"TableName": "things", "ScanIndexForward": draw(st.booleans())}
    names, values, condition = {"#h": hash_attr}, {":h": text(draw(st.sampled_from(HASHES)))}, ""
    if range_attr is not None:
        texts = range_attr == "sk"
        condition = draw(st.sampled_from([*CONDITIONS, *(["begins_with({0}, :a)"] if texts else [])]))
        bounds = draw(st.lists(st.sampled_from(["0", "1", "2", "2x", "9"] if texts else RANKS), min_size=2, max_size=2))
        values |= {name: (text if texts else number)(bound) for name, bound in zip((":a", ":b"), bounds, strict=True)}
        values = {name: value for name, value in values.items() if name == ":h" or name in condition}
    if condition:
        names["#r"] = str(range_attr)
    query["KeyConditionExpression"] = " AND ".join(filter(None, ["#h = :h", condition.format("#r")]))
    if index is not None:
        query["IndexName"] = index
    if limit := draw(st.sampled_from([None, 1, 2, 3])):
        query["Limit"] = limit
    if draw(st.booleans()):
        query["FilterExpression"] = "attribute_exists(note)"
    if draw(st.booleans()):
        query["ProjectionExpression"] = "sk, note.deep"
    if draw(st.booleans()):
        start = draw(keys) | {"team": values[":h"], "rank": number(draw(st.sampled_from(RANKS)))}
        wanted = {"pk", "sk", hash_attr, *([range_attr] if range_attr else [])}
        query["ExclusiveStartKey"] = {name: value for name, value in start.items() if name in wanted}
        query["ExclusiveStartKey"][hash_attr] = values[":h"]
    return query | {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}


@settings(deadline=None, max_examples=60)
@given(writes, st.lists(queries(), min_size=1, max_size=4))
def test_a_query_answers_what_a_walk_over_the_whole_table_answers(
    transactions: list[list[Json]], asked: list[Json]
) -> None:
    with patched_moto():
        calls = Calls()
        for transaction in ([], *transactions):
            with suppress(Refused):
                calls("TransactWriteItems", TransactItems=transaction)
            for query in asked:
                assert list(pages(calls, query)) == walked(calls, query)


def pages(calls: Calls, query: Json) -> Iterator[Any]:
    """Yield the whole answers of a query, page by page."""
    answer = calls("Query", **query)
    yield answer
    while last := answer.get("LastEvaluatedKey"):
        answer = calls("Query", **query | {"ExclusiveStartKey": last})
        yield answer


def walked(calls: Calls, query: Json) -> list[Any]:
    """Return what moto itself answers."""
    with replaced(IndexedTable, "query", Table.query):
        return list(pages(calls, query))


def test_a_query_looks_at_hardly_more_than_it_returns() -> None:
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
