"""Requests and responses of work orders, with the contract's fields and a few of ours beside them.

Responses have no envelope and contain every field; an absent value is null, so that generated clients have one form of
each model. People appear by name, with their id in a field of its own.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import FREE_TEXT, NOT_BLANK, Cursor, EntityId, Limit, Note500, Text500
from chalicelib.maintenance.rules import PhotoKind, Priority, WorkOrderState
from chalicelib.maintenance.workorders.timeline import TimelineAction

Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Instructions = Annotated[str, FREE_TEXT, Meta(max_length=2000)]


OVERDUE = "overdue"


class OwnWorkOrderFilter(StrEnum):
    """The filters of a technician's own work orders."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    DONE = "done"
    OVERDUE = OVERDUE


class WorkOrderFilter(StrEnum):
    """The filters of work orders: their states in lower case, and `overdue`."""

    ROUTED = "routed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    OUTSOURCED = "outsourced"
    DONE = "done"
    OVERDUE = OVERDUE


class CreateWorkOrder(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A finding to be repaired: an item of a checklist, by the refs with which both were imported."""

    checklist_ref: EntityId
    item_ref: EntityId
    priority: Priority
    instructions: Instructions | None = None


class WorkOrderAssignment(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The technician of a work order."""

    technician_id: EntityId


class WorkOrderOutsourcing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The vendor of a work order."""

    vendor: Text100
    note: Note500 | None = None


class WorkOrderFinish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What was done, optionally."""

    fix_note: Note500 | None = None


class WorkOrderReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason of a return."""

    reason: Text500


class OwnWorkOrderQuery(msgspec.Struct, frozen=True):
    """A page of the caller's own work orders; without `state` all that are not done."""

    state: OwnWorkOrderFilter | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class WorkOrderQuery(msgspec.Struct, frozen=True):
    """A page of the work orders of a game zone; without `state` all that are not done."""

    state: WorkOrderFilter | None = None
    zone: Text100 | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class WorkOrderSla(msgspec.Struct, frozen=True, rename="camel"):
    """When a work order is due, its age in hours (until it was done), and whether it is overdue."""

    due_at: datetime
    age_hrs: float
    overdue: bool


class SourceChecklist(msgspec.Struct, frozen=True):
    """The checklist from which a work order comes."""

    id: str
    name: str


class ActionItem(msgspec.Struct, frozen=True):
    """The item of the checklist that has to be repaired."""

    id: str
    text: str
    note: str | None


class PhotoView(msgspec.Struct, frozen=True, rename="camel"):
    """A photo of a work order. Its URLs expire; read the work order again for new ones."""

    id: str
    url: str
    thumb_url: str
    kind: PhotoKind
    work_order_id: str


class WorkOrderSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A work order in lists. A returned one shows the technician who returned it."""

    id: str
    code: str
    state: WorkOrderState
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
    """A page of work orders, soonest due first; `nextCursor` is null at the end of the list."""

    work_orders: list[WorkOrderSummary]
    next_cursor: str | None


class DashboardCounts(msgspec.Struct, frozen=True, rename="camel"):
    """The numbers of the caller's own work orders: by state, and how many open ones are overdue or due soon."""

    assigned: int
    in_progress: int
    returned: int
    done: int
    overdue: int
    due_soon: int


class TechnicianDashboard(msgspec.Struct, frozen=True, rename="camel"):
    """The caller's own work: numbers, and in `workOrders` the first that are due."""

    counts: DashboardCounts
    work_orders: list[WorkOrderSummary]


class WorkOrderTimelineEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An action on a work order and the state after it. `role` is the code of the actor's role."""

    state: WorkOrderState
    action: TimelineAction
    actor: str
    actor_id: str
    role: str
    at: datetime
    note: str | None
    technician: str | None
    technician_id: str | None


class WorkOrderReturnEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A return of a work order: who, when and why."""

    reason: str
    returned_by: str
    returned_by_id: str
    at: datetime


class WorkOrderDetail(msgspec.Struct, frozen=True, rename="camel"):
    """A work order with photos, returns and timeline. `returnedBy` and `returnReason` are those of the last return."""

    id: str
    code: str
    state: WorkOrderState
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
    has_more_photos: bool | msgspec.UnsetType = msgspec.UNSET
    """True if the order has more photos than the 500 oldest, which are shown."""


class WorkOrderAssigned(msgspec.Struct, frozen=True, rename="camel"):
    """The technician of a work order that was assigned."""

    state: WorkOrderState
    version: int
    technician: str
    technician_id: str
    assigned_at: datetime


class WorkOrderStarted(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a work order that was started."""

    state: WorkOrderState
    started_at: datetime
    version: int


class WorkOrderDone(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a work order that was finished; `parentReleased` if it was the last that held its checklist back."""

    state: WorkOrderState
    closed_at: datetime
    version: int
    parent_released: bool


class WorkOrderMoved(msgspec.Struct, frozen=True):
    """The present state and version of a work order."""

    state: WorkOrderState
    version: int
