"""Requests and socket messages of couriers, with exactly the contract's fields."""

from datetime import datetime

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


class CourierPosition(msgspec.Struct, frozen=True):
    """A courier's position. It counts from its arrival at the server; other fields are ignored."""

    latitude: Latitude
    """Degrees north (WGS 84)."""
    longitude: Longitude
    """Degrees east (WGS 84)."""
