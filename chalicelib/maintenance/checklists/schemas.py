"""Responses of checklists."""

import msgspec

from chalicelib.maintenance.rules import ChecklistStatus
from chalicelib.maintenance.workorders.schemas import WorkOrderSummary


class ChecklistItem(msgspec.Struct, frozen=True, rename="camel"):
    """An item of a checklist."""

    item_ref: str
    text: str
    note: str | None


class ChecklistView(msgspec.Struct, frozen=True, rename="camel"):
    """A checklist: `HELD` while work orders of it are open, `RELEASED` once the last of them is done.

    `openWorkOrders` are the oldest of them, `openCount` is the number of all.
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
