"""Work orders as clients read them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.core.pagination import Page
from chalicelib.maintenance.comments.tables import Discussion, WorkOrderComment
from chalicelib.maintenance.comments.views import comment_view
from chalicelib.maintenance.rules import HoldReason, PhotoKind, Priority, WorkOrderState, age_hours, is_overdue
from chalicelib.maintenance.usage.tables import Labour, Usage, UsedPart
from chalicelib.maintenance.usage.views import labour_summary, parts_summary
from chalicelib.maintenance.workorders import detail_schemas as details
from chalicelib.maintenance.workorders import schemas
from chalicelib.maintenance.workorders import step_schemas as steps
from chalicelib.maintenance.workorders.closing import FinishedWorkOrder
from chalicelib.maintenance.workorders.service import RoutedWorkOrder
from chalicelib.maintenance.workorders.tables import WorkOrder, WorkOrderEvent
from chalicelib.maintenance.workorders.timeline import TimelineAction, steps_of


def order_summary(order: WorkOrder, now: datetime) -> schemas.WorkOrderSummary:
    """Return a work order in lists."""
    state = WorkOrderState(order.state)
    return schemas.WorkOrderSummary(
        id=order.order_id,
        code=order.code,
        state=state,
        version=order.version,
        priority=Priority(order.priority),
        game_zone=order.game_zone,
        ride=order.ride_name,
        ride_code=order.ride_code,
        source_checklist=schemas.SourceChecklist(order.checklist_ref, order.checklist_name),
        a_item_text=order.item_text,
        issue_photo_count=order.issue_photos,
        sla=_sla(order, now),
        technician=order.technician_name,
        technician_id=order.technician_id,
        assigned_by=order.assigned_by_name,
        assigned_by_id=order.assigned_by_id,
        vendor=order.vendor if state is WorkOrderState.OUTSOURCED else None,
        hold=None if order.hold is None else msgspec.convert(order.hold, schemas.CurrentHold),
        closed_at=order.closed_at,
    )


class OrderHistory(msgspec.Struct, frozen=True):
    """What was recorded of a work order beside itself; each list oldest first."""

    events: Sequence[WorkOrderEvent] = ()
    photos: Sequence[details.PhotoView] = ()
    discussion: Discussion | None = None
    comments: Sequence[WorkOrderComment] = ()
    usage: Usage | None = None
    labour: Sequence[Labour] = ()
    parts: Sequence[UsedPart] = ()


def order_detail(order: WorkOrder, history: OrderHistory, now: datetime) -> details.WorkOrderDetail:
    """Return a work order with everything that was recorded of it."""
    events, photos = history.events, history.photos
    return details.WorkOrderDetail(
        id=order.order_id,
        code=order.code,
        state=WorkOrderState(order.state),
        version=order.version,
        priority=Priority(order.priority),
        game_zone=order.game_zone,
        ride=order.ride_name,
        ride_code=order.ride_code,
        source_checklist=schemas.SourceChecklist(order.checklist_ref, order.checklist_name),
        a_item=details.ActionItem(order.item_ref, order.item_text, order.item_note),
        issue_photos=[photo for photo in photos if photo.kind is PhotoKind.ISSUE],
        photos=[photo for photo in photos if photo.kind is not PhotoKind.ISSUE],
        instructions=order.instructions,
        sla=_sla(order, now),
        technician=order.technician_name,
        technician_id=order.technician_id,
        routed_by=order.routed_by_name,
        routed_by_id=order.routed_by_id,
        assigned_by=order.assigned_by_name,
        assigned_by_id=order.assigned_by_id,
        returned_by=order.returned_by_name,
        return_reason=order.return_reason,
        vendor=order.vendor,
        vendor_note=order.vendor_note,
        vendor_cost=order.vendor_cost,
        vendor_currency=order.vendor_currency,
        cancel_reason=order.cancel_reason,
        fix_note=order.fix_note,
        created_at=order.created_at,
        assigned_at=order.assigned_at,
        started_at=order.started_at,
        closed_at=order.closed_at,
        holds=_holds(events),
        return_history=[_return(event) for event in events if event.action == TimelineAction.RETURNED],
        timeline=[_entry(event) for event in events],
        labour=labour_summary(order, history.usage, history.labour, now),
        parts=parts_summary(history.usage, history.parts),
        comment_count=0 if history.discussion is None else history.discussion.comments,
        comments=[comment_view(comment) for comment in history.comments],
    )


def order_page(page: Page[WorkOrder], now: datetime) -> schemas.WorkOrderPage:
    """Return a page of work orders."""
    return schemas.WorkOrderPage([order_summary(order, now) for order in page.items], page.next_cursor)


def routed_view(routed: RoutedWorkOrder) -> details.WorkOrderDetail:
    """Return a new work order."""
    return order_detail(routed.order, OrderHistory([routed.event]), routed.order.created_at)


def assigned_view(order: WorkOrder) -> schemas.WorkOrderAssigned:
    """Return a work order that has just been assigned."""
    return schemas.WorkOrderAssigned(
        WorkOrderState(order.state),
        order.version,
        str(order.technician_name),
        str(order.technician_id),
        order.assigned_at or order.updated_at,
    )


def started_view(order: WorkOrder) -> schemas.WorkOrderStarted:
    """Return a work order that has just been started."""
    return schemas.WorkOrderStarted(WorkOrderState(order.state), order.started_at or order.updated_at, order.version)


def finished_view(finished: FinishedWorkOrder) -> schemas.WorkOrderDone:
    """Return a work order that has just been finished."""
    order, released = finished
    return schemas.WorkOrderDone(
        WorkOrderState(order.state), order.closed_at or order.updated_at, order.version, released
    )


def moved_view(order: WorkOrder) -> schemas.WorkOrderMoved:
    """Return the state and version of a work order."""
    return schemas.WorkOrderMoved(WorkOrderState(order.state), order.version)


def rescheduled_view(order: WorkOrder) -> steps.WorkOrderRescheduled:
    """Return the state, the version and the due date of a work order."""
    return steps.WorkOrderRescheduled(WorkOrderState(order.state), order.version, order.due_at)


def edited_view(order: WorkOrder) -> steps.WorkOrderEdited:
    """Return a work order that has just been edited."""
    state, priority = WorkOrderState(order.state), Priority(order.priority)
    return steps.WorkOrderEdited(state, order.version, priority, order.instructions, order.due_at)


def cancelled_view(cancelled: FinishedWorkOrder) -> steps.WorkOrderCancelled:
    """Return a work order that has just been cancelled."""
    order, released = cancelled
    closed_at = order.closed_at or order.updated_at
    return steps.WorkOrderCancelled(WorkOrderState(order.state), closed_at, order.version, released)


def _sla(order: WorkOrder, now: datetime) -> schemas.WorkOrderSla:
    age = age_hours(order.created_at, order.closed_at or now)
    return schemas.WorkOrderSla(order.due_at, age, is_overdue(WorkOrderState(order.state), order.due_at, now))


def _holds(events: Sequence[WorkOrderEvent]) -> list[details.WorkOrderHoldEntry]:
    """Return the holds among the events: each ends with the next step that leaves the order in another state."""
    holds: list[details.WorkOrderHoldEntry] = []
    for event in steps_of(events):
        if event.action == TimelineAction.HELD:
            holds.append(_hold(event))
        elif holds and holds[-1].ended_at is None and event.state != WorkOrderState.ON_HOLD:
            holds[-1] = msgspec.structs.replace(holds[-1], ended_at=event.at)
    return holds


def _hold(event: WorkOrderEvent) -> details.WorkOrderHoldEntry:
    return details.WorkOrderHoldEntry(
        reason=HoldReason(str(event.hold_reason)),
        note=event.note,
        until=event.hold_until,
        held_by=event.actor_name,
        held_by_id=event.actor_id,
        at=event.at,
        ended_at=None,
    )


def _return(event: WorkOrderEvent) -> details.WorkOrderReturnEntry:
    return details.WorkOrderReturnEntry(event.note or "", event.actor_name, event.actor_id, event.at)


def _entry(event: WorkOrderEvent) -> details.WorkOrderTimelineEntry:
    return details.WorkOrderTimelineEntry(
        state=WorkOrderState(event.state),
        action=TimelineAction(event.action),
        actor=event.actor_name,
        actor_id=event.actor_id,
        role=event.actor_role,
        at=event.at,
        note=event.note,
        technician=event.technician_name,
        technician_id=event.technician_id,
    )
