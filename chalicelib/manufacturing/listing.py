"""Lists of SKUs, batches, modules and packs: numbered pages, filters, and exact totals, in one round trip.

`status`, `disposition`, `skuId` and `batchId` select partitions of an index and ranges in each. The ranges are read in
parallel, newest first, up to the end of the page, and merged by id; the total comes from the status counters in the
same trip. So a page costs what lies before it and itself, whatever the size of the list. One read returns up to 1 MB,
some 900 rows; a page that lies further back in a partition needs one more round trip per 900 rows. For such a page the
counters are read first, so that a page beyond the end reads no rows.

`q` searches text, and a permission of scope "own" reaches only what the caller created. No index supports these, so all
rows that the other filters leave are read and counted. Within a batch these are few; without one it costs an eighth of
a read unit per row, and a round trip per 900 rows of the longest partition.

An index follows its table within moments, a counter at once: in between, a row may be counted and not yet listed.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.conditional import all_of
from chalicelib.core.pagination import PageMeta, PageRequest
from chalicelib.core.sharding import HIGHEST, merge
from chalicelib.core.store import (
    ItemKey,
    Query,
    ReadResult,
    get_many,
    parallel_pair_reads,
    parallel_reads,
)
from chalicelib.manufacturing.list_keys import list_partitions, list_sort_key
from chalicelib.manufacturing.rules import list_sections
from chalicelib.manufacturing.status_counters import counter_keys, total
from chalicelib.manufacturing.tables import (
    Assembly,
    BuiltEntity,
    ListedEntity,
    ProductionBatch,
    batch_key,
)

EntityT = TypeVar("EntityT", bound=ListedEntity)

_FAR = 900
"""The number of rows before a page from which on the counters are read first: about one read of a partition."""
_ID = "item_id"


class EntityFilter(msgspec.Struct, frozen=True):
    """The entities to list."""

    status: str | None = None
    sku_id: str | None = None
    batch_id: str | None = None
    q: str | None = None
    disposition: str | None = None

    @property
    def is_unsatisfiable(self) -> bool:
        """Return whether an id is one of another kind. Such a list has no rows, but the id may have counters."""
        return not ((self.sku_id or "SKU-").startswith("SKU-") and (self.batch_id or "BAT-").startswith("BAT-"))

    @property
    def owner(self) -> str | None:
        """Return the id of the batch or SKU whose list is read, or None for the organisation's."""
        return self.batch_id or self.sku_id

    @property
    def index(self) -> str:
        """Return the index of the list that is read."""
        of_sku_or_all = BuiltEntity.of_sku if self.sku_id else ListedEntity.of_organisation
        return str((Assembly.of_batch if self.batch_id else of_sku_or_all).Meta.index_name)

    def sections(self, kind: str) -> Sequence[str]:
        """Return the sections that are listed."""
        return list_sections(kind, self.status, self.disposition)


class EntityPage(msgspec.Struct, Generic[EntityT], frozen=True):
    """A page of entities."""

    items: Sequence[EntityT]
    meta: PageMeta


def list_entities(
    actor: Actor, permission: str, model: type[EntityT], page: PageRequest, filter_: EntityFilter, *, clock: Clock
) -> EntityPage[EntityT]:
    """Return a page of the entities that this permission of the caller covers, newest first."""
    if filter_.is_unsatisfiable:
        return EntityPage([], page.meta(0))
    org_id, condition = actor.org_id, _row_condition(actor, permission, model, filter_)
    totals = _Totals(
        [] if condition is not None else counter_keys(org_id, model.kind, filter_.owner),
        filter_.sections(model.kind),
        batch_key(org_id, filter_.batch_id) if filter_.batch_id and filter_.sku_id else None,
        filter_.sku_id,
    )
    if condition is None and page.start > _FAR:
        number = totals.number(totals.read(clock))
        if page.start >= number:
            return EntityPage([], page.meta(number))
    limit = page.stop if condition is None else None
    reads = [partial(query.read, limit) for query in _queries(model, org_id, filter_, condition)]
    rows, [stored] = parallel_pair_reads(reads, [partial(totals.read, clock)])
    items = merge(rows, _ID, newest_first=True) if totals.has_rows(stored) else []
    entities = [model.from_raw_data(item) for item in items[page.start : page.stop]]
    return EntityPage(entities, page.meta(totals.number(stored) if condition is None else len(items)))


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

    def read(self, clock: Clock) -> ReadResult:
        """Return the items."""
        return get_many([*self.counters, *([] if self.batch is None else [self.batch])], clock)

    def has_rows(self, stored: ReadResult) -> bool:
        """Return whether the batch is one of the SKU, if the filter names both."""
        if self.batch is None:
            return True
        batch = stored.get(self.batch)
        return batch is not None and batch.sku_id == self.sku_id

    def number(self, stored: ReadResult) -> int:
        """Return the number of rows on all pages, by the counters."""
        return total(stored, self.counters, self.sections) if self.has_rows(stored) else 0


def _queries(
    model: type[EntityT], org_id: str, filter_: EntityFilter, condition: Condition | None
) -> list[Query[EntityT]]:
    """Return one query for each partition and section."""
    return [
        Query(
            model,
            partition,
            index=filter_.index,
            range_condition=model.sort_key.startswith(list_sort_key(section, "")),
            filter_condition=condition,
            newest_first=True,
        )
        for partition in list_partitions(org_id, model.kind, filter_.owner)
        for section in filter_.sections(model.kind)
    ]


def _row_condition(actor: Actor, permission: str, model: type[ListedEntity], filter_: EntityFilter) -> Condition | None:
    """Return the condition that only the rows themselves can meet, or None if the partitions suffice."""
    own = None if actor.reaches(permission) else model.created_by == actor.user_id
    text = model.search.contains(filter_.q.lower()) if filter_.q else None
    return all_of([own, text])
