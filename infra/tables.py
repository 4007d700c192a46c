"""Derives the table definitions from the models.

Several models share a table, and each defines a part of its schema. This module merges the parts: keys, indexes, and
the attribute by which items expire. Models that contradict each other raise an error, because DynamoDB would use the
last definition.

The local stack, the tests and `python -m infra.local.prepare` create tables from these definitions.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import chalicelib
from chalicelib.core.settings import Settings, settings
from chalicelib.core.table import ExpiryAttribute, Item, TableName

_WAITER_CONFIG = {"Delay": 1, "MaxAttempts": 120}


class SchemaConflict(Exception):
    """Two models define a table differently, or an existing table differs from its definition."""


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. If `projected` is None, it contains all attributes."""

    name: str
    hash_key: str
    range_key: str | None
    projected: tuple[str, ...] | None

    def request(self) -> dict[str, Any]:
        """Return the index in the form of `CreateTable` and CloudFormation."""
        projection: dict[str, Any] = {"ProjectionType": "ALL"}
        if self.projected is not None:
            projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(self.projected)}
            if not self.projected:
                projection = {"ProjectionType": "KEYS_ONLY"}
        return {"IndexName": self.name, "KeySchema": _keys(self.hash_key, self.range_key), "Projection": projection}


@dataclass(slots=True)
class Table:
    """A table. `attributes` holds the types (`S`, `N`) of key attributes, `expiry` the name of the expiry attribute."""

    name: str
    short_name: str
    hash_key: str = "pk"
    range_key: str = "sk"
    attributes: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    expiry: str | None = None

    def request(self) -> dict[str, Any]:
        """Return the table in the form of `CreateTable`, with on-demand billing."""
        request: dict[str, Any] = {
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": _keys(self.hash_key, self.range_key),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(self.attributes.items())
            ],
        }
        if self.indexes:
            request["GlobalSecondaryIndexes"] = [self.indexes[name].request() for name in sorted(self.indexes)]
        return request


def definitions(stage: str) -> list[Table]:
    """Return all tables of a stage, sorted by name. Raise `SchemaConflict`."""
    names = Settings(stage=stage)
    tables: dict[str, Table] = {}
    for model in _models():
        short = _table_name(model)
        table = tables.setdefault(short, Table(names.table_name(short), short))
        merge(table, model)
    return [tables[short] for short in sorted(tables)]


def create_missing(client: Any, tables: Sequence[Table] | None = None) -> list[str]:
    """Create missing tables (default: all of the configured stage) and return the names of the new ones.

    `client` is a botocore client for DynamoDB. Returns when all tables are active. May be called again, and by several
    processes at once. Raise `SchemaConflict` if an existing table differs from its definition.
    """
    required = definitions(settings().stage) if tables is None else tables
    new = [table.name for table in required if _create(client, table)]
    for table in required:
        client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig=_WAITER_CONFIG)
        _check(client, table)
        _set_expiry(client, table)
    return new


def _models() -> Iterator[type[Item]]:
    """Yield all models of the application, after importing all of its modules."""
    for module in pkgutil.walk_packages(chalicelib.__path__, f"{chalicelib.__name__}."):
        importlib.import_module(module.name)
    pending: list[type[Item]] = [Item]
    while pending:
        model = pending.pop()
        pending += model.__subclasses__()
        is_own = model.__module__.startswith(f"{chalicelib.__name__}.")
        if is_own and isinstance(_declared_name(model), TableName):
            yield model


def _declared_name(model: type[Item]) -> object:
    """Return the value of `Meta.table_name` before it is resolved to the name of a stage's table."""
    return inspect.getattr_static(getattr(model, "Meta", None), "table_name", None)


def _table_name(model: type[Item]) -> str:
    name = _declared_name(model)
    if not isinstance(name, TableName):
        raise TypeError(f"{model.__name__} has no table")
    return name.table


def merge(table: Table, model: type[Item]) -> None:
    """Add the schema of a model to its table. Raise `SchemaConflict`."""
    schema: Mapping[str, Any] = model._get_schema()  # noqa: SLF001 - PynamoDB has no public method for it
    own_keys = _key_names(schema["key_schema"])
    if own_keys != (table.hash_key, table.range_key):
        raise SchemaConflict(f"{model.__name__} has other keys than {table.name}")
    for attribute in schema["attribute_definitions"]:
        _add(table.attributes, attribute["AttributeName"], attribute["AttributeType"], model)
    for index in schema["global_secondary_indexes"]:
        _add(table.indexes, index["index_name"], _index(index), model)
    for name, declared in model.get_attributes().items():
        if isinstance(declared, ExpiryAttribute):
            expiry = declared.attr_name or name
            if table.expiry not in (None, expiry):
                raise SchemaConflict(f"{model.__name__} expires by {expiry}, others in {table.name} by {table.expiry}")
            table.expiry = expiry


def _add(definitions: dict[str, Any], name: str, value: Any, model: type[Item]) -> None:
    if definitions.setdefault(name, value) != value:
        raise SchemaConflict(f"{model.__name__} defines {name} as {value}, others as {definitions[name]}")


def _index(schema: Mapping[str, Any]) -> Index:
    hash_key, range_key = _key_names(schema["key_schema"])
    projection = schema["projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(schema["index_name"], hash_key, range_key, None)
    keys = {"pk", "sk", hash_key, range_key}
    # An index always contains the keys, so only other attributes are listed.
    projected = tuple(name for name in projection.get("NonKeyAttributes", ()) if name not in keys)
    return Index(schema["index_name"], hash_key, range_key, projected)


def _key_names(schema: Sequence[Mapping[str, str]]) -> tuple[str, str | None]:
    by_kind = {key["KeyType"]: key["AttributeName"] for key in schema}
    return by_kind["HASH"], by_kind.get("RANGE")


def _keys(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys if range_key is None else [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}]


def _create(client: Any, table: Table) -> bool:
    """Create the table if it does not exist; return whether it was created. It may not be active yet."""
    try:
        client.describe_table(TableName=table.name)
    except client.exceptions.ResourceNotFoundException:
        pass
    else:
        return False
    try:
        client.create_table(**table.request())
    except client.exceptions.ResourceInUseException:
        return False  # another process has created it
    return True


def _check(client: Any, table: Table) -> None:
    """Raise `SchemaConflict` if a table, which may be older than this code, lacks keys or indexes that it needs."""
    description = client.describe_table(TableName=table.name)["Table"]
    if _key_names(description["KeySchema"]) != (table.hash_key, table.range_key):
        raise SchemaConflict(f"{table.name} exists with other keys")
    indexes = description.get("GlobalSecondaryIndexes") or ()
    existing = {index["IndexName"]: _key_names(index["KeySchema"]) for index in indexes}
    for name, index in table.indexes.items():
        if existing.get(name) != (index.hash_key, index.range_key):
            raise SchemaConflict(f"{table.name} exists without the required index {name}; migrate or remove it")


def _set_expiry(client: Any, table: Table) -> None:
    if table.expiry is None:
        return
    current = client.describe_time_to_live(TableName=table.name).get("TimeToLiveDescription", {})
    if current.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        specification = {"Enabled": True, "AttributeName": table.expiry}
        client.update_time_to_live(TableName=table.name, TimeToLiveSpecification=specification)
