"""Lists of SKUs, batches, modules and packs: numbered pages, cursors, filters, and exact totals.

`status`, `disposition`, `skuId` and `batchId` select partitions of an index and ranges in each. The ranges are read in
parallel, newest first, up to the end of the page, and merged by id. The total comes from the status counters, which are
read with the authentication, so a page beyond the end reads no rows.

A page after a cursor costs the same wherever it is. A numbered page costs what lies before it and itself, whatever the
size of the list; it begins before row 10,000. One answer of the store has up to 1 MB, some 900 rows. A list in several
shards has about the same number of the first rows in each, so a shard is read that far, and on if it has more of them.

`q` finds modules and packs by an index, and so do the filters of modules of one pack and in none (`search.py`). SKUs
and batches, which are few, are searched by reading the rows that the other filters leave, and so is what a permission
of scope "own" covers.

An index follows its table within moments, a counter at once: in between, a row may be counted and not yet listed.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.conditional import all_of
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.sharding import HIGHEST, merge
from chalicelib.core.store import (
    ItemKey,
    Query,
    RawItem,
    ReadResult,
    Rows,
    parallel_reads,
)
from chalicelib.core.table import key
from chalicelib.manufacturing.list_keys import list_partitions, list_sort_key
from chalicelib.manufacturing.schemas import ListMeta, ListQuery
from chalicelib.manufacturing.search import EntityFilter, find_listed
from chalicelib.manufacturing.status_counters import counter_keys, total
from chalicelib.manufacturing.tables import (
    ListedEntity,
    ProductionBatch,
    batch_key,
)

EntityT = TypeVar("EntityT", bound=ListedEntity)

_ID = "item_id"
_FEW = 250
"""The rows of a section and shard that are read where a page may need fewer of them."""


class EntityPage(msgspec.Struct, Generic[EntityT], frozen=True):
    """A page of entities."""

    items: Sequence[EntityT]
    meta: ListMeta


def totals_of(model: type[ListedEntity]) -> Callable[[str, ListQuery], list[ItemKey[Any]]]:
    """Return the function that makes the keys of the totals of a list, which are read with the authentication."""

    def make_keys(org_id: str, query: ListQuery) -> list[ItemKey[Any]]:
        filter_ = EntityFilter.of(query)
        has_none = filter_.is_unsatisfiable or filter_.q or filter_.is_search(model)
        return [] if has_none else _Totals.of(org_id, model, filter_).keys

    return make_keys


def list_entities(
    actor: Actor, permission: str, model: type[EntityT], page: ListQuery, stored: ReadResult
) -> EntityPage[EntityT]:
    """Return a page of the entities that this permission of the caller covers, newest first.

    `stored` was read by the keys of `totals_of`. Raise `ValidationFailed` if the cursor is not one of this list.
    """
    filter_ = EntityFilter.of(page)
    if filter_.is_unsatisfiable:
        return EntityPage([], _meta(page, 0))
    if filter_.is_search(model):
        return _search(actor, permission, model, page, filter_)
    list_name = key(actor.org_id, model.kind, *(value or "" for value in msgspec.structs.astuple(filter_)))
    after = None if page.cursor is None else cursors.decode(page.cursor, list_name, {_ID: "S"})[_ID]["S"]
    org_id, condition = actor.org_id, _row_condition(actor, permission, model, filter_)
    totals = _Totals.of(org_id, model, filter_)
    number = totals.number(stored)
    if condition is None and after is None and page.start >= number:
        return EntityPage([], _meta(page, number))
    queries = _queries(model, org_id, filter_, condition, after)
    if after is not None:
        page = msgspec.structs.replace(page, page=1)
    stop = page.stop if after is None else page.stop + 2  # the entity of the cursor, and one more to know the end
    all_rows: Sequence[int | None] = [None] * len(queries)
    limits = all_rows if condition is not None else totals.limits(stored, stop, len(queries))
    items = _newest(queries, stop, limits) if totals.has_rows(stored) else []
    number = number if condition is None else len(items)
    shown = [item for item in items if item[_ID]["S"] != after][page.start : page.stop]
    is_last = number <= page.stop if after is None else len(items) < stop
    cursor = None if is_last or not shown else cursors.encode({_ID: shown[-1][_ID]}, list_name)
    return EntityPage([model.from_raw_data(item) for item in shown], _meta(page, number, cursor))


def newest_of_batch(
    model: type[EntityT], org_id: str, batch_id: str, *, statuses: Sequence[str], limit: int
) -> list[EntityT]:
    """Return the newest entities of a batch in one of these statuses, as far as the index has followed."""
    queries = [
        query for status in statuses for query in _queries(model, org_id, EntityFilter(status, batch_id=batch_id), None)
    ]
    rows = parallel_reads([partial(query.read, limit) for query in queries])
    return [model.from_raw_data(item) for item in merge(rows, _ID, limit=limit, newest_first=True)]


def entities_after(
    model: type[EntityT], org_id: str, filter_: EntityFilter, after_id: str, limit: int
) -> list[EntityT]:
    """Return the oldest entities with ids after this one, whatever their statuses, as far as the index has followed."""
    queries = [
        Query(
            model,
            partition,
            index=filter_.index,
            range_condition=model.sort_key.between(list_sort_key(section, after_id), list_sort_key(section, HIGHEST)),
        )
        for partition in list_partitions(org_id, model.kind, filter_.owner)
        for section in filter_.sections(model.kind)
    ]
    rows = parallel_reads([partial(query.read, limit + 1) for query in queries])
    entities = map(model.from_raw_data, merge(rows, _ID))
    return [entity for entity in entities if entity.item_id > after_id][:limit]


class _Totals(msgspec.Struct, frozen=True):
    """The items that tell the number of rows: counters, and the batch if the filter names a SKU as well."""

    counters: Sequence[ItemKey[Any]]
    sections: Sequence[str]
    batch: ItemKey[ProductionBatch] | None
    sku_id: str | None

    @classmethod
    def of(cls, org_id: str, model: type[ListedEntity], filter_: EntityFilter) -> "_Totals":
        """Return the items for a filter."""
        batch = batch_key(org_id, filter_.batch_id) if filter_.batch_id and filter_.sku_id else None
        counters = counter_keys(org_id, model.kind, filter_.owner)
        return cls(counters, filter_.sections(model.kind), batch, filter_.sku_id)

    @property
    def keys(self) -> list[ItemKey[Any]]:
        """Return the keys of all of them."""
        return [*self.counters, *([] if self.batch is None else [self.batch])]

    def has_rows(self, stored: ReadResult) -> bool:
        """Return whether the batch is one of the SKU, if the filter names both."""
        if self.batch is None:
            return True
        batch = stored.get(self.batch)
        return batch is not None and batch.sku_id == self.sku_id

    def limits(self, stored: ReadResult, rows: int, queries: int) -> Sequence[int | None]:
        """Return how many of the first rows of a list to read by each query, in the order of `_queries`.

        Of a section that has few of all rows, three times as many as it would have of the first ones if it were spread
        evenly, at least 250.
        """
        share = _share(rows, queries // len(self.sections))
        numbers = [total(stored, self.counters, [section]) for section in self.sections]
        spread = [max(_FEW, 3 * share * number // max(1, sum(numbers))) for number in numbers]
        return [min(share, limit) for limit in spread] * (queries // len(self.sections))

    def number(self, stored: ReadResult) -> int:
        """Return the number of rows on all pages, by the counters."""
        return total(stored, self.counters, self.sections) if self.has_rows(stored) else 0


def _queries(
    model: type[EntityT], org_id: str, filter_: EntityFilter, condition: Condition | None, last: str | None = None
) -> list[Query[EntityT]]:
    """Return one query for each partition and section; `last` is the newest id that is read."""
    ranges = [_range(model, section, last) for section in filter_.sections(model.kind)]
    return [
        Query(model, partition, filter_.index, within, condition, newest_first=True)
        for partition in list_partitions(org_id, model.kind, filter_.owner)
        for within in ranges
    ]


def _range(model: type[ListedEntity], section: str, last: str | None) -> Condition:
    start = list_sort_key(section, "")
    return (
        model.sort_key.startswith(start)
        if last is None
        else model.sort_key.between(start, list_sort_key(section, last))
    )


def _share(rows: int, shards: int) -> int:
    """Return how many of the first rows of a list to read from each shard: six deviations above the mean."""
    mean = rows / shards
    return rows if shards == 1 else min(rows, math.ceil(mean + 6 * math.sqrt(mean) + 10))


def _newest(queries: Sequence[Query[Any]], stop: int, limits: Sequence[int | None]) -> list[RawItem]:
    """Return the newest `stop` items of all queries. Where the limit of a query does not suffice, it is read on.

    Queries without a limit are read to their ends, and more items may be returned.
    """
    rows = parallel_reads([partial(query.read, limit) for query, limit in zip(queries, limits, strict=True)])
    while True:
        items = merge(rows, _ID, newest_first=True)
        oldest = str(items[stop - 1][_ID]["S"]) if len(items) >= stop else ""
        short = [
            number
            for number, read in enumerate(rows)
            if read.next_key is not None and str(read.items[-1][_ID]["S"]) > oldest
        ]
        if not short:
            return items if None in limits else items[:stop]
        more = parallel_reads(
            [partial(queries[number].read, limits[number], rows[number].next_key) for number in short]
        )
        for number, read in zip(short, more, strict=True):
            rows[number] = Rows([*rows[number].items, *read.items], read.next_key)


def _search(
    actor: Actor, permission: str, model: type[EntityT], page: ListQuery, filter_: EntityFilter
) -> EntityPage[EntityT]:
    """Return a page of the assemblies that a text finds, or of the modules of a pack or in none."""
    if page.cursor is not None:
        raise ValidationFailed({"cursor": "cannot be combined with q, packId or free"})
    found = find_listed(cast("type[Any]", model), actor.org_id, filter_, _own(actor, permission, model))
    entities = [model.from_raw_data(item) for item in found.items[page.start : page.stop]]
    return EntityPage(entities, _meta(page, len(found.items), more_matches=found.is_partial))


def _meta(page: ListQuery, number: int, next_cursor: str | None = None, *, more_matches: bool = False) -> ListMeta:
    return ListMeta(
        total_count=number,
        page=page.page,
        page_size=page.page_size,
        next_cursor=next_cursor,
        more_matches=more_matches,
    )


def _own(actor: Actor, permission: str, model: type[ListedEntity]) -> Condition | None:
    return None if actor.reaches(permission) else model.created_by == actor.user_id


def _row_condition(actor: Actor, permission: str, model: type[ListedEntity], filter_: EntityFilter) -> Condition | None:
    """Return the condition that only the rows themselves can meet, or None if the partitions suffice."""
    text = model.search.contains(filter_.q.lower()) if filter_.q else None
    return all_of([_own(actor, permission, model), text])
