"""Requests and socket messages of couriers, with exactly the contract's fields."""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.edge.types import Latitude, Longitude


class Availability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a courier's duty."""

    available: bool
    """`true` to go on duty, `false` to go off duty."""


class CourierDuty(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether a courier is on duty."""

    available: bool
    """Whether the courier is on duty."""
    order_id: str | None = None
    """The order in hand, offered or accepted. Absent without one."""
    since: datetime | None = None
    """When the courier last went on or off duty, in UTC. Absent if they never did."""


OffDutyReason = Literal["offers_missed"]
"""Why the system ended a courier's duty."""


class CourierOffDuty(msgspec.Struct, frozen=True):
    """A courier who is off duty now, without having asked for it."""

    reason: OffDutyReason
    """`offers_missed`: three offers in a row timed out without a sign of life in between: a position, an answer, or a
    change of duty."""


class CourierPosition(msgspec.Struct, frozen=True):
    """A courier's position. It counts from its arrival at the server; other fields are ignored."""

    latitude: Latitude
    """Degrees north (WGS 84)."""
    longitude: Longitude
    """Degrees east (WGS 84)."""
