"""Implements `TransactWriteItems`: check all conditions against the state before, then write all items or none.

moto copies each table that it may have to restore. Here items never change in place, so it is enough to keep the old
objects of the affected keys, and the cost of a transaction does not depend on the size of the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend

from infra.local.engine_table import Slot, all_or_nothing, indexed

_MAX_OPERATIONS = 100
_KINDS = frozenset({"ConditionCheck", "Put", "Delete", "Update"})

_Reason = tuple[str | None, str | None, dict[str, Any] | None]
_MET: _Reason = (None, None, None)


def write_all(backend: DynamoDBBackend, entries: Sequence[dict[str, dict[str, Any]]]) -> None:
    """Execute the entries of one `TransactItems`.

    Raise TransactionCanceledException with one reason per entry, in their order, if a condition fails, and moto's
    validation errors for an invalid request. Nothing is written in either case.
    """
    if len(entries) > _MAX_OPERATIONS:
        raise TooManyTransactionsException
    operations = [_operation(backend, entry) for entry in entries]
    slots = [operation.slot for operation in operations]
    if len({slot.name for slot in slots}) < len(slots):
        raise MultipleTransactionsException
    reasons = [operation.check_condition() for operation in operations]
    if any(reason != _MET for reason in reasons):
        raise TransactionCanceledException(reasons)
    with all_or_nothing(slots):
        for operation in operations:
            operation.apply(backend)


@dataclass(frozen=True)
class _Operation:
    """One entry and its slot."""

    kind: str
    body: dict[str, Any]
    slot: Slot

    def check_condition(self) -> _Reason:
        """Return why the condition fails, or `_MET`."""
        body, item = self.body, self.slot.item
        condition = get_filter_expression(
            body.get("ConditionExpression"),
            body.get("ExpressionAttributeNames"),
            body.get("ExpressionAttributeValues"),
        )
        if condition.expr(item):
            return _MET
        old_item = None
        if item is not None and body.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            old_item = item.to_json()["Attributes"]
        return "ConditionalCheckFailed", "The conditional request failed", old_item

    def apply(self, backend: DynamoDBBackend) -> None:
        """Write without checking the condition."""
        table, body = self.slot.table, self.body
        if self.kind == "Put":
            table.put_item(body["Item"], overwrite=True)
        elif self.kind == "Delete":
            table.delete_item(self.slot.hash_key, self.slot.range_key)
        elif self.kind == "Update":
            backend.update_item(
                table.name,
                body["Key"],
                update_expression=body["UpdateExpression"],
                expression_attribute_names=body.get("ExpressionAttributeNames") or {},
                expression_attribute_values=body.get("ExpressionAttributeValues") or {},
            )


def _operation(backend: DynamoDBBackend, entry: dict[str, dict[str, Any]]) -> _Operation:
    if len(entry) != 1:
        raise TransactWriteSingleOpException
    kind, body = next(iter(entry.items()))
    if kind not in _KINDS:
        raise MockValidationException(f"Unsupported transaction operation {kind}")
    table = indexed(backend.get_table(body["TableName"]))
    return _Operation(kind, body, Slot(table, *backend.get_keys_value(table, body["Item" if kind == "Put" else "Key"])))
