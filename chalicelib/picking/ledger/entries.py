"""The stored forms of ledger entries, lines and states.

An entry is stored as it was sent (id, type, times, device, raw scan) and as it was understood (its time in the ledger,
the codes of the label). The entries of one transaction are one segment, so a batch of a hundred events adds one item of
entries instead of a hundred, and is as cheap to read. The record that an event was ingested is an item of its own,
because event ids are unique in an organisation, not only in an assignment.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from chalicelib.core.packed_text import pack, unpack
from chalicelib.core.store import Query
from chalicelib.core.table import SEPARATOR
from chalicelib.picking.ledger.effects import EffectStack, PickerProgress
from chalicelib.picking.ledger.event_parsing import EVENT_KINDS, ParsedEvent
from chalicelib.picking.ledger.holds import HoldingTime
from chalicelib.picking.ledger.log_lines import LogLine
from chalicelib.picking.ledger.matching import PickLine, PickLines, Reading
from chalicelib.picking.ledger.state import AssignmentState, DayCount, EntryKind, PickEntry, ShortLine
from chalicelib.picking.ledger.tables import EVENTS, LedgerSegment, segment_key

SYSTEM_KINDS = {kind.value: kind for kind in EntryKind if kind not in EVENT_KINDS.values()}
"""The kinds of entries that use cases write, by their stored type."""


class StoredScan(msgspec.Struct, frozen=True, array_like=True):
    """A scan: the raw string, the codes of the label where they differ from it, and the device's `at`."""

    raw: str
    codes: tuple[str, ...] | None
    amount: Decimal
    at: int | None
    is_place: bool = False
    """Whether it names a location. Earlier versions counted locations as goods; their entries do not say it."""
    unit: str | None = None


class StoredEntry(msgspec.Struct, frozen=True, array_like=True):
    """An entry as stored. `at` is its time in the ledger, `created_at` that of the device's clock."""

    event_id: str | None
    event_type: str
    at: int
    created_at: int
    device_id: str | None = None
    order_id: str | None = None
    scan: StoredScan | None = None
    people: tuple[str, ...] = ()
    text: str = ""
    short: tuple[int, Decimal | None] | None = None
    """The number of a line that is closed short, and what was picked of it in all."""
    time_zone: str | None = None
    """Of an entry that may begin the work: the time zone of the organisation."""

    def entry(self, seq: int, user_id: str) -> PickEntry:
        """Return the entry for the rules."""
        kind = EVENT_KINDS.get(self.event_type) or SYSTEM_KINDS[self.event_type]
        if self.scan is None:
            entry = PickEntry(seq, self.at, kind, user_id, people=self.people, text=self.text, time_zone=self.time_zone)
            return entry if self.short is None else entry._replace(line_number=self.short[0], quantity=self.short[1])
        codes = self.scan.codes or (self.scan.raw,)
        read = Reading(codes, self.scan.amount, self.scan.is_place, self.scan.unit)
        return PickEntry(seq, self.at, kind, user_id, **read._asdict(), text=self.text, time_zone=self.time_zone)


class StoredState(msgspec.Struct, omit_defaults=True):
    """A state as stored, with the attributes of `AssignmentState`."""

    last: tuple[int, int]
    holders: dict[str, int] = {}
    ended_holds: list[HoldingTime] = []
    people: dict[str, PickerProgress] = {}
    picked: dict[int, Decimal] = {}
    counted_units: set[str] = set()
    labels: dict[str, str] = {}
    shorts: dict[int, ShortLine] = {}
    wraps: int = 0
    delays: int = 0
    breaks: int = 0
    unwrapped: bool = False
    shared: bool = False
    closed: bool = False
    started_at: int | None = None
    ended_at: int | None = None
    log: list[LogLine] = []
    time_zone: str | None = None
    days: dict[str, dict[str, DayCount]] = {}
    seen: dict[str, int] = {}


_encoder = msgspec.json.Encoder(decimal_format="number")
_entries_decoder = msgspec.json.Decoder(list[StoredEntry])
_state_decoder = msgspec.json.Decoder(StoredState)
_lines_decoder = msgspec.json.Decoder(list[PickLine])


def event_entry(
    event: ParsedEvent, reading: Reading | None, at: int, text: str = "", time_zone: str | None = None
) -> StoredEntry:
    """Return the entry of an accepted event; `text` is the sender's name if a supervisor accepted it."""
    scan = None
    if reading is not None:
        codes = None if reading.codes == (event.raw,) else reading.codes
        scan = StoredScan(event.raw, codes, reading.amount, event.scanned_at, reading.is_place, reading.unit)
    sent = (event.event_type, at, event.created_at, event.device_id, event.order_id)
    return StoredEntry(event.event_id, *sent, scan, text=text, time_zone=time_zone)


def system_entry(
    kind: EntryKind,
    at: int,
    *,
    device_id: str | None = None,
    people: Sequence[str] = (),
    text: str = "",
    time_zone: str | None = None,
) -> StoredEntry:
    """Return an entry that a use case writes."""
    return StoredEntry(None, kind.value, at, at, device_id, people=tuple(people), text=text, time_zone=time_zone)


def short_entry(
    at: int, line_number: int, quantity: Decimal | None, *, name: str, reason: str, time_zone: str
) -> StoredEntry:
    """Return the entry of a line that is closed short."""
    kind, short = EntryKind.SHORT.value, (line_number, quantity)
    return StoredEntry(None, kind, at, at, people=(name,), text=reason, short=short, time_zone=time_zone)


def encoded_size(entry: StoredEntry) -> int:
    """Return the number of bytes that an entry adds to its segment."""
    return len(_encoder.encode(entry))


def new_segment(
    ledger: str, first: int, user_id: str, received_at: datetime, entries: Sequence[StoredEntry]
) -> LedgerSegment:
    """Return the segment of one transaction's entries."""
    return segment_key(ledger, first).new(
        first=first,
        size=len(entries),
        by=user_id,
        received_at=received_at,
        entries=pack(_encoder.encode(entries).decode()),
    )


def stored_entries(segment: LedgerSegment) -> list[StoredEntry]:
    """Return the entries of a segment as stored."""
    return _entries_decoder.decode(unpack(segment.entries))


def entries_of(segment: LedgerSegment) -> list[PickEntry]:
    """Return the entries of a segment for the rules."""
    return [entry.entry(seq, segment.by) for seq, entry in enumerate(stored_entries(segment), segment.first)]


def ledger_segments(ledger: str) -> Query[LedgerSegment]:
    """Return the query for all segments of a ledger, oldest first."""
    return Query(LedgerSegment, ledger, range_condition=LedgerSegment.sk.startswith(EVENTS + SEPARATOR))


def read_ledger(ledger: str) -> list[PickEntry]:
    """Return all entries of a ledger, in the order of arrival."""
    return [entry for segment in ledger_segments(ledger).all() for entry in entries_of(segment)]


def encode_state(state: AssignmentState) -> str:
    """Return a state as stored text."""
    return pack(_encoder.encode(stored_state(state)).decode())


def stored_state(state: AssignmentState) -> StoredState:
    """Return the values of a state that are stored."""
    return StoredState(**{name: getattr(state, name) for name in StoredState.__struct_fields__})


def decode_state(text: str) -> AssignmentState:
    """Return a stored state; its effects are not known unless it is empty."""
    stored, state = _state_decoder.decode(unpack(text)), AssignmentState()
    for name in StoredState.__struct_fields__:
        setattr(state, name, getattr(stored, name))
    state.effects = None if stored.last[1] else EffectStack()
    return state


def encode_lines(lines: Sequence[PickLine]) -> str:
    """Return lines as stored text."""
    return _encoder.encode(sorted(lines)).decode()


def decode_lines(text: str) -> PickLines:
    """Return stored lines."""
    return PickLines(_lines_decoder.decode(text))
