"""Rides, checklists, work orders and what belongs to them, as they are stored, and the indexes by which they are found.

A work order is found by its id, in the lists of its technician, its game zone and its organisation (each once with all
that is open and once by state, soonest due first), and in the shards of due notices. Its events lie beside it, under
its own key.

Two things change without touching the order's `version`, because neither is an edit that an app has to have seen
before it may say "done": its photos and the notices of its due date.

    Photos: the order counts them, `completion_photos` and `issue_photos`. Whoever adds one raises the count in the same
    transaction, by an amendment guarded by the order's state (`state <> DONE`); whoever takes one away lowers it,
    guarded by the state and by the count being above zero. The done gate is a condition on the order itself,
    `completion_photos >= 1`, in the transaction that makes it DONE. So both orders of events are safe: either the photo
    is gone first and the gate does not hold, or the order is DONE first and the photo can no longer be taken away.

    Due notices: `notice_at` is the moment of the next one that has not been told (first `due_at` less the hours of the
    organisation's settings, then `due_at`, then none). An order is in a shard only while a technician has it in hand;
    `notice_at` stays with the order, so each is told once, whoever has the order then. Whoever tells it moves
    `notice_at` on, guarded by the value that was read.

The price of many lists is paid when an order changes state: each list is a write. Repairs are few and looked at often.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, IntAttribute, Item, MomentAttribute, TableName, key, optional
from chalicelib.maintenance.rules import MINE, ON_HAND, OPEN, ChecklistStatus, State

NOTICE_SHARDS = 8


class _Meta:
    table_name = TableName("maintenance")


class Ride(Entity):
    """Something that people ride in, and the game zone that it stands in."""

    class Meta(_Meta):
        pass

    kind = "ride"

    code = UnicodeAttribute()
    name = UnicodeAttribute()
    game_zone = UnicodeAttribute()


class ItemsAttribute(JSONAttribute):
    """The items of a checklist as JSON in UTF-8; escaped, most scripts would take two or three times the room."""

    def serialize(self, value: Any) -> str:
        """As the store writes it."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Checklist(Entity):
    """A checklist of a ride. `items` is `[{item_ref, text, note}]`, `open_orders` the ids of open work orders.

    The set of open orders is the guarded count on which release depends. It and `status` change by amendments, without
    touching `version`; `routed` counts all orders there ever were, for their codes.
    """

    class Meta(_Meta):
        pass

    kind = "checklist"
    unaudited = frozenset({"open_orders"})

    checklist_ref = UnicodeAttribute()
    name = UnicodeAttribute()
    ride_code = UnicodeAttribute()
    items = ItemsAttribute()
    status = UnicodeAttribute(default=ChecklistStatus.OPEN.value)
    open_orders = optional(UnicodeSetAttribute())
    routed = IntAttribute(default=0)


_LISTED = IncludeProjection(
    [
        "order_id",
        "code",
        "state",
        "priority",
        "game_zone",
        "ride_code",
        "ride_name",
        "checklist_ref",
        "checklist_name",
        "item_text",
        "issue_photos",
        "technician_id",
        "technician_name",
        "assigned_by_id",
        "assigned_by_name",
        "due_at",
        "created_at",
        "closed_at",
        "version",
    ]
)
"""What lists show of an order. The indexes of a table may name a hundred attributes between them."""


class MineOpen(GlobalSecondaryIndex["WorkOrder"]):
    """The open orders of a technician in one game zone.

    It is the one with the fewest orders, so it holds them whole: with what lists show, the table would name 112.
    """

    class Meta:
        index_name = "mine_open"
        projection = AllProjection()

    mine_key = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True)


class MineByState(GlobalSecondaryIndex["WorkOrder"]):
    """The orders of a technician in one game zone, by state."""

    class Meta:
        index_name = "mine_by_state"
        projection = _LISTED

    mine_state_key = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True)


class ZoneOpen(GlobalSecondaryIndex["WorkOrder"]):
    """The open orders of a game zone."""

    class Meta:
        index_name = "zone_open"
        projection = _LISTED

    zone_key = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True)


class ZoneByState(GlobalSecondaryIndex["WorkOrder"]):
    """The orders of a game zone, by state."""

    class Meta:
        index_name = "zone_by_state"
        projection = _LISTED

    zone_state_key = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True)


class OrgOpen(GlobalSecondaryIndex["WorkOrder"]):
    """The open orders of an organisation."""

    class Meta:
        index_name = "org_open"
        projection = _LISTED

    org_key = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True)


class OrgByState(GlobalSecondaryIndex["WorkOrder"]):
    """The orders of an organisation, by state."""

    class Meta:
        index_name = "org_by_state"
        projection = _LISTED

    org_state_key = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True)


class NoticesDue(GlobalSecondaryIndex["WorkOrder"]):
    """Orders in somebody's hands by the moment of their next notice, in shards since all organisations share them."""

    class Meta:
        index_name = "notices_due"
        projection = IncludeProjection(["org_id", "order_id"])

    notice_shard = UnicodeAttribute(hash_key=True)
    notice_at = MomentAttribute(range_key=True)


class WorkOrder(Entity):
    """A repair. What is shown of ride, checklist, item and people is copied, as it was when it happened.

    `technician_id` is whose it is: a returned order keeps the technician who gave it back until somebody else gets it.
    """

    class Meta(_Meta):
        pass

    kind = "work_order"
    unaudited = frozenset(
        {
            "org_id",
            "mine_key",
            "mine_state_key",
            "zone_key",
            "zone_state_key",
            "org_key",
            "org_state_key",
            "notice_shard",
            "notice_at",
            "updated_at",
        }
    )

    order_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    code = UnicodeAttribute()
    state = UnicodeAttribute()
    priority = UnicodeAttribute()
    game_zone = UnicodeAttribute()
    ride_code = UnicodeAttribute()
    ride_name = UnicodeAttribute()
    checklist_ref = UnicodeAttribute()
    checklist_name = UnicodeAttribute()
    item_ref = UnicodeAttribute()
    item_text = UnicodeAttribute()
    item_note = optional(UnicodeAttribute())
    instructions = optional(UnicodeAttribute())
    technician_id = optional(UnicodeAttribute())
    technician_name = optional(UnicodeAttribute())
    routed_by_id = UnicodeAttribute()
    routed_by_name = UnicodeAttribute()
    assigned_by_id = optional(UnicodeAttribute())
    assigned_by_name = optional(UnicodeAttribute())
    assigned_at = optional(MomentAttribute())
    started_at = optional(MomentAttribute())
    returned_by_id = optional(UnicodeAttribute())
    returned_by_name = optional(UnicodeAttribute())
    return_reason = optional(UnicodeAttribute())
    vendor = optional(UnicodeAttribute())
    fix_note = optional(UnicodeAttribute())
    closed_at = optional(MomentAttribute())
    completion_photos = IntAttribute(default=0)
    issue_photos = IntAttribute(default=0)
    due_at = MomentAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    mine_key = optional(UnicodeAttribute())
    mine_state_key = optional(UnicodeAttribute())
    zone_key = optional(UnicodeAttribute())
    zone_state_key = UnicodeAttribute()
    org_key = optional(UnicodeAttribute())
    org_state_key = UnicodeAttribute()
    notice_shard = optional(UnicodeAttribute())
    notice_at = optional(MomentAttribute())
    mine_open = MineOpen()
    mine_by_state = MineByState()
    zone_open = ZoneOpen()
    zone_by_state = ZoneByState()
    org_open = OrgOpen()
    org_by_state = OrgByState()
    notices_due = NoticesDue()


class WorkOrderEvent(Item):
    """One thing that was done to a work order: who, as what, when, and the state in which it was then.

    Written in the transaction of the change itself and never changed. `note` is what they said: a reason, a fix note.
    """

    class Meta(_Meta):
        pass

    kind = "work_order_event"

    event_id = UnicodeAttribute()
    action = UnicodeAttribute()
    state = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    actor_name = UnicodeAttribute()
    actor_role = UnicodeAttribute()
    at = MomentAttribute()
    note = optional(UnicodeAttribute())
    technician_id = optional(UnicodeAttribute())
    technician_name = optional(UnicodeAttribute())


class TechnicianCounts(Item):
    """How many orders a technician has in a game zone, by state: moved along in the transaction of each change."""

    class Meta(_Meta):
        pass

    kind = "technician_counts"

    assigned = IntAttribute(default=0)
    in_progress = IntAttribute(default=0)
    returned = IntAttribute(default=0)
    done = IntAttribute(default=0)


def ride_key(org_id: str, code: str) -> ItemKey[Ride]:
    """Where a ride is."""
    return ItemKey(Ride, key(org_id, "RIDE", code), "RIDE")


def checklist_key(org_id: str, checklist_ref: str) -> ItemKey[Checklist]:
    """Where a checklist is."""
    return ItemKey(Checklist, key(org_id, "CHECKLIST", checklist_ref), "CHECKLIST")


def work_order_key(org_id: str, order_id: str) -> ItemKey[WorkOrder]:
    """Where a work order is; its events (and whatever else belongs to one order only) have the same `pk`."""
    return ItemKey(WorkOrder, key(org_id, "WORKORDER", order_id), "WORKORDER")


def event_key(org_id: str, order_id: str, event_id: str) -> ItemKey[WorkOrderEvent]:
    """Where an event of a work order is; they sort by when they happened."""
    return ItemKey(WorkOrderEvent, work_order_key(org_id, order_id).pk, key("EVENT", event_id))


def counts_key(org_id: str, technician_id: str, game_zone: str) -> ItemKey[TechnicianCounts]:
    """Where the counts of a technician are. By zone, so that what was left in another one is not counted in this."""
    return ItemKey(TechnicianCounts, key(org_id, "TECHNICIAN", technician_id, game_zone), "COUNTS")


def mine_key(org_id: str, technician_id: str, game_zone: str, state: State | None = None) -> str:
    """The index key of a technician's orders in a zone: those that are open, or those of one state."""
    return key(org_id, "MINE", technician_id, game_zone, *_of(state))


def zone_key(org_id: str, game_zone: str, state: State | None = None) -> str:
    """The index key of a zone's orders: those that are open, or those of one state."""
    return key(org_id, "ZONE", game_zone, *_of(state))


def org_key(org_id: str, state: State | None = None) -> str:
    """The index key of an organisation's orders: those that are open, or those of one state."""
    return key(org_id, "ALL", *_of(state))


def notice_shard(number: int) -> str:
    """The index key of a shard of due notices."""
    return key("NOTICES", number)


def listed(order: WorkOrder) -> dict[str, Any]:
    """The index keys that follow from an order's state, technician and zone as they are now."""
    org_id, zone, who, state = order.org_id, order.game_zone, order.technician_id, State(order.state)
    is_open = state in OPEN
    shard = zlib.crc32(order.order_id.encode()) % NOTICE_SHARDS
    return {
        "mine_key": mine_key(org_id, who, zone) if who and state in MINE else None,
        "mine_state_key": mine_key(org_id, who, zone, state) if who else None,
        "zone_key": zone_key(org_id, zone) if is_open else None,
        "zone_state_key": zone_key(org_id, zone, state),
        "org_key": org_key(org_id) if is_open else None,
        "org_state_key": org_key(org_id, state),
        "notice_shard": notice_shard(shard) if state in ON_HAND and order.notice_at else None,
    }


def _of(state: State | None) -> tuple[str, ...]:
    return () if state is None else (state.value,)
