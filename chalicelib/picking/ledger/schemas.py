"""Requests and responses of event batches, with the contract's fields."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_EVENTS = 500


class EventBatch(msgspec.Struct, frozen=True):
    """Events, each of which is decoded by itself."""

    events: Annotated[list[msgspec.Raw], Meta(max_length=MAX_EVENTS)]
    """The events, in the order in which they happened; at most 500."""


class ClientEvent(msgspec.Struct, frozen=True):
    """An event as a client's queue stores it. Further fields are ignored.

    `scan_received` {raw, assignment_id, order_id, at}: a scanned code; one that no line has is a warning in the log.
    `log_wrap_requested` {assignment_id, order_id}: a pallet is being wrapped, until the next scan.
    `log_delay_requested` or `log_delay` {assignment_id}: work is interrupted, until the next scan.
    `break_toggle_requested` {assignment_id}: a break begins, or ends.
    `shared_pick_requested` or `shared_pick` {assignment_id}: other pickers may join.
    `undo_requested` {assignment_id}: the newest effect on the assignment is taken back, whoever caused it.
    `assignment_received`, `assignment_resumed`, `tracker_opened` {assignment_id?, order_id?}: a message in the log.

    `raw` is the text that was scanned, in at most 500 characters; `at` the time of the scan, which is only recorded, as
    is `order_id`. Wraps, delays and breaks do not count as work.
    """

    client_event_id: str
    """A UUID (version 4) made by the client. Each is recorded once in an organisation; send an event again with the
    same one."""
    event_type: str
    """The type of the event."""
    payload: dict[str, str]
    """The fields of the event's type, and no others."""
    created_at: datetime
    """When the event happened by the device's clock (ISO 8601; UTC without an offset). A time after the arrival of the
    event, or before the user took the assignment, is moved to that limit."""
    device_id: str | None = None
    """Your own name for the device, in at most 128 characters. It is recorded."""
    company_id: str | None = None
    """The id of your organisation. Another one is rejected as `company_mismatch`."""
    user_id: str | None = None
    """Your user id. Another one is rejected as `user_mismatch`."""


class ClientEvents(msgspec.Struct, frozen=True):
    """Up to 500 events."""

    events: Annotated[list[ClientEvent], Meta(max_length=MAX_EVENTS)]
    """The events, in the order in which they happened."""


class EventStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one event."""

    client_event_id: str | int | float | bool | None
    """The event's id as it was sent. Null if it had none that can be sent back; then the position tells which event it
    is."""
    result: Literal["accepted", "duplicate", "rejected"]
    """`accepted`: recorded now. `duplicate`: recorded before. Both may leave the client's queue; `rejected` stays in
    it."""
    reason: str | None = None
    """Why the event was rejected: `missing_field:NAME`, `invalid_field:NAME`, `unexpected_field:NAME` (in the payload),
    `malformed_event`, `unknown_event_type`, `company_mismatch`, `user_mismatch` or `not_your_assignment`; with `retry`
    or `internal_error` it may be sent again unchanged. Absent unless it was rejected."""


class BatchAnswer(msgspec.Struct, frozen=True):
    """The result of each event, in the order in which the events were sent."""

    status: list[EventStatus]
    """One result for each event, in the order in which the events were sent."""
