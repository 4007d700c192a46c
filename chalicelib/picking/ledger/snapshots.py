"""Snapshots of the states of a ledger, from which late events and undo are folded.

A snapshot is the state after all entries up to a position, with the effects that can be undone. What happened before
the newest entry, and what an undo reverts, is folded from the newest snapshot before it. So placing an event reads the
entries after that snapshot, and not the whole ledger.

    base        the newest snapshot that lies before the new entries, or else the beginning of the ledger
    read        the snapshot and the segments from the first one that has entries after it (`tails`)
    fold        those entries and the new ones; on the way, new snapshots at distances of 16, 64, 256, ... entries

A late event makes the snapshots after it invalid. The assignment holds the list of those that are valid, so they change
in the same transaction as its state. Snapshots are kept in a few slots: the farther back, the fewer.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.core.errors import Unavailable
from chalicelib.core.packed_text import pack
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.effects import EffectStack
from chalicelib.picking.ledger.entries import encode_state
from chalicelib.picking.ledger.matching import PickLines
from chalicelib.picking.ledger.rules import advance
from chalicelib.picking.ledger.state import AssignmentState
from chalicelib.picking.ledger.tables import StateSnapshot, effect_chunk_key, snapshot_key
from chalicelib.picking.ledger.tails import LedgerBase, NumberedEntry, SnapshotRef, snapshot_refs
from chalicelib.picking.tables import Assignment

SPACING = 96
"""The number of entries after which a snapshot is due."""
MARGIN = 16
"""The number of newest entries that a snapshot leaves out, so that it still serves events that are a little late."""
_GROWTH = 4

_encoder = msgspec.json.Encoder(decimal_format="number")


def entries_since_snapshot(assignment: Assignment) -> int:
    """Return the number of entries that are read after the newest snapshot."""
    refs = snapshot_refs(assignment)
    return assignment.seq + 1 - (refs[-1].first if refs else 1)


def is_snapshot_due(assignment: Assignment, entries: int) -> bool:
    """Return whether so many further entries make a new snapshot due."""
    return entries_since_snapshot(assignment) + entries >= SPACING + MARGIN


def fold_from(
    work: UnitOfWork,
    assignment: Assignment,
    base: LedgerBase,
    lines: PickLines,
    new: Sequence[NumberedEntry],
    *,
    room: int,
) -> tuple[AssignmentState, str | None]:
    """Return the state with new entries, and the list of valid snapshots as stored; stage new snapshots.

    At most `room` items are staged.
    """
    entries = sorted([*base.entries, *new], key=lambda one: one.entry.position)
    earliest = min(one.entry.position for one in new)
    refs = [ref for ref in snapshot_refs(assignment) if ref.position <= earliest]
    state, done = base.state, 0
    for cut in _cuts(len(entries), base.since_snapshot):
        advance(state, lines, [one.entry for one in entries[done:cut]])
        done = cut
        read_from = min(one.segment for one in entries[cut:])
        ref = SnapshotRef(_free_slot(assignment, refs), *state.last, read_from)
        items = 1 + (0 if state.effects is None else state.effects.chunks_to_spill)
        if items <= room:
            room -= items
            refs.append(ref)
            _stage_snapshot(work, assignment, state, ref, f"{assignment.seq + 1:09d}-{cut}")
    advance(state, lines, [one.entry for one in entries[done:]])
    kept = _thinned(refs, assignment.seq + len(new))
    return state, _encoder.encode(kept).decode() if kept else None


def _cuts(entries: int, since_snapshot: int) -> list[int]:
    """Return the places among so many entries after the base where snapshots are made, oldest first."""
    distances, distance = list[int](), MARGIN
    while distance <= min(entries, since_snapshot + entries - SPACING):
        distances.append(distance)
        distance *= _GROWTH
    return [entries - distance for distance in reversed(distances)]


def _stage_snapshot(
    work: UnitOfWork, assignment: Assignment, state: AssignmentState, ref: SnapshotRef, name: str
) -> None:
    """Stage a snapshot, with new chunks of effects whose ids begin with `name`."""
    stack = state.effects or EffectStack()
    for chunk_id, chunk in stack.spill(name).items():
        stored = effect_chunk_key(assignment.pk, chunk_id).new(effects=pack(_encoder.encode(chunk).decode()))
        work.create(stored, Unavailable(), audited=False)
    snapshot = snapshot_key(assignment.pk, ref.slot).new(
        at=ref.at,
        seq=ref.seq,
        first=ref.first,
        state=encode_state(state),
        effects=pack(_encoder.encode((stack.top, stack.below)).decode()),
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
