"""Sorted item collections, so that a query reads hardly more than its result.

moto executes a query by sorting all items of the table. Here the items of a key schema (the table's or an index's) are
kept in one sorted collection per hash value. A key condition, a start key and a limit are then a few bisections. moto
still decides which items match: a window may contain one item too many, never one too few.

Limits: a collection is a list, so an insertion moves pointers. With the hundred thousand items of a benchmark this
takes microseconds, which does not justify a tree.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item

SortKey = tuple[Any, ...]
"""The position of an item in its collection: the values of the sort attributes, which identify the item."""

_range_value = itemgetter(0)


@dataclass(frozen=True, kw_only=True)
class KeyShape:
    """A key schema: the attribute that selects a collection, those that sort it, and their types."""

    hash_attr: str
    sort_attrs: tuple[str, ...]
    types: Mapping[str, str]

    def locate(self, attrs: Mapping[str, Any]) -> tuple[Any, SortKey] | None:
        """Return hash value and sort key of an item, or None if the item is not in the index."""
        values = []
        for name in (self.hash_attr, *self.sort_attrs):
            raw = attrs.get(name)
            if raw is None:
                return None
            value = raw if isinstance(raw, DynamoType) else DynamoType(raw)
            if value.type != self.types[name]:
                return None
            values.append(value.cast_value)
        return values[0], tuple(values[1:])


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a collection that a query may return: range condition, start, count and direction."""

    comparison: str | None = None
    values: tuple[Any, ...] = ()
    after: SortKey | None = None
    count: int | None = None
    forward: bool = True


@dataclass
class _Collection:
    """The items of one hash value: `sort_keys` is sorted, `items` maps them to items."""

    sort_keys: list[SortKey] = field(default_factory=list)
    items: dict[SortKey, Item] = field(default_factory=dict)

    def read(self, window: Window) -> list[Item]:
        low, high = _bounds(self.sort_keys, window)
        if window.after is not None and window.forward:
            low = max(low, bisect_right(self.sort_keys, window.after))
        elif window.after is not None:
            high = min(high, bisect_left(self.sort_keys, window.after))
        # One more item, because moto detects from it that there is a next page.
        if window.forward:
            high = (high if window.count is None else min(high, low + window.count)) + 1
        else:
            low = max((low if window.count is None else max(low, high - window.count)) - 1, 0)
        return [self.items[sort_key] for sort_key in self.sort_keys[low:high]]


class Collections:
    """All collections of one key schema of one table."""

    def __init__(self, shape: KeyShape, items: Iterable[Item]) -> None:
        self.shape = shape
        self._collections: dict[Any, _Collection] = {}
        self._located: dict[Any, tuple[Any, SortKey]] = {}
        for item in items:
            located = shape.locate(item.attrs)
            if located is not None:
                self._insert(primary_key(item.hash_key, item.range_key), item, *located).sort_keys.append(located[1])
        for collection in self._collections.values():
            collection.sort_keys.sort()

    def put(self, key: Any, item: Item | None) -> None:
        """Store `item` under this primary key, or remove the key's item for None. Idempotent."""
        before = self._located.get(key)
        now = self.shape.locate(item.attrs) if item is not None else None
        if before is not None and before != now:
            self._remove(key, *before)
        if item is not None and now is not None:
            collection = self._insert(key, item, *now)
            if before != now:
                insort(collection.sort_keys, now[1])

    def read(self, hash_value: Any, window: Window) -> list[Item]:
        """Return the items of one hash value in the window, in ascending order."""
        collection = self._collections.get(hash_value)
        return collection.read(window) if collection is not None else []

    def _insert(self, key: Any, item: Item, hash_value: Any, sort_key: SortKey) -> _Collection:
        collection = self._collections.setdefault(hash_value, _Collection())
        collection.items[sort_key] = item
        self._located[key] = (hash_value, sort_key)
        return collection

    def _remove(self, key: Any, hash_value: Any, sort_key: SortKey) -> None:
        del self._located[key]
        collection = self._collections[hash_value]
        del collection.items[sort_key]
        del collection.sort_keys[bisect_left(collection.sort_keys, sort_key)]
        if not collection.sort_keys:
            del self._collections[hash_value]


def primary_key(hash_key: DynamoType, range_key: DynamoType | None) -> tuple[Any, Any]:
    """Return the primary key as plain values."""
    return hash_key.cast_value, range_key.cast_value if range_key is not None else None


def _bounds(sort_keys: list[SortKey], window: Window) -> tuple[int, int]:
    """Return the slice of sort keys that the range condition can match; for an unknown condition, all of them."""
    first, last = 0, len(sort_keys)
    if window.comparison is None:
        return first, last
    low, high = window.values[0], window.values[-1]
    at, past = bisect_left(sort_keys, low, key=_range_value), bisect_right(sort_keys, high, key=_range_value)
    slices = {
        "=": (at, past),
        "BETWEEN": (at, past),
        ">=": (at, last),
        ">": (past, last),
        "<": (first, at),
        "<=": (first, past),
    }
    if window.comparison == "BEGINS_WITH":
        return at, bisect_right(sort_keys, low, lo=at, key=lambda sort_key: sort_key[0][: len(low)])
    return slices.get(window.comparison, (first, last))
