"""The list of assignments that supervisors read, and one of them with its pickers and log."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import CODE, Cursor, EntityId, Limit
from chalicelib.picking.assignments.schemas import LogEntry, PickingRole
from chalicelib.picking.ledger.state import AssignmentStatus
from chalicelib.picking.ledger.working_time import Pause


class AssignmentListQuery(msgspec.Struct, frozen=True):
    """Which assignments to list."""

    status: AssignmentStatus | None = None
    """Only assignments in this status."""
    role: PickingRole | None = None
    """Only assignments of the queue of this role."""
    zone: Annotated[str, CODE, Meta(min_length=1, max_length=64)] | None = None
    """Only assignments of this zone of the warehouse, in its exact spelling."""
    holder: EntityId | None = None
    """Only assignments that this user holds."""
    limit: Limit = 20
    cursor: Cursor | None = None


class AssignmentToUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The user who shall pick an assignment."""

    user_id: EntityId
    """The id of the user: an active one whose role sends events of scanners."""


class AssignmentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a supervisor changes of an assignment."""

    priority: Annotated[int, Meta(ge=0, le=9999)]
    """Lower numbers are claimed first."""


class AssignmentSummary(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An assignment with its progress."""

    assignment_id: str
    """The id of the assignment: the `assignment_ref` with which it was imported."""
    status: AssignmentStatus
    """The status of the assignment."""
    customer: str
    """The name of the customer."""
    order_label: str
    """The order, as people call it."""
    role: PickingRole
    """The role whose queue has the assignment."""
    zone: str
    """The zone of the warehouse; empty if the assignment has none."""
    route: str
    """The delivery route; empty if the assignment has none."""
    priority: int
    """Lower numbers are claimed first."""
    qty: Decimal
    """The number of units to pick: the sum of all lines."""
    picked_qty: Decimal
    """The number of units picked so far, by all pickers."""
    progress_pct: int
    """The part that is picked, in whole percent, rounded down."""
    locations: int
    """The number of different locations of the lines."""
    holders: list[str]
    """The ids of the users who hold the assignment; empty unless the status is `active`."""
    created_at: datetime
    """When the assignment was imported, in UTC."""
    updated_at: datetime
    """When the assignment last changed, in UTC."""
    started_at: datetime | None = None
    """When the assignment was claimed for the first time, in UTC. Absent until then."""
    close_reason: str | None = None
    """Why the assignment was closed early. Absent unless the status is `closed`."""


class AssignmentPicker(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A user's work on an assignment."""

    user_id: str
    """The id of the user."""
    name: str
    """The full name of the user, as it was at the first claim."""
    holds: bool
    """Whether the user holds the assignment now."""
    units: Decimal
    """The number of units that the user picked."""
    worked_seconds: Decimal
    """The time that the user worked on it, in seconds, without breaks, wraps and delays."""
    rate: Decimal | None = None
    """The units per hour of work. Absent before any work."""
    score_pct: Decimal | None = None
    """The rate in percent of the standard rate. Absent before any work."""
    pause: Pause | None = None
    """Why the user is not picking at the moment. Absent while they pick."""


class AssignmentDetail(AssignmentSummary, frozen=True, omit_defaults=True, kw_only=True):
    """An assignment with its pickers and the end of its log."""

    version: int
    """Rises by one with every change of the assignment, from 1; also sent as `ETag`."""
    shared: bool
    """Whether others may join the pickers who hold it."""
    wraps: int
    """The number of pallets that were wrapped."""
    delays: int
    """The number of delays that were reported."""
    breaks: int
    """The number of breaks that were begun."""
    pickers: list[AssignmentPicker]
    """Everybody who has worked on it; those who hold it come first, then by units."""
    log: list[LogEntry]
    """The newest 20 messages of the log, newest first."""


class AssignmentPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of assignments, the last imported first."""

    assignments: list[AssignmentSummary]
    """The assignments."""
    next_cursor: str | None = None
    """The cursor of the next page. Absent at the end."""
