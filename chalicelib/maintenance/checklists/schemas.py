"""Requests and responses of rides and checklists."""

import msgspec

from chalicelib.edge.types import Cursor, EntityId, Limit, Text100
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


class ChecklistQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which checklists to list."""

    ride: EntityId | None = None
    """Only the checklists of the ride with this `code`."""
    limit: Limit = 20
    """The largest number of checklists on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""


class ChecklistSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A checklist in lists."""

    checklist_ref: str
    """The `checklist_ref` with which the checklist was imported."""
    name: str
    """The name of the checklist."""
    status: ChecklistStatus
    """Whether open work orders hold the checklist back."""
    ride: str
    """The name of the ride."""
    ride_code: str
    """The `code` with which the ride was imported."""
    game_zone: str
    """The game zone of the ride."""
    item_count: int
    """The number of its items."""
    open_count: int
    """The number of work orders of this checklist that are not done."""


class ChecklistPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of checklists, by ride code and ref. It may hold fewer than `limit` and have a cursor."""

    checklists: list[ChecklistSummary]
    """The checklists of this page."""
    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""


class RideQuery(msgspec.Struct, frozen=True):
    """Which rides to list."""

    zone: Text100 | None = None
    """Only rides of this game zone. If it is omitted, of the caller's own, or of all zones if the caller's permission
    covers the organisation. A zone that it does not cover is 403."""
    limit: Limit = 20
    """The largest number of rides on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""


class RideView(msgspec.Struct, frozen=True, rename="camel"):
    """A ride."""

    code: str
    """The `code` with which the ride was imported."""
    name: str
    """The name of the ride."""
    game_zone: str
    """The game zone in which the ride stands."""


class RidePage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of rides, by game zone and code."""

    rides: list[RideView]
    """The rides of this page."""
    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""
