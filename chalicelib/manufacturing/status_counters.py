"""Creates listed entities, changes their status, and counts them by status in the same transaction.

A list states how many entities it has on all pages. Counting on read would cost as much as reading all of them, so
each list has counters: one set of shards, of which a transaction changes a random one, so that many simultaneous
changes do not meet in one item. Reading a count is one batch read of the shards.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.expressions.condition import Condition

from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.core.table import IntAttribute, Item, key, stored_in
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.sku_spec import SkuSpec
from chalicelib.manufacturing.tables import (
    Assembly,
    BuiltEntity,
    ListedEntity,
    list_partition,
    list_scope,
    list_sort_key,
)

SHARDS = Shards(8)


class StatusCounter(Item):
    """One shard of the counts of a list by status. A shard may be negative; only the sum is meaningful."""

    Meta = stored_in("manufacturing")
    kind = "status_counter"

    DRAFT = IntAttribute(default=0)
    ACTIVE = IntAttribute(default=0)
    RETIRED = IntAttribute(default=0)
    IN_PROGRESS = IntAttribute(default=0)
    COMPLETED = IntAttribute(default=0)
    SEALED = IntAttribute(default=0)
    READY_FOR_EOL = IntAttribute(default=0)
    FINALIZED = IntAttribute(default=0)
    SCRAPPED = IntAttribute(default=0)
    REWORK = IntAttribute(default=0)
    SHIPPED = IntAttribute(default=0)
    VOID = IntAttribute(default=0)


def new_entity_values(work: UnitOfWork, org_id: str, kind: str, item_id: str, actor_id: str) -> dict[str, Any]:
    """Return the attributes of every new listed entity; its status is DRAFT."""
    return {
        "item_id": item_id,
        "org_id": org_id,
        "org_list": list_partition(org_id, kind, None, item_id),
        "created_by": actor_id,
        "created_at": work.now,
        "updated_at": work.now,
        **status_values("DRAFT", item_id),
    }


def sku_values(org_id: str, kind: str, spec: SkuSpec, item_id: str) -> dict[str, Any]:
    """Return the attributes of the SKU for which a new entity is built."""
    return {"sku": spec, "sku_id": spec.id, "sku_list": list_partition(org_id, kind, spec.id, item_id)}


def status_values(status: str, item_id: str) -> dict[str, object]:
    """Return the attributes that depend on the status."""
    return {"status": str(status), "sort_key": list_sort_key(str(status), item_id)}


def create_listed(work: UnitOfWork, entity: ListedEntity) -> None:
    """Stage a new entity and count it."""
    work.create(entity)
    _count(work, entity, {entity.status: 1})


def change_status(
    work: UnitOfWork,
    entity: ListedEntity,
    status: str,
    values: Mapping[str, object],
    *,
    condition: Condition | None = None,
) -> None:
    """Stage another status of an entity that was read, with more of its attributes."""
    count_status_change(work, entity, status)
    new_values = {**status_values(status, entity.item_id), **values, "updated_at": work.now}
    work.update(entity, new_values, condition=condition)


def count_status_change(work: UnitOfWork, entity: ListedEntity, status: str) -> None:
    """Stage that an entity is counted in its new status."""
    if entity.status != status:
        _count(work, entity, {entity.status: -1, str(status): 1})


def counter_keys(org_id: str, kind: str, owner: str | None) -> list[ItemKey[StatusCounter]]:
    """Return the keys of all shards of a list; `owner` is the id of a SKU or batch, or None for the organisation."""
    return [_key(org_id, kind, owner, shard) for shard in range(SHARDS.count)]


def total(counters: ReadResult, keys: Sequence[ItemKey[StatusCounter]], statuses: Sequence[str]) -> int:
    """Return the number of entities in these statuses, at least 0.

    The shards are read at slightly different moments: an entity may be seen to leave a status that it was not yet seen
    to enter.
    """
    shards = [shard for shard in map(counters.get, keys) if shard is not None]
    return max(0, sum(int(getattr(shard, status)) for shard in shards for status in statuses))


def change_counts(
    work: UnitOfWork, org_id: str, kind: str, owners: Sequence[str | None], amounts: Mapping[str, int]
) -> None:
    """Stage changes of the counts of these lists, such as `{"DRAFT": -1, "IN_PROGRESS": 1}`."""
    shard = work.random_source.randrange(SHARDS.count)  # any, since only the sum over all shards matters
    for owner in owners:
        actions = [getattr(StatusCounter, status).add(amount) for status, amount in amounts.items()]
        work.update_unread(_key(org_id, kind, owner, shard), actions=actions, audited=False)


def _count(work: UnitOfWork, entity: ListedEntity, amounts: Mapping[str, int]) -> None:
    """Stage changes of the counts of every list that contains the entity."""
    owners: list[str | None] = [None]
    if isinstance(entity, BuiltEntity):
        owners.append(entity.sku_id)
    if isinstance(entity, Assembly):
        owners.append(entity.batch_id)
    change_counts(work, entity.org_id, entity.kind, owners, amounts)


def _key(org_id: str, kind: str, owner: str | None, shard: int) -> ItemKey[StatusCounter]:
    return ItemKey(StatusCounter, key(org_id, "TALLY", kind, *list_scope(owner)), f"{shard:02d}")
