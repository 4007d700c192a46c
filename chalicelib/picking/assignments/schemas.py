"""Requests and responses of assignments and of the scanner's view, with the contract's fields."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import CODE, EntityId, Text500
from chalicelib.picking.ledger.state import AssignmentStatus

PickingRole = Annotated[
    Literal["picker", "operative"], Meta(title="PickingRole", description="The role whose view the scanner shows.")
]
ViewName = Literal["role", "picker", "operative"]


class NextAssignment(msgspec.Struct, frozen=True):
    """The device, the organisation, and the role whose queue is used."""

    device_id: Annotated[str, CODE, Meta(min_length=1, max_length=128)]
    """Your own name for the device, such as its serial number. It is recorded with the claim."""
    company_id: EntityId
    """The id of your organisation; another one is 403 `ACCESS_DENIED`."""
    role: PickingRole
    """The role whose queue is used. It has to be your own, unless your permission covers the organisation."""


class Assigned(msgspec.Struct, frozen=True):
    """The assignment that the picker works on."""

    assignment_id: str
    """The id of the assignment: the `assignment_ref` with which it was imported."""
    customer: str
    """The name of the customer."""
    order_label: str
    """The order, as people call it."""
    zone: str
    """The zone of the warehouse; empty if the assignment has none."""
    route: str
    """The delivery route; empty if the assignment has none."""
    started_at: datetime
    """When the caller took the assignment, in UTC."""


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason for which an assignment is closed before it is complete."""

    reason: Text500
    """Why the assignment ends early, in at most 500 characters. It appears in the log."""


class AssignmentView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An assignment with the quantity picked so far."""

    assignment_id: str
    """The id of the assignment: the `assignment_ref` with which it was imported."""
    status: AssignmentStatus
    """The status of the assignment."""
    customer: str
    """The name of the customer."""
    order_label: str
    """The order, as people call it."""
    zone: str
    """The zone of the warehouse; empty if the assignment has none."""
    route: str
    """The delivery route; empty if the assignment has none."""
    qty: Decimal
    """The number of units to pick: the sum of all lines."""
    picked_qty: Decimal
    """The number of units picked so far, by all pickers."""
    version: int
    """Rises by one with every change of the assignment, from 1; also sent as `ETag`."""
    started_at: datetime | None = None
    """When the assignment was claimed for the first time, in UTC. Absent until then."""
    close_reason: str | None = None
    """Why the assignment was closed early. Absent unless the status is `closed`."""


class ScannerUser(msgspec.Struct, frozen=True):
    """The signed-in user."""

    id: str
    """The id of the user."""
    role: str
    """The code of the user's role."""
    display_name: str
    """The full name of the user."""


class Metrics(msgspec.Struct, frozen=True):
    """The user's own rate, units and score on the assignment, formatted for display."""

    live_rate_display: str
    """The units per hour of work, such as `118.2 / h`; `-` before any work."""
    total_units: Decimal
    """The number of units that the user has picked on this assignment."""
    perf_score_display: str
    """The score in percent of the standard rate, such as `98.5%`; `-` before any work."""


class ActiveAssignment(msgspec.Struct, frozen=True):
    """The assignment that the user holds, or held when it was completed or closed."""

    active: bool
    """Whether the user has something to pick. False without an assignment, and once it is completed or closed."""
    assignment_id: str | None = None
    """The id of the assignment. Null without an assignment."""
    customer: str | None = None
    """The name of the customer. Null without an assignment."""
    order_label: str | None = None
    """The order, as people call it. Null without an assignment."""
    zone: str | None = None
    """The zone of the warehouse; empty if the assignment has none. Null without an assignment."""
    route: str | None = None
    """The delivery route; empty if the assignment has none. Null without an assignment."""
    started_at: datetime | None = None
    """When the user took the assignment, in UTC. Null without an assignment."""
    status: AssignmentStatus | None = None
    """The status of the assignment. Null without an assignment."""
    shared: bool = False
    """Whether other pickers may join."""
    on_break: bool = False
    """Whether the user is on a break."""


class OrderSummary(msgspec.Struct, frozen=True):
    """The whole order, with the work of all of its pickers."""

    qty: Decimal
    """The number of units to pick: the sum of all lines. 0 without an assignment."""
    locations: int
    """The number of different locations of the lines."""
    pallets: int
    """The number of pallets that the lines name. If they name none: the wrapped pallets and the one being built."""
    rate: str
    """The units that one picker picks in an hour of work, on average over all pickers of the order, such as `875 / h`;
    `-` before any work."""
    eta: str | None
    """When the order is expected to be complete, as `HH:MM` in the organisation's time zone. Null if no user works on
    it, and before any work."""
    eta_at: datetime | None
    """The same moment in UTC. Null where `eta` is."""
    progress_pct: int
    """The picked part in whole percent, rounded down: 100 means that everything is picked."""


class OrderProgress(msgspec.Struct, frozen=True):
    """The progress of the order, formatted for display."""

    percent: str
    """The picked part in whole percent, rounded down, such as `41%`."""


class LogEntry(msgspec.Struct, frozen=True):
    """A log message with its time."""

    message: str
    """What happened, for people to read."""
    at: datetime
    """When it happened, in UTC."""
    level: Literal["info", "warning"]
    """`warning` for a scan or request without effect, such as a code that no line has; otherwise `info`."""


class ScannerLogEntry(msgspec.Struct, frozen=True):
    """A log message with its time, as the scanner shows it."""

    message: str
    """What happened, for people to read."""
    at: str
    """When it happened, as `HH:MM:SS` in the organisation's time zone."""
    level: Literal["info", "warning"]
    """`warning` for a scan or request without effect, such as a code that no line has; otherwise `info`."""
    at_utc: datetime
    """When it happened, in UTC."""


class ScoreInputs(msgspec.Struct, frozen=True):
    """The values from which a score is computed. Breaks, wraps and delays are not work."""

    units: Decimal
    """The number of units that the user has picked on this assignment."""
    worked_seconds: Decimal
    """The user's working time on this assignment in seconds, without breaks, wraps and delays."""
    standard_units_per_hour: int
    """The rate that counts as 100 percent, a setting of the organisation for the role of the assignment."""


class Score(msgspec.Struct, frozen=True):
    """The user's performance on the assignment."""

    score_pct: Decimal | None
    """The user's rate in percent of the standard rate, to a tenth. Null before any work."""
    rule_version: str
    """The version of the rules; only scores of the same version can be compared."""
    inputs: ScoreInputs
    """The values from which the score is computed."""


class ScannerData(msgspec.Struct, frozen=True):
    """The values that the scanner shows."""

    header: str
    """The order and the customer, such as `SO-20417 - Zomer & Zoon`, or `No assignment`."""
    queueCount: int  # noqa: N815 - the client's name for it
    """The number of assignments of the user's role that wait, counted up to 100."""
    lastUpdated: datetime  # noqa: N815 - the client's name for it
    """When the assignment last changed, in UTC; without one, the time of the response."""
    metrics: Metrics
    """The user's own rate, units and score on the assignment."""
    assignment: ActiveAssignment
    """The assignment."""
    order_summary: OrderSummary
    """The whole order."""
    order_progress: OrderProgress
    """The progress of the whole order."""
    order_log: list[ScannerLogEntry]
    """The newest messages about the assignment, at most 20, the newest first."""
    performance: Score
    """The user's score on the assignment, and how it is computed."""


class ScannerState(ScannerData, frozen=True, kw_only=True):
    """The user and the values that the scanner shows, in `data` and repeated at the top level."""

    user: ScannerUser
    """The signed-in user."""
    view: ViewName
    """The view to show: `picker` or `operative` for users with that role, `role` for all others."""
    data: ScannerData
    """The values that the scanner shows."""
