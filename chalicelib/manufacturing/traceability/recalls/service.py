"""The use cases of recall cases: open, mark units, close, cancel, open again.

A case is opened in one transaction, whatever its size; its units are collected afterwards (`sweep.py`).
"""

from datetime import UTC, datetime
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.counters import change_contended
from chalicelib.core.errors import ValidationFailed, VersionConflict
from chalicelib.core.table import set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.status_counters import change_status, create_listed, new_entity_values
from chalicelib.manufacturing.traceability.recalls.queries import count_lots, read_items
from chalicelib.manufacturing.traceability.recalls.rules import RECALL, RecallAction, RecallStatus, chunks
from chalicelib.manufacturing.traceability.recalls.schemas import EndRecall, HandleUnits, OpenRecall
from chalicelib.manufacturing.traceability.recalls.sweep import collect_first_units, leave_collection
from chalicelib.manufacturing.traceability.recalls.tables import (
    STEP,
    Position,
    RecallCase,
    RecalledUnit,
    pending_key,
    recall_key,
    serials_key,
    unit_key,
)
from chalicelib.manufacturing.traceability.rules import fold_lot, read_part


def open_recall(work: UnitOfWork, command: OpenRecall, actor: Actor) -> RecallCase:
    """Open a case; its units are collected by what follows. Raise `ValidationFailed` if it names nothing."""
    if not command.lots and not command.serials:
        raise ValidationFailed({"lots": "must not be empty if there are no serials"})
    recall_id = f"REC-{work.ids.new()}"
    lots = list({fold_lot(lot): lot for lot in reversed(command.lots)}.values())[::-1]
    serials = list(dict.fromkeys(read_part(raw).serial for raw in command.serials))
    counts = count_lots(actor.org_id, lots)
    case = recall_key(actor.org_id, recall_id).new(
        reason=command.reason,
        lots=lots,
        unknown_lots=[lot for lot in lots if counts[lot] is None],
        serials=len(serials),
        since=_in_utc(command.since),
        until=_in_utc(command.until),
        position=Position(),
        expected=len(serials) + sum(count or 0 for count in counts.values()),
        search=f"{recall_id} {command.reason} {' '.join(lots)}".lower(),
        **new_entity_values(work, actor.org_id, RecallCase.kind, recall_id, actor.user_id),
    )
    case.status = str(RecallStatus.COLLECTING)
    work.audit(RecallCase.kind, recall_id, "RECALL_OPENED")
    create_listed(work, case)
    for number, part in enumerate(chunks(serials, STEP)):
        work.create(serials_key(case.pk, number).new(serials=list(part)), audited=False)
    work.create(pending_key(actor.org_id, recall_id).new(org_id=actor.org_id, recall_id=recall_id), audited=False)
    work.follow_ups.append((actor.org_id, partial(collect_first_units, actor.org_id, recall_id)))
    return case


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def handle_units(work: UnitOfWork, case: RecallCase, command: HandleUnits, actor: Actor) -> RecallCase:
    """Mark units as dealt with, or take marks back. Raise `ValidationFailed` for what is no unit of the case."""
    serials = [read_part(raw).serial for raw in command.serials]
    keys = {serial: unit_key(case.pk, serial) for serial in serials}
    stored = read_items(keys.values(), work.clock)
    absent = [place for place, serial in enumerate(serials) if keys[serial] not in stored]
    if absent:
        raise ValidationFailed({f"serials.{place}": "is no unit of this recall" for place in absent})
    changed = [unit for unit in stored.values() if (unit.handled_at is None) == command.handled]
    by, at = (actor.user_id, work.now) if command.handled else (None, None)
    values = {"handled_at": at, "handled_by": by, "note": command.note if command.handled else None}
    is_marked, is_open = RecalledUnit.handled_at.exists(), RecalledUnit.handled_at.does_not_exist()
    for unit in changed:
        work.update_unread(
            keys[unit.serial],
            condition=is_open if command.handled else is_marked,
            on_conflict=VersionConflict(),
            actions=set_actions(RecalledUnit, values),
            audited=False,
        )
    change_contended(
        work,
        case,
        condition=RecallCase.status == RecallStatus.OPEN,
        values={"updated_at": work.now},
        amounts={"handled": len(changed) if command.handled else -len(changed)},
        on_conflict=VersionConflict(),
        expected_version=work.expected_version,
        changes={f"unit/{unit.serial}.handled": [not command.handled, command.handled] for unit in changed},
    )
    return case


def close_recall(work: UnitOfWork, case: RecallCase, command: EndRecall) -> RecallCase:
    """Close a case that is done."""
    return _end(work, case, RecallAction.CLOSE, command)


def cancel_recall(work: UnitOfWork, case: RecallCase, command: EndRecall) -> RecallCase:
    """Cancel a case that was opened by mistake; no more of its units are collected."""
    if case.status == RecallStatus.COLLECTING:
        leave_collection(work, case)
    return _end(work, case, RecallAction.CANCEL, command)


def reopen_recall(work: UnitOfWork, case: RecallCase, command: EndRecall) -> RecallCase:
    """Open a closed case again."""
    target = RECALL.target(case.status, RecallAction.REOPEN)
    change_status(work, case, target, {"ended_at": None, "end_reason": command.reason})
    return case


def _end(work: UnitOfWork, case: RecallCase, action: RecallAction, command: EndRecall) -> RecallCase:
    target = RECALL.target(case.status, action)
    change_status(work, case, target, {"ended_at": work.now, "end_reason": command.reason})
    return case
