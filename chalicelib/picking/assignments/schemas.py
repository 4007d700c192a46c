"""Requests and responses of assignments and of the scanner's view, with the contract's fields."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import CODE, EntityId, Text500
from chalicelib.picking.ledger.state import AssignmentStatus

PickingRole = Literal["picker", "operative"]
ViewName = Literal["role", "picker", "operative"]


class NextAssignment(msgspec.Struct, frozen=True):
    """The device, the organisation, and the role whose queue is used."""

    device_id: Annotated[str, CODE, Meta(min_length=1, max_length=128)]
    company_id: EntityId
    role: PickingRole


class Assigned(msgspec.Struct, frozen=True):
    """The assignment that the picker works on."""

    assignment_id: str
    customer: str
    order_label: str
    zone: str
    route: str
    started_at: datetime


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason for which an assignment is closed before it is complete."""

    reason: Text500


class AssignmentView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An assignment with the quantity picked so far."""

    assignment_id: str
    status: AssignmentStatus
    customer: str
    order_label: str
    zone: str
    route: str
    qty: Decimal
    picked_qty: Decimal
    version: int
    started_at: datetime | None = None
    close_reason: str | None = None


class ScannerUser(msgspec.Struct, frozen=True):
    """The signed-in user."""

    id: str
    role: str


class Metrics(msgspec.Struct, frozen=True):
    """The user's own rate, units and score on the assignment, formatted for display."""

    live_rate_display: str
    total_units: Decimal
    perf_score_display: str


class ActiveAssignment(msgspec.Struct, frozen=True):
    """The assignment that the user holds, or held last (`active` false); without one only `active` is set."""

    active: bool
    assignment_id: str | None = None
    customer: str | None = None
    order_label: str | None = None
    zone: str | None = None
    route: str | None = None
    started_at: datetime | None = None
    status: AssignmentStatus | None = None
    shared: bool = False
    on_break: bool = False


class OrderSummary(msgspec.Struct, frozen=True):
    """The whole order: quantity, locations, pallets, rate of all pickers, and estimated time of completion."""

    qty: Decimal
    locations: int
    pallets: int
    rate: Decimal
    eta: datetime | None
    progress_pct: int


class OrderProgress(msgspec.Struct, frozen=True):
    """The progress of the order, such as `42%`."""

    percent: str


class LogEntry(msgspec.Struct, frozen=True):
    """A log message with its time."""

    message: str
    at: datetime
    level: Literal["info", "warning"]


class ScoreInputs(msgspec.Struct, frozen=True):
    """The values from which a score is computed. Breaks, wraps and delays are not work."""

    units: Decimal
    worked_seconds: Decimal
    standard_units_per_hour: int


class Score(msgspec.Struct, frozen=True):
    """Performance in percent of the standard rate (null before any work), the version of the rules, and the inputs."""

    score_pct: Decimal | None
    rule_version: str
    inputs: ScoreInputs


class ScannerData(msgspec.Struct, frozen=True):
    """The values that the scanner shows."""

    header: str
    queueCount: int  # noqa: N815 - the client's name for it
    lastUpdated: datetime  # noqa: N815 - the client's name for it
    metrics: Metrics
    assignment: ActiveAssignment
    order_summary: OrderSummary
    order_progress: OrderProgress
    order_log: list[LogEntry]
    performance: Score


class ScannerState(ScannerData, frozen=True, kw_only=True):
    """The user and the values that the scanner shows, in `data` and repeated at the top level."""

    user: ScannerUser
    view: ViewName
    data: ScannerData
