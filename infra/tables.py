"""The tables as they have to exist, worked out from the models, so that nothing about them is written down twice.

Several kinds of items share a table; each knows its own part of the schema. Here the parts are put together: keys,
the indexes of all kinds, and the attribute by which items expire. Kinds that disagree are an error of the code and
said at once, because a store would take whichever came last.

The local stack and the tests create tables from this; so does `python -m infra.local.prepare` on any engine.
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

_PATIENCE = {"Delay": 1, "MaxAttempts": 120}


class TablesDisagree(Exception):
    """Two kinds of items define their table differently, or a table that exists is not the one that is wanted."""


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projected` None means all attributes."""

    name: str
    hash_key: str
    range_key: str | None
    projected: tuple[str, ...] | None

    def request(self) -> dict[str, Any]:
        """The index as `CreateTable` and CloudFormation want it."""
        projection: dict[str, Any] = {"ProjectionType": "ALL"}
        if self.projected is not None:
            projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(self.projected)}
            if not self.projected:
                projection = {"ProjectionType": "KEYS_ONLY"}
        return {"IndexName": self.name, "KeySchema": _keys(self.hash_key, self.range_key), "Projection": projection}


@dataclass(slots=True)
class Table:
    """A table: `attributes` are the types (`S`, `N`) of those that are keys, `expiry` the one that ends an item."""

    name: str
    short_name: str
    hash_key: str = "pk"
    range_key: str = "sk"
    attributes: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    expiry: str | None = None

    def request(self) -> dict[str, Any]:
        """The table as `CreateTable` wants it, billed by what is used."""
        made: dict[str, Any] = {
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": _keys(self.hash_key, self.range_key),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(self.attributes.items())
            ],
        }
        if self.indexes:
            made["GlobalSecondaryIndexes"] = [self.indexes[name].request() for name in sorted(self.indexes)]
        return made


def definitions(stage: str) -> list[Table]:
    """Every table of a stage, by name. Raises `TablesDisagree`."""
    names = Settings(stage=stage)
    tables: dict[str, Table] = {}
    for model in _models():
        short = _table_name(model)
        table = tables.setdefault(short, Table(names.table_name(short), short))
        merge(table, model)
    return [tables[short] for short in sorted(tables)]


def create_missing(client: Any, tables: Sequence[Table] | None = None) -> list[str]:
    """Create the tables that do not exist (None: all of the configured stage); returns the names of the new ones.

    `client` is a botocore client for DynamoDB. Returns once all can be used. May be called again, and by several
    processes at once. Raises `TablesDisagree` if a table exists that is not what is wanted.
    """
    wanted = definitions(settings().stage) if tables is None else tables
    new = [table.name for table in wanted if _create(client, table)]
    for table in wanted:
        client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig=_PATIENCE)
        _check(client, table)
        _set_expiry(client, table)
    return new


def _models() -> Iterator[type[Item]]:
    """All kinds of items of the application, whatever has been imported so far."""
    for module in pkgutil.walk_packages(chalicelib.__path__, f"{chalicelib.__name__}."):
        importlib.import_module(module.name)
    waiting: list[type[Item]] = [Item]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        ours = model.__module__.startswith(f"{chalicelib.__name__}.")
        if ours and isinstance(_named(model), TableName):
            yield model


def _named(model: type[Item]) -> object:
    """What `Meta.table_name` holds, before it is made into the name of a stage's table."""
    return inspect.getattr_static(getattr(model, "Meta", None), "table_name", None)


def _table_name(model: type[Item]) -> str:
    named = _named(model)
    if not isinstance(named, TableName):
        raise TypeError(f"{model.__name__} has no table")
    return named.table


def merge(table: Table, model: type[Item]) -> None:
    """Add one kind's part to its table. Raises `TablesDisagree`."""
    schema: Mapping[str, Any] = model._get_schema()  # noqa: SLF001 - PynamoDB has no other way to ask for it
    own_keys = _key_names(schema["key_schema"])
    if own_keys != (table.hash_key, table.range_key):
        raise TablesDisagree(f"{model.__name__} wants other keys than {table.name} has")
    for one in schema["attribute_definitions"]:
        _agree(table.attributes, one["AttributeName"], one["AttributeType"], model)
    for one in schema["global_secondary_indexes"]:
        _agree(table.indexes, one["index_name"], _index(one), model)
    for name, attribute in model.get_attributes().items():
        if isinstance(attribute, ExpiryAttribute):
            expiry = attribute.attr_name or name
            if table.expiry not in (None, expiry):
                raise TablesDisagree(f"{model.__name__} expires by {expiry}, others in {table.name} by {table.expiry}")
            table.expiry = expiry


def _agree(known: dict[str, Any], name: str, value: Any, model: type[Item]) -> None:
    if known.setdefault(name, value) != value:
        raise TablesDisagree(f"{model.__name__} defines {name} as {value}, others as {known[name]}")


def _index(schema: Mapping[str, Any]) -> Index:
    hash_key, range_key = _key_names(schema["key_schema"])
    projection = schema["projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(schema["index_name"], hash_key, range_key, None)
    keys = {"pk", "sk", hash_key, range_key}
    # Keys are always in an index; only what comes beside them is named.
    projected = tuple(name for name in projection.get("NonKeyAttributes", ()) if name not in keys)
    return Index(schema["index_name"], hash_key, range_key, projected)


def _key_names(schema: Sequence[Mapping[str, str]]) -> tuple[str, str | None]:
    by_kind = {one["KeyType"]: one["AttributeName"] for one in schema}
    return by_kind["HASH"], by_kind.get("RANGE")


def _keys(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys if range_key is None else [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}]


def _create(client: Any, table: Table) -> bool:
    """Whether the table had to be created; it may not be usable yet."""
    try:
        client.describe_table(TableName=table.name)
    except client.exceptions.ResourceNotFoundException:
        pass
    else:
        return False
    try:
        client.create_table(**table.request())
    except client.exceptions.ResourceInUseException:
        return False  # another process was first
    return True


def _check(client: Any, table: Table) -> None:
    """That a table, which may be older than this code, has the keys and indexes that the code will use."""
    found = client.describe_table(TableName=table.name)["Table"]
    if _key_names(found["KeySchema"]) != (table.hash_key, table.range_key):
        raise TablesDisagree(f"{table.name} exists with other keys")
    existing = {one["IndexName"]: _key_names(one["KeySchema"]) for one in found.get("GlobalSecondaryIndexes") or ()}
    for name, index in table.indexes.items():
        if existing.get(name) != (index.hash_key, index.range_key):
            raise TablesDisagree(f"{table.name} exists without the index {name} as it is needed; migrate or remove it")


def _set_expiry(client: Any, table: Table) -> None:
    if table.expiry is None:
        return
    known = client.describe_time_to_live(TableName=table.name).get("TimeToLiveDescription", {})
    if known.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        wanted = {"Enabled": True, "AttributeName": table.expiry}
        client.update_time_to_live(TableName=table.name, TimeToLiveSpecification=wanted)
