"""The base class of all stored items, and attribute types for exact numbers, times and expiry.

Each domain has one table with the keys `pk` and `sk`; its models are kinds of items in it. PynamoDB by default opens
a connection for each model, which costs half a second for a dozen models, so all models share one client
(`SharedConnection`). Table names depend on the stage and are looked up at use, not at import.

Traded away: PynamoDB's `VersionAttribute` and `save()`, because the unit of work handles versions and writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NULL, NUMBER
from pynamodb.exceptions import AttributeDeserializationError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, Projection
from pynamodb.models import Model

from chalicelib.core import aws
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate

T = TypeVar("T")

SEPARATOR = "#"


def key(*parts: object) -> str:
    """Return a key made from its parts: `acme#ORDER#0190...`. The organisation, if there is one, comes first.

    A separator inside a part is escaped, so no forged id can name the key of another item.
    """
    return SEPARATOR.join(str(part).replace("%", "%25").replace(SEPARATOR, "%23") for part in parts)


def parts_of(text: str) -> list[str]:
    """Return the parts that a key was made from."""
    return [part.replace("%23", SEPARATOR).replace("%25", "%") for part in text.split(SEPARATOR)]


class DecimalAttribute(Attribute[Decimal]):
    """An exact number (money, weights, quantities), up to the store's 38 digits."""

    attr_type = NUMBER

    def serialize(self, value: object) -> str:
        """Return the stored form. Raise `ValueError` if the store cannot hold the value exactly."""
        if not isinstance(value, Decimal) or not value.is_finite() or len(value.as_tuple().digits) > 38:
            raise ValueError(f"{self.attr_name} must be a finite Decimal of at most 38 digits")
        if value and not -130 <= value.adjusted() <= 125:
            raise ValueError(f"{self.attr_name} must be from 1E-130 to 9.9E+125 in size")
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        """Return the exact value."""
        return Decimal(value)


class IntAttribute(Attribute[int]):
    """A whole number."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Return the stored form."""
        return str(int(value))

    def deserialize(self, value: str) -> int:
        """Return an int."""
        return int(value)


class FloatAttribute(NumberAttribute):
    """A measured number such as a coordinate; always read back as a float."""

    def deserialize(self, value: str) -> float:
        """Return a float, also for a whole number."""
        return float(value)


class MomentAttribute(Attribute[datetime]):
    """A time in UTC, stored as whole milliseconds since the epoch so that it compares and sorts as a number."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """Return milliseconds since the epoch."""
        return str(to_millis(value))

    def deserialize(self, value: str) -> datetime:
        """Return a time in UTC."""
        return from_millis(int(value))


class ExpiryAttribute(Attribute[datetime]):
    """The time after which the store may delete the item: whole seconds since the epoch, as DynamoDB's TTL requires.

    DynamoDB deletes up to days later, so every read of an item that can expire also checks `expired`.
    """

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """Return whole seconds since the epoch, rounded up."""
        return str(-(-to_millis(value) // 1000))

    def deserialize(self, value: str) -> datetime:
        """Return a time in UTC."""
        return datetime.fromtimestamp(int(value), UTC)


class SharedConnection(Connection):
    """A PynamoDB connection that uses the client shared by all models."""

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """Return the DynamoDB client of the process."""
        return cast("BotocoreBaseClientPrivate", aws.client("dynamodb", settings().dynamodb_endpoint))


def optional(attribute: Attribute[T]) -> Attribute[T | None]:
    """Return the attribute as one that may be absent, which its type shows (with `null=True` alone it does not)."""
    attribute.null = True
    return cast("Attribute[T | None]", attribute)


class TableName:
    """The name of a table, determined at use because it contains the stage."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __get__(self, instance: object, owner: type) -> str:
        return settings().table_name(self.table)


def stored_in(table: str) -> Any:
    """Return the `Meta` of a model whose items are in this table."""
    return type("Meta", (), {"table_name": TableName(table)})


def index(projection: Projection, **keys: type[Attribute[Any]]) -> GlobalSecondaryIndex[Any]:
    """Return a global secondary index, named after the attribute of the model that it is assigned to.

    `keys` are the types of its hash key and of its range key, by the attributes of the model.
    """
    (hash_name, hash_type), (range_name, range_type) = keys.items()
    attributes = {hash_name: hash_type(hash_key=True), range_name: range_type(range_key=True)}
    meta = type("Meta", (), {"projection": projection})
    return cast("GlobalSecondaryIndex[Any]", type("Index", (GlobalSecondaryIndex,), {"Meta": meta, **attributes})())


class SharedTable(TableConnection):
    """The table of a model over the shared connection. Holds the schema and opens no connection."""

    def __init__(self, table_name: str, meta_table: MetaTable) -> None:
        self.table_name = table_name
        self.connection = SharedConnection(region="unused")
        self.connection.add_meta_table(meta_table)


class Item(Model):
    """The base class of all stored items. `pk` and `sk` are the keys of every table."""

    kind: ClassVar[str] = "item"
    """The entity type in the audit trail, such as `order`."""
    unaudited: ClassVar[frozenset[str]] = frozenset()
    """Attributes that the audit trail leaves out: secrets, index keys, derived values."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    @property
    def entity_id(self) -> str:
        """Return the id that clients use: the last part of the key, unless a model overrides it."""
        return self.pk.rsplit(SEPARATOR, 1)[-1]

    @classmethod
    def from_raw_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the model of a stored item. Does what PynamoDB does, in a third of the time."""
        item, values = cls.__new__(cls), dict[str, Any]()
        for stored, name, kind, read, default in _readers(cls):
            value = data.get(stored)
            if value and kind in value:
                values[name] = read(value[kind])
            elif value and NULL not in value:
                raise AttributeDeserializationError(name, kind)
            elif default is not None:
                values[name] = default() if callable(default) else default
        item.attribute_values = values
        return item

    @classmethod
    def schema(cls) -> Any:
        """Return the keys, attribute definitions and indexes."""
        return cls._get_schema()

    @classmethod
    def table(cls) -> TableConnection:
        """Return the table of the model, for operations that PynamoDB models lack."""
        return cls._get_connection()

    @classmethod
    def _get_connection(cls) -> TableConnection:
        name = cls.Meta.table_name
        own = cls.__dict__.get("_connection")
        if own is None or own.table_name != name:
            own = SharedTable(name, _schema(cls, name))
            cls._connection = own
        return cast("TableConnection", own)


class Entity(Item):
    """An item that people change. Every write checks the version that was read and raises it by one."""

    version = IntAttribute(default=1)

    def check_staged(self, names: Collection[str]) -> None:
        """Raise `ValueError` if the attributes of these names, which were staged, contradict others.

        For models with attributes that are derived from others.
        """


def set_actions(model: type[Item], values: Mapping[str, object]) -> list[Action]:
    """Return the store's actions that set the values of these attributes; None removes one."""
    attributes = ((getattr(model, name), value) for name, value in values.items())
    return [attribute.remove() if value is None else attribute.set(value) for attribute, value in attributes]


def is_as_read(attribute: Any, value: object) -> Condition:
    """Return the condition that an attribute still has the value that was read; None if it was absent."""
    condition: Condition = attribute.does_not_exist() if value is None else attribute == value
    return condition


def expired(expires_at: datetime | None, now: datetime) -> bool:
    """Return whether this expiry has passed, whether or not the store still holds the item."""
    return expires_at is not None and expires_at <= now


@cache
def _readers(model: type[Item]) -> list[tuple[str, str, str, Callable[[Any], Any], Any]]:
    """Return for each attribute its stored name, its name, its stored type, its decoder and its default."""
    attributes = model.get_attributes().items()
    return [(a.attr_name, name, a.attr_type, a.deserialize, a.default) for name, a in attributes]


def _schema(model: type[Item], table_name: str) -> MetaTable:
    schema = model.schema()
    return MetaTable(
        {
            "TableName": table_name,
            "KeySchema": schema["key_schema"],
            "AttributeDefinitions": schema["attribute_definitions"],
            "GlobalSecondaryIndexes": [
                {"IndexName": index["index_name"], "KeySchema": index["key_schema"]}
                for index in schema["global_secondary_indexes"]
            ],
            "LocalSecondaryIndexes": [],
        }
    )
