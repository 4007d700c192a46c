"""Closes completed and voided batches: no cell is bound to their modules, and none of these is sealed.

Sixty scanners bind cells of one batch at the same moment. If every binding checked the item of the batch, their
transactions would conflict with each other. So a batch is closed by several items, one for each shard of its modules:
completing or voiding the batch creates all of them, and a module checks that the one of its shard is absent.

Packs need no check: a batch with an open pack is neither completed nor voided, and a pack that is reworked afterwards
stays open.
"""

from functools import partial

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.errors import Conflict
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Item, MomentAttribute, key, optional, stored_in
from chalicelib.core.work import RawItem, UnitOfWork
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.rules import BatchStatus, LineAction
from chalicelib.manufacturing.tables import Module, ProductionBatch, batch_key

SHARDS = Shards(8)


class ClosedBatch(Item):
    """Closes one shard of the modules of a batch; `status` is that of the batch, absent if it is completed."""

    Meta = stored_in("manufacturing")
    kind = "closed_batch"

    at = MomentAttribute()
    status = optional(UnicodeAttribute())


def close_batch(work: UnitOfWork, batch: ProductionBatch) -> None:
    """Stage that a batch is closed, which has its new status already."""
    for shard in range(SHARDS.count):
        closed = _key(batch.org_id, batch.item_id, shard).new(at=work.now, status=batch.status)
        work.create(closed, audited=False)


def require_open_batch(work: UnitOfWork, module: Module, action: LineAction) -> None:
    """Let the commit of an action on a module fail with `Conflict` if its batch is closed."""
    target = _key(module.org_id, module.batch_id, SHARDS.number_of(module.item_id))
    is_open = ClosedBatch.pk.does_not_exist()
    work.check_condition(target, is_open, partial(_closed, module, action), final=True)


def _closed(module: Module, action: LineAction, raw: RawItem | None) -> Conflict:
    status = None if raw is None else ClosedBatch.from_raw_data(raw).status
    missing = [f"batch {module.batch_id} is {status or BatchStatus.COMPLETED}"]
    return line_conflict(module, action, missing, batchId=module.batch_id)


def _key(org_id: str, batch_id: str, shard: int) -> ItemKey[ClosedBatch]:
    return ItemKey(ClosedBatch, batch_key(org_id, batch_id).pk, key("CLOSED", shard))
