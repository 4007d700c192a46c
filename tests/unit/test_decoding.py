"""Answers of DynamoDB read as JSON mean exactly what botocore makes of them."""

import json
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import get_session

from chalicelib.core.aws import UNREADABLE
from chalicelib.core.decoding import ItemsParserFactory

ITEM = {
    "pk": {"S": "demo#ORDER#ü"},
    "n": {"N": "12.50"},
    "yes": {"BOOL": True},
    "none": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"M": {"deep": {"BOOL": False}}}]},
    "map": {"M": {}},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
}
BYTES = {"pk": {"S": "a"}, "raw": {"B": "AAEC"}, "set": {"BS": ["AAEC"]}}
BUSY = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message": "Transaction cancelled",
    "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "no", "Item": ITEM}],
}
ANSWERS: list[tuple[str, int, Any]] = [
    ("GetItem", 200, {"Item": ITEM}),
    ("GetItem", 200, {}),
    ("GetItem", 200, {"Item": BYTES}),
    ("Query", 200, {"Items": [ITEM, ITEM], "Count": 2, "ScannedCount": 2, "LastEvaluatedKey": {"pk": {"S": "a"}}}),
    ("Query", 200, {"Items": [ITEM, BYTES], "Count": 2, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5}}),
    ("BatchGetItem", 200, {"Responses": {"t": [ITEM], "u": []}, "UnprocessedKeys": {"t": {"Keys": [ITEM]}}}),
    ("UpdateItem", 200, {"Attributes": ITEM}),
    ("TransactWriteItems", 200, {}),
    ("DescribeTable", 200, {"Table": {"TableName": "t", "CreationDateTime": 1772355600.5}}),
    ("TransactWriteItems", 400, BUSY),
    ("Query", 400, {"__type": "com.amazon.coral.service#ThrottlingException", "message": "slow down"}),
    ("GetItem", 500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}),
]


@pytest.mark.parametrize(("operation", "status", "body"), ANSWERS)
def test_an_answer_means_what_botocore_makes_of_it(operation: str, status: int, body: Any) -> None:
    model: Any = get_session().get_service_model("dynamodb").operation_model(operation)
    answer = {"status_code": status, "headers": {"x-amzn-requestid": "r"}, "body": json.dumps(body).encode()}
    ours = ItemsParserFactory().create_parser("json").parse(answer, model.output_shape)
    assert ours == create_parser("json").parse(answer, model.output_shape)


def test_an_answer_without_a_body_is_unreadable() -> None:
    model: Any = get_session().get_service_model("dynamodb").operation_model("GetItem")
    answer = {"status_code": 200, "headers": {}, "body": b""}
    parsed = ItemsParserFactory().create_parser("json").parse(answer, model.output_shape)
    assert parsed["Error"]["Code"] == UNREADABLE
