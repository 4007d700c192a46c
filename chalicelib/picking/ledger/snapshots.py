"""Snapshots of the states of a ledger, from which late events and undo are folded.

A snapshot is the state after all entries up to a position, with the effects that can be undone. What happened before
the newest entry, and what an undo reverts, is folded from the newest snapshot before it. So placing an event reads the
entries after that snapshot, and not the whole ledger.

    base        the newest snapshot that lies before the new entries, or else the beginning of the ledger
    read        the snapshot and the segments from the first one that has entries after it
    fold        those entries and the new ones; on the way, new snapshots at distances of 16, 64, 256, ... entries

A late event makes the snapshots after it invalid. The assignment holds the list of those that are valid, so they change
in the same transaction as its state. Snapshots are kept in a few slots: the farther back, the fewer.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import Query, get, parallel_pair_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.effects import ChunkRef, EffectChunk, EffectStack, UndoableEffect
from chalicelib.picking.ledger.entries import decode_state, encode_state, entries_of
from chalicelib.picking.ledger.matching import PickLines
from chalicelib.picking.ledger.rules import advance
from chalicelib.picking.ledger.state import AssignmentState, EntryKind, PickEntry
from chalicelib.picking.ledger.tables import (
    EVENTS,
    LedgerSegment,
    StateSnapshot,
    effect_chunk_key,
    segment_key,
    snapshot_key,
)
from chalicelib.picking.tables import Assignment

SPACING = 96
"""The number of entries after which a snapshot is due."""
MARGIN = 16
"""The number of newest entries that a snapshot leaves out, so that it still serves events that are a little late."""
_GROWTH = 4
_LAST_SORT_KEY = segment_key("", 999_999_999).sk


class SnapshotRef(NamedTuple):
    """A valid snapshot: its slot, its position, and the first entry from which the ledger is read after it."""

    slot: int
    at: int
    seq: int
    first: int

    @property
    def position(self) -> tuple[int, int]:
        """Return the position of the last entry in it."""
        return (self.at, self.seq)


class NumberedEntry(NamedTuple):
    """An entry, and the number of the first entry of its segment."""

    entry: PickEntry
    segment: int


class LedgerBase(NamedTuple):
    """A state of an assignment, and all entries after it up to the assignment's `seq`."""

    assignment: Assignment
    state: AssignmentState
    entries: Sequence[NumberedEntry]


_encoder = msgspec.json.Encoder(decimal_format="number")
_refs_decoder = msgspec.json.Decoder(list[SnapshotRef])
_stack_decoder = msgspec.json.Decoder(tuple[list[UndoableEffect], ChunkRef | None])
_chunk_decoder = msgspec.json.Decoder(EffectChunk)


def snapshot_refs(assignment: Assignment) -> list[SnapshotRef]:
    """Return the valid snapshots of an assignment, oldest first."""
    return _refs_decoder.decode(assignment.snapshots) if assignment.snapshots else []


def is_snapshot_due(assignment: Assignment, entries: int) -> bool:
    """Return whether so many further entries make a new snapshot due."""
    refs = snapshot_refs(assignment)
    return assignment.seq + entries >= (refs[-1].first if refs else 1) - 1 + SPACING + MARGIN


def newest_segments(ledger: str) -> Query[LedgerSegment]:
    """Return the query for the segments of a ledger, newest first."""
    return Query(LedgerSegment, ledger, range_condition=LedgerSegment.sk.startswith(f"{EVENTS}#"), newest_first=True)


def read_base(
    assignment: Assignment, new: Sequence[PickEntry], newest: Sequence[LedgerSegment] | None = None
) -> LedgerBase:
    """Return the base of the new entries. `newest` are segments that were read already, without a gap.

    Raise `Unavailable` if the ledger is not complete.
    """
    earliest = min(entry.position for entry in new)
    undos = sum(entry.kind is EntryKind.UNDO for entry in new)
    for ref in reversed(snapshot_refs(assignment)):
        if ref.position <= earliest:
            base = _read(assignment, ref, newest)
            if base is not None:
                _read_chunks(assignment, base, undos)
                return base
            break
    base = _read(assignment, None, newest)
    if base is None:
        raise Unavailable("the ledger ends before the state that was folded from it")
    return base


def fold_from(
    work: UnitOfWork, base: LedgerBase, lines: PickLines, new: Sequence[PickEntry], room: int
) -> tuple[AssignmentState, str | None]:
    """Return the state with new entries, and the list of valid snapshots as stored; stage new snapshots.

    At most `room` items are staged.
    """
    assignment = base.assignment
    first, seq = assignment.seq + 1, assignment.seq + len(new)
    added = [NumberedEntry(entry, first) for entry in new]
    entries = sorted([*base.entries, *added], key=lambda one: one.entry.position)
    earliest = min(entry.position for entry in new)
    refs = [ref for ref in snapshot_refs(assignment) if ref.position <= earliest]
    state, done = base.state, 0
    for cut in _cuts(len(entries)):
        advance(state, lines, [one.entry for one in entries[done:cut]])
        done = cut
        read_from = min(one.segment for one in entries[cut:])
        ref = SnapshotRef(_free_slot(assignment, refs), *state.last, read_from)
        items = 1 + (0 if state.effects is None else state.effects.chunks_to_spill)
        if items <= room:
            room -= items
            refs.append(ref)
            _stage_snapshot(work, assignment, state, ref, f"{first:09d}-{cut}")
    advance(state, lines, [one.entry for one in entries[done:]])
    kept = _thinned(refs, seq)
    return state, _encoder.encode(kept).decode() if kept else None


def read_snapshot(assignment: Assignment, ref: SnapshotRef) -> tuple[AssignmentState, list[UndoableEffect]] | None:
    """Return the state of a snapshot and all of its effects; None if it is missing. For checks of stored data."""
    state = _decoded(get(snapshot_key(assignment.pk, ref.slot)), ref)
    if state is None or state.effects is None:
        return None
    stack, effects = state.effects, list[UndoableEffect]()
    while (missing := stack.missing_chunk(len(stack))) is not None:
        stack.chunks[missing] = _read_chunk(assignment, missing)
    while len(stack):
        effects.append(stack.pop())
    return state, effects[::-1]


def _read(assignment: Assignment, ref: SnapshotRef | None, newest: Sequence[LedgerSegment] | None) -> LedgerBase | None:
    """Return the state and the entries after a snapshot; None if anything is missing."""
    first = 1 if ref is None else ref.first
    has_segments = newest is not None and min((segment.first for segment in newest), default=1) <= first
    reads = [] if has_segments else [partial(_segments_from, assignment.pk, first)]
    snapshots = [] if ref is None else [partial(get, snapshot_key(assignment.pk, ref.slot))]
    found, read = parallel_pair_reads(snapshots, reads)
    state = AssignmentState() if ref is None else _decoded(found[0], ref)
    entries = [
        NumberedEntry(entry, segment.first)
        for segment in (read[0] if read else newest or ())
        for entry in entries_of(segment)
        if first <= entry.seq <= assignment.seq
    ]
    if state is None or len(entries) != assignment.seq - first + 1:
        return None
    after = (0, 0) if ref is None else ref.position
    return LedgerBase(assignment, state, [one for one in entries if one.entry.position > after])


def _segments_from(ledger: str, first: int) -> list[LedgerSegment]:
    within = LedgerSegment.sk.between(segment_key(ledger, first).sk, _LAST_SORT_KEY)
    return list(Query(LedgerSegment, ledger, range_condition=within).all())


def _decoded(snapshot: StateSnapshot | None, ref: SnapshotRef) -> AssignmentState | None:
    """Return the state of a snapshot; None if its slot holds another one."""
    if snapshot is None or (snapshot.at, snapshot.seq, snapshot.first) != (ref.at, ref.seq, ref.first):
        return None
    state = decode_state(snapshot.state)
    top, below = _stack_decoder.decode(snapshot.effects)
    state.effects = EffectStack(top, below)
    return state


def _read_chunks(assignment: Assignment, base: LedgerBase, undos: int) -> None:
    """Read the effects that may be undone after the base."""
    stack = base.state.effects or EffectStack()
    undos += sum(one.entry.kind is EntryKind.UNDO for one in base.entries)
    while (missing := stack.missing_chunk(undos)) is not None:
        stack.chunks[missing] = _read_chunk(assignment, missing)


def _read_chunk(assignment: Assignment, chunk_id: str) -> EffectChunk:
    chunk = get(effect_chunk_key(assignment.pk, chunk_id))
    if chunk is None:
        raise Unavailable("effects that were undone are not stored")
    return _chunk_decoder.decode(chunk.effects)


def _cuts(entries: int) -> list[int]:
    """Return the places among so many entries after the base where snapshots are made, oldest first."""
    distances, distance = list[int](), MARGIN
    while distance <= entries - SPACING:
        distances.append(distance)
        distance *= _GROWTH
    return [entries - distance for distance in reversed(distances)]


def _stage_snapshot(
    work: UnitOfWork, assignment: Assignment, state: AssignmentState, ref: SnapshotRef, name: str
) -> None:
    """Stage a snapshot, with new chunks of effects whose ids begin with `name`."""
    stack = state.effects or EffectStack()
    for chunk_id, chunk in stack.spill(name).items():
        stored = effect_chunk_key(assignment.pk, chunk_id).new(effects=_encoder.encode(chunk).decode())
        work.create(stored, Unavailable(), audited=False)
    snapshot = snapshot_key(assignment.pk, ref.slot).new(
        at=ref.at,
        seq=ref.seq,
        first=ref.first,
        state=encode_state(state),
        effects=_encoder.encode((stack.top, stack.below)).decode(),
    )
    work.create(snapshot, Unavailable(), unless=StateSnapshot.pk.exists(), audited=False)


def _free_slot(assignment: Assignment, refs: Sequence[SnapshotRef]) -> int:
    """Return a slot that holds no valid snapshot, neither stored nor new."""
    used = {ref.slot for ref in (*snapshot_refs(assignment), *refs)}
    return next(slot for slot in range(len(used) + 1) if slot not in used)


def _thinned(refs: Sequence[SnapshotRef], seq: int) -> list[SnapshotRef]:
    """Return the snapshots to keep: the newest, and for each range of distances the oldest."""
    kept: dict[int, SnapshotRef] = {}
    for ref in sorted(refs, key=lambda ref: ref.position, reverse=True):
        distance, band = seq + 1 - ref.first, 0
        while distance >= MARGIN * _GROWTH ** (band + 1):
            band += 1
        kept[band] = ref
    newest = max(refs, key=lambda ref: ref.position, default=None)
    return sorted({*kept.values(), *([newest] if newest else [])}, key=lambda ref: ref.position)
