"""Lists of SKUs, batches, modules and packs: any page, any filter, the exact number of all, in one round trip.

`status`, `skuId` and `batchId` choose partitions of an index and a range in each, which are read at once, newest first,
up to the end of the page, and merged by id. How many there are comes from the tallies in the same moment. So a page
costs what lies before it and itself, whatever there is besides: the first pages of a million modules are as quick as
those of a hundred, and far ones grow with their distance. One read is up to 1 MB, some 900 rows; a page that lies
further than that in one partition takes one more round trip for each further 900 rows. Before a page that far is read
the tallies are, so that a number out of thin air (`page=1000000`) does not make one request read a million rows.

`q` looks for a text anywhere, and somebody whose permission reaches only what they made themselves gets only that:
no index can know these beforehand, so everything that the other filters leave is read and counted. With a batch that
is small; without, it costs an eighth of a read unit a row, and a round trip for each 900 rows of the longest partition.

An index follows its table within moments, a tally at once: between the two a row may be counted and not yet be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import ItemKey, Query, ReadResult, get_many, parallel, parallel_pair
from chalicelib.manufacturing import tally
from chalicelib.manufacturing.rules import LIVES
from chalicelib.manufacturing.tables import Batch, Listed, OfBatch, OfOrganisation, OfSku, batch_key, partitions, place

ThingT = TypeVar("ThingT", bound=Listed)

_FAR = 900
"""From how many rows before it on a page is far: about one read of a partition."""


class Wanted(msgspec.Struct, frozen=True):
    """Which things, and which page of them (from 1)."""

    page: int = 1
    page_size: int = 20
    status: str | None = None
    sku_id: str | None = None
    batch_id: str | None = None
    q: str | None = None


class Things(msgspec.Struct, Generic[ThingT], frozen=True):
    """A page of things, and how many there are on all pages."""

    items: Sequence[ThingT]
    total: int


def list_things(actor: Actor, permission: str, model: type[ThingT], wanted: Wanted, clock: Clock) -> Things[ThingT]:
    """A page of those that this permission of the caller reaches, newest first."""
    if _misnamed(wanted):
        return Things([], 0)
    org_id, owner, batch_id = actor.org_id, wanted.batch_id or wanted.sku_id, wanted.batch_id
    statuses = [wanted.status] if wanted.status else list(LIVES[model.kind].states)
    condition = _condition(actor, permission, model, wanted)
    start = (wanted.page - 1) * wanted.page_size
    most = None if condition is not None else start + wanted.page_size
    counts = tally.keys(org_id, model.kind, owner) if condition is None else []
    of_batch = batch_key(org_id, batch_id) if batch_id and wanted.sku_id else None
    read_known = partial(get_many, [*counts, *([] if of_batch is None else [of_batch])], clock)
    if start > _FAR and condition is None:
        known = read_known()
        total = tally.total(known, counts, statuses) if _is_of_sku(known, of_batch, wanted) else 0
        if start >= total:
            return Things([], total)
    queries = _queries(model, partitions(org_id, model.kind, owner), statuses, _index(wanted), condition)
    rows, [known] = parallel_pair([partial(_read, query, most) for query in queries], [read_known])
    if not _is_of_sku(known, of_batch, wanted):
        return Things([], 0)
    every = _newest_first(rows)
    items = [model.from_raw_data(row) for row in every[start : start + wanted.page_size]]
    return Things(items, len(every) if condition is not None else tally.total(known, counts, statuses))


def first_of(model: type[ThingT], org_id: str, batch_id: str, *, statuses: Sequence[str], most: int) -> list[ThingT]:
    """The newest of a batch that are in one of these states, as far as the index knows by now."""
    queries = _queries(model, partitions(org_id, model.kind, batch_id), statuses, OfBatch.Meta.index_name, None)
    every = _newest_first(parallel([partial(_read, query, most) for query in queries]))
    return [model.from_raw_data(row) for row in every[:most]]


def _queries(
    model: type[ThingT],
    hash_keys: Sequence[str],
    statuses: Sequence[str],
    index: str,
    condition: Condition | None,
) -> list[Query[ThingT]]:
    """One for each partition and state."""
    return [
        Query(
            model,
            hash_key,
            index=index,
            range_condition=model.place.startswith(place(status, "")),
            filter_condition=condition,
            newest_first=True,
        )
        for hash_key in hash_keys
        for status in statuses
    ]


def _is_of_sku(known: ReadResult, of_batch: ItemKey[Batch] | None, wanted: Wanted) -> bool:
    """Whether the batch that is asked for is of the SKU that is asked for, where both are."""
    if of_batch is None:
        return True
    batch = known.get(of_batch)
    return batch is not None and batch.sku_id == wanted.sku_id


def _misnamed(wanted: Wanted) -> bool:
    """Whether a batch is asked for by the id of a SKU or the like: that list has no rows, but those ids have counts."""
    sku_id, batch_id = wanted.sku_id, wanted.batch_id
    return (sku_id is not None and not sku_id.startswith("SKU-")) or (
        batch_id is not None and not batch_id.startswith("BAT-")
    )


def _condition(actor: Actor, permission: str, model: type[Listed], wanted: Wanted) -> Condition | None:
    """What only the rows themselves can tell; None if the partitions say it all."""
    conditions: list[Condition] = []
    if not actor.reaches(permission):
        conditions.append(model.created_by == actor.user_id)
    if wanted.q:
        conditions.append(model.search.contains(wanted.q.lower()))
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]


def _index(wanted: Wanted) -> str:
    if wanted.batch_id:
        return OfBatch.Meta.index_name
    return OfSku.Meta.index_name if wanted.sku_id else OfOrganisation.Meta.index_name


def _read(query: Query[Any], most: int | None) -> list[Mapping[str, Any]]:
    """The first rows of a query, or all of them (`most` None)."""
    rows: list[Mapping[str, Any]] = []
    start: Mapping[str, Any] | None = None
    while True:
        answer = query.raw(None if most is None else most - len(rows), start)
        rows += answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start or (most is not None and len(rows) >= most):
            return rows


def _newest_first(rows: Sequence[list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The rows of all queries as one list."""
    return sorted((row for some in rows for row in some), key=lambda row: str(row["item_id"]["S"]), reverse=True)
