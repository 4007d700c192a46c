"""Requests and responses of event batches, with the contract's fields."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_EVENTS = 500


class EventBatch(msgspec.Struct, frozen=True):
    """Events, each of which is decoded by itself."""

    events: Annotated[list[msgspec.Raw], Meta(max_length=MAX_EVENTS)]


class ClientEvent(msgspec.Struct, frozen=True):
    """An event as a client's queue stores it. Further fields are ignored.

    Payloads: `scan_received` {raw, assignment_id, order_id, at}; `log_wrap_requested` {assignment_id, order_id};
    `log_delay_requested`, `break_toggle_requested`, `shared_pick_requested`, `undo_requested` {assignment_id};
    `assignment_received`, `assignment_resumed`, `tracker_opened` {assignment_id?, order_id?}. A payload must not have
    other fields.
    """

    client_event_id: str
    """A UUID of version 4 made by the client. Each event is recorded once."""
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
    """The result of an event. Without a usable id it is identified by its position in the batch.

    Rejected events stay in the client's queue; with the reason `retry` they may be sent again unchanged.
    """

    client_event_id: str | int | float | bool | None
    result: Literal["accepted", "duplicate", "rejected"]
    reason: str | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """The result of each event, in the order in which the events were sent."""

    status: list[EventStatus]
