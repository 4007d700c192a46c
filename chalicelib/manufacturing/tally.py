"""How many there are: counts of each list by state, kept in the transactions that change them.

A list says how many entries it has on all pages. Counting them when asked would cost as much as reading them all, so
the counts are kept along: one set of shards for each list, of which a transaction raises a random one, so that a whole
shift that creates and seals at the same time does not meet in one item. Reading a count is reading its shards, which
are few and small, in one batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.core.table import IntAttribute, Item, TableName, key
from chalicelib.core.work import UnitOfWork

SHARDS = 8


class Tally(Item):
    """One shard of the counts of one list, by state. A single one may be below zero; their sum says something."""

    class Meta:
        table_name = TableName("manufacturing")

    kind = "tally"

    DRAFT = IntAttribute(default=0)
    ACTIVE = IntAttribute(default=0)
    IN_PROGRESS = IntAttribute(default=0)
    COMPLETED = IntAttribute(default=0)
    SEALED = IntAttribute(default=0)
    READY_FOR_EOL = IntAttribute(default=0)
    FINALIZED = IntAttribute(default=0)


def moved(work: UnitOfWork, org_id: str, kind: str, owners: Sequence[str | None], change: Mapping[str, int]) -> None:
    """Stage that the counts of these lists change, such as `{"DRAFT": -1, "IN_PROGRESS": 1}`."""
    shard = crc32(work.ids.new().encode()) % SHARDS
    for owner in owners:
        actions = [getattr(Tally, status).add(by) for status, by in change.items()]
        work.update_unread(_key(org_id, kind, owner, shard), actions=actions, audited=False)


def keys(org_id: str, kind: str, owner: str | None) -> list[ItemKey[Tally]]:
    """All shards of the counts of a list: of a SKU or batch (`owner` is its id), or of the organisation."""
    return [_key(org_id, kind, owner, shard) for shard in range(SHARDS)]


def total(found: ReadResult, wanted: Sequence[ItemKey[Tally]], statuses: Sequence[str]) -> int:
    """How many there are in these states; never below none.

    Shards are read at once but not as of one moment: a thing may be seen to leave a state that it was not yet seen in.
    """
    shards = [shard for shard in map(found.get, wanted) if shard is not None]
    return max(0, sum(int(getattr(shard, status)) for shard in shards for status in statuses))


def _key(org_id: str, kind: str, owner: str | None, shard: int) -> ItemKey[Tally]:
    scope = ("ALL", "") if owner is None else ("OF", owner)
    return ItemKey(Tally, key(org_id, "TALLY", kind, *scope), f"{shard:02d}")
