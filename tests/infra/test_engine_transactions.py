"""Concurrent writes of the same items, and atomicity of transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.infra.engine_calls import Calls, Json, Refused, key, number, text

THREADS = 16


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Run the work in many threads and return the results."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


def won(calls: Calls, operation: str, **request: Any) -> bool:
    """Return whether the condition of a call held; any other error fails the test."""
    try:
        calls(operation, **request)
    except Refused as refused:
        if refused.code not in {"ConditionalCheckFailedException", "TransactionCanceledException"}:
            raise
        return False
    return True


def put(pk: str, table: str = "things", **more: Any) -> Json:
    return {"Put": {"TableName": table, "Item": key(pk) | more}}


def new(pk: str, table: str = "things", **more: Any) -> Json:
    entry = put(pk, table, **more)
    entry["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
    return entry


def raised(pk: str, amount: int, table: str = "things") -> Json:
    """Return an update that adds to a balance, which must not become negative."""
    return {
        "Update": {
            "TableName": table,
            "Key": key(pk),
            "UpdateExpression": "SET balance = balance + :amount",
            "ConditionExpression": "balance >= :least",
            "ExpressionAttributeValues": {":amount": number(amount), ":least": number(max(0, -amount))},
        }
    }


def test_no_increment_of_many_threads_is_lost() -> None:
    calls = Calls()
    at_once(lambda _: [calls.add("counter") for _ in range(40)])
    assert calls.get("counter") == key("counter") | {"count": number(THREADS * 40)}


def test_one_of_many_conditional_puts_succeeds() -> None:
    calls = Calls()
    for pk in map(str, range(20)):

        def attempt(thread: int, pk: str = pk) -> bool:
            item = key(pk) | {"by": number(thread)}
            return won(calls, "PutItem", TableName="things", Item=item, ConditionExpression="attribute_not_exists(pk)")

        wins = at_once(attempt)
        assert wins.count(True) == 1
        assert calls.get(pk) == key(pk) | {"by": number(wins.index(True))}


def test_one_of_many_transactions_succeeds_and_others_write_nothing() -> None:
    calls = Calls("things", "others")
    for pk in map(str, range(10)):

        def attempt(thread: int, pk: str = pk) -> bool:
            return won(calls, "TransactWriteItems", TransactItems=[put(f"{pk} by {thread}", "others"), new(pk)])

        wins = at_once(attempt)
        assert wins.count(True) == 1
        assert [calls.get(f"{pk} by {thread}", table="others") is not None for thread in range(THREADS)] == wins


def test_concurrent_moves_between_tables_keep_the_total() -> None:
    calls = Calls("things", "others")
    for table in ("things", "others"):
        calls.put("account", table=table, balance=number(20))

    def move(thread: int) -> None:
        here, there = ("things", "others") if thread % 2 else ("others", "things")
        for _ in range(25):
            entries = [raised("account", -7, here), raised("account", 7, there)]
            won(calls, "TransactWriteItems", TransactItems=entries)

    at_once(move)
    balances = [int((calls.get("account", table=table) or {})["balance"]["N"]) for table in ("things", "others")]
    assert sum(balances) == 40
    assert min(balances) >= 0


def test_cancelled_transaction_returns_reasons_in_order_and_requested_items() -> None:
    calls = Calls("things", "others")
    calls.put("taken", colour=text("red"))
    shown, hidden = new("taken"), new("taken", "others")
    calls.put("taken", table="others")
    shown["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    absent = raised("absent", 1)
    absent["Update"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    check = {"ConditionCheck": {"TableName": "things", "Key": key("taken"), "ConditionExpression": "colour = :c"}}
    check["ConditionCheck"] |= {"ExpressionAttributeValues": {":c": text("red")}}

    with pytest.raises(Refused) as refused:
        calls("TransactWriteItems", TransactItems=[put("a"), shown, hidden, absent, put("b")])

    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    met = {"Code": "None"}
    item = {"Item": key("taken") | {"colour": text("red")}}
    assert refused.value.reasons == [met, failed | item, failed, failed, met]
    assert calls.get("a") is None
    calls("TransactWriteItems", TransactItems=[check, put("a")])
    assert calls.get("a") == key("a")


def test_failed_transaction_restores_items_and_indexes() -> None:
    calls = Calls()
    calls.put("moved", team=text("red"), rank=number(1))
    calls.put("deleted", team=text("red"), rank=number(2))
    calls.put("replaced", team=text("red"), rank=number(3))
    before = {pk: calls.get(pk) for pk in ("moved", "deleted", "replaced", "new")}
    assert calls.team("red") == ["moved", "deleted", "replaced"]
    move = {
        "TableName": "things",
        "Key": key("moved"),
        "UpdateExpression": "SET team = :team",
        "ExpressionAttributeValues": {":team": text("blue")},
    }
    delete = {"Delete": {"TableName": "things", "Key": key("deleted")}}
    replace = put("replaced", team=text("blue"), rank=number(9))
    bad = {"Update": move | {"Key": key("other"), "ExpressionAttributeValues": {":team": number(1)}}}

    with pytest.raises(Refused) as refused:
        calls(
            "TransactWriteItems", TransactItems=[{"Update": move}, delete, replace, put("new", team=text("red")), bad]
        )

    assert refused.value.code == "ValidationException"
    assert {pk: calls.get(pk) for pk in before} == before
    assert calls.get("other") is None
    assert calls.team("red") == ["moved", "deleted", "replaced"]
    assert calls.team("blue") == []
    assert sorted(calls.team("red", "by_team")) == ["deleted", "moved", "replaced"]


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ([put("a"), {"Delete": {"TableName": "things", "Key": key("a")}}], "multiple operations on one item"),
        ([put(f"{one}") for one in range(101)], "less than or equal to 100"),
        ([put("a"), put("b") | {"Delete": {"TableName": "things", "Key": key("c")}}], "can only contain one of"),
    ],
)
def test_a_transaction_that_can_never_succeed_is_refused_whole(entries: list[Json], complaint: str) -> None:
    calls = Calls()
    with pytest.raises(Refused, match=complaint) as refused:
        calls("TransactWriteItems", TransactItems=entries)
    assert refused.value.code == "ValidationException"
    assert calls.get("a") is None


def test_a_transaction_sent_again_with_its_token_happens_once() -> None:
    calls = Calls()
    calls.put("account", balance=number(1))
    request: Json = {"TransactItems": [raised("account", 1)], "ClientRequestToken": "token"}
    calls("TransactWriteItems", **request)
    calls("TransactWriteItems", **request)
    assert calls.get("account") == key("account") | {"balance": number(2)}
    with pytest.raises(Refused) as refused:
        calls("TransactWriteItems", **request | {"TransactItems": [raised("account", 5)]})
    assert refused.value.code == "IdempotentParameterMismatchException"
