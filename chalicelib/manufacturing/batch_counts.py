"""The counts of a batch's packs, which change with the status of each pack, in the same transaction."""

from collections.abc import Mapping

from pynamodb.expressions.condition import Condition

from chalicelib.core.errors import VersionConflict
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.rules import PackStatus
from chalicelib.manufacturing.tables import Pack, ProductionBatch, batch_key


def change_pack_counts(
    work: UnitOfWork, pack: Pack, amounts: Mapping[str, int], *, condition: Condition | None = None
) -> None:
    """Stage changes of the counts of a pack's batch, such as `{"packs_open": -1, "packs_passed": 1}`.

    Fails with `VersionConflict` if there are fewer packs than are taken off, or `condition` does not hold.
    """
    is_counted = ProductionBatch.pk.exists() if condition is None else condition
    for name, amount in amounts.items():
        if amount < 0:
            is_counted &= getattr(ProductionBatch, name) >= -amount
    counts = [getattr(ProductionBatch, name).add(amount) for name, amount in amounts.items() if amount]
    work.update_unread(
        batch_key(pack.org_id, pack.batch_id),
        condition=is_counted,
        on_conflict=VersionConflict(),
        actions=[*counts, ProductionBatch.version.add(1), ProductionBatch.updated_at.set(work.now)],
        audited=False,
    )


def counted_as(pack: Pack) -> str:
    """Return the count that a pack is in beside that of all packs."""
    if pack.status not in (PackStatus.FINALIZED, PackStatus.SHIPPED):
        return "packs_open"
    return "packs_passed" if pack.disposition == Disposition.PASS else "packs_failed"
