"""Responses of checklists."""

import msgspec

from chalicelib.maintenance.rules import ChecklistStatus
from chalicelib.maintenance.workorders.schemas import WorkOrderSummary


class ChecklistItem(msgspec.Struct, frozen=True, rename="camel"):
    """An item of a checklist."""

    item_ref: str
    """The `item_ref` with which the item was imported."""
    text: str
    """What the item checks."""
    note: str | None
    """A note about the item. Null if there is none."""


class ChecklistView(msgspec.Struct, frozen=True, rename="camel"):
    """A checklist of a ride, with the work orders that hold it back."""

    checklist_ref: str
    """The `checklist_ref` with which the checklist was imported."""
    name: str
    """The name of the checklist."""
    status: ChecklistStatus
    """Whether open work orders hold the checklist back."""
    version: int
    """Counts the imports that changed the checklist, from 1; work orders do not change it. It is the `ETag`."""
    ride: str
    """The name of the ride."""
    ride_code: str
    """The `code` with which the ride was imported."""
    game_zone: str
    """The game zone of the ride."""
    items: list[ChecklistItem]
    """The items of the checklist, as they were last imported."""
    open_count: int
    """The number of work orders of this checklist that are not done."""
    open_work_orders: list[WorkOrderSummary]
    """The oldest 99 of them."""
