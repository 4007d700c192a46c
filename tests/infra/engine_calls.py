"""Direct calls of an engine's store with dictionaries, without the cost of a client."""

import json
from typing import Any

from infra.local.engine_server import Handle
from infra.local.engine_store import Store

KEYS = {"pk": "HASH", "sk": "RANGE"}
TYPES = {"pk": "S", "sk": "S", "team": "S", "rank": "N"}
INDEXES = {"by_rank": ("team", "rank"), "by_team": ("team",)}

Json = dict[str, Any]


class Refused(Exception):
    """An error response of the store."""

    def __init__(self, body: Json) -> None:
        self.code = str(body["__type"]).rpartition("#")[2]
        self.reasons: list[Json] = body.get("CancellationReasons", [])
        super().__init__(f"{self.code}: {body.get('message') or body.get('Message')}")


class Calls:
    """An engine with one table called `things`, or with several."""

    def __init__(self, *tables: str, handle: Handle | None = None) -> None:
        self._handle = handle or Store().handle
        for table in tables or ("things",):
            self("CreateTable", **definition(table))

    def __call__(self, operation: str, **request: Any) -> Json:
        answer = self._handle(operation, json.dumps(request))
        body: Json = json.loads(answer.body)
        if answer.status != 200:
            raise Refused(body)
        return body

    def put(self, pk: str, sk: str = "-", table: str = "things", **attrs: Json) -> None:
        self("PutItem", TableName=table, Item={**key(pk, sk), **attrs})

    def get(self, pk: str, sk: str = "-", table: str = "things") -> Json | None:
        item: Json | None = self("GetItem", TableName=table, Key=key(pk, sk)).get("Item")
        return item

    def add(self, pk: str, amount: int | str = 1, **more: Any) -> Json:
        return self(
            "UpdateItem",
            TableName="things",
            Key=key(pk),
            UpdateExpression="ADD #n :n",
            ExpressionAttributeNames={"#n": "count"},
            ExpressionAttributeValues={":n": number(amount)},
            **more,
        )

    def team(self, team: str, index: str = "by_rank") -> list[str]:
        found = self(
            "Query",
            TableName="things",
            IndexName=index,
            KeyConditionExpression="team = :team",
            ExpressionAttributeValues={":team": text(team)},
        )
        return [item["pk"]["S"] for item in found["Items"]]


def definition(table: str) -> Json:
    """Return the arguments of CreateTable."""
    return {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": schema("pk", "sk"),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in TYPES.items()],
        "GlobalSecondaryIndexes": [
            {"IndexName": name, "KeySchema": schema(*attrs), "Projection": {"ProjectionType": "ALL"}}
            for name, attrs in INDEXES.items()
        ],
        "LocalSecondaryIndexes": [
            {"IndexName": "local", "KeySchema": schema("pk", "rank"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
    }


def schema(*attrs: str) -> list[Json]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(attrs, ("HASH", "RANGE"), strict=False)]


def key(pk: str, sk: str = "-") -> Json:
    return {"pk": text(pk), "sk": text(sk)}


def text(value: str) -> Json:
    return {"S": value}


def number(value: object) -> Json:
    return {"N": str(value)}
