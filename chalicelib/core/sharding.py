"""Spreads items over shards, so that many writers at once do not share one partition, and reads them back.

Every sharded key ends with the number of the shard: `OFFERS#3`, `acme#AUDIT#2026-01-31#2`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Generic, TypeVar
from zlib import crc32

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core import cursors
from chalicelib.core.pagination import Page
from chalicelib.core.store import FILTERED_READS, Query, RawItem, Rows, parallel_reads
from chalicelib.core.table import Item, key

M = TypeVar("M", bound=Item)

LOWEST = "\0"
HIGHEST = "\U0010ffff"
"""Sorts after every text that begins otherwise."""


class Shards(msgspec.Struct, frozen=True):
    """A fixed number of shards. Changing the number of an index in use needs a migration."""

    count: int

    def number_of(self, item_id: str) -> int:
        """Return the shard of an id, always the same one."""
        return crc32(item_id.encode()) % self.count

    def numbers_from(self, item_id: str) -> list[int]:
        """Return all shards, beginning with that of the id, for a caller that may use another one."""
        first = self.number_of(item_id)
        return [(first + step) % self.count for step in range(self.count)]

    def key_of(self, item_id: str, *prefix: object) -> str:
        """Return the key of the shard of an id; `prefix` are the parts before the shard's number."""
        return key(*prefix, self.number_of(item_id))

    def keys(self, *prefix: object) -> list[str]:
        """Return the keys of all shards."""
        return [key(*prefix, number) for number in range(self.count)]


class ShardedList(msgspec.Struct, Generic[M], frozen=True):
    """A list whose items are spread over partitions of an index, in the order of a text attribute that is unique.

    A page reads each partition once, in parallel, up to the page's own length. `low` and `high` bound the attribute
    (`high` is excluded). With a filter, up to ten answers of the store are read per partition; a page may then be short
    and still have a cursor. `beside` reads, at the same time, items that are in none of the partitions yet: it is given
    the bounds, and an item that a partition has as well is shown as `beside` read it.
    """

    model: type[M]
    partitions: Sequence[str]
    index: str
    attribute: str
    low: str = LOWEST
    high: str = HIGHEST
    filter_condition: Condition | None = None
    newest_first: bool = False
    beside: Callable[[str, str], Rows] | None = None

    def page(self, limit: int, cursor: str | None = None) -> Page[M]:
        """Return one page. Raise `ValidationFailed` if the cursor does not belong to this list."""
        after = self._position(cursor) if cursor else None
        low, high = self.low, self.high
        if after is not None:
            low, high = (low, min(high, after)) if self.newest_first else (max(low, after), high)
        if low > high:
            return Page([], None)
        within = getattr(self.model, self.attribute).between(low, high)
        max_reads = None if self.filter_condition is None else FILTERED_READS
        # Two items more than the page: one tells whether there is another page, one may be a bound that is left out.
        reads = parallel_reads(
            [
                *(partial(self._query(one, within).read, limit + 2, max_reads=max_reads) for one in self.partitions),
                *([] if self.beside is None else [partial(self.beside, low, high)]),
            ]
        )
        known, stopped_at = self._known(reads)
        items = [item for item in known if item[self.attribute]["S"] not in (after, high)]
        shown = items[:limit]
        position = str(shown[-1][self.attribute]["S"]) if len(items) > limit else stopped_at
        return Page([self.model.from_raw_data(dict(item)) for item in shown], self._cursor(position))

    def _query(self, partition: str, within: Condition) -> Query[M]:
        return Query(self.model, partition, self.index, within, self.filter_condition, self.newest_first)

    def _known(self, reads: Sequence[Rows]) -> tuple[list[RawItem], str | None]:
        """Return the merged items up to where the first of the reads stopped, and that position if one did."""
        stops = [str(rows.next_key[self.attribute]["S"]) for rows in reads if rows.next_key is not None]
        merged = merge(reads, self.attribute, newest_first=self.newest_first)
        if self.beside is not None:
            merged = list({str(item[self.attribute]["S"]): item for item in merged}.values())
        if not stops:
            return merged, None
        stop = max(stops) if self.newest_first else min(stops)
        return [item for item in merged if self._is_up_to(str(item[self.attribute]["S"]), stop)], stop

    def _is_up_to(self, value: str, stop: str) -> bool:
        return value >= stop if self.newest_first else value <= stop

    def _position(self, cursor: str) -> str:
        return cursors.decode(cursor, self._name(), {self.attribute: "S"})[self.attribute]["S"]

    def _cursor(self, position: str | None) -> str | None:
        return cursors.encode({self.attribute: {"S": position}}, self._name()) if position else None

    def _name(self) -> str:
        """Return what identifies this list; cursors are bound to it."""
        return key(self.model.Meta.table_name, self.index, *self.partitions)


def merge(
    shards: Iterable[Rows], attribute: str, *, limit: int | None = None, newest_first: bool = False
) -> list[RawItem]:
    """Return the items of several reads as one list, by a text attribute, cut to `limit`.

    Each read has to have the same limit at least, or to be complete, else items in between would be missing.
    """
    items = (item for rows in shards for item in rows.items)
    return sorted(items, key=lambda item: str(item[attribute]["S"]), reverse=newest_first)[:limit]
