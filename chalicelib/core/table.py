"""The base of every stored thing: one table layout, one shared connection, exact numbers, times and expiry.

Each domain has one table with the keys `pk` and `sk`; its models are kinds of items in it. PynamoDB by default opens
a connection for each model, which costs half a second at a dozen models, so all of ours share one client
(`SharedConnection`). Table names depend on the stage and are looked up when used, not when imported.

Traded away: PynamoDB's own `VersionAttribute` and `save()`: versions and writes belong to the unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NULL, NUMBER
from pynamodb.exceptions import AttributeDeserializationError
from pynamodb.models import Model

from chalicelib.core import aws
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate

T = TypeVar("T")

SEPARATOR = "#"


def key(*parts: object) -> str:
    """A key from its parts: `acme#ORDER#0190...`. The organisation comes first, wherever there is one.

    A separator inside a part is escaped, so no id can be made up that reaches into another key.
    """
    return SEPARATOR.join(str(part).replace("%", "%25").replace(SEPARATOR, "%23") for part in parts)


def parts_of(text: str) -> list[str]:
    """The parts that a key was made from."""
    return [part.replace("%23", SEPARATOR).replace("%25", "%") for part in text.split(SEPARATOR)]


class DecimalAttribute(Attribute[Decimal]):
    """An exact number (money, weights, quantities), up to the store's 38 digits."""

    attr_type = NUMBER

    def serialize(self, value: object) -> str:
        """As the store writes it. Raises `ValueError` for what it could not hold exactly."""
        if not isinstance(value, Decimal) or not value.is_finite() or len(value.as_tuple().digits) > 38:
            raise ValueError(f"{self.attr_name} must be a finite Decimal of at most 38 digits")
        if value and not -130 <= value.adjusted() <= 125:
            raise ValueError(f"{self.attr_name} must be from 1E-130 to 9.9E+125 in size")
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        """Exactly as stored."""
        return Decimal(value)


class IntAttribute(Attribute[int]):
    """A whole number."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """As the store writes it."""
        return str(int(value))

    def deserialize(self, value: str) -> int:
        """As an int."""
        return int(value)


class FloatAttribute(NumberAttribute):
    """A measured number such as a coordinate; always read back as a float."""

    def deserialize(self, value: str) -> float:
        """As a float, also if it is whole."""
        return float(value)


class MomentAttribute(Attribute[datetime]):
    """A moment in UTC, stored as whole milliseconds since the epoch so that it compares and sorts as a number."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """Milliseconds since the epoch."""
        return str(to_millis(value))

    def deserialize(self, value: str) -> datetime:
        """In UTC."""
        return from_millis(int(value))


class ExpiryAttribute(Attribute[datetime]):
    """When the store may drop the item: whole seconds since the epoch, as DynamoDB's time to live wants it.

    Deletion is days late by design, so whoever reads an item that can expire checks `expired` as well.
    """

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """Whole seconds since the epoch, rounded up."""
        return str(-(-to_millis(value) // 1000))

    def deserialize(self, value: str) -> datetime:
        """In UTC."""
        return datetime.fromtimestamp(int(value), UTC)


class SharedConnection(Connection):
    """PynamoDB's connection over the client that all models share."""

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """The DynamoDB client of the process."""
        return cast("BotocoreBaseClientPrivate", aws.client("dynamodb", settings().dynamodb_endpoint))


def optional(attribute: Attribute[T]) -> Attribute[T | None]:
    """An attribute that may be absent, and says so in its type (`null=True` alone does not)."""
    attribute.null = True
    return cast("Attribute[T | None]", attribute)


class TableName:
    """The name of a table, worked out when asked, since it holds the stage."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __get__(self, instance: object, owner: type) -> str:
        return settings().table_name(self.table)


class SharedTable(TableConnection):
    """A model's view of its table over the shared connection; holds the schema, opens nothing."""

    def __init__(self, table_name: str, meta_table: MetaTable) -> None:
        self.table_name = table_name
        self.connection = SharedConnection(region="unused")
        self.connection.add_meta_table(meta_table)


class Item(Model):
    """Base of all stored items. `pk` and `sk` are the table's keys in every table."""

    kind: ClassVar[str] = "item"
    """What the audit trail calls it, such as `order`."""
    unaudited: ClassVar[frozenset[str]] = frozenset()
    """Attributes whose values never enter the audit trail: secrets, index keys, what machines derive."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    @property
    def entity_id(self) -> str:
        """The id by which people know it; the last part of its key unless a model says otherwise."""
        return self.pk.rsplit(SEPARATOR, 1)[-1]

    @classmethod
    def from_raw_data(cls, data: Mapping[str, Any]) -> Self:
        """The model of an item as the store gave it; what PynamoDB itself does, in a third of the time."""
        made, values = cls.__new__(cls), dict[str, Any]()
        for stored, name, kind, read, default in _readers(cls):
            given = data.get(stored)
            if given and kind in given:
                values[name] = read(given[kind])
            elif given and NULL not in given:
                raise AttributeDeserializationError(name, kind)
            elif default is not None:
                values[name] = default() if callable(default) else default
        made.attribute_values = values
        return made

    @classmethod
    def schema(cls) -> Any:
        """Keys, attribute definitions and indexes, as the store wants them."""
        return cls._get_schema()

    @classmethod
    def table(cls) -> TableConnection:
        """The model's table, for what the model itself has no method for."""
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
    """An item that people change: every write names the version that was read and raises it by one."""

    version = IntAttribute(default=1)


def expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether something with this expiry is already over, whatever the store still holds."""
    return expires_at is not None and expires_at <= now


@cache
def _readers(model: type[Item]) -> list[tuple[str, str, str, Callable[[Any], Any], Any]]:
    """How each attribute is read: its stored name, its own name, its type there, what decodes it, and its default."""
    known = model.get_attributes().items()
    return [(a.attr_name, name, a.attr_type, a.deserialize, a.default) for name, a in known]


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
