"""Collects the units of recall cases in steps of at most 90.

Each step is a transaction that writes the units and how far the case was collected, under the condition that the case
is as it was read: so each unit is written and counted once, wherever a step ends, and of two that run at the same
moment one begins again. The first steps follow the request that opens the case, the sweep makes the others.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.deadline import has_time
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import Query, get
from chalicelib.core.sweep import RESERVE_S, DueItem, Sweep, SweepResult
from chalicelib.core.table import set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.manufacturing.status_counters import change_status
from chalicelib.manufacturing.traceability.recalls.queries import (
    NamedUses,
    UnitPlace,
    assembly_of,
    read_items,
    read_lot_cells,
    read_lot_uses,
    read_named_uses,
    read_places,
)
from chalicelib.manufacturing.traceability.recalls.rules import RECALL, BindingPeriod, RecallAction, RecallStatus
from chalicelib.manufacturing.traceability.recalls.tables import (
    PARTS_PER_LOT,
    PENDING,
    STEP,
    PendingRecall,
    Position,
    RecallCase,
    RecalledUnit,
    RecallSerials,
    pending_key,
    recall_key,
    serials_key,
    unit_key,
)
from chalicelib.manufacturing.traceability.tables import CELL

ACTOR = "system:sweep"
MAX_STEPS = 400
"""The number of steps of one case in one pass; the rest stays due."""
_FIRST_STEPS = 10
"""The number of steps that follow the request which opens a case."""
_STEP_S = 5.0
"""No step follows a request that has to be answered within this time."""


class CollectionOutcome(StrEnum):
    """The outcome of one case that was in collection, by the name of its metric."""

    COLLECTED = "RecallsCollected"
    PARTLY = "RecallsPartlyCollected"
    FAILED = "RecallsFailed"


class Found(msgspec.Struct, frozen=True):
    """A serial number that a case affects: the lots under which it was found, and when it was bound."""

    lots: frozenset[str] = frozenset()
    bound_at: datetime | None = None

    def joined(self, other: "Found") -> "Found":
        """Return this together with what was found elsewhere."""
        moments = [at for at in (self.bound_at, other.bound_at) if at is not None]
        return Found(self.lots | other.lots, max(moments, default=None))


class CollectingStep(msgspec.Struct, frozen=True):
    """What one step found, the position after it, and the unknown serial numbers of the part that it read."""

    found: Mapping[str, Found]
    resume_at: Position | None
    unknown: Sequence[str] = ()


def collect_recalls(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float]
) -> SweepResult[CollectionOutcome]:
    """Go on with every case whose units are not all collected."""
    sweep = Sweep(
        name="recalls",
        queries=[Query(PendingRecall, PENDING)],
        id_attribute="recall_id",
        settle=partial(_settle, deps, sweep_id, remaining_s),
        failed=CollectionOutcome.FAILED,
        per_org=1,
    )
    return sweep.run(remaining_s)


def _settle(deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], due: DueItem) -> CollectionOutcome:
    actor, decide = Actor(due.org_id, ACTOR, sweep_id), partial(collect_units, due.org_id, due.item_id)
    for _ in range(MAX_STEPS):
        if not deps.runner.run(actor, decide):
            return CollectionOutcome.COLLECTED
        if remaining_s() < RESERVE_S:
            break
    return CollectionOutcome.PARTLY


def collect_first_units(org_id: str, recall_id: str, work: UnitOfWork, steps: int = _FIRST_STEPS) -> None:
    """Make a step, and let the next one follow, up to a number of steps and while there is time."""
    if collect_units(org_id, recall_id, work) and steps > 1 and has_time(_STEP_S):
        work.follow_ups.append((org_id, partial(collect_first_units, org_id, recall_id, steps=steps - 1)))


def collect_units(org_id: str, recall_id: str, work: UnitOfWork) -> bool:
    """Collect the next units of a case, and return whether there are more. A case that is not in collection stays."""
    case = get(recall_key(org_id, recall_id))
    if case is None or case.position is None or case.status != RecallStatus.COLLECTING:
        return False
    step = _read_step(work, case, case.position)
    units = case.units + _stage_units(work, case, step.found)
    if step.unknown:
        part = serials_key(case.pk, case.position.part - case.lot_parts)
        unknown = [RecallSerials.unknown.set(set(step.unknown))]
        work.update_unread(part, actions=unknown, audited=False)
    if step.resume_at is not None:
        work.update(case, {"position": step.resume_at, "units": units, "updated_at": work.now})
        return True
    work.audit(RecallCase.kind, recall_id, "RECALL_COLLECTED")
    target = RECALL.target(case.status, RecallAction.COLLECT)
    collected = {"position": None, "units": units, "expected": units, "collected_at": work.now}
    change_status(work, case, target, collected)
    leave_collection(work, case)
    return False


def leave_collection(work: UnitOfWork, case: RecallCase) -> None:
    """Stage that the sweep does not go on with a case."""
    work.remove(pending_key(case.org_id, case.item_id), PendingRecall.pk.exists(), VersionConflict())


def _read_step(work: UnitOfWork, case: RecallCase, position: Position) -> CollectingStep:
    """Return what the next part of a case affects: modules or single cells of a lot, or serial numbers."""
    if position.part >= case.lot_parts:
        return _read_named(work, case, position)
    lot = case.known_lots[position.part // PARTS_PER_LOT]
    if position.part % PARTS_PER_LOT == 0:
        return _read_modules(case, lot, position)
    serials, resume_at = read_lot_cells(case.org_id, lot, position, STEP)
    uses = read_named_uses(case.org_id, serials, work.clock)
    found = {use.serial: Found(frozenset({lot}), at) for use in uses if (at := case.period.newest(use.bound))}
    return CollectingStep(found, resume_at or case.next_part(position))


def _read_modules(case: RecallCase, lot: str, position: Position) -> CollectingStep:
    uses = read_lot_uses(case.org_id, lot, position, STEP)
    found: dict[str, Found] = {}
    for bound in uses.cells:
        if case.period.newest([bound.at]) is not None:
            use = Found(frozenset({lot}), bound.at)
            found |= {serial: use.joined(found.get(serial, Found())) for serial in bound.serials}
    return CollectingStep(found, uses.resume_at or case.next_part(position))


def _read_named(work: UnitOfWork, case: RecallCase, position: Position) -> CollectingStep:
    named = get(serials_key(case.pk, position.part - case.lot_parts))
    if named is None:  # a case of unknown lots
        return CollectingStep({}, None)
    uses = read_named_uses(case.org_id, [str(serial) for serial in named.serials], work.clock)
    found = {use.serial: known for use in uses if (known := _found_by_name(use, case.period)) is not None}
    return CollectingStep(found, case.next_part(position), [use.serial for use in uses if use.is_unknown])


def _found_by_name(uses: NamedUses, period: BindingPeriod) -> Found | None:
    """Return a serial number that a case names, unless it is unknown, or a cell that was not bound in the period."""
    if uses.number is not None and uses.number.used_as != CELL:
        return Found()
    bound_at = period.newest(uses.bound)
    return None if bound_at is None else Found(frozenset(uses.lots), bound_at)


def _stage_units(work: UnitOfWork, case: RecallCase, found: Mapping[str, Found]) -> int:
    """Stage the units that were found, and return how many of them are new; one may be found in several parts."""
    places = read_places(case.org_id, list(found), work.clock)
    stored = read_items([unit_key(case.pk, serial) for serial in found], work.clock)
    for serial, known in found.items():
        item_key = unit_key(case.pk, serial)
        earlier = stored.get(item_key)
        if earlier is None:
            work.create(_new_unit(work, item_key.pk, serial, known, places.get(serial, UnitPlace())), audited=False)
            continue
        both = known.joined(Found(frozenset(earlier.lots or ()), earlier.bound_at))
        values = {"lots": set(both.lots) or None, "bound_at": both.bound_at}
        work.update_unread(item_key, actions=set_actions(RecalledUnit, values), audited=False)
    return len(found) - len(stored)


def _new_unit(work: UnitOfWork, recall_pk: str, serial: str, found: Found, place: UnitPlace) -> RecalledUnit:
    assembly, module, pack = assembly_of(place), place.module, place.pack
    bound = "BOUND" if module is None or module.scrapped_at is None else "SCRAPPED"
    own = "REMOVED" if place.number is None else bound
    return unit_key(recall_pk, serial).new(
        serial=serial,
        unit="cell" if assembly is None else assembly.kind,
        lots=set(found.lots) or None,
        bound_at=found.bound_at,
        status=own if assembly is None else assembly.status,
        collected_at=work.now,
        module_id=None if module is None else module.item_id,
        module_serial=None if module is None else module.serial,
        module_status=None if module is None else module.status,
        pack_id=None if pack is None else pack.item_id,
        pack_serial=None if pack is None else pack.serial,
        pack_status=None if pack is None else pack.status,
        disposition=None if pack is None else pack.disposition,
        customer=None if pack is None else pack.customer,
        order=None if pack is None else pack.order,
        shipped_at=None if pack is None else pack.shipped_at,
        returned_at=None if pack is None else pack.returned_at,
    )
