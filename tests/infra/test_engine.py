"""Validation errors of the engine, and its hooks for tests."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from infra.local.engine_patches import patched_moto
from tests.infra.engine_calls import TYPES, Calls, Json, Refused, definition, key, number, schema, text


@pytest.fixture
def engine() -> EmbeddedEngine:
    """An engine for direct calls, without clients."""
    return EmbeddedEngine()


@pytest.fixture
def calls(engine: EmbeddedEngine) -> Calls:
    return Calls(handle=engine.handle)


def batch(*items: Json, table: str = "things") -> Json:
    return {table: [{"PutRequest": {"Item": item}} for item in items]}


def test_a_batch_of_more_than_25_writes_is_refused(calls: Calls) -> None:
    with pytest.raises(Refused, match="Too many items"):
        calls("BatchWriteItem", RequestItems=batch(*(key(f"{one}") for one in range(26))))
    calls("BatchWriteItem", RequestItems=batch(*(key(f"{one}") for one in range(25))))


def test_a_batch_that_writes_one_item_twice_is_refused(calls: Calls) -> None:
    puts = batch(key("a"))["things"]
    with pytest.raises(Refused, match="duplicates"):
        calls("BatchWriteItem", RequestItems={"things": [*puts, {"DeleteRequest": {"Key": key("a")}}]})


def test_a_batch_may_write_the_same_key_in_two_tables(engine: EmbeddedEngine) -> None:
    calls = Calls("things", "others", handle=engine.handle)
    calls("BatchWriteItem", RequestItems=batch(key("a")) | batch(key("a"), table="others"))
    deletes = [{"DeleteRequest": {"Key": key("a")}}]
    calls("BatchWriteItem", RequestItems={"things": deletes, "others": deletes})
    assert calls.get("a") is None
    assert calls.get("a", table="others") is None


def test_a_batch_with_one_bad_item_writes_none(calls: Calls) -> None:
    with pytest.raises(Refused, match="Type mismatch"):
        calls("BatchWriteItem", RequestItems=batch(key("a"), key("b") | {"rank": text("first")}))
    assert calls.get("a") is None


def test_a_read_of_more_than_100_keys_is_refused(calls: Calls) -> None:
    with pytest.raises(Refused, match=r"Too many items|less than or equal to 100"):
        calls("BatchGetItem", RequestItems={"things": {"Keys": [key(f"{one}") for one in range(101)]}})


@pytest.mark.parametrize(
    ("attrs", "complaint"),
    [
        ({"team": number(1)}, "Type mismatch for Index Key team Expected: S Actual: N IndexName: by_rank"),
        ({"rank": text("first")}, "Type mismatch for Index Key rank Expected: N Actual: S"),
        ({"team": {"NULL": True}}, "Type mismatch for Index Key team Expected: S Actual: NULL"),
        ({"team": text("")}, "cannot contain an empty string value. IndexName: by_rank, IndexKey: team"),
    ],
)
def test_the_key_of_an_index_must_have_its_type_and_a_value(calls: Calls, attrs: Json, complaint: str) -> None:
    calls.put("a", team=text("red"))
    ((name, value),) = attrs.items()
    update = {
        "TableName": "things",
        "Key": key("a"),
        "UpdateExpression": "SET #0 = :0",
        "ExpressionAttributeNames": {"#0": name},
        "ExpressionAttributeValues": {":0": value},
    }
    attempts: list[tuple[str, Json]] = [
        ("PutItem", {"TableName": "things", "Item": key("a") | attrs}),
        ("UpdateItem", update),
        ("TransactWriteItems", {"TransactItems": [{"Update": update}]}),
    ]
    for operation, request in attempts:
        with pytest.raises(Refused) as refused:
            calls(operation, **request)
        assert refused.value.code == "ValidationException"
        assert complaint in str(refused.value)
    assert calls.get("a") == key("a") | {"team": text("red")}


@pytest.mark.parametrize(
    "bad", [{"pk": number(1), "sk": text("-")}, {"pk": text("a")}, {"pk": text(""), "sk": text("-")}]
)
def test_a_key_that_is_not_the_tables_is_refused(calls: Calls, bad: Json) -> None:
    for operation in ("GetItem", "DeleteItem"):
        with pytest.raises(Refused, match=r"key element does not match the schema|empty string"):
            calls(operation, TableName="things", Key=bad)


@pytest.mark.parametrize("bad", ["1" * 39, "many", "1e127"])
def test_number_with_too_many_digits_is_rejected(calls: Calls, bad: str) -> None:
    with pytest.raises(Refused):
        calls.put("a", weight=number(bad))
    with pytest.raises(Refused):
        calls.add("a", bad)
    assert calls.get("a") is None


def test_a_sum_is_exact_to_38_digits(calls: Calls) -> None:
    with patched_moto():
        calls.add("a", "1" * 38)
        calls.add("a", "-1E+2")
        assert calls.get("a") == key("a") | {"count": number("1" * 35 + "011")}
        with pytest.raises(Refused, match="38 significant digits"):
            calls.add("a", "0.5")


def test_an_update_that_fails_halfway_leaves_the_item_as_it_was(calls: Calls) -> None:
    before = {"team": text("red"), "rank": number(1), "tags": {"SS": ["new"]}}
    calls("PutItem", TableName="things", Item=key("a") | before)
    with pytest.raises(Refused):
        calls(
            "UpdateItem",
            TableName="things",
            Key=key("a"),
            UpdateExpression="SET team = :blue ADD tags :old, team :old",
            ExpressionAttributeValues={":blue": text("blue"), ":old": {"SS": ["old"]}},
        )
    assert calls.get("a") == key("a") | before
    assert calls.team("red") == ["a"]


def test_clearing_empties_tables_and_indexes_and_keeps_them(engine: EmbeddedEngine, calls: Calls) -> None:
    calls.put("a", team=text("red"), rank=number(1))
    assert calls.team("red") == ["a"]
    engine.clear()
    assert calls.get("a") is None
    assert calls.team("red") == []
    calls.put("b", team=text("red"), rank=number(1))
    assert calls.team("red") == ["b"]


def test_a_snapshot_brings_back_what_tables_and_indexes_held(engine: EmbeddedEngine, calls: Calls) -> None:
    calls.put("a", team=text("red"), rank=number(1))
    calls.put("b", team=text("red"), rank=number(2))
    snapshot = engine.snapshot()
    for _ in range(2):
        calls("DeleteItem", TableName="things", Key=key("a"))
        calls.put("b", team=text("blue"), rank=number(2))
        calls.put("c", team=text("red"), rank=number(3))
        assert calls.team("red") == ["c"]
        engine.restore(snapshot)
        assert calls.team("red") == ["a", "b"]
        assert calls.team("blue") == []
        assert calls.get("c") is None
    engine.clear()
    assert calls.get("a") is None


def test_new_index_contains_existing_items(calls: Calls) -> None:
    calls.put("a", team=text("red"), colour=text("blue"))
    assert calls.team("red", "by_team") == ["a"]
    index = definition("things")["GlobalSecondaryIndexes"][1] | {"KeySchema": schema("colour")}
    calls("UpdateTable", TableName="things", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_team"}}])
    calls(
        "UpdateTable",
        TableName="things",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in (TYPES | {"colour": "S"}).items()
        ],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )
    found = calls(
        "Query",
        TableName="things",
        IndexName="by_team",
        KeyConditionExpression="colour = :colour",
        ExpressionAttributeValues={":colour": text("blue")},
    )
    assert [item["pk"] for item in found["Items"]] == [text("a")]


def test_fault_applies_to_its_operation_and_number_of_calls(engine: EmbeddedEngine, calls: Calls) -> None:
    engine.fail_next("PutItem", "ThrottlingException", times=2)
    assert calls.get("a") is None
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            calls.put("a")
        assert refused.value.code == "ThrottlingException"
    calls.put("a")
    assert calls.get("a") == key("a")


def test_call_takes_effect_if_only_its_response_is_lost(engine: EmbeddedEngine, calls: Calls) -> None:
    engine.fail_next(None, "InternalServerError", after=True)
    with pytest.raises(Refused, match="InternalServerError"):
        calls.add("a")
    assert calls.get("a") == key("a") | {"count": number(1)}


@pytest.mark.parametrize("reasons", [None, ["None", "ProvisionedThroughputExceeded"]])
def test_a_transaction_can_be_cancelled_for_any_reasons(engine: EmbeddedEngine, calls: Calls, reasons: Any) -> None:
    engine.fail_next("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
    puts = [{"Put": {"TableName": "things", "Item": key(pk)}} for pk in "ab"]
    with pytest.raises(Refused) as refused:
        calls("TransactWriteItems", TransactItems=puts)
    assert [reason["Code"] for reason in refused.value.reasons] == (reasons or ["TransactionConflict"] * 2)
    assert calls.get("a") is None


def test_hook_can_write_before_a_call(engine: EmbeddedEngine, calls: Calls) -> None:
    def compete(operation: str, request: Json) -> None:
        assert (operation, request["Key"]) == ("UpdateItem", key("a"))
        calls.add("a", 10)

    with engine.before("UpdateItem", compete):
        calls.add("a")
        calls.add("a")
    calls.add("a")
    assert calls.get("a") == key("a") | {"count": number(23)}


def test_hooks_can_be_limited_and_removed(engine: EmbeddedEngine, calls: Calls) -> None:
    seen: list[str] = []
    engine.before(None, lambda operation, _: seen.append(operation), times=2)
    for _ in range(3):
        calls.get("a")
    engine.before("GetItem", lambda *_: seen.append("again"))
    engine.fail_next("GetItem", "ThrottlingException")
    engine.remove_hooks()
    calls.get("a")
    assert seen == ["GetItem", "GetItem"]


def test_exception_of_a_hook_reaches_the_caller(engine: EmbeddedEngine, calls: Calls) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("unplugged")

    with engine.before("GetItem", fail), pytest.raises(ConnectionError, match="unplugged"):
        calls.get("a")
    assert calls.get("a") is None
