"""The response with a whole work order: its photos, holds, returns and timeline, its comments, labour and parts.

It contains every field; an absent value is null, except where the field says otherwise.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from chalicelib.maintenance.comments.schemas import CommentView
from chalicelib.maintenance.rules import HoldReason, PhotoKind, Priority, WorkOrderState
from chalicelib.maintenance.usage.schemas import LabourSummary, PartsSummary
from chalicelib.maintenance.workorders.schemas import SourceChecklist, WorkOrderSla
from chalicelib.maintenance.workorders.timeline import TimelineAction


class ActionItem(msgspec.Struct, frozen=True):
    """The item of the checklist that has to be repaired."""

    id: str
    """The `item_ref` of the item."""
    text: str
    """What the item checks, as it was when the work order was made."""
    note: str | None
    """The note of the item at that time. Null if it had none."""


class PhotoView(msgspec.Struct, frozen=True, rename="camel"):
    """A photo of a work order. Its URLs expire; read the work order again for new ones."""

    id: str
    """The id of the photo: that of the work order, a dot, and a part of its own."""
    url: str
    """The address of the photo, a JPEG. It needs no authentication and expires, by default after 15 minutes."""
    thumb_url: str
    """The address of a small version of the photo, a JPEG, with the same validity."""
    kind: PhotoKind
    """What the photo shows."""
    work_order_id: str
    """The id of the work order."""
    uploaded_by_id: str
    """The id of the user who added the photo, and may delete it before the work order is done."""


class WorkOrderTimelineEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An action on a work order and the state after it. `role` is the code of the actor's role."""

    state: WorkOrderState
    """The state of the work order after the action."""
    action: TimelineAction
    """What was done."""
    actor: str
    """The name of who did it at that time."""
    actor_id: str
    """The id of the user; for the system's own actions it begins with `system:`."""
    role: str
    """The code of the role that the actor had at that time; empty for the system."""
    at: datetime
    """When it was done, UTC."""
    note: str | None
    """Depends on the action: the instructions, the reason of a return, a cancellation or a reopening, the note of a
    hold, the vendor and its note, what was done or edited, the kind of the photo, or the labour or part that was added
    or removed. Null if nothing was given."""
    technician: str | None
    """The name of the technician after the action. Null if there was none."""
    technician_id: str | None
    """The id of that technician. Null where `technician` is null."""


class WorkOrderReturnEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A return of a work order: who, when and why."""

    reason: str
    """Why the work order was returned."""
    returned_by: str
    """The name of who returned it at that time."""
    returned_by_id: str
    """The id of that user."""
    at: datetime
    """When it was returned, UTC."""


class WorkOrderHoldEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A hold of a work order: why, by whom, from when and until when."""

    reason: HoldReason
    """What the work waited for."""
    note: str | None
    """More about it. Null if nothing was given."""
    until: datetime | None
    """When the work was expected to go on, UTC. Null if nothing was given."""
    held_by: str
    """The name of who put it on hold at that time."""
    held_by_id: str
    """The id of that user."""
    at: datetime
    """When the hold began, UTC."""
    ended_at: datetime | None
    """When the hold ended, UTC. Null while it lasts."""


class WorkOrderDetail(msgspec.Struct, frozen=True, rename="camel"):
    """A work order with photos, holds, returns, timeline, comments, labour and parts.

    `returnedBy` and `returnReason` are those of the last return.
    """

    id: str
    """The id of the work order."""
    code: str
    """A short code that people read: `WO-`, the checklist's ref, and the number of the work order of that checklist."""
    state: WorkOrderState
    """The state of the work order."""
    version: int
    """Counts the changes of the work order, from 1; photos and notifications do not change it. It is the `ETag`, and
    can be sent back as `If-Match`."""
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
    a_item: ActionItem
    """The item of the checklist that has to be repaired."""
    issue_photos: list[PhotoView]
    """The photos of the kind `ISSUE`, oldest first."""
    photos: list[PhotoView]
    """The photos of the other kinds, oldest first."""
    instructions: str | None
    """What the technician should know. Null if nothing was given."""
    sla: WorkOrderSla
    """The due date, and how the work order stands against it."""
    technician: str | None
    """The name of the technician; after a return that of the one who returned it. Null before the work order is
    assigned, and after it is outsourced."""
    technician_id: str | None
    """The id of that technician. Null where `technician` is null."""
    routed_by: str
    """The name of the user who made the work order."""
    routed_by_id: str
    """The id of that user."""
    assigned_by: str | None
    """The name of the user who last assigned the work order. Null before it is assigned."""
    assigned_by_id: str | None
    """The id of that user. Null where `assignedBy` is null."""
    returned_by: str | None
    """The name of the user who last returned the work order. Null if it was never returned."""
    return_reason: str | None
    """The reason of the last return. Null if it was never returned."""
    vendor: str | None
    """The company to which the work order was given. Null unless it was outsourced, and after it was recalled or
    reopened."""
    vendor_note: str | None
    """The note with which it was given to that company. Null if nothing was given."""
    vendor_cost: Decimal | None
    """What that company's work cost, in major units of the currency. Null until it is known."""
    vendor_currency: str | None
    """The currency of the cost, by ISO 4217. Null if nothing was given."""
    cancel_reason: str | None
    """Why the work order was cancelled. Null unless it was."""
    fix_note: str | None
    """What was done. Null before the work order is done, and if nothing was given."""
    created_at: datetime
    """When the work order was made, UTC."""
    assigned_at: datetime | None
    """When the work order was last assigned, UTC. Null before that."""
    started_at: datetime | None
    """When the present technician started, UTC. Null before that, and again after a new assignment."""
    closed_at: datetime | None
    """When the work order was done or cancelled, UTC. Null before that."""
    holds: list[WorkOrderHoldEntry]
    """The holds, oldest first, as far as the timeline shows them."""
    return_history: list[WorkOrderReturnEntry]
    """The returns, oldest first, as far as the timeline shows them."""
    timeline: list[WorkOrderTimelineEntry]
    """What was done, oldest first: the newest 1,000 actions."""
    labour: LabourSummary
    """The time that was worked, and what was added to it."""
    parts: PartsSummary
    """The parts that were used, with the sums of their costs."""
    comment_count: int
    """The number of comments."""
    comments: list[CommentView]
    """The newest 20 comments, oldest first. `GET /v1/work-orders/{work_order_id}/comments` lists all."""
    has_more_photos: bool | msgspec.UnsetType = msgspec.UNSET
    """True if only the 500 oldest photos are shown. Absent if all are shown."""
