"""Requests and responses of rejected events."""

from datetime import datetime

import msgspec

from chalicelib.edge.types import Cursor, Limit, Note500, Text500
from chalicelib.picking.rejections.rules import RejectedEventStatus


class RejectedEventQuery(msgspec.Struct, frozen=True):
    """Which rejected events to list."""

    status: RejectedEventStatus | None = None
    """Only events in this status."""
    limit: Limit = 20
    cursor: Cursor | None = None


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision that an event counts."""

    note: Note500 | None = None
    """Why it counts, in at most 500 characters."""


class Dismissal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision that an event does not count."""

    note: Text500
    """Why it does not count, in at most 500 characters."""


class RejectedEventView(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An event of a scanner that was rejected, with its newest try and the decision about it."""

    client_event_id: str
    """The id of the event, which the client made."""
    status: RejectedEventStatus
    """Whether it is decided, and how."""
    reason: str
    """Why the newest try was rejected: a reason of `POST /events/batch`, such as `not_your_assignment`."""
    user_id: str
    """The id of the user who sent the newest try. If the event is accepted it counts for them."""
    user_name: str
    """The full name of that user."""
    received_at: datetime
    """When the newest try arrived, in UTC; tries like the one before are recorded every ten minutes."""
    event_type: str | None = None
    """The type of the event. Absent if it has none."""
    assignment_id: str | None = None
    """The id of the assignment that the event names. Absent if it names none."""
    raw: str | None = None
    """The text that was scanned. Absent unless the event is a scan."""
    device_id: str | None = None
    """The device's name for itself. Absent if the event has none."""
    happened_at: datetime | None = None
    """When the event happened by the device's clock, in UTC. Absent if the event has no valid time."""
    acceptable: bool = False
    """Whether the event may be accepted: only one that is well-formed and names an assignment. Absent if not."""
    decided_at: datetime | None = None
    """When it was decided, in UTC. Absent while it is open."""
    decided_by: str | None = None
    """The id of the user who decided. Absent while it is open, and if a later try of the client was accepted."""
    note: str | None = None
    """Why it was decided in this way. Absent without a note."""


class RejectedEventPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of rejected events, the last rejected first."""

    events: list[RejectedEventView]
    """The events."""
    next_cursor: str | None = None
    """The cursor of the next page. Absent at the end."""
