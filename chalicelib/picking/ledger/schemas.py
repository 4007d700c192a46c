"""Requests and responses of event batches, with the contract's fields."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_EVENTS = 500

Reference = Annotated[str, Meta(min_length=1, max_length=128)]


class EventBatch(msgspec.Struct, frozen=True):
    """Events, each of which is decoded by itself."""

    events: Annotated[list[msgspec.Raw], Meta(max_length=MAX_EVENTS)]
    """The events, in the order in which they happened; at most 500."""


class ClientEventFields(msgspec.Struct, frozen=True, kw_only=True, tag_field="event_type"):
    """What every event of a client's queue has. Further fields are ignored."""

    client_event_id: str
    """A UUID (version 4) made by the client. Each is recorded once in an organisation; send an event again with the
    same one."""
    created_at: datetime
    """When the event happened by the device's clock (ISO 8601; UTC without an offset). A time after the arrival of the
    event is moved to it, and one before the previous event of the batch to that of the previous event."""
    device_id: str | None = None
    """Your own name for the device, in at most 128 characters. It is recorded."""
    company_id: str | None = None
    """The id of your organisation. Another one is rejected as `company_mismatch`."""
    user_id: str | None = None
    """Your user id. Another one is rejected as `user_mismatch`."""


class AssignmentPayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assignment that an event concerns."""

    assignment_id: Reference | None
    """The id of the assignment, as `POST /assignments/next` returned it. Null means the one that the user had in hand
    when the event happened."""


class OrderPayload(AssignmentPayload, frozen=True, forbid_unknown_fields=True):
    """The assignment and the order that an event concerns."""

    order_id: Reference | None
    """The order that the client shows, or null. It is only recorded."""


class ScanPayload(OrderPayload, frozen=True, forbid_unknown_fields=True):
    """A scanned code."""

    raw: Annotated[str, Meta(min_length=1, max_length=500)]
    """The text that was scanned, as it was read."""
    at: datetime
    """The time of the scan by the device's clock, which counts instead of `created_at`."""


class MessagePayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assignment and the order that a message concerns, if any."""

    assignment_id: Reference | None = None
    """The id of the assignment, as `POST /assignments/next` returned it."""
    order_id: Reference | None = None
    """The order that the client shows. It is only recorded."""


class AssignmentEvent(ClientEventFields, frozen=True, kw_only=True):
    """An event that concerns an assignment."""

    payload: AssignmentPayload
    """The assignment, and nothing else."""


class MessageEvent(ClientEventFields, frozen=True, kw_only=True):
    """An event that is only a message in the log."""

    payload: MessagePayload
    """The assignment and the order, if any, and nothing else."""


class ScanEvent(ClientEventFields, frozen=True, kw_only=True, tag="scan_received"):
    """A code was scanned. One that no line has is a warning in the log."""

    payload: ScanPayload
    """The scanned code with the assignment and the order, and nothing else."""


class WrapEvent(ClientEventFields, frozen=True, kw_only=True, tag="log_wrap_requested"):
    """A pallet is being wrapped, until the next scan. That does not count as work."""

    payload: OrderPayload
    """The assignment and the order, and nothing else."""


class DelayRequestedEvent(AssignmentEvent, frozen=True, kw_only=True, tag="log_delay_requested"):
    """Work is interrupted, until the next scan. That does not count as work."""


class DelayEvent(AssignmentEvent, frozen=True, kw_only=True, tag="log_delay"):
    """The same as `log_delay_requested`."""


class BreakEvent(AssignmentEvent, frozen=True, kw_only=True, tag="break_toggle_requested"):
    """A break begins, or ends. It does not count as work."""


class ShareRequestedEvent(AssignmentEvent, frozen=True, kw_only=True, tag="shared_pick_requested"):
    """Other pickers may join the assignment."""


class ShareEvent(AssignmentEvent, frozen=True, kw_only=True, tag="shared_pick"):
    """The same as `shared_pick_requested`."""


class UndoEvent(AssignmentEvent, frozen=True, kw_only=True, tag="undo_requested"):
    """The newest effect on the assignment is taken back, by any user."""


class ReceivedEvent(MessageEvent, frozen=True, kw_only=True, tag="assignment_received"):
    """The client received an assignment: a message in the log."""


class ResumedEvent(MessageEvent, frozen=True, kw_only=True, tag="assignment_resumed"):
    """The client resumed an assignment: a message in the log."""


class OpenedEvent(MessageEvent, frozen=True, kw_only=True, tag="tracker_opened"):
    """The tracker was opened: a message in the log."""


ClientEvent = Annotated[
    ScanEvent
    | WrapEvent
    | DelayRequestedEvent
    | DelayEvent
    | BreakEvent
    | ShareRequestedEvent
    | ShareEvent
    | UndoEvent
    | ReceivedEvent
    | ResumedEvent
    | OpenedEvent,
    Meta(title="ClientEvent", description="An event as a client's queue stores it; its `event_type` tells its form."),
]


class ClientEvents(msgspec.Struct, frozen=True):
    """Up to 500 events."""

    events: Annotated[list[ClientEvent], Meta(max_length=MAX_EVENTS)]
    """The events, in the order in which they happened."""


class EventStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one event."""

    client_event_id: str | None
    """The event's id as it was sent, a number or boolean as its JSON text. Null if it had none that can be sent back;
    then the position tells which event it is."""
    result: Literal["accepted", "duplicate", "rejected"]
    """`accepted`: recorded now. `duplicate`: recorded before. Both may leave the client's queue; `rejected` stays in
    it."""
    reason: str | None = None
    """Why the event was rejected: `missing_field:NAME`, `invalid_field:NAME`, `unexpected_field:NAME` (in the payload),
    `malformed_event`, `unknown_event_type`, `company_mismatch`, `user_mismatch`, `not_your_assignment` or
    `no_assignment`; with `retry` or `internal_error` it may be sent again unchanged. Absent unless it was rejected."""


class BatchAnswer(msgspec.Struct, frozen=True):
    """The result of each event, in the order in which the events were sent."""

    status: list[EventStatus]
    """One result for each event, in the order in which the events were sent."""
