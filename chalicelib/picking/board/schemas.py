"""Requests and responses of the picking board."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import CODE, Cursor, Limit
from chalicelib.picking.assignments.schemas import PickingRole


class QueueQuery(msgspec.Struct, frozen=True):
    """Which waiting assignments to list."""

    role: PickingRole | None = None
    """Only the queue of this role."""
    zone: Annotated[str, CODE, Meta(min_length=1, max_length=64)] | None = None
    """Only assignments of this zone of the warehouse, in its exact spelling."""
    limit: Limit = 20
    cursor: Cursor | None = None


class ZoneQuery(msgspec.Struct, frozen=True):
    """Which page of zones to list."""

    limit: Limit = 100
    cursor: Cursor | None = None


class PickerQuery(msgspec.Struct, frozen=True):
    """Which page of pickers to list."""

    limit: Limit = 20
    cursor: Cursor | None = None


class ZoneView(msgspec.Struct, frozen=True):
    """A zone of the warehouse with the number of its assignments that are not done."""

    zone: str
    """The name of the zone, as it was imported; empty for assignments without one."""
    queued: int
    """The number of assignments that wait."""
    active: int
    """The number of assignments in hand."""


class ZonePage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of zones, by name."""

    zones: list[ZoneView]
    """The zones of all assignments that were imported so far."""
    next_cursor: str | None = None
    """The cursor of the next page. Absent at the end."""


class PickerView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A user who can pick, and what they hold."""

    user_id: str
    """The id of the user."""
    name: str
    """The full name."""
    role_name: str
    """The name of the role."""
    assignment_ids: list[str]
    """The assignments that the user holds: none or one, and rarely several."""


class PickerPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the users who can pick. It may hold fewer than `limit` and have a cursor."""

    pickers: list[PickerView]
    """The pickers of this page."""
    next_cursor: str | None = None
    """The cursor of the next page. Absent at the end."""
