"""Sorted item collections, so that a query touches what it returns and little else.

moto answers a query by walking and sorting every item of the table. Here the items of one key schema (the table's
own, or an index's) lie in one collection per hash value, each kept in the order in which a query reads it. A key
condition, a start key and a limit are then a few bisections. Which items match stays moto's decision: a window may
hold one item too many, never one too few.

Traded away: a collection is a plain list, so an insertion moves pointers. For the hundred thousand items of a
benchmark that takes microseconds, and a tree would cost every reader of this file more.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item

Place = tuple[Any, ...]
"""Where an item stands in its collection: the values of the sort attributes, which together name one item."""

_range_value = itemgetter(0)


@dataclass(frozen=True, kw_only=True)
class KeyShape:
    """One key schema: which attributes name a collection and order it, and the type that each must have."""

    hash_attr: str
    sort_attrs: tuple[str, ...]
    types: Mapping[str, str]

    def locate(self, attrs: Mapping[str, Any]) -> tuple[Any, Place] | None:
        """Return the hash value and the place of these attributes, or None where the schema leaves such an item out."""
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
    """The part of a collection that a query may show: range condition, where to go on, how many, in which direction."""

    comparison: str | None = None
    values: tuple[Any, ...] = ()
    after: Place | None = None
    count: int | None = None
    forward: bool = True


@dataclass
class _Collection:
    """The items of one hash value: `places` is sorted, `items` has the item of each place."""

    places: list[Place] = field(default_factory=list)
    items: dict[Place, Item] = field(default_factory=dict)

    def read(self, window: Window) -> list[Item]:
        low, high = _bounds(self.places, window)
        if window.after is not None and window.forward:
            low = max(low, bisect_right(self.places, window.after))
        elif window.after is not None:
            high = min(high, bisect_left(self.places, window.after))
        # One more on the far side: to moto, the existence of a next item is what makes a next page.
        if window.forward:
            high = (high if window.count is None else min(high, low + window.count)) + 1
        else:
            low = max((low if window.count is None else max(low, high - window.count)) - 1, 0)
        return [self.items[place] for place in self.places[low:high]]


class Collections:
    """All collections of one key schema of one table."""

    def __init__(self, shape: KeyShape, items: Iterable[Item]) -> None:
        self.shape = shape
        self._collections: dict[Any, _Collection] = {}
        self._located: dict[Any, tuple[Any, Place]] = {}
        for item in items:
            located = shape.locate(item.attrs)
            if located is not None:
                self._file(primary_key(item.hash_key, item.range_key), item, *located).places.append(located[1])
        for collection in self._collections.values():
            collection.places.sort()

    def put(self, key: Any, item: Item | None) -> None:
        """Make `item` what stands under this primary key; None takes it away. Doing it twice changes nothing."""
        before = self._located.get(key)
        now = self.shape.locate(item.attrs) if item is not None else None
        if before is not None and before != now:
            self._forget(key, *before)
        if item is not None and now is not None:
            collection = self._file(key, item, *now)
            if before != now:
                insort(collection.places, now[1])

    def read(self, hash_value: Any, window: Window) -> list[Item]:
        """Return, in ascending order, the items of one hash value that the window can show."""
        collection = self._collections.get(hash_value)
        return collection.read(window) if collection is not None else []

    def _file(self, key: Any, item: Item, hash_value: Any, place: Place) -> _Collection:
        collection = self._collections.setdefault(hash_value, _Collection())
        collection.items[place] = item
        self._located[key] = (hash_value, place)
        return collection

    def _forget(self, key: Any, hash_value: Any, place: Place) -> None:
        del self._located[key]
        collection = self._collections[hash_value]
        del collection.items[place]
        del collection.places[bisect_left(collection.places, place)]
        if not collection.places:
            del self._collections[hash_value]


def primary_key(hash_key: DynamoType, range_key: DynamoType | None) -> tuple[Any, Any]:
    """Return what tells one item of a table from another, as plain values."""
    return hash_key.cast_value, range_key.cast_value if range_key is not None else None


def _bounds(places: list[Place], window: Window) -> tuple[int, int]:
    """Return the slice of the places that the range condition can match; all of them for a condition unknown here."""
    first, last = 0, len(places)
    if window.comparison is None:
        return first, last
    low, high = window.values[0], window.values[-1]
    at, past = bisect_left(places, low, key=_range_value), bisect_right(places, high, key=_range_value)
    slices = {
        "=": (at, past),
        "BETWEEN": (at, past),
        ">=": (at, last),
        ">": (past, last),
        "<": (first, at),
        "<=": (first, past),
    }
    if window.comparison == "BEGINS_WITH":
        return at, bisect_right(places, low, lo=at, key=lambda place: place[0][: len(low)])
    return slices.get(window.comparison, (first, last))
