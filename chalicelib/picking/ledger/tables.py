"""The items of ledgers: segments, snapshots, and the records of events. The keys are those of the table of picking."""

from datetime import date, datetime, timedelta

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection

from chalicelib.core.clock import to_millis
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)

EVENTS = "EVENTS"
OPEN, ACCEPTED, DISMISSED = "open", "accepted", "dismissed"
"""The statuses of rejected events."""


class LedgerSegment(Item):
    """The ledger entries of one transaction: numbers `first` to `first + size - 1`. `entries` is packed JSON."""

    Meta = stored_in("picking")
    kind = "ledger_segment"

    first = IntAttribute()
    size = IntAttribute()
    by = UnicodeAttribute()
    received_at = MomentAttribute()
    entries = UnicodeAttribute()


class StateSnapshot(Item):
    """The state of an assignment after the entries up to the position (`at`, `seq`); the ledger goes on from `first`.

    `effects` are those that can be undone: the newest ones, and the chunk with those below.
    """

    Meta = stored_in("picking")
    kind = "state_snapshot"

    at = IntAttribute()
    seq = IntAttribute()
    first = IntAttribute()
    state = UnicodeAttribute()
    effects = UnicodeAttribute()


class StoredEffects(Item):
    """Effects that can be undone, which snapshots share (packed JSON)."""

    Meta = stored_in("picking")
    kind = "stored_effects"

    effects = UnicodeAttribute()


class EventRecord(Entity):
    """What became of a client's event, by its id. Never deleted.

    An ingested event has its `ledger` and the number of its entry. A rejected one has the newest try and a `status`: it
    is `open` until a supervisor has decided or a later try is ingested. Events that were never rejected have no status.
    """

    Meta = stored_in("picking")
    kind = "picking_event"
    unaudited = frozenset({"org_id", "ledger", "seq", "event", "desk_key", "desk_place"})

    ledger = optional(UnicodeAttribute())
    seq = optional(IntAttribute())

    org_id = optional(UnicodeAttribute())
    status = optional(UnicodeAttribute())
    reason = optional(UnicodeAttribute())
    event = optional(UnicodeAttribute())
    """The event as it was sent (JSON)."""
    sent_by = optional(UnicodeAttribute())
    sender_name = optional(UnicodeAttribute())
    received_at = optional(MomentAttribute())
    decided_by = optional(UnicodeAttribute())
    decided_at = optional(MomentAttribute())
    note = optional(UnicodeAttribute())
    desk_key = optional(UnicodeAttribute())
    desk_place = optional(UnicodeAttribute())
    desk = index(AllProjection(), desk_key=UnicodeAttribute, desk_place=UnicodeAttribute)
    """The rejected events of an organisation in one status, in the order of their first arrival."""

    @property
    def is_settled(self) -> bool:
        """Return whether the client may forget the event: it was ingested, or its rejection was dismissed."""
        return self.ledger is not None or self.status == DISMISSED


class IngestedEvent(Entity):
    """An `EventRecord` of an event that is ingested by its first try: only what is stored of it.

    There is one for each event, and making an item costs time for each attribute that its model has.
    """

    Meta = stored_in("picking")
    kind = "picking_event"

    ledger = UnicodeAttribute()
    seq = IntAttribute()


class ShortRecord(Item):
    """A line that was closed short, as supervisors list it."""

    Meta = stored_in("picking")
    kind = "short_line"

    assignment_id = UnicodeAttribute()
    customer = UnicodeAttribute()
    order_label = UnicodeAttribute()
    zone = UnicodeAttribute()
    line_number = IntAttribute()
    sku = UnicodeAttribute()
    location = UnicodeAttribute()
    quantity = DecimalAttribute()
    picked = DecimalAttribute()
    reason = UnicodeAttribute()
    user_id = UnicodeAttribute()
    user_name = UnicodeAttribute()
    at = MomentAttribute()
    desk_key = UnicodeAttribute()
    desk_place = UnicodeAttribute()
    desk = index(AllProjection(), desk_key=UnicodeAttribute, desk_place=UnicodeAttribute)
    """The short lines of an organisation, in the order of time."""


class DayTotal(Item):
    """The work of one person on one day, in one zone, on assignments for one role."""

    Meta = stored_in("picking")
    kind = "pick_day_total"

    day = UnicodeAttribute()
    user_id = UnicodeAttribute()
    zone = UnicodeAttribute()
    role = UnicodeAttribute()
    user_name = optional(UnicodeAttribute())
    units = DecimalAttribute()
    worked = IntAttribute()
    """Milliseconds."""
    unmatched = IntAttribute()
    """The scans that no line has."""


def day_total_key(org_id: str, day: str, user_id: str, zone: str, role: str) -> ItemKey[DayTotal]:
    """Return the key of the total of a day; those of a week are in one partition."""
    return ItemKey(DayTotal, week_of_totals(org_id, date.fromisoformat(day)), key(day, user_id, zone, role))


def week_of_totals(org_id: str, day: date) -> str:
    """Return the partition of the totals of a day's week."""
    return key(org_id, "DAYS", (day - timedelta(days=day.weekday())).isoformat())


def short_record_key(ledger: str, line_number: int) -> ItemKey[ShortRecord]:
    """Return the key of a short line of an assignment."""
    return ItemKey(ShortRecord, ledger, key("SHORT", f"{line_number:06d}"))


def shorts_key(org_id: str) -> str:
    """Return the index key of the short lines of an organisation."""
    return key(org_id, "SHORTS")


def short_place(at: datetime, assignment_id: str, line_number: int) -> str:
    """Return the place of a short line in its list."""
    return key(f"{to_millis(at):013d}", assignment_id, f"{line_number:06d}")


def event_record_key(org_id: str, client_event_id: str) -> ItemKey[EventRecord]:
    """Return the key of the record of a client's event; its id is the same in lower and upper case."""
    return ItemKey(EventRecord, key(org_id, "EVENT", client_event_id.lower()), "EVENT")


def ingested_event(org_id: str, client_event_id: str, ledger: str, seq: int) -> IngestedEvent:
    """Return the new record of an event that is the entry `seq` of a ledger."""
    key_of = event_record_key(org_id, client_event_id)
    return IngestedEvent(key_of.pk, key_of.sk, ledger=ledger, seq=seq)


def rejected_events_key(org_id: str, status: str) -> str:
    """Return the index key of the rejected events in one status."""
    return key(org_id, "REJECTED", status)


def rejected_event_place(received_at: datetime, client_event_id: str) -> str:
    """Return the place of a rejected event in its list."""
    return key(f"{to_millis(received_at):013d}", client_event_id)


def segment_key(ledger: str, first: int) -> ItemKey[LedgerSegment]:
    """Return the key of a segment by its first entry; `ledger` is the `pk` of an assignment or a picker."""
    return ItemKey(LedgerSegment, ledger, key(EVENTS, f"{first:09d}"))


def snapshot_key(ledger: str, slot: int) -> ItemKey[StateSnapshot]:
    """Return the key of a slot for snapshots."""
    return ItemKey(StateSnapshot, ledger, key("SNAPSHOT", slot))


def effect_chunk_key(ledger: str, chunk_id: str) -> ItemKey[StoredEffects]:
    """Return the key of a chunk of effects."""
    return ItemKey(StoredEffects, ledger, key("EFFECTS", chunk_id))
