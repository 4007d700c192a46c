"""Folding ledgers anew and holding what is stored against them: the proof that no projection says anything else.

For an assignment that is its state and all that is worked out from it; that its ledger has no gap; that each entry of a
client's has the item which makes it count once; and that it is in the hands of exactly those who hold it. Nothing of
this is needed to run: it is how an operator finds out after an accident, and puts right what can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound
from chalicelib.core.store import ItemKey, get, get_many, parallel
from chalicelib.core.work import UnitOfWork
from chalicelib.picking import ledger
from chalicelib.picking.book import derived, in_hands
from chalicelib.picking.ledger import Note
from chalicelib.picking.rules import fold
from chalicelib.picking.state import State
from chalicelib.picking.tables import (
    Assignment,
    LedgerPiece,
    PickList,
    assignment_key,
    lines_key,
    picker_key,
    taken_key,
)

_AT_ONCE = 100
_SHOWN = 60
_READS = 3


class Rebuilt(msgspec.Struct):
    """An assignment as it is stored, the state that its ledger says, and where the two differ, in words."""

    assignment: Assignment
    state: State | None
    """None if the ledger is not whole: what is stored was folded from more, and nothing can be held against it."""
    differences: list[str]
    """What can be put right from the ledger."""
    gaps: list[str]
    """What cannot: something is missing in the ledger or beside it."""


def rebuild(org_id: str, assignment_id: str, clock: Clock) -> Rebuilt:
    """Fold one assignment anew and compare. Raises `NotFound`.

    While people work on it, it may move on between two reads; then it is read again.
    """
    for _ in range(_READS - 1):
        rebuilt = _rebuild(org_id, assignment_id, clock)
        if not rebuilt.differences and not rebuilt.gaps:
            return rebuilt
    return _rebuild(org_id, assignment_id, clock)


def put_right(work: UnitOfWork, org_id: str, assignment_id: str, clock: Clock) -> bool:
    """Stage what the ledger says in place of what is stored, both as they are now. Raises `NotFound`.

    The version holds it to the moment: if people go on meanwhile, it is called again and folds what they did as well.
    False if the ledger is not whole, or moved on each time between the two reads; then nothing is staged.
    """
    for _ in range(_READS):
        rebuilt = _rebuild(org_id, assignment_id, clock)
        one = rebuilt.assignment
        if rebuilt.state is not None:
            work.audit(Assignment.kind, one.assignment_id, "ASSIGNMENT_REBUILT")
            work.update(one, derived(one, rebuilt.state))
            return True
    return False


def own_gaps(org_id: str, user_id: str, clock: Clock) -> list[str]:
    """What is missing in the ledger of what somebody did outside of assignments."""
    picker = get(picker_key(org_id, user_id))
    where = picker_key(org_id, user_id).pk
    pieces = list(ledger.pieces(where).all())
    return list(_holes(pieces, picker.seq if picker else 0)) or list(_untaken(org_id, pieces, clock))


def _rebuild(org_id: str, assignment_id: str, clock: Clock) -> Rebuilt:
    where, lines_at = assignment_key(org_id, assignment_id), lines_key(org_id, assignment_id)
    found = get_many([where, lines_at], clock)
    assignment, lines = found.get(where), found.get(lines_at)
    if assignment is None:
        raise NotFound(f"There is no assignment {assignment_id}.")
    pieces = list(ledger.pieces(where.pk).all())
    missing = [*_holes(pieces, assignment.seq), *_unlisted(lines)]
    if missing or lines is None:
        return Rebuilt(assignment, None, [], missing)
    state = fold(ledger.decode_lines(lines.lines), [entry for one in pieces for entry in ledger.entries_in(one)])
    beside = [*_untaken(org_id, pieces, clock), *_strangers(org_id, assignment_id, state, clock)]
    return Rebuilt(assignment, state, list(_differences(assignment, state)), beside)


def _differences(assignment: Assignment, state: State) -> Iterator[str]:
    try:
        stored = ledger.decode_state(assignment.state)
    except msgspec.MsgspecError:
        yield f"state is stored as {assignment.state[:_SHOWN]!r}, which cannot be read"
    else:
        for name, value in msgspec.structs.asdict(ledger.stored_form(state)).items():
            yield from _differing(name, getattr(stored, name), value)
    for name, value in derived(assignment, state).items():
        if name != "state":
            yield from _differing(name, getattr(assignment, name), value)


def _differing(name: str, stored: object, folded: object) -> Iterator[str]:
    if stored != folded:
        yield f"{name} is stored as {stored!r}, the ledger says {folded!r}"


def _holes(pieces: Iterable[LedgerPiece], seq: int) -> Iterator[str]:
    """Entries that are missing between the first and the `seq`th."""
    wanted = 1
    for piece in pieces:
        try:
            whole = len(ledger.notes_in(piece)) == piece.size
        except msgspec.MsgspecError:
            yield f"the entries from {piece.first} on cannot be read"
        else:
            if piece.first != wanted or not whole:
                yield f"the ledger has a gap before entry {piece.first}"
        wanted = piece.first + piece.size
    if wanted != seq + 1:
        yield f"the ledger ends with entry {wanted - 1} and {seq} were written"


def _unlisted(lines: PickList | None) -> Iterator[str]:
    """What prevents the lines from being known."""
    try:
        if lines is None:
            yield "its lines are missing"
        else:
            ledger.decode_lines(lines.lines)
    except msgspec.MsgspecError:
        yield "its lines cannot be read"


def _untaken(org_id: str, pieces: Iterable[LedgerPiece], clock: Clock) -> Iterator[str]:
    """Entries that would be taken a second time if they came again."""
    numbered: list[tuple[LedgerPiece, int, Note]] = [
        (piece, seq, note) for piece in pieces for seq, note in enumerate(ledger.notes_in(piece), piece.first)
    ]
    sent = [(piece, seq, taken_key(org_id, note.event_id)) for piece, seq, note in numbered if note.event_id]
    keys: Sequence[ItemKey[Any]] = [key for _, _, key in sent]
    calls = [partial(get_many, keys[at : at + _AT_ONCE], clock) for at in range(0, len(keys), _AT_ONCE)]
    found = parallel(calls)
    for number, (piece, seq, key) in enumerate(sent):
        taken = found[number // _AT_ONCE].get(key)
        if taken is None or (taken.ledger, taken.seq) != (piece.pk, seq):
            yield f"entry {seq} is not known as taken"


def _strangers(org_id: str, assignment_id: str, state: State, clock: Clock) -> Iterator[str]:
    """People whose hands say something else than the assignment."""
    keys = {who: picker_key(org_id, who) for who in state.people}
    found = get_many(keys.values(), clock)
    for who, key in keys.items():
        picker = found.get(key)
        held = assignment_id in ((picker.held or ()) if picker else ())
        if held != (who in in_hands(state)):
            yield f"it is {'' if held else 'not '}in the hands of {who}"
