"""The tables of work orders and their events, and the indexes of work orders.

A work order is in the lists of its game zone and its organisation, soonest due first, and in the shards of due notices.
An open one is in the lists of open ones, which are filtered by state or technician where one is asked for; a closed one
is in those of its state, and in that of its technician. So a step between open states moves no entry of a list. Its
events have the same partition key.

Photos and due notices change without a new `version`, because neither is an edit that an app must have seen before it
may finish the work:

    Photos: `issue_photos` counts those of the kind, `completion_photos` those that were added since the present attempt
    began. Adding one raises the count in the same transaction, deleting one lowers it, both under the condition that
    state, technician and attempt are as they were read. Finishing has the condition `completion_photos >= 1`. So either
    the photo is deleted first and finishing fails, or the order is DONE first and the photo can no longer be deleted.

    Due notices: `notice_at` is the moment of the next notice that has not been sent (`reminders/service.py`). An order
    is in a shard while its clock runs, and in the index as long as a notice is left. Who changes `notice_at` has the
    condition that it is as it was read.

Each list costs a write when an order changes state; work orders change rarely and are read often.
"""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection

from chalicelib.core.clock import to_millis
from chalicelib.core.hourly_counts import HourlyCount, HourlyCounts
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)
from chalicelib.maintenance.rules import CLOCKED, OPEN, WorkOrderState
from chalicelib.maintenance.tables import InList

NOTICE_SHARDS = Shards(8)
_LISTED = (
    *("order_id", "code", "state", "version", "priority", "game_zone", "ride_code", "ride_name", "checklist_ref"),
    *("checklist_name", "item_text", "issue_photos", "technician_id", "technician_name", "assigned_by_id"),
    *("assigned_by_name", "due_at", "created_at"),
)
"""The attributes that all lists show. The indexes of a table may project a hundred attributes in all."""
_OPEN = IncludeProjection([*_LISTED, "vendor", "hold"])
_CLOSED = IncludeProjection([*_LISTED, "closed_at"])


class WorkOrder(InList):
    """A work order. Ride, checklist, item and people are copied, as they were when they were recorded.

    A returned order keeps the technician who returned it in `technician_id` until it is assigned again. An attempt
    begins when a technician starts or a vendor gets the order, and ends when it is assigned again; photos of the
    finished work belong to the attempt in which they were added.

    On hold, `held_state` is the state to which it goes back, and `held_at` the moment at which its clock stands;
    `hold` is a `CurrentHold` for lists.
    `time_on_hold_ms` is the sum of the holds that have ended since `routed_at`, which is the moment of making or of the
    last reopening (absent in orders of earlier versions). `sla_due_at` is the due date that comes back when a vendor
    with a due date of its own is recalled.

    `worked_ms` is the sum of the times in which it was in progress, and `working_since` the moment since which it is.

    `routing_notice` is set until the leads have been notified of the routing. `notice_told_to` is the last of many
    people who got the next notice already. `earlier_notices` holds former due dates with their next notices.

    `report_state` is what the order has added to the totals of reports.
    """

    Meta = stored_in("maintenance")
    kind = "work_order"
    unaudited = frozenset(
        {
            *("org_id", "list_key", "place", "mine_state_key", "zone_key", "zone_state_key", "org_key"),
            *("org_state_key", "notice_shard", "notice_at", "routing_notice", "notice_told_to", "earlier_notices"),
            *("attempt_started_at", "attempts", "completion_photos", "routed_at", "held_state", "held_at", "hold"),
            *("time_on_hold_ms", "sla_due_at", "worked_ms", "working_since", "updated_at", "report_state"),
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
    attempt_started_at = optional(MomentAttribute())
    attempts = IntAttribute(default=0)
    returned_by_id = optional(UnicodeAttribute())
    returned_by_name = optional(UnicodeAttribute())
    return_reason = optional(UnicodeAttribute())
    held_state = optional(UnicodeAttribute())
    held_at = optional(MomentAttribute())
    hold = optional(JSONAttribute())
    time_on_hold_ms = IntAttribute(default=0)
    worked_ms = IntAttribute(default=0)
    working_since = optional(MomentAttribute())
    vendor = optional(UnicodeAttribute())
    vendor_note = optional(UnicodeAttribute())
    vendor_cost = optional(DecimalAttribute())
    vendor_currency = optional(UnicodeAttribute())
    sla_due_at = optional(MomentAttribute())
    cancel_reason = optional(UnicodeAttribute())
    fix_note = optional(UnicodeAttribute())
    closed_at = optional(MomentAttribute())
    completion_photos = IntAttribute(default=0)
    issue_photos = IntAttribute(default=0)
    due_at = MomentAttribute()
    routed_at = optional(MomentAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    report_state = optional(UnicodeAttribute())

    mine_state_key = optional(UnicodeAttribute())
    zone_key = optional(UnicodeAttribute())
    zone_state_key = optional(UnicodeAttribute())
    org_key = optional(UnicodeAttribute())
    org_state_key = optional(UnicodeAttribute())
    notice_shard = optional(UnicodeAttribute())
    notice_at = optional(MomentAttribute())
    routing_notice = optional(BooleanAttribute())
    notice_told_to = optional(UnicodeAttribute())
    earlier_notices = optional(ListAttribute[Any]())
    mine_by_state = index(_CLOSED, mine_state_key=UnicodeAttribute, due_at=MomentAttribute)
    """The closed orders of a technician in one game zone, by state."""
    zone_open = index(_OPEN, zone_key=UnicodeAttribute, due_at=MomentAttribute)
    """The open orders of a game zone, also of each of its technicians."""
    zone_by_state = index(_CLOSED, zone_state_key=UnicodeAttribute, due_at=MomentAttribute)
    """The closed orders of a game zone, by state."""
    org_open = index(_OPEN, org_key=UnicodeAttribute, due_at=MomentAttribute)
    """The open orders of an organisation."""
    org_by_state = index(_CLOSED, org_state_key=UnicodeAttribute, due_at=MomentAttribute)
    """The closed orders of an organisation, by state."""
    notices_due = index(
        IncludeProjection(["org_id", "order_id"]), notice_shard=UnicodeAttribute, notice_at=MomentAttribute
    )
    """Orders whose clock runs, by the moment of their next notice, in shards, because all organisations share them."""


class WorkOrderHourlyCount(HourlyCount):
    """How many work orders were made and finished in each hour, of an organisation and of each of its game zones."""

    Meta = stored_in("maintenance")


WORK_ORDER_HOURS = HourlyCounts(WorkOrderHourlyCount)
"""The counts `created` and `done`."""


class WorkOrderEvent(Item):
    """One action on a work order: who, in which role, when, and the state after it.

    Written in the transaction of the change and never changed. `note` is a reason or a fix note; `hold_reason` and
    `hold_until` are those of a hold.
    """

    Meta = stored_in("maintenance")
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
    hold_reason = optional(UnicodeAttribute())
    hold_until = optional(MomentAttribute())


def work_order_key(org_id: str, order_id: str) -> ItemKey[WorkOrder]:
    """Return the key of a work order; its events have the same `pk`."""
    return ItemKey(WorkOrder, key(org_id, "WORKORDER", order_id), "WORKORDER")


def routing_time(order: WorkOrder) -> datetime:
    """Return the moment from which an order's time is counted: its making or its last reopening."""
    return order.routed_at or order.created_at


def event_key(org_id: str, order_id: str, event_id: str) -> ItemKey[WorkOrderEvent]:
    """Return the key of an event of a work order; events sort by time."""
    return ItemKey(WorkOrderEvent, work_order_key(org_id, order_id).pk, key("EVENT", event_id))


def mine_key(org_id: str, technician_id: str, game_zone: str, state: WorkOrderState) -> str:
    """Return the index key of a technician's orders of one closed state in a zone."""
    return key(org_id, "MINE", technician_id, game_zone, state.value)


def zone_key(org_id: str, game_zone: str, state: WorkOrderState | None = None) -> str:
    """Return the index key of a zone's orders: the open ones, or those of one closed state."""
    return key(org_id, "ZONE", game_zone, *_of(state))


def org_key(org_id: str, state: WorkOrderState | None = None) -> str:
    """Return the index key of an organisation's orders: the open ones, or those of one closed state."""
    return key(org_id, "ALL", *_of(state))


def ride_list(org_id: str, ride_code: str) -> str:
    """Return the index key of the work orders of a ride, by the moment at which they were made."""
    return key(org_id, "RIDE", ride_code, "ORDERS")


def place_in_ride(order: WorkOrder) -> str:
    """Return the place of an order among those of its ride."""
    return key(f"{to_millis(order.created_at):014}", order.order_id)


def index_keys(order: WorkOrder) -> dict[str, Any]:
    """Return the index keys that follow from an order's present state, technician and zone."""
    org_id, zone, who, state = order.org_id, order.game_zone, order.technician_id, WorkOrderState(order.state)
    is_open = state in OPEN
    return {
        "mine_state_key": mine_key(org_id, who, zone, state) if who and not is_open else None,
        "zone_key": zone_key(org_id, zone) if is_open else None,
        "zone_state_key": None if is_open else zone_key(org_id, zone, state),
        "org_key": org_key(org_id) if is_open else None,
        "org_state_key": None if is_open else org_key(org_id, state),
        "notice_shard": NOTICE_SHARDS.key_of(order.order_id, "NOTICES") if state in CLOCKED else None,
    }


def _of(state: WorkOrderState | None) -> tuple[str, ...]:
    return () if state is None else (state.value,)
