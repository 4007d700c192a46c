"""Computes the cost of a call from its request, its response and the items before and after it.

The arithmetic is `capacity`'s; here is only which items a call touches and which rule is for which operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core.settings import settings
from infra.tables import definitions
from tests.benchmarks.capacity import (
    Index,
    Item,
    Units,
    batch_read_units,
    check_units,
    query_units,
    write_units,
)

TABLE_KEYS = ("pk", "sk")
_SINGLE_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})

Place = tuple[str, str, str]
"""Table, `pk` and `sk` of an item."""


@dataclass(frozen=True, slots=True)
class Images:
    """The items of a write before and after it (None: no item)."""

    before: Mapping[Place, Item | None]
    after: Mapping[Place, Item | None]


def places(operation: str, request: Mapping[str, Any]) -> Sequence[Place]:
    """Return the keys of the items that a call writes or checks, in the order of its request."""
    return [place for _, place in _writes(operation, request)]


def price(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any] | None, images: Images) -> Units:
    """Return the units of a call; `answer` is None if the engine rejected it."""
    if operation in _SINGLE_WRITES or operation == "TransactWriteItems":
        return Units(write=_write_price(operation, request, images, refused=answer is None))
    return Units(read=_read_price(operation, request, answer or {}))


def _writes(operation: str, request: Mapping[str, Any]) -> Iterator[tuple[str, Place]]:
    if operation in _SINGLE_WRITES:
        yield operation, _place(request)
    elif operation == "TransactWriteItems":
        for entry in request["TransactItems"]:
            [(kind, body)] = entry.items()
            yield kind, _place(body)


def _place(body: Mapping[str, Any]) -> Place:
    key = body.get("Key") or body["Item"]
    return body["TableName"], key["pk"]["S"], key["sk"]["S"]


def _write_price(operation: str, request: Mapping[str, Any], images: Images, *, refused: bool) -> float:
    transactional = operation == "TransactWriteItems"
    total = 0.0
    for kind, place in _writes(operation, request):
        before = images.before[place]
        if refused or kind == "ConditionCheck":
            total += check_units(before, transactional=transactional)
        else:
            after = images.after[place]
            total += write_units(before, after, indexes()[place[0]], transactional=transactional)
    return total


def _read_price(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        found = [answer["Item"]] if "Item" in answer else []
        return batch_read_units(found, 1 - len(found), consistent=request.get("ConsistentRead", False))
    if operation == "BatchGetItem":
        return sum(
            _batch_price(wanted, answer["Responses"][table]) for table, wanted in request["RequestItems"].items()
        )
    if operation == "Query" and not {"FilterExpression", "ProjectionExpression"} & request.keys():
        return query_units(answer.get("Items", ()), consistent=request.get("ConsistentRead", False))
    raise NotImplementedError(f"no price is known for this {operation}")


def _batch_price(wanted: Mapping[str, Any], found: Sequence[Item]) -> float:
    missing = len(wanted["Keys"]) - len(found)
    return batch_read_units(found, missing, consistent=wanted.get("ConsistentRead", False))


def indexes() -> Mapping[str, Sequence[Index]]:
    """Return the indexes of each table."""
    if not _known:
        for table in definitions(settings().stage):
            wanted = table.request().get("GlobalSecondaryIndexes", [])
            _known[table.name] = [_index(definition) for definition in wanted]
    return _known


def _index(definition: Mapping[str, Any]) -> Index:
    keys = tuple(part["AttributeName"] for part in definition["KeySchema"])
    projection = definition["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(keys, projected=None)
    return Index(keys, projected=frozenset({*TABLE_KEYS, *keys, *projection.get("NonKeyAttributes", ())}))


_known: dict[str, Sequence[Index]] = {}
