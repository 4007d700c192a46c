"""Replays ledgers and compares the result with what is stored.

For an assignment it checks that the stored state and the attributes derived from it follow from the ledger, that the
ledger has no gap, that each event has its record, and that exactly the holders hold the assignment. Operators use it
after an incident, to find and repair differences; nothing else depends on it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.clock import Clock
from chalicelib.core.store import BATCH, ItemKey, get, get_many, parallel_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.day_totals import MAX_REPAIRED, count_days, counted_work, work_of
from chalicelib.picking.ledger.entries import (
    StoredEntry,
    decode_lines,
    decode_state,
    entries_of,
    ledger_segments,
    stored_entries,
    stored_state,
)
from chalicelib.picking.ledger.matching import PickLines
from chalicelib.picking.ledger.rules import fold
from chalicelib.picking.ledger.state import AssignmentState, PickEntry
from chalicelib.picking.ledger.tables import LedgerSegment, event_record_key
from chalicelib.picking.ledger.tails import read_snapshot, snapshot_refs
from chalicelib.picking.ledger.writer import derived_attributes
from chalicelib.picking.ledger.zone_counts import count_in_zone, counted_as
from chalicelib.picking.tables import Assignment, PickList, assignment_key, lines_key, picker_key

_MAX_SHOWN = 60
_READS = 3


class ReplayResult(msgspec.Struct):
    """An assignment as stored, the state from its ledger, and a sentence for each difference."""

    assignment: Assignment
    state: AssignmentState | None
    """None if the ledger is incomplete; then the stored state cannot be checked."""
    differences: list[str]
    """Differences that can be repaired from the ledger."""
    gaps: list[str]
    """Missing data that cannot be repaired, in the ledger or beside it."""


def replay(org_id: str, assignment_id: str, clock: Clock) -> ReplayResult:
    """Replay one assignment and compare. Raise `LookupError` if it does not exist.

    It is read again if it differs, since it may have changed between two reads.
    """
    for _ in range(_READS - 1):
        result = _replay(org_id, assignment_id, clock)
        if not result.differences and not result.gaps:
            return result
    return _replay(org_id, assignment_id, clock)


def repair_assignment(work: UnitOfWork, org_id: str, assignment_id: str) -> bool:
    """Stage the state from the ledger in place of the stored one. Raise `LookupError` if the assignment does not exist.

    The assignment's version is the condition, so entries that are added meanwhile are replayed in the next attempt.
    Return False, with nothing staged, if the ledger is incomplete or changed between the reads each time.
    """
    for _ in range(_READS):
        result = _replay(org_id, assignment_id, work.clock)
        assignment = result.assignment
        if result.state is not None:
            work.audit(Assignment.kind, assignment.assignment_id, "ASSIGNMENT_REBUILT")
            days = count_days(work, assignment, result.state, MAX_REPAIRED)
            work.update(assignment, {**derived_attributes(assignment, result.state), "snapshots": None, **days})
            count_in_zone(work, assignment)
            return True
    return False


def find_picker_gaps(org_id: str, user_id: str, clock: Clock) -> list[str]:
    """Return what is missing in a picker's own ledger."""
    picker = get(picker_key(org_id, user_id))
    segments = list(ledger_segments(picker_key(org_id, user_id).pk).all())
    return list(_gaps(segments, picker.seq if picker else 0)) or list(_missing_records(org_id, segments, clock))


def _replay(org_id: str, assignment_id: str, clock: Clock) -> ReplayResult:
    key, its_lines = assignment_key(org_id, assignment_id), lines_key(org_id, assignment_id)
    items = get_many([key, its_lines], clock)
    assignment, lines = items.get(key), items.get(its_lines)
    if assignment is None:
        raise LookupError(f"assignment {assignment_id} does not exist")
    segments = list(ledger_segments(key.pk).all())
    gaps = [*_gaps(segments, assignment.seq), *_missing_lines(lines)]
    if gaps or lines is None:
        return ReplayResult(assignment, None, [], gaps)
    pick_lines, entries = decode_lines(lines.lines), [entry for segment in segments for entry in entries_of(segment)]
    state = fold(pick_lines, entries)
    beside = [*_missing_records(org_id, segments, clock), *_wrong_holders(org_id, assignment_id, state, clock)]
    differences = [*_differences(assignment, state), *_wrong_snapshots(assignment, pick_lines, entries)]
    return ReplayResult(assignment, state, differences, beside)


def _differences(assignment: Assignment, state: AssignmentState) -> Iterator[str]:
    try:
        stored = decode_state(assignment.state)
    except msgspec.MsgspecError:
        yield f"state is stored as {assignment.state[:_MAX_SHOWN]!r}, which cannot be read"
    else:
        for name, value in msgspec.structs.asdict(stored_state(state)).items():
            yield from _difference(name, getattr(stored, name), value)
    if counted_work(assignment) != work_of(assignment, state):
        yield "the totals of days do not contain its work"
    for name, value in derived_attributes(assignment, state).items():
        if name != "state":
            yield from _difference(name, getattr(assignment, name), value)
    yield from _difference("counted_as", assignment.counted_as, counted_as(assignment.zone, state.status))


def _wrong_snapshots(assignment: Assignment, lines: PickLines, entries: Sequence[PickEntry]) -> Iterator[str]:
    """Yield a sentence for each valid snapshot that does not follow from the ledger."""
    for ref in snapshot_refs(assignment):
        stored = read_snapshot(assignment.pk, ref)
        state = fold(lines, [entry for entry in entries if entry.position <= ref.position])
        effects = [] if state.effects is None else state.effects.top
        is_whole = all(entry.position <= ref.position for entry in entries if entry.seq < ref.first)
        if stored is None or not is_whole or (stored_state(stored[0]), stored[1]) != (stored_state(state), effects):
            yield f"the snapshot before entry {ref.first} does not follow from the ledger"


def _difference(name: str, stored: object, replayed: object) -> Iterator[str]:
    if stored != replayed:
        yield f"{name} is stored as {stored!r}, the ledger says {replayed!r}"


def _gaps(segments: Iterable[LedgerSegment], seq: int) -> Iterator[str]:
    """Yield a sentence for each gap between the first entry and entry `seq`."""
    expected = 1
    for segment in segments:
        try:
            is_whole = len(stored_entries(segment)) == segment.size
        except msgspec.MsgspecError:
            yield f"the entries from {segment.first} on cannot be read"
        else:
            if segment.first != expected or not is_whole:
                yield f"the ledger has a gap before entry {segment.first}"
        expected = segment.first + segment.size
    if expected != seq + 1:
        yield f"the ledger ends with entry {expected - 1} and {seq} were written"


def _missing_lines(lines: PickList | None) -> Iterator[str]:
    try:
        if lines is None:
            yield "its lines are missing"
        else:
            decode_lines(lines.lines)
    except msgspec.MsgspecError:
        yield "its lines cannot be read"


def _missing_records(org_id: str, segments: Iterable[LedgerSegment], clock: Clock) -> Iterator[str]:
    """Yield a sentence for each entry whose event would be accepted a second time."""
    numbered: list[tuple[LedgerSegment, int, StoredEntry]] = [
        (segment, seq, entry)
        for segment in segments
        for seq, entry in enumerate(stored_entries(segment), segment.first)
    ]
    events = [
        (segment, seq, event_record_key(org_id, entry.event_id)) for segment, seq, entry in numbered if entry.event_id
    ]
    keys: Sequence[ItemKey[Any]] = [key for _, _, key in events]
    parts = parallel_reads([partial(get_many, keys[at : at + BATCH], clock) for at in range(0, len(keys), BATCH)])
    for number, (segment, seq, key) in enumerate(events):
        record = parts[number // BATCH].get(key)
        if record is None or (record.ledger, record.seq) != (segment.pk, seq):
            yield f"the event of entry {seq} is not recorded as ingested"


def _wrong_holders(org_id: str, assignment_id: str, state: AssignmentState, clock: Clock) -> Iterator[str]:
    """Yield a sentence for each person whose held assignments disagree with the state."""
    keys = {user_id: picker_key(org_id, user_id) for user_id in state.people}
    items = get_many(keys.values(), clock)
    for user_id, key in keys.items():
        picker = items.get(key)
        is_held = assignment_id in ((picker.held or ()) if picker else ())
        if is_held != (user_id in state.active_holders):
            yield f"{user_id} {'holds' if is_held else 'does not hold'} it, unlike its ledger says"
