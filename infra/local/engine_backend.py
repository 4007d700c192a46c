"""moto's DynamoDB with our tables, our transactions, and checks of DynamoDB that moto lacks.

Rejected here and not by moto: more than 25 writes in a batch, two of them on one item, a key of the wrong type or
empty, an invalid number in an update, and a transaction token that is reused for another request. The table checks the
keys of indexes.

Limits: a batch of more than 16 MB and a transaction of more than 4 MB are accepted.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import (
    DynamodbException,
    KeyIsEmptyStringException,
    MockValidationException,
    ResourceInUseException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, validate_put_has_empty_keys

from infra.local.engine_response import ERROR_PREFIX
from infra.local.engine_table import IndexedTable, Slot, all_or_nothing, indexed
from infra.local.engine_transaction import write_all

_MAX_WRITES = 25
_MAX_TOKENS = 1_000


class Backend(DynamoDBBackend):
    """moto's data model with our tables. Its methods expect that the engine's lock is held."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.transactions: OrderedDict[str, Any] = OrderedDict()
        """The items of recent transactions by token."""

    def clear(self) -> None:
        """Remove all items of all tables, and all tokens."""
        for table in self.tables.values():
            indexed(table).clear()
        self.transactions.clear()

    def snapshot(self) -> dict[str, dict[Any, Any]]:
        """Return the items of each table."""
        return {name: indexed(table).snapshot() for name, table in self.tables.items()}

    def restore(self, snapshot: Mapping[str, Mapping[Any, Any]]) -> None:
        """Set the items of all tables to a snapshot, and remove all tokens."""
        for name, table in self.tables.items():
            indexed(table).restore(snapshot.get(name, {}))
        self.transactions.clear()

    def create_table(self, name: str, *args: Any, **definition: Any) -> Table:
        """Create a table with sorted collections."""
        if name in self.tables:
            raise ResourceInUseException(f"Table already exists: {name}")
        table = IndexedTable(  # type: ignore[abstract]  # moto marks methods for CloudFormation as abstract
            name, *args, account_id=self.account_id, region=self.region_name, **definition
        )
        self.tables[name] = table
        return table

    def update_table(self, *args: Any, **kwargs: Any) -> Table:
        """Change the definition of a table."""
        table = super().update_table(*args, **kwargs)
        indexed(table).forget_collections()
        return table

    def get_keys_value(self, table: Table, keys: dict[str, Any]) -> tuple[DynamoType, DynamoType | None]:
        """Return hash and range key. Raise moto's validation errors if they do not match the schema."""
        types = {definition["AttributeName"]: definition["AttributeType"] for definition in table.attr}
        for name in table.table_key_attrs:
            value = keys.get(name, {})
            if next(iter(value), None) != types[name]:
                raise MockValidationException("The provided key element does not match the schema")
            if not value[types[name]]:
                raise KeyIsEmptyStringException(name)
        return super().get_keys_value(table, keys)

    def update_item(self, table_name: str, key: dict[str, dict[str, Any]], *args: Any, **kwargs: Any) -> Item:
        """Update an item. If that fails, the item is unchanged."""
        table = indexed(self.get_table(table_name))
        table.check_numbers(kwargs.get("expression_attribute_values") or {})
        with table.changing(*self.get_keys_value(table, key)):
            return super().update_item(table_name, key, *args, **kwargs)

    def transact_write_items(self, transact_items: list[dict[str, Any]]) -> None:
        """Execute a transaction."""
        write_all(self, transact_items)


class Handler(DynamoHandler):
    """moto's operations for one request, on our data model."""

    def __init__(self, backend: Backend, request: dict[str, Any]) -> None:
        super().__init__()
        self.body = request
        self._backend = backend

    @property
    def dynamodb_backend(self) -> Backend:
        """The data model. moto would look it up by account and region."""
        return self._backend

    def transact_write_items(self) -> ActionResult:
        """Execute a transaction once per token."""
        token, items = self.body.get("ClientRequestToken"), self.body["TransactItems"]
        completed = self._backend.transactions
        if token in completed and completed[token] != items:
            raise DynamodbException(
                ERROR_PREFIX + "IdempotentParameterMismatchException",
                "The token was used for a transaction with other items",
            )
        if token in completed:
            return ActionResult({})
        result = super().transact_write_items()
        if token is not None:
            completed[token] = items
            if len(completed) > _MAX_TOKENS:
                completed.popitem(last=False)
        return result

    def batch_write_item(self) -> ActionResult:
        """Put and delete up to 25 items. Unlike DynamoDB, write either all of them or, if one is rejected, none."""
        writes = [
            (self._slot(table_name, entry), entry.get("PutRequest", {}).get("Item"))
            for table_name, entries in self.body["RequestItems"].items()
            for entry in entries
        ]
        if len(writes) > _MAX_WRITES:
            raise MockValidationException("Too many items requested for the BatchWriteItem call")
        if len({slot.name for slot, _ in writes}) < len(writes):
            raise MockValidationException("Provided list of item keys contains duplicates")
        with all_or_nothing([slot for slot, _ in writes]):
            for slot, item in writes:
                if item is None:
                    slot.table.delete_item(slot.hash_key, slot.range_key)
                else:
                    validate_put_has_empty_keys(item, slot.table)
                    slot.table.put_item(item, overwrite=True)
        return ActionResult({"UnprocessedItems": {}, "ItemCollectionMetrics": {}})

    def _slot(self, table_name: str, entry: dict[str, dict[str, Any]]) -> Slot:
        table = indexed(self._backend.get_table(table_name))
        attrs = entry["PutRequest"]["Item"] if "PutRequest" in entry else entry["DeleteRequest"]["Key"]
        return Slot(table, *self._backend.get_keys_value(table, attrs))
