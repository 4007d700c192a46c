"""Requests and socket messages of couriers, with exactly the contract's fields."""

import msgspec

from chalicelib.edge.types import Latitude, Longitude


class Availability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a courier's duty."""

    available: bool
    """`true` to go on duty, `false` to go off duty."""


class CourierPosition(msgspec.Struct, frozen=True):
    """A courier's position. It counts from its arrival at the server; other fields are ignored."""

    latitude: Latitude
    """Degrees north (WGS 84)."""
    longitude: Longitude
    """Degrees east (WGS 84)."""
