"""Computes read and write units from the sizes of items by DynamoDB's published rules.

Engines that stand in for DynamoDB do not say what a call would cost there, least of all for transactions, so this does:
pure arithmetic over items in the wire's form, tested by itself because bills are estimated from it.

    sizes     https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    reads     4 KB each, rounded up per item, for a query per page; one unit if strongly consistent, half of one if not
    writes    1 KB each, rounded up, of the larger of the item before and after; twice that in a transaction
    indexes   a write for each entry that appears, changes or goes; an entry whose key changes goes and appears

Traded away: index writes in a transaction are counted once, as the index is written after the transaction and not by
it; numbers are counted by the documented formula, which Amazon itself calls approximate.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

_READ_BYTES = 4096
_WRITE_BYTES = 1024
_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1
_EVENTUALLY = 0.5
_TRANSACTIONAL = 2


@dataclass(frozen=True, slots=True)
class Units:
    """A cost in read and write units."""

    read: float = 0.0
    write: float = 0.0

    def __add__(self, other: Units) -> Units:
        return Units(self.read + other.read, self.write + other.write)


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: its keys, and the projected attributes (None: all)."""

    keys: tuple[str, ...]
    projected: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """Return the projection of an item, or None if the item lacks one of the keys."""
        if item is None or any(name not in item for name in self.keys):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}


def item_size(item: Item | None) -> int:
    """Return the bytes of an item: names and values of its attributes. None has 0 bytes."""
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def read_units(size: int, *, consistent: bool) -> float:
    """Return the cost of reading `size` bytes as one item or one page. A missing item costs one unit of 4 KB."""
    return max(1, -(-size // _READ_BYTES)) * (1.0 if consistent else _EVENTUALLY)


def batch_read_units(found: Iterable[Item], missing: int, *, consistent: bool) -> float:
    """Return the cost of reading items singly or as a batch: each is rounded up."""
    sizes = [*(item_size(item) for item in found), *[0] * missing]
    return sum(read_units(size, consistent=consistent) for size in sizes)


def query_units(page: Iterable[Item], *, consistent: bool) -> float:
    """Return the cost of a page of a query: `page` holds the items before the filter, as stored in table or index."""
    return read_units(sum(item_size(item) for item in page), consistent=consistent)


def write_units(
    before: Item | None, after: Item | None, indexes: Iterable[Index] = (), *, transactional: bool = False
) -> float:
    """Return the cost of putting, updating or deleting an item, including its indexes."""
    own = _blocks(max(item_size(before), item_size(after))) * (_TRANSACTIONAL if transactional else 1)
    return float(own + sum(_index_writes(before, after, index) for index in indexes))


def check_units(item: Item | None, *, transactional: bool = False) -> float:
    """Return the cost of a condition check or a rejected write: the size of the item."""
    return float(_blocks(item_size(item)) * (_TRANSACTIONAL if transactional else 1))


def _index_writes(before: Item | None, after: Item | None, index: Index) -> int:
    return sum(units for _, units in index_units(index.entry(before), index.entry(after), index))


def index_units(before: Item | None, after: Item | None, index: Index) -> Iterator[tuple[str, int]]:
    """Yield the writes of an index that follow from an entry before and after a change, with the hash key of each."""
    is_moved = before is not None and after is not None and any(before[name] != after[name] for name in index.keys)
    if before is None or after is None or is_moved:
        yield from ((_hash_key(entry, index), _blocks(item_size(entry))) for entry in (before, after) if entry)
    elif before != after:
        yield _hash_key(after, index), _blocks(max(item_size(before), item_size(after)))


def _hash_key(entry: Item, index: Index) -> str:
    [value] = entry[index.keys[0]].values()
    return str(value)


def _blocks(size: int) -> int:
    return max(1, -(-size // _WRITE_BYTES))


def _value_size(value: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute value such as `{"S": "text"}`."""
    [(kind, content)] = value.items()
    if kind in ("L", "M"):
        return _container_size(content)
    if kind in ("SS", "NS", "BS"):
        return sum(_scalar_size(kind[0], one) for one in content)
    return _scalar_size(kind, content)


def _container_size(content: Any) -> int:
    if isinstance(content, Mapping):
        inner = sum(len(name.encode()) + _value_size(one) for name, one in content.items())
    else:
        inner = sum(_value_size(one) for one in content)
    return _CONTAINER_BYTES + _ELEMENT_BYTES * len(content) + inner


def _scalar_size(kind: str, content: Any) -> int:
    if kind == "S":
        return len(str(content).encode())
    if kind == "N":
        return _number_size(Decimal(content))
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    return 1  # true, false and null


def _number_size(number: Decimal) -> int:
    """One byte for two significant digits, one for the number, and one more for a sign."""
    sign, digits, _ = number.as_tuple()
    significant = len("".join(map(str, digits)).strip("0"))
    return -(-significant // 2) + 1 + sign
