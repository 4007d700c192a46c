"""The newest part of a ledger: a snapshot, or the beginning, and all entries after it.

Late events, undo and new snapshots are folded from it. A request that writes several transactions keeps it and adds
what it has written, so that it reads the ledger once. Each transaction has the assignment's version as its condition,
so nothing of this is used after another request has written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.core.errors import Unavailable
from chalicelib.core.packed_text import unpack
from chalicelib.core.store import Query, get, parallel_pair_reads
from chalicelib.picking.ledger.effects import ChunkRef, EffectChunk, EffectStack, UndoableEffect
from chalicelib.picking.ledger.entries import decode_state, entries_of
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


class LedgerEnd(NamedTuple):
    """A ledger with its number of entries and its valid snapshots, oldest first, as an assignment was read."""

    ledger: str
    seq: int
    snapshots: Sequence[SnapshotRef]


class LedgerBase(NamedTuple):
    """A state, the entries after it, and how many entries lie between the newest snapshot and the state."""

    state: AssignmentState
    entries: Sequence[NumberedEntry] = ()
    since_snapshot: int = 0


_refs_decoder = msgspec.json.Decoder(list[SnapshotRef])
_stack_decoder = msgspec.json.Decoder(tuple[list[UndoableEffect], ChunkRef | None])
_chunk_decoder = msgspec.json.Decoder(EffectChunk)


@dataclass(slots=True, eq=False)
class LedgerTail:
    """A snapshot of a ledger (None: its beginning), and all entries after it."""

    ledger: str
    snapshot: StateSnapshot | None
    entries: list[NumberedEntry]
    chunks: dict[str, EffectChunk] = field(default_factory=dict)
    """The chunks of effects that were read or made."""

    def comes_before(self, entries: Iterable[PickEntry]) -> bool:
        """Return whether these entries can be folded from its beginning."""
        position = (0, 0) if self.snapshot is None else (self.snapshot.at, self.snapshot.seq)
        return position <= min(entry.position for entry in entries)

    def base(self, new: Iterable[PickEntry]) -> LedgerBase:
        """Return the base of new entries, with the effects that undos may revert."""
        state = AssignmentState() if self.snapshot is None else _decode_snapshot(self.snapshot)
        if state.effects is not None:
            state.effects.chunks = self.chunks
            undos = sum(entry.kind is EntryKind.UNDO for entry in (*(one.entry for one in self.entries), *new))
            read_chunks(self.ledger, state.effects, undos)
        return LedgerBase(state, self.entries)


def ledger_end(assignment: Assignment) -> LedgerEnd:
    """Return the end of an assignment's ledger."""
    return LedgerEnd(assignment.pk, assignment.seq, snapshot_refs(assignment))


def snapshot_refs(assignment: Assignment) -> list[SnapshotRef]:
    """Return the valid snapshots of an assignment, oldest first."""
    return _refs_decoder.decode(assignment.snapshots) if assignment.snapshots else []


def newest_segments(ledger: str) -> Query[LedgerSegment]:
    """Return the query for the segments of a ledger, newest first."""
    return Query(LedgerSegment, ledger, range_condition=LedgerSegment.sk.startswith(f"{EVENTS}#"), newest_first=True)


def read_tail(
    end: LedgerEnd, new: Sequence[PickEntry] = (), newest: Sequence[LedgerSegment] | None = None
) -> LedgerTail:
    """Return the tail of a ledger from the newest snapshot before the new entries, or the newest of all.

    `newest` are segments that were read already, without a gap; they may be older than the end. Raise `Unavailable` if
    the ledger is not complete.
    """
    earliest = min((entry.position for entry in new), default=None)
    usable = [ref for ref in end.snapshots if earliest is None or ref.position <= earliest]
    ref = usable[-1] if usable else None
    if newest is not None and (tail := _read(end, ref, newest)) is not None:
        return tail
    for tail in (_read(end, from_ref, None) for from_ref in ([None] if ref is None else [ref, None])):
        if tail is not None:
            return tail
    raise Unavailable("the ledger ends before the state that was folded from it")


def read_snapshot(ledger: str, ref: SnapshotRef) -> tuple[AssignmentState, list[UndoableEffect]] | None:
    """Return the state of a snapshot and all of its effects; None if it is missing. For checks of stored data."""
    snapshot = get(snapshot_key(ledger, ref.slot))
    state = _decode_snapshot(snapshot) if snapshot is not None and _is_of(ref, snapshot) else None
    if state is None or state.effects is None:
        return None
    read_chunks(ledger, state.effects, len(state.effects))
    effects = [state.effects.pop() for _ in range(len(state.effects))]
    return state, effects[::-1]


def read_chunks(ledger: str, stack: EffectStack, undos: int) -> None:
    """Read the chunks of effects that so many undos may revert."""
    while (missing := stack.missing_chunk(undos)) is not None:
        chunk = get(effect_chunk_key(ledger, missing))
        if chunk is None:
            raise Unavailable("effects that were undone are not stored")
        stack.chunks[missing] = _chunk_decoder.decode(unpack(chunk.effects))


def _read(end: LedgerEnd, ref: SnapshotRef | None, newest: Sequence[LedgerSegment] | None) -> LedgerTail | None:
    """Return the tail from a snapshot on; None if anything is missing."""
    first = 1 if ref is None else ref.first
    has_segments = newest is not None and min((segment.first for segment in newest), default=1) <= first
    reads = [] if has_segments else [partial(_segments, end.ledger, first, end.seq)]
    snapshots = [] if ref is None else [partial(get, snapshot_key(end.ledger, ref.slot))]
    found, read = parallel_pair_reads(snapshots, reads)
    snapshot = found[0] if found else None
    entries = [
        NumberedEntry(entry, segment.first)
        for segment in (read[0] if read else newest or ())
        for entry in entries_of(segment)
        if first <= entry.seq <= end.seq
    ]
    if len(entries) != end.seq - first + 1 or (ref is not None and not _is_of(ref, snapshot)):
        return None
    after = (0, 0) if ref is None else ref.position
    return LedgerTail(end.ledger, snapshot, [one for one in entries if one.entry.position > after])


def _segments(ledger: str, first: int, last: int) -> list[LedgerSegment]:
    """Return the segments that begin with these entries or with one between them."""
    within = LedgerSegment.sk.between(segment_key(ledger, first).sk, segment_key(ledger, last).sk)
    return list(Query(LedgerSegment, ledger, range_condition=within).all())


def _is_of(ref: SnapshotRef, snapshot: StateSnapshot | None) -> bool:
    """Return whether the slot of a snapshot holds it, and not another one."""
    return snapshot is not None and (snapshot.at, snapshot.seq, snapshot.first) == (ref.at, ref.seq, ref.first)


def _decode_snapshot(snapshot: StateSnapshot) -> AssignmentState:
    state = decode_state(snapshot.state)
    state.effects = EffectStack(*_stack_decoder.decode(unpack(snapshot.effects)))
    return state
