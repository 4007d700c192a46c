"""Requests to DynamoDB are encoded as botocore would encode them."""

from typing import Any

import pytest
from botocore.serialize import create_serializer
from botocore.session import get_session

from chalicelib.core.encoding import ItemsSerializer

KEY = {"pk": {"S": "ORG#demo"}, "sk": {"S": "ORDER#é💥\ud800"}}
ITEM = {
    **KEY,
    "count": {"N": "-1.50"},
    "flag": {"BOOL": False},
    "none": {"NULL": True},
    "list": {"L": [{"S": ""}, {"M": {"inner": {"SS": ["a", "b"]}}}]},
    "numbers": {"NS": ["1", "2"]},
}
PUT = {"TableName": "t", "Item": ITEM}
VALUES: dict[str, Any] = {"ExpressionAttributeNames": {"#0": "count"}, "ExpressionAttributeValues": {":0": {"N": "1"}}}
UPDATE = {"TableName": "t", "Key": KEY, "UpdateExpression": "SET #0 = :0", **VALUES}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {"TableName": "t", "Key": KEY, "ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"}),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}}),
        ("Query", {"TableName": "t", "KeyConditionExpression": "#0 = :0", "ExclusiveStartKey": KEY, **VALUES}),
        ("PutItem", PUT),
        ("UpdateItem", {**UPDATE, "ReturnValues": "ALL_NEW"}),
        ("TransactWriteItems", {"TransactItems": [{"Put": PUT}, {"Update": UPDATE}], "ClientRequestToken": "x"}),
        ("PutItem", {"TableName": "t", "Item": {**ITEM, "raw": {"B": b"\x00\xff"}, "raws": {"BS": [b"a", b"b"]}}}),
        ("ListTables", {}),
    ],
)
def test_a_request_is_what_botocore_makes_of_it(operation: str, parameters: dict[str, Any]) -> None:
    model = get_session().get_service_model("dynamodb").operation_model(operation)
    expected = create_serializer("json", include_validation=False).serialize_to_request(parameters, model)
    assert ItemsSerializer().serialize_to_request(parameters, model) == expected
