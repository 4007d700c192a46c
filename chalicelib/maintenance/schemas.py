"""Requests and answers of work orders and checklists, with the contract's fields and a few of ours beside them.

Answers are plain, without the console's envelope, and name every field always: what is not there is null, so that
generated clients have one form of each model. People are told by name, with their id in a field of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import NOT_BLANK, Cursor, EntityId, Limit, Text500
from chalicelib.maintenance.filters import MyFilter, OrderFilter
from chalicelib.maintenance.rules import ChecklistStatus, PhotoKind, Priority, State
from chalicelib.maintenance.timeline import Action

Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Note500 = Annotated[str, Meta(max_length=500)]
Instructions = Annotated[str, Meta(max_length=2000)]


class NewWorkOrder(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A finding to be repaired: an item of a checklist, by the refs with which both were loaded."""

    checklist_ref: EntityId
    item_ref: EntityId
    priority: Priority
    instructions: Instructions | None = None


class NamedItem(msgspec.Struct, frozen=True, rename="camel"):
    """The item that a finding is about: what can be looked up of it even if something else is wrong."""

    item_ref: EntityId


class WorkOrderAssignment(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Whose a work order is to be."""

    technician_id: EntityId


class WorkOrderOutsourcing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which vendor a work order goes to."""

    vendor: Text100
    note: Note500 | None = None


class WorkOrderFinish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What was done about it, if there is something to say."""

    fix_note: Note500 | None = None


class WorkOrderReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a work order is given back."""

    reason: Text500


class MyOrdersQuery(msgspec.Struct, frozen=True):
    """Which of one's own orders (without `state`: all that are not done), how many, and from where on."""

    state: MyFilter | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class OrdersQuery(msgspec.Struct, frozen=True):
    """Which orders (without `state`: all that are not done), of which game zone, how many, and from where on."""

    state: OrderFilter | None = None
    zone: Text100 | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class WorkOrderSla(msgspec.Struct, frozen=True, rename="camel"):
    """When an order is due, its age in hours (until it was done), and whether it should have been done by now."""

    due_at: datetime
    age_hrs: float
    overdue: bool


class SourceChecklist(msgspec.Struct, frozen=True):
    """The checklist from which a work order comes."""

    id: str
    name: str


class ActionItem(msgspec.Struct, frozen=True):
    """The item of the checklist that was found wanting."""

    id: str
    text: str
    note: str | None


class PhotoView(msgspec.Struct, frozen=True, rename="camel"):
    """A photo of a work order. Its addresses are good for a while only; read the order again for new ones."""

    id: str
    url: str
    thumb_url: str
    kind: PhotoKind
    work_order_id: str


class WorkOrderSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A work order as lists show it. A returned one shows the technician who gave it back."""

    id: str
    code: str
    state: State
    version: int
    priority: Priority
    game_zone: str
    ride: str
    ride_code: str
    source_checklist: SourceChecklist
    a_item_text: str
    issue_photo_count: int
    sla: WorkOrderSla
    technician: str | None
    technician_id: str | None
    assigned_by: str | None
    assigned_by_id: str | None


class WorkOrderPage(msgspec.Struct, frozen=True, rename="camel"):
    """Some work orders, soonest due first; `nextCursor` is null at the end of the list."""

    work_orders: list[WorkOrderSummary]
    next_cursor: str | None


class DashboardCounts(msgspec.Struct, frozen=True, rename="camel"):
    """One's own work orders in numbers: by state, and of those that are not done how many are late or soon will be."""

    assigned: int
    in_progress: int
    returned: int
    done: int
    overdue: int
    due_soon: int


class TechnicianDashboard(msgspec.Struct, frozen=True, rename="camel"):
    """One's work at a glance; `workOrders` are the first that are due."""

    counts: DashboardCounts
    work_orders: list[WorkOrderSummary]


class WorkOrderTimelineEntry(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody did to a work order, and the state in which it was then. `role` is the code of theirs."""

    state: State
    action: Action
    actor: str
    actor_id: str
    role: str
    at: datetime
    note: str | None
    technician: str | None
    technician_id: str | None


class WorkOrderReturnEntry(msgspec.Struct, frozen=True, rename="camel"):
    """Who gave a work order back, when and why."""

    reason: str
    returned_by: str
    returned_by_id: str
    at: datetime


class WorkOrderDetail(msgspec.Struct, frozen=True, rename="camel"):
    """A work order with all that belongs to it. `returnedBy` and `returnReason` tell of the last return."""

    id: str
    code: str
    state: State
    version: int
    priority: Priority
    game_zone: str
    ride: str
    ride_code: str
    source_checklist: SourceChecklist
    a_item: ActionItem
    issue_photos: list[PhotoView]
    photos: list[PhotoView]
    instructions: str | None
    sla: WorkOrderSla
    technician: str | None
    technician_id: str | None
    routed_by: str
    routed_by_id: str
    assigned_by: str | None
    assigned_by_id: str | None
    returned_by: str | None
    return_reason: str | None
    vendor: str | None
    fix_note: str | None
    created_at: datetime
    assigned_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    return_history: list[WorkOrderReturnEntry]
    timeline: list[WorkOrderTimelineEntry]


class WorkOrderAssigned(msgspec.Struct, frozen=True, rename="camel"):
    """That a work order has a technician."""

    state: State
    version: int
    technician: str
    technician_id: str
    assigned_at: datetime


class WorkOrderStarted(msgspec.Struct, frozen=True, rename="camel"):
    """That work on it has begun."""

    state: State
    started_at: datetime
    version: int


class WorkOrderDone(msgspec.Struct, frozen=True, rename="camel"):
    """That a work order is done; `parentReleased` if it was the last that held its checklist back."""

    state: State
    closed_at: datetime
    version: int
    parent_released: bool


class WorkOrderMoved(msgspec.Struct, frozen=True):
    """The state and the version that a work order has now."""

    state: State
    version: int


class ChecklistItem(msgspec.Struct, frozen=True, rename="camel"):
    """An item of a checklist."""

    item_ref: str
    text: str
    note: str | None


class ChecklistView(msgspec.Struct, frozen=True, rename="camel"):
    """A checklist: `HELD` while work orders of it are open, `RELEASED` once the last of them is done.

    `openWorkOrders` shows the oldest of them, `openCount` says how many there are in all.
    """

    checklist_ref: str
    name: str
    status: ChecklistStatus
    version: int
    ride: str
    ride_code: str
    game_zone: str
    items: list[ChecklistItem]
    open_count: int
    open_work_orders: list[WorkOrderSummary]
