"""The ledger and the state in their stored forms.

An entry is kept as it was sent (its id, type, times and device, the raw scan) and as it was understood (where it stands
in the order of what happened, what the label says). Entries of one transaction make one piece: a batch of a hundred
events is then two items and not a hundred, and is read again as cheaply. That an event was taken is an item of its own,
because ids are unique in a company and not only on an assignment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from chalicelib.core.store import Query
from chalicelib.core.table import SEPARATOR
from chalicelib.picking.intake import KINDS, Sent
from chalicelib.picking.log_lines import LogLine
from chalicelib.picking.matching import Line, Lines, Reading
from chalicelib.picking.state import Entry, Kind, Person, State
from chalicelib.picking.tables import EVENTS, LedgerPiece, piece_key

OWN_TYPES = {kind.value: kind for kind in (Kind.CLAIMED, Kind.RELEASED, Kind.CLOSED)}
"""What Baton itself writes into a ledger."""


class Scan(msgspec.Struct, frozen=True, array_like=True):
    """A scan: what came from the scanner, what the label says if that is another thing, and the device's `at`."""

    raw: str
    codes: tuple[str, ...] | None
    amount: int
    at: int | None


class Note(msgspec.Struct, frozen=True, array_like=True):
    """One entry as it is stored. `at` is its place in time, `created_at` what the device's clock said."""

    event_id: str | None
    event_type: str
    at: int
    created_at: int
    device_id: str | None = None
    order_id: str | None = None
    scan: Scan | None = None
    people: tuple[str, ...] = ()
    text: str = ""

    def entry(self, seq: int, by: str) -> Entry:
        """As the rules know it."""
        kind = KINDS.get(self.event_type) or OWN_TYPES[self.event_type]
        if self.scan is None:
            return Entry(seq, self.at, kind, by, people=self.people, text=self.text)
        return Entry(seq, self.at, kind, by, self.scan.codes or (self.scan.raw,), self.scan.amount)


class StoredState(msgspec.Struct, omit_defaults=True):
    """A state as it is stored, under the same names."""

    last: tuple[int, int]
    holders: dict[str, int] = {}
    people: dict[str, Person] = {}
    picked: dict[int, Decimal] = {}
    wraps: int = 0
    delays: int = 0
    breaks: int = 0
    unwrapped: bool = False
    shared: bool = False
    closed: bool = False
    started_at: int | None = None
    ended_at: int | None = None
    log: list[LogLine] = []


_json = msgspec.json.Encoder(decimal_format="number")
_notes = msgspec.json.Decoder(list[Note])
_states = msgspec.json.Decoder(StoredState)
_lines = msgspec.json.Decoder(list[Line])


def note_of(sent: Sent, reading: Reading | None, at: int) -> Note:
    """The entry of an event that is taken."""
    scan = None
    if reading is not None:
        codes = None if reading.codes == (sent.raw,) else reading.codes
        scan = Scan(sent.raw, codes, reading.amount, sent.scanned_at)
    return Note(sent.event_id, sent.event_type, at, sent.created_at, sent.device_id, sent.order_id, scan)


def own_note(kind: Kind, at: int, *, device_id: str | None = None, people: Sequence[str] = (), text: str = "") -> Note:
    """An entry that Baton writes itself."""
    return Note(None, kind.value, at, at, device_id, people=tuple(people), text=text)


def size_of(note: Note) -> int:
    """Bytes that an entry adds to its piece."""
    return len(_json.encode(note))


def piece_of(ledger: str, first: int, by: str, received_at: datetime, notes: Sequence[Note]) -> LedgerPiece:
    """The entries of one transaction as one item."""
    where = piece_key(ledger, first)
    entries = _json.encode(notes).decode()
    return LedgerPiece(
        where.pk, where.sk, first=first, size=len(notes), by=by, received_at=received_at, entries=entries
    )


def notes_in(piece: LedgerPiece) -> list[Note]:
    """The entries of a piece."""
    return _notes.decode(piece.entries)


def entries_in(piece: LedgerPiece) -> list[Entry]:
    """The entries of a piece as the rules know them."""
    return [note.entry(seq, piece.by) for seq, note in enumerate(notes_in(piece), piece.first)]


def pieces(ledger: str) -> Query[LedgerPiece]:
    """All pieces of a ledger, oldest first."""
    return Query(LedgerPiece, ledger, range_condition=LedgerPiece.sk.startswith(EVENTS + SEPARATOR))


def read_ledger(ledger: str) -> list[Entry]:
    """All entries of a ledger, in the order in which they arrived."""
    return [entry for piece in pieces(ledger).all() for entry in entries_in(piece)]


def encode_state(state: State) -> str:
    """A state as it is stored."""
    return _json.encode(stored_form(state)).decode()


def stored_form(state: State) -> StoredState:
    """The values of a state that are stored."""
    return StoredState(**{name: getattr(state, name) for name in StoredState.__struct_fields__})


def decode_state(text: str) -> State:
    """A state that was stored; what could be undone is not known any more."""
    stored, state = _states.decode(text), State()
    for name in StoredState.__struct_fields__:
        setattr(state, name, getattr(stored, name))
    state.effects = None if stored.last[1] else []
    return state


def encode_lines(lines: Sequence[Line]) -> str:
    """The lines of an assignment as they are stored."""
    return _json.encode(sorted(lines)).decode()


def decode_lines(text: str) -> Lines:
    """Lines that were stored."""
    return Lines(_lines.decode(text))
