"""Requests and responses of work orders, with the contract's fields and a few of ours beside them.

Responses have no envelope and contain every field; an absent value is null, so that generated clients have one form of
each model. People appear by name, with their id in a field of its own.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import FREE_TEXT, Cursor, EntityId, Limit, Note500, Text100, Text500
from chalicelib.maintenance.rules import HoldReason, Priority, WorkOrderState

Instructions = Annotated[str, FREE_TEXT, Meta(max_length=2000)]


OVERDUE = "overdue"


class OwnWorkOrderFilter(StrEnum):
    """The filters of a technician's own work orders."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    DONE = "done"
    OVERDUE = OVERDUE


class WorkOrderFilter(StrEnum):
    """The filters of work orders: their states in lower case, and `overdue`."""

    ROUTED = "routed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    OUTSOURCED = "outsourced"
    DONE = "done"
    CANCELLED = "cancelled"
    OVERDUE = OVERDUE


class DueOrder(StrEnum):
    """The order of a list of work orders: which due dates come first."""

    SOONEST = "soonest"
    LATEST = "latest"


class CreateWorkOrder(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A finding to be repaired: an item of a checklist, by the refs with which both were imported."""

    checklist_ref: EntityId
    """The `checklist_ref` with which the checklist was imported."""
    item_ref: EntityId
    """The `item_ref` of the item that has to be repaired."""
    priority: Priority
    """The priority, from which the due date follows."""
    instructions: Instructions | None = None
    """What the technician should know."""
    allow_duplicate: bool = False
    """Whether to make the work order also if the item has an open one already, which is 409 otherwise."""


class WorkOrderAssignment(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The technician of a work order."""

    technician_id: EntityId
    """The id of an active user in the game zone of the work order whose role may start work orders."""


class WorkOrderFinish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What was done, optionally."""

    fix_note: Note500 | None = None
    """What was done."""


class WorkOrderReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason of a return."""

    reason: Text500
    """Why the work order is returned. The timeline and the notification of the team leads show it."""


class OwnWorkOrderQuery(msgspec.Struct, frozen=True):
    """A page of the caller's own work orders; without `state` all that are open."""

    state: OwnWorkOrderFilter | None = None
    """Only work orders in this state, or those past their due date (`overdue`). If it is omitted, all that are
    open: neither done nor cancelled."""
    order: DueOrder = DueOrder.SOONEST
    """Which due dates come first. `latest` shows what was finished recently on the first pages of `state=done`."""
    limit: Limit = 20
    """The largest number of work orders on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""


class WorkOrderQuery(msgspec.Struct, frozen=True):
    """A page of the work orders of a game zone; without `state` all that are open."""

    state: WorkOrderFilter | None = None
    """Only work orders in this state, or those past their due date (`overdue`). If it is omitted, all that are
    open: neither done nor cancelled."""
    zone: Text100 | None = None
    """Only work orders of this game zone. If it is omitted, the caller's own, or all zones if the caller's permission
    covers the organisation. A zone that it does not cover is 403."""
    order: DueOrder = DueOrder.SOONEST
    """Which due dates come first. `latest` shows what was finished recently on the first pages of `state=done`."""
    limit: Limit = 20
    """The largest number of work orders on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""


class RideWorkOrderQuery(msgspec.Struct, frozen=True):
    """A page of the work orders of a ride."""

    limit: Limit = 20
    """The largest number of work orders on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page."""


class WorkOrderSla(msgspec.Struct, frozen=True, rename="camel"):
    """When a work order is due, its age in hours (until it was closed), and whether it is overdue."""

    due_at: datetime
    """When the work order is due, UTC. It follows from the priority when the work order is made or reopened, moves by
    the time on hold when a hold ends, and follows a new priority; a vendor may have a due date of its own."""
    age_hrs: float
    """Hours since the work order was made, or from then until it was done or cancelled; rounded to one decimal."""
    overdue: bool
    """Whether the due date has passed and the work order is open. Not while it is on hold: its clock stands."""


class SourceChecklist(msgspec.Struct, frozen=True):
    """The checklist from which a work order comes."""

    id: str
    """The `checklist_ref` with which the checklist was imported."""
    name: str
    """The name of the checklist when the work order was made."""


class CurrentHold(msgspec.Struct, frozen=True):
    """What a work order on hold waits for."""

    reason: HoldReason
    """What the work waits for."""
    at: datetime
    """When the hold began, UTC."""
    until: datetime | None
    """When the work is expected to go on, UTC. Null if nothing was given."""


class WorkOrderSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A work order in lists. A returned one shows the technician who returned it."""

    id: str
    """The id of the work order."""
    code: str
    """A short code that people read: `WO-`, the checklist's ref, and the number of the work order of that checklist."""
    state: WorkOrderState
    """The state of the work order."""
    version: int
    """Counts the changes of the work order, from 1; photos and notifications do not change it. It can be sent back as
    `If-Match`."""
    priority: Priority
    """The priority, from which the due date followed."""
    game_zone: str
    """The game zone of the ride when the work order was made."""
    ride: str
    """The name of the ride at that time."""
    ride_code: str
    """The `code` with which the ride was imported."""
    source_checklist: SourceChecklist
    """The checklist from which the work order comes."""
    a_item_text: str
    """What has to be repaired: the text of the checklist's item when the work order was made."""
    issue_photo_count: int
    """The number of photos of the kind `ISSUE`."""
    sla: WorkOrderSla
    """The due date, and how the work order stands against it."""
    technician: str | None
    """The name of the technician; after a return that of the one who returned it. Null before the work order is
    assigned, and after it is outsourced."""
    technician_id: str | None
    """The id of that technician. Null where `technician` is null."""
    assigned_by: str | None
    """The name of the user who last assigned the work order. Null before it is assigned."""
    assigned_by_id: str | None
    """The id of that user. Null where `assignedBy` is null."""
    vendor: str | None
    """The vendor who has the work order. Null unless it is `OUTSOURCED`."""
    hold: CurrentHold | None
    """Why the work order waits. Null unless it is `ON_HOLD`."""
    closed_at: datetime | None
    """When the work order was done or cancelled, UTC. Null before that."""


class WorkOrderPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of work orders by their due dates; `nextCursor` is null at the end of the list."""

    work_orders: list[WorkOrderSummary]
    """The work orders of this page, soonest due first unless the request had another `order`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""


class DashboardCounts(msgspec.Struct, frozen=True, rename="camel"):
    """The numbers of the caller's own work orders: by state, and how many open ones are overdue or due soon."""

    assigned: int
    """The number of the caller's work orders in state `ASSIGNED`."""
    in_progress: int
    """The number of those in state `IN_PROGRESS`."""
    on_hold: int
    """The number of those in state `ON_HOLD`."""
    returned: int
    """The number of those that the caller has returned and that have no new technician yet."""
    done: int
    """The number of those that the caller has ever finished in their present game zone."""
    overdue: int
    """The number of those past their due date, of the states `ASSIGNED`, `IN_PROGRESS`, `ON_HOLD` and `RETURNED`."""
    due_soon: int
    """The number of those in the same states that are due within `dueSoonHours` of the organisation's settings."""


class TechnicianDashboard(msgspec.Struct, frozen=True, rename="camel"):
    """The caller's own work: numbers, and in `workOrders` the first that are due."""

    counts: DashboardCounts
    """The numbers of the caller's work orders in their present game zone; all 0 if the caller has no game zone."""
    work_orders: list[WorkOrderSummary]
    """The five of the caller's work orders that are due first, of the states `ASSIGNED`, `IN_PROGRESS`, `ON_HOLD` and
    `RETURNED`."""


class WorkOrderAssigned(msgspec.Struct, frozen=True, rename="camel"):
    """The technician of a work order that was assigned."""

    state: WorkOrderState
    """`ASSIGNED`."""
    version: int
    """The version after the change, to be sent as `If-Match` with the next step."""
    technician: str
    """The name of the technician."""
    technician_id: str
    """The id of the technician."""
    assigned_at: datetime
    """When the work order was assigned, UTC."""


class WorkOrderStarted(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a work order that was started."""

    state: WorkOrderState
    """`IN_PROGRESS`."""
    started_at: datetime
    """When the work was started, UTC."""
    version: int
    """The version after the change, to be sent as `If-Match` with the next step."""


class WorkOrderDone(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a work order that was finished; `parentReleased` if it was the last that held its checklist back."""

    state: WorkOrderState
    """`DONE`."""
    closed_at: datetime
    """When the work order was done, UTC."""
    version: int
    """The version after the change."""
    parent_released: bool
    """Whether this was the last open work order of its checklist, which is `RELEASED` now."""


class WorkOrderMoved(msgspec.Struct, frozen=True):
    """The present state and version of a work order."""

    state: WorkOrderState
    """The state after the change."""
    version: int
    """The version after the change, to be sent as `If-Match` with the next step."""
