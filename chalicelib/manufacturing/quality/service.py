"""The use cases of dispositions: a decision on a tested pack, checked against the limits of its SKU."""

from collections.abc import Mapping

from chalicelib.core.actor import Actor
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.batch_counts import change_pack_counts
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.quality.limits import (
    disposition_bounds,
    measured_values,
    require_units,
    rounded_measurements,
    violation_details,
)
from chalicelib.manufacturing.quality.rules import FINALIZING, Disposition, limit_violations
from chalicelib.manufacturing.quality.schemas import Decision
from chalicelib.manufacturing.quality.tables import disposition_key
from chalicelib.manufacturing.rules import LineAction, PackStatus
from chalicelib.manufacturing.sku_spec import Measurement
from chalicelib.manufacturing.status_counters import change_status
from chalicelib.manufacturing.tables import LINE_HOURS, Pack, sku_key


def dispose_pack(work: UnitOfWork, pack: Pack, command: Decision, actor: Actor) -> Pack:
    """Decide on a tested pack: PASS and FAIL finalize it, QUARANTINE leaves it for a later decision.

    Raise `ValidationFailed` for a measurement in another unit than its limit, and `Conflict` for a PASS outside the
    limits.
    """
    disposition = Disposition(command.disposition)
    measurements = None if command.measurements is None else rounded_measurements(command.measurements)
    _check_measurements(pack, disposition, measurements or {})
    values = {"disposition": str(disposition), "disposed_at": work.now}
    change_status(work, pack, PackStatus.FINALIZED if disposition in FINALIZING else pack.status, values)
    if disposition in FINALIZING:
        _count_finalized(work, pack, disposition)
    record = disposition_key(pack.pk, pack.version).new(
        org_id=pack.org_id,
        pack_id=pack.item_id,
        disposition=str(disposition),
        notes=command.notes,
        measurements=measurements,
        at=work.now,
        by=actor.user_id,
        by_name=actor.full_name or None,
    )
    work.create(record)
    return pack


def _check_measurements(pack: Pack, disposition: Disposition, measurements: Mapping[str, Measurement]) -> None:
    """Check measurements against the limits of the SKU; only a PASS has to be within them."""
    bounds, measured = disposition_bounds(get(sku_key(pack.org_id, pack.sku_id))), measured_values(measurements)
    require_units(bounds, measured)
    violations = limit_violations(bounds, measured) if disposition is Disposition.PASS else []
    if violations:
        missing, details = list(map(str, violations)), violation_details(violations)
        raise line_conflict(pack, LineAction.DISPOSITION, missing, disposition=disposition, measurements=details)


def _count_finalized(work: UnitOfWork, pack: Pack, disposition: Disposition) -> None:
    """Stage that the batch has one open pack fewer, and the hourly counts."""
    passed = disposition is Disposition.PASS
    LINE_HOURS.count(work, pack.org_id, packs_passed=passed, packs_failed=not passed)
    change_pack_counts(work, pack, {"packs_open": -1, "packs_passed" if passed else "packs_failed": 1})
