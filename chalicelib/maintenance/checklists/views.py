"""Rides and checklists as clients read them."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.core.pagination import Page
from chalicelib.maintenance.checklists.schemas import (
    ChecklistItem,
    ChecklistSummary,
    ChecklistView,
    RidePage,
    RideView,
)
from chalicelib.maintenance.checklists.tables import Checklist, Ride
from chalicelib.maintenance.rules import ChecklistStatus
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.maintenance.workorders.views import order_summary


def checklist_view(checklist: Checklist, ride: Ride, orders: Sequence[WorkOrder], now: datetime) -> ChecklistView:
    """Return a checklist with the oldest of its open work orders."""
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


def checklist_summary(checklist: Checklist, ride: Ride) -> ChecklistSummary:
    """Return a checklist in lists."""
    return ChecklistSummary(
        checklist_ref=checklist.checklist_ref,
        name=checklist.name,
        status=ChecklistStatus(checklist.status),
        ride=ride.name,
        ride_code=ride.code,
        game_zone=ride.game_zone,
        item_count=len(checklist.items),
        open_count=len(checklist.open_orders or ()),
    )


def ride_page_view(page: Page[Ride]) -> RidePage:
    """Return a page of rides."""
    return RidePage([RideView(ride.code, ride.name, ride.game_zone) for ride in page.items], page.next_cursor)
