"""Work orders and checklists as they are read: what is stored, in the form in which it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.maintenance.lists import Overview
from chalicelib.maintenance.rules import ChecklistStatus, PhotoKind, Priority, State, age_hours, is_overdue
from chalicelib.maintenance.schemas import (
    ActionItem,
    ChecklistItem,
    ChecklistView,
    DashboardCounts,
    PhotoView,
    SourceChecklist,
    TechnicianDashboard,
    WorkOrderDetail,
    WorkOrderReturnEntry,
    WorkOrderSla,
    WorkOrderSummary,
    WorkOrderTimelineEntry,
)
from chalicelib.maintenance.tables import Checklist, Ride, WorkOrder, WorkOrderEvent
from chalicelib.maintenance.timeline import Action


def order_summary(order: WorkOrder, now: datetime) -> WorkOrderSummary:
    """An order as lists show it."""
    return WorkOrderSummary(
        id=order.order_id,
        code=order.code,
        state=State(order.state),
        version=order.version,
        priority=Priority(order.priority),
        game_zone=order.game_zone,
        ride=order.ride_name,
        ride_code=order.ride_code,
        source_checklist=SourceChecklist(order.checklist_ref, order.checklist_name),
        a_item_text=order.item_text,
        issue_photo_count=order.issue_photos,
        sla=_sla(order, now),
        technician=order.technician_name,
        technician_id=order.technician_id,
        assigned_by=order.assigned_by_name,
        assigned_by_id=order.assigned_by_id,
    )


def order_detail(
    order: WorkOrder, events: Sequence[WorkOrderEvent], photos: Sequence[PhotoView], now: datetime
) -> WorkOrderDetail:
    """An order with all that belongs to it; `events` oldest first."""
    return WorkOrderDetail(
        id=order.order_id,
        code=order.code,
        state=State(order.state),
        version=order.version,
        priority=Priority(order.priority),
        game_zone=order.game_zone,
        ride=order.ride_name,
        ride_code=order.ride_code,
        source_checklist=SourceChecklist(order.checklist_ref, order.checklist_name),
        a_item=ActionItem(order.item_ref, order.item_text, order.item_note),
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
        fix_note=order.fix_note,
        created_at=order.created_at,
        assigned_at=order.assigned_at,
        started_at=order.started_at,
        closed_at=order.closed_at,
        return_history=[_return(event) for event in events if event.action == Action.RETURNED],
        timeline=[_entry(event) for event in events],
    )


def dashboard(overview: Overview, now: datetime) -> TechnicianDashboard:
    """A technician's work at a glance."""
    counts = overview.counts
    return TechnicianDashboard(
        DashboardCounts(
            assigned=counts.assigned,
            in_progress=counts.in_progress,
            returned=counts.returned,
            done=counts.done,
            overdue=overview.overdue,
            due_soon=overview.due_soon,
        ),
        [order_summary(order, now) for order in overview.first],
    )


def checklist_view(checklist: Checklist, ride: Ride, orders: Sequence[WorkOrder], now: datetime) -> ChecklistView:
    """A checklist with the oldest of its open work orders."""
    return ChecklistView(
        checklist_ref=checklist.checklist_ref,
        name=checklist.name,
        status=ChecklistStatus(checklist.status),
        version=checklist.version,
        ride=ride.name,
        ride_code=ride.code,
        game_zone=ride.game_zone,
        items=[ChecklistItem(item["item_ref"], item["text"], item.get("note")) for item in checklist.items],
        open_count=len(checklist.open_orders or ()),
        open_work_orders=[order_summary(order, now) for order in orders],
    )


def _sla(order: WorkOrder, now: datetime) -> WorkOrderSla:
    age = age_hours(order.created_at, order.closed_at or now)
    return WorkOrderSla(order.due_at, age, is_overdue(State(order.state), order.due_at, now))


def _return(event: WorkOrderEvent) -> WorkOrderReturnEntry:
    return WorkOrderReturnEntry(event.note or "", event.actor_name, event.actor_id, event.at)


def _entry(event: WorkOrderEvent) -> WorkOrderTimelineEntry:
    return WorkOrderTimelineEntry(
        state=State(event.state),
        action=Action(event.action),
        actor=event.actor_name,
        actor_id=event.actor_id,
        role=event.actor_role,
        at=event.at,
        note=event.note,
        technician=event.technician_name,
        technician_id=event.technician_id,
    )
