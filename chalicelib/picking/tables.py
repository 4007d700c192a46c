"""Assignments, their ledgers and who has what in hand, as they are stored; and the queue by which they are found.

    <org>#ASSIGNMENT#<id>   ASSIGNMENT        where it stands: the fold of its ledger, kept beside it
                            LINES             what is to be picked
                            EVENTS#<seq>      a piece of the ledger: the entries of one transaction, never changed
    <org>#EVENT#<id>        EVENT             that an event was taken; there is one for each, for ever
    <org>#PICKER#<user>     PICKER            what somebody has in hand
                            EVENTS#<seq>      what they did that belongs to no assignment

The lines are an item of their own, because they are long and do not change while the state does with every scan. An
assignment that waits is in the index `queue`, by priority and age; after those that wait come the shared ones that
somebody may still join. All others are in no index.
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.core.clock import to_millis
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    TableName,
    key,
    optional,
)

EVENTS = "EVENTS"
WAITING, JOINABLE = "0", "9"
"""How places in the queue begin: those that wait come before those that can be joined."""


class _Meta:
    table_name = TableName("picking")


class QueueIndex(GlobalSecondaryIndex["Assignment"]):
    """What can be taken by those of one role, the best first."""

    class Meta:
        index_name = "queue"
        projection = AllProjection()

    queue_key = UnicodeAttribute(hash_key=True)
    queue_place = UnicodeAttribute(range_key=True)


class Assignment(Entity):
    """Something to be picked for a customer, and where it stands.

    `state` is the fold of the ledger up to its entry `seq`; what stands beside it is either worked out from it, so that
    people and indexes can see it, or comes from the import and says nothing of the picking.
    """

    class Meta(_Meta):
        pass

    kind = "assignment"
    unaudited = frozenset({"org_id", "state", "queue_key", "queue_place", "updated_at", "created_at"})

    assignment_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    customer = UnicodeAttribute()
    order_label = UnicodeAttribute()
    role = UnicodeAttribute()
    zone = UnicodeAttribute()
    route = UnicodeAttribute()
    priority = IntAttribute()
    quantity = DecimalAttribute()
    locations = IntAttribute()
    pallets = IntAttribute()

    status = UnicodeAttribute()
    seq = IntAttribute()
    units = DecimalAttribute()
    state = UnicodeAttribute()
    released_by = optional(UnicodeAttribute())
    closed_by = optional(UnicodeAttribute())
    close_reason = optional(UnicodeAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    queue_key = optional(UnicodeAttribute())
    queue_place = optional(UnicodeAttribute())
    queue = QueueIndex()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.assignment_id


class PickList(Entity):
    """The lines of an assignment. `lines` is JSON: `[[number, sku, quantity, location, [barcode], pallet]]`."""

    class Meta(_Meta):
        pass

    kind = "pick_list"
    unaudited = frozenset({"lines"})

    assignment_id = UnicodeAttribute()
    lines = UnicodeAttribute()

    @property
    def entity_id(self) -> str:
        """The id of its assignment."""
        return self.assignment_id


class LedgerPiece(Item):
    """Entries that were taken in one transaction: numbers `first` to `first + size - 1`. `entries` is JSON."""

    class Meta(_Meta):
        pass

    kind = "ledger_piece"

    first = IntAttribute()
    size = IntAttribute()
    by = UnicodeAttribute()
    received_at = MomentAttribute()
    entries = UnicodeAttribute()


class TakenEvent(Item):
    """That an event of a client was taken: whose ledger it is in, as which entry. It is never removed."""

    class Meta(_Meta):
        pass

    kind = "taken_event"

    ledger = UnicodeAttribute()
    seq = IntAttribute()


class Picker(Item):
    """What somebody has in hand (rarely more than one), what they had last, and how long their own ledger is."""

    class Meta(_Meta):
        pass

    kind = "picker"

    held = optional(UnicodeSetAttribute())
    last = optional(UnicodeAttribute())
    seq = IntAttribute(default=0)


def assignment_key(org_id: str, assignment_id: str) -> ItemKey[Assignment]:
    """Where an assignment is."""
    return ItemKey(Assignment, key(org_id, "ASSIGNMENT", assignment_id), "ASSIGNMENT")


def lines_key(org_id: str, assignment_id: str) -> ItemKey[PickList]:
    """Where its lines are."""
    return ItemKey(PickList, key(org_id, "ASSIGNMENT", assignment_id), "LINES")


def taken_key(org_id: str, client_event_id: str) -> ItemKey[TakenEvent]:
    """Where it is written that an event was taken."""
    return ItemKey(TakenEvent, key(org_id, "EVENT", client_event_id), "EVENT")


def picker_key(org_id: str, user_id: str) -> ItemKey[Picker]:
    """Where it is written what somebody has in hand."""
    return ItemKey(Picker, key(org_id, "PICKER", user_id), "PICKER")


def piece_key(ledger: str, first: int) -> ItemKey[LedgerPiece]:
    """Where the piece of a ledger (`pk` of an assignment or a picker) that begins with an entry is."""
    return ItemKey(LedgerPiece, ledger, key(EVENTS, f"{first:09d}"))


def queue_key(org_id: str, role: str) -> str:
    """The index key of what can be taken by those of one role."""
    return key(org_id, "QUEUE", role)


def queue_place(kind: str, priority: int, created_at: datetime, assignment_id: str) -> str:
    """Where in the queue: by priority (0 first), then by age."""
    return key(kind, f"{priority:04d}", f"{to_millis(created_at):013d}", assignment_id)
