"""Requests and answers of picking, with the contract's fields."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import EntityId, Text500
from chalicelib.picking.state import Status

MAX_EVENTS = 500
PickingRole = Literal["picker", "operative"]
View = Literal["role", "picker", "operative"]


class EventBatch(msgspec.Struct, frozen=True):
    """Events, each of which is decoded by itself."""

    events: Annotated[list[msgspec.Raw], Meta(max_length=MAX_EVENTS)]


class ClientEvent(msgspec.Struct, frozen=True):
    """Something that happened, as a client's queue keeps it. Further fields are passed over.

    Payloads: `scan_received` {raw, assignment_id, order_id, at}; `log_wrap_requested` {assignment_id, order_id};
    `log_delay_requested`, `break_toggle_requested`, `shared_pick_requested`, `undo_requested` {assignment_id};
    `assignment_received`, `assignment_resumed`, `tracker_opened` {assignment_id?, order_id?}. Nothing else may be in
    one.
    """

    client_event_id: str
    """A UUID of version 4, made by the client. An event that was taken once is not taken again."""
    event_type: str
    payload: dict[str, str]
    created_at: datetime
    device_id: str | None = None
    company_id: str | None = None
    user_id: str | None = None


class ClientEvents(msgspec.Struct, frozen=True):
    """Up to 500 events."""

    events: Annotated[list[ClientEvent], Meta(max_length=MAX_EVENTS)]


class EventStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an event. Without a usable id it is known by its place in the batch.

    Rejected events stay in the client's queue; with the reason `retry` they may be sent again as they are.
    """

    client_event_id: str | int | float | bool | None
    result: Literal["accepted", "duplicate", "rejected"]
    reason: str | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """What became of each event, in the order in which they were sent."""

    status: list[EventStatus]


class NextAssignment(msgspec.Struct, frozen=True):
    """Who asks for something to do: which device, for which company, and from which role's queue."""

    device_id: Annotated[str, Meta(min_length=1, max_length=128)]
    company_id: EntityId
    role: PickingRole


class Assigned(msgspec.Struct, frozen=True):
    """What one has to pick now."""

    assignment_id: str
    customer: str
    order_label: str
    zone: str
    route: str
    started_at: datetime


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it ends before everything is picked."""

    reason: Text500


class AssignmentView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An assignment that was given back or closed, and what was picked of it."""

    assignment_id: str
    status: Status
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
    """Who is signed in."""

    id: str
    role: str


class Metrics(msgspec.Struct, frozen=True):
    """How one is doing on the assignment, ready to be shown."""

    live_rate_display: str
    total_units: Decimal
    perf_score_display: str


class ActiveAssignment(msgspec.Struct, frozen=True):
    """What one has in hand, or had last (`active` false); nothing is known while one had none."""

    active: bool
    assignment_id: str | None = None
    customer: str | None = None
    order_label: str | None = None
    zone: str | None = None
    route: str | None = None
    started_at: datetime | None = None
    status: Status | None = None
    shared: bool = False
    on_break: bool = False


class OrderSummary(msgspec.Struct, frozen=True):
    """The order as a whole: how much, from how many places, onto how many pallets, how fast, and until when."""

    qty: Decimal
    locations: int
    pallets: int
    rate: Decimal
    eta: datetime | None
    progress_pct: int


class OrderProgress(msgspec.Struct, frozen=True):
    """How far it is, such as `42%`."""

    percent: str


class LogEntry(msgspec.Struct, frozen=True):
    """Something that happened, in words."""

    message: str
    at: datetime
    level: Literal["info", "warning"]


class ScoreInputs(msgspec.Struct, frozen=True):
    """What a score was worked out from. Breaks, wraps and delays are no work."""

    units: Decimal
    worked_seconds: Decimal
    standard_units_per_hour: int


class Score(msgspec.Struct, frozen=True):
    """Performance in percent of the standard (None while nobody can tell), by which rules and from what."""

    score_pct: Decimal | None
    rule_version: str
    inputs: ScoreInputs


class ScannerData(msgspec.Struct, frozen=True):
    """What the scanner shows."""

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
    """Who one is and what the scanner shows, in `data` and, for clients that look there, beside it."""

    user: ScannerUser
    view: View
    data: ScannerData
