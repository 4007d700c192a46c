"""moto's table with sorted collections, validated index keys, and items that never change in place.

An update works on a copy that replaces the item on success. So a failed write or a cancelled transaction only puts the
old object back, and an index only replaces the item of a key.

Limits: a table with streams keeps the record of a write that was undone, and an index with several hash or range
attributes is read in moto's slow way. Baton has neither.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from infra.local.engine_index import Collections, KeyShape, Window, primary_key

_MAX_DIGITS = 38


class IndexedTable(Table):
    """A table whose queries cost as much as their result. Its methods expect that the engine's lock is held."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._collections: dict[str | None, Collections] = {}
        self._candidates: list[Item] | None = None

    # Writing

    def put_item(self, item_attrs: dict[str, Any], *args: Any, **kwargs: Any) -> Item:
        """Put an item as moto does, after checking the keys of the indexes."""
        self._check_index_keys(item_attrs)
        item = super().put_item(item_attrs, *args, **kwargs)
        self._index(item.hash_key, item.range_key, item)
        return item

    def delete_item(self, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
        """Delete an item and return it, or None if there is none."""
        item = super().delete_item(hash_key, range_key)
        self._index(hash_key, range_key, None)
        return item

    def replace(self, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
        """Store `item` under the key without checks; None removes the item."""
        items: dict[DynamoType, Any] = self.items if range_key is None else self.items[hash_key]
        key = hash_key if range_key is None else range_key
        if item is None:
            items.pop(key, None)
        else:
            items[key] = item
        self._index(hash_key, range_key, item)

    @contextmanager
    def changing(self, hash_key: DynamoType, range_key: DynamoType | None) -> Iterator[None]:
        """Let the block change a copy of the item; restore the original if the block fails."""
        with all_or_nothing([Slot(self, hash_key, range_key)]):
            self.replace(hash_key, range_key, copy.deepcopy(self.get_item(hash_key, range_key)))
            yield
            after = self.get_item(hash_key, range_key)
            if after is not None:
                self._check_index_keys(after.attrs)
            self._index(hash_key, range_key, after)

    def clear(self) -> None:
        """Remove all items. The definitions of the table and its indexes stay."""
        self.items.clear()
        self.forget_collections()
        if self.stream_shard is not None:
            self.stream_shard.items.clear()

    def snapshot(self) -> dict[Any, Any]:
        """Return all items, for `restore`. Items never change in place, so they are not copied."""
        return {hash_key: dict(items) if self.has_range_key else items for hash_key, items in self.items.items()}

    def restore(self, snapshot: Mapping[Any, Any]) -> None:
        """Set the items to a snapshot."""
        self.clear()
        for hash_key, items in snapshot.items():
            self.items[hash_key] = dict(items) if self.has_range_key else items

    def forget_collections(self) -> None:
        """Drop the sorted collections, because the indexes of the table have changed."""
        self._collections.clear()

    def check_numbers(self, values: Mapping[str, Any]) -> None:
        """Raise moto's validation error if an expression value has a number that DynamoDB cannot store."""
        self._validate_item_types(dict(values))

    def _validate_number_type(self, value: Any) -> None:
        super()._validate_number_type(value)
        if len(value) > _MAX_DIGITS and _significant_digits(value) > _MAX_DIGITS:
            raise MockValidationException("Attempting to store more than 38 significant digits in a Number")

    def _check_index_keys(self, attrs: Mapping[str, Any]) -> None:
        types = self._key_types()
        for index in self.all_indexes():
            for name in index.schema_key_attrs:
                if name in attrs:
                    value = DynamoType(attrs[name])
                    _check_index_key(index.name, name, types[name], value)

    # Reading

    def query(self, *args: Any, **kwargs: Any) -> tuple[list[Item], int, dict[str, Any] | None]:
        """Query as moto does, on the items of the window only."""
        self._candidates = self._window_items(_Query(*args), **kwargs)
        try:
            return super().query(*args, **kwargs)
        finally:
            self._candidates = None

    def all_items(self) -> list[Item]:
        """Return all items in order, or during a query those of its window."""
        return super().all_items() if self._candidates is None else self._candidates

    def sorted_items(
        self, hash_key_attrs: list[str], range_key_attrs: list[str | None], items: list[Item]
    ) -> list[Item]:
        """Return the items in the order of an index."""
        return super().sorted_items(hash_key_attrs, range_key_attrs, items) if self._candidates is None else items

    def _window_items(
        self,
        query: "_Query",
        *,
        hash_key_conditions: list[tuple[str, DynamoType]],
        range_key_conditions: list[tuple[str, str, list[DynamoType]]],
        **old_style_filters: Any,
    ) -> list[Item] | None:
        collections = self._collections_of(query.index_name)
        if collections is None or len(hash_key_conditions) != 1 or len(range_key_conditions) > 1:
            return None
        shape, hash_value = collections.shape, hash_key_conditions[0][1]
        _check_types(shape, hash_value, query.values)
        start = query.start_key
        after = shape.locate(start) if start is not None else None
        # moto evaluates such a filter or start key in its own way, so it gets the whole collection.
        if old_style_filters or (start is not None and (after is None or after[0] != hash_value.cast_value)):
            return collections.read(hash_value.cast_value, Window())
        window = Window(
            comparison=query.comparison,
            values=tuple(value.cast_value for value in query.values),
            after=after[1] if after is not None else None,
            count=query.limit,
            forward=query.forward,
        )
        return collections.read(hash_value.cast_value, window)

    # Collections

    def _collections_of(self, index_name: str | None) -> Collections | None:
        if index_name not in self._collections:
            shape = self._shape(index_name)
            if shape is None:
                return None
            self._collections[index_name] = Collections(shape, super().all_items())
        return self._collections[index_name]

    def _shape(self, index_name: str | None) -> KeyShape | None:
        own = self.table_key_attrs
        if index_name is None:
            return KeyShape(hash_attr=own[0], sort_attrs=tuple(own[-1:]), types=self._key_types())
        schema = next((index.schema for index in self.all_indexes() if index.name == index_name), [])
        hashes = [key["AttributeName"] for key in schema if key["KeyType"] == "HASH"]
        ranges = [key["AttributeName"] for key in schema if key["KeyType"] == "RANGE"]
        if len(hashes) != 1 or len(ranges) > 1:
            return None
        # If the index has no range key, moto sorts by the table's.
        return KeyShape(hash_attr=hashes[0], sort_attrs=(*(ranges or own[-1:]), *own), types=self._key_types())

    def _key_types(self) -> dict[str, str]:
        return {definition["AttributeName"]: definition["AttributeType"] for definition in self.attr}

    def _index(self, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
        if self._collections:
            key = primary_key(hash_key, range_key)
            for collections in self._collections.values():
                collections.put(key, item)


class _Query(NamedTuple):
    """The positional arguments of moto's `Table.query`."""

    hash_key: DynamoType | None
    comparison: str | None
    values: list[DynamoType]
    limit: int | None
    start_key: dict[str, Any] | None
    forward: bool
    projection: list[list[str]] | None
    index_name: str | None
    consistent: bool
    filter: Any


class Slot(NamedTuple):
    """The place of one item, which may be empty."""

    table: IndexedTable
    hash_key: DynamoType
    range_key: DynamoType | None

    @property
    def name(self) -> tuple[str, tuple[Any, Any]]:
        """A unique name in plain values."""
        return self.table.name, primary_key(self.hash_key, self.range_key)

    @property
    def item(self) -> Item | None:
        """The current item, or None."""
        return self.table.get_item(self.hash_key, self.range_key)


@contextmanager
def all_or_nothing(slots: Sequence[Slot]) -> Iterator[None]:
    """Restore the items of the slots if the block fails."""
    before = [slot.item for slot in slots]
    try:
        yield
    except BaseException:
        for slot, item in zip(slots, before, strict=True):
            slot.table.replace(slot.hash_key, slot.range_key, item)
        raise


def indexed(table: Table) -> IndexedTable:
    """Return the table as an `IndexedTable`. Raise moto's validation error if it was restored from a backup."""
    if not isinstance(table, IndexedTable):
        raise MockValidationException(
            f"{table.name} was restored from a backup, which the engine supports for reads only"
        )
    return table


def _significant_digits(number: str) -> int:
    return len("".join(str(digit) for digit in Decimal(number).as_tuple().digits).strip("0"))


def _check_index_key(index: str, name: str, expected: str, value: DynamoType) -> None:
    if value.type != expected:
        raise MockValidationException(
            f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
            f"Expected: {expected} Actual: {value.type} IndexName: {index}"
        )
    if value.value in ("", b""):
        raise MockValidationException(
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
            "The AttributeValue for a key attribute cannot contain an empty string value. "
            f"IndexName: {index}, IndexKey: {name}"
        )


def _check_types(shape: KeyShape, hash_value: DynamoType, values: list[DynamoType]) -> None:
    expected = [shape.types[shape.hash_attr], *[shape.types[shape.sort_attrs[0]]] * len(values)]
    if [hash_value.type, *(value.type for value in values)] != expected:
        raise MockValidationException(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
