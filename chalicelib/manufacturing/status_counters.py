"""Creates listed entities, changes their status or disposition, and counts them in the same transaction.

Nothing else changes a status or disposition: `ListedEntity.check_staged` refuses what is staged past these functions.

A list states how many entities it has on all pages. Counting on read would cost as much as reading all of them, so
each list has counters: one set of shards, of which a transaction changes a random one, so that many simultaneous
changes do not meet in one item. Reading a count is one batch read of the shards.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.expressions.condition import Condition

from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey, ReadResult, get
from chalicelib.core.table import IntAttribute, Item, key, stored_in
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.list_keys import (
    free_partition,
    list_partition,
    list_scope,
    list_sort_key,
    pack_partition,
    serial_sort_key,
)
from chalicelib.manufacturing.rules import ModuleStatus, list_section
from chalicelib.manufacturing.sku_spec import SkuSpec
from chalicelib.manufacturing.tables import (
    Assembly,
    BuiltEntity,
    ListedEntity,
    Module,
)

SHARDS = Shards(8)


class StatusCounter(Item):
    """One shard of the counts of a list by section. A shard may be negative; only the sum is meaningful."""

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
    READY_FOR_EOL_QUARANTINE = IntAttribute(default=0)
    FINALIZED_PASS = IntAttribute(default=0)
    FINALIZED_FAIL = IntAttribute(default=0)
    SHIPPED_PASS = IntAttribute(default=0)
    VOID_PASS = IntAttribute(default=0)
    VOID_FAIL = IntAttribute(default=0)
    VOID_QUARANTINE = IntAttribute(default=0)
    COLLECTING = IntAttribute(default=0)
    OPEN = IntAttribute(default=0)
    CLOSED = IntAttribute(default=0)
    CANCELED = IntAttribute(default=0)


def new_entity_values(work: UnitOfWork, org_id: str, kind: str, item_id: str, actor_id: str) -> dict[str, Any]:
    """Return the attributes of every new listed entity; its status is DRAFT."""
    return {
        "item_id": item_id,
        "org_id": org_id,
        "org_list": list_partition(org_id, kind, None, item_id),
        "created_by": actor_id,
        "created_at": work.now,
        "updated_at": work.now,
        "status": "DRAFT",
        "sort_key": list_sort_key("DRAFT", item_id),
    }


def sku_values(org_id: str, kind: str, spec: SkuSpec, item_id: str) -> dict[str, Any]:
    """Return the attributes of the SKU for which a new entity is built."""
    return {"sku": spec, "sku_id": spec.id, "sku_list": list_partition(org_id, kind, spec.id, item_id)}


def create_listed(work: UnitOfWork, entity: ListedEntity) -> None:
    """Stage a new entity, list and count it."""
    entity.sort_key = list_sort_key(entity.section, entity.item_id)
    work.create(entity)
    _count(work, entity, {entity.section: 1})


def change_status(
    work: UnitOfWork,
    entity: ListedEntity,
    status: str,
    values: Mapping[str, object],
    *,
    condition: Condition | None = None,
) -> None:
    """Stage the status of an entity that was read, with more of its attributes, such as its disposition."""
    new_values = {**values, **move_listed(work, entity, status, values), "updated_at": work.now}
    work.update(entity, new_values, condition=condition)


def move_listed(
    work: UnitOfWork, entity: ListedEntity, status: str, values: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Stage that an entity is counted by this status and its disposition; return the attributes that list it so.

    `values` are further attributes that it gets.
    """
    given = (values or {}).get("disposition", getattr(entity, "disposition", None))
    section, listed_in = list_section(status, None if given is None else str(given)), entity.listed_in
    if section != listed_in:
        _count(work, entity, {listed_in: -1, section: 1})
    return {"status": str(status), "sort_key": list_sort_key(section, entity.item_id), **_serial_order(entity)}


def _serial_order(entity: ListedEntity) -> dict[str, object]:
    if not isinstance(entity, Assembly):
        return {}
    return {"serial_order": serial_sort_key(entity.serial, entity.item_id)}


def pack_list_of(module: Module) -> str | None:
    """Return the list of the modules of a pack that a module belongs to, or that of the sealed ones in none."""
    if module.pack_id is not None:
        return pack_partition(module.org_id, module.pack_id)
    return free_partition(module.org_id, module.item_id) if module.status == ModuleStatus.SEALED else None


def _pack_list(entity: ListedEntity) -> dict[str, object]:
    return {"pack_list": pack_list_of(entity)} if isinstance(entity, Module) else {}


def is_listed_right(entity: ListedEntity) -> bool:
    """Return whether an entity is listed and counted as this version does it."""
    places = {**_serial_order(entity), **_pack_list(entity)}
    has_places = all(getattr(entity, name) == value for name, value in places.items())
    return has_places and entity.listed_in == entity.section


def list_again(work: UnitOfWork, item_key: ItemKey[Any]) -> bool:
    """Stage that an entity is listed and counted as its attributes say; return whether that changes anything."""
    entity = get(item_key)
    if entity is None or is_listed_right(entity):
        return False
    work.audit(entity.kind, entity.item_id, f"{entity.kind.upper()}_LISTED_AGAIN")
    work.update(entity, {**move_listed(work, entity, entity.status), **_pack_list(entity)})
    return True


def counter_keys(org_id: str, kind: str, owner: str | None) -> list[ItemKey[StatusCounter]]:
    """Return the keys of all shards of a list; `owner` is the id of a SKU or batch, or None for the organisation."""
    return [_key(org_id, kind, owner, shard) for shard in range(SHARDS.count)]


def total(counters: ReadResult, keys: Sequence[ItemKey[StatusCounter]], sections: Sequence[str]) -> int:
    """Return the number of entities in these sections (`rules.list_sections`), at least 0.

    The shards are read at slightly different moments: an entity may be seen to leave a section that it was not yet seen
    to enter.
    """
    shards = [shard for shard in map(counters.get, keys) if shard is not None]
    return max(0, sum(int(getattr(shard, section)) for shard in shards for section in sections))


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
