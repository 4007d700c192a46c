"""The decision on a pack after its test at the end of the line, held against the limits of its SKU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.manufacturing.assembling import move
from chalicelib.manufacturing.batches import whole_sku
from chalicelib.manufacturing.errors import check_step, violation
from chalicelib.manufacturing.packs import find_pack
from chalicelib.manufacturing.registry import DispositionRecord, disposition_key
from chalicelib.manufacturing.rules import (
    PACK,
    STEP_OF,
    Bounds,
    Disposition,
    Measured,
    PackStatus,
    Step,
    leads_to,
    outside,
    strange_units,
)
from chalicelib.manufacturing.tables import Batch, Pack, batch_key

DISPOSE = "manufacturing.pack.disposition"


def dispose(work: UnitOfWork, request: Request[Any, Any], pack_id: str) -> Pack:
    """Decide on a tested pack: PASS and FAIL finalize it, QUARANTINE leaves it for a later decision.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `Conflict` (also for a PASS against the SKU's limits) or
    `ValidationFailed`.
    """
    pack = find_pack(request, pack_id, DISPOSE)
    request.check_version(pack)
    check_step(pack, PACK, Step.FINALIZE)
    wanted, actor_id = request.body, request.actor.user_id
    verdict = Disposition(wanted.disposition)
    to = leads_to(PACK, STEP_OF[verdict])
    _check_measurements(pack, verdict, wanted.measurements or {})
    values = {"disposition": str(verdict), "disposed_at": work.now}
    if to == pack.status:
        work.update(pack, {**values, "updated_at": work.now})
    else:
        move(work, pack, to, values)
        _count_finalized(work, pack, verdict)
    where = disposition_key(pack.pk, pack.version)
    record = DispositionRecord(
        where.pk,
        where.sk,
        org_id=pack.org_id,
        pack_id=pack_id,
        disposition=str(verdict),
        notes=wanted.notes,
        measurements=wanted.measurements,
        at=work.now,
        by=actor_id,
    )
    work.create(record)
    return pack


def _check_measurements(pack: Pack, verdict: Disposition, measured: Mapping[str, Any]) -> None:
    """Hold what was measured against the SKU's limits; only a PASS has to keep to them."""
    sku = whole_sku(pack)
    limits = {} if sku is None else sku.limits or {}
    bounds = {name: Bounds(limit.min, limit.max, limit.unit) for name, limit in limits.items()}
    values = {name: Measured(one.value, one.unit) for name, one in measured.items()}
    strange = strange_units(bounds, values)
    if strange:
        raise ValidationFailed(
            {f"measurements.{name}.unit": f'must be "{unit}", as in the SKU' for name, unit in strange.items()}
        )
    problems = outside(bounds, values) if verdict is Disposition.PASS else []
    if problems:
        told = [
            {
                "name": one.name,
                "problem": one.problem,
                "value": one.value,
                "min": one.bounds.minimum,
                "max": one.bounds.maximum,
                "unit": one.bounds.unit,
            }
            for one in problems
        ]
        lacks = [
            f"{one.name} is missing" if one.value is None else f"{one.name} is {one.problem} its limit"
            for one in problems
        ]
        raise violation(pack, PackStatus.FINALIZED, lacks, more={"disposition": verdict, "measurements": told})


def _count_finalized(work: UnitOfWork, pack: Pack, verdict: Disposition) -> None:
    """Stage that the batch has one pack fewer to wait for."""
    outcome = Batch.packs_passed if verdict is Disposition.PASS else Batch.packs_failed
    work.update_unread(
        batch_key(pack.org_id, pack.batch_id),
        condition=Batch.packs_open >= 1,
        actions=[Batch.packs_open.add(-1), outcome.add(1), Batch.version.add(1), Batch.updated_at.set(work.now)],
        audited=False,
    )
