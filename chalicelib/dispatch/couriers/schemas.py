"""Requests and socket messages of couriers, with exactly the contract's fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import EntityId, Latitude, Longitude, Moment

MAX_INACCURACY_M = 1000
"""A position that may be further off is of no use to the search for a courier."""


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


OffDutyReason = Literal["offers_missed", "disabled"]
"""Why the system ended a courier's duty."""


class CourierOffDuty(msgspec.Struct, frozen=True):
    """A courier who is off duty now, without having asked for it."""

    reason: OffDutyReason
    """`offers_missed`: three offers in a row timed out without a sign of life in between: a request, a socket message,
    or a ping. `disabled`: the courier's account was disabled."""


class CourierPosition(msgspec.Struct, frozen=True):
    """A courier's position; unknown fields are ignored. Exactly 0,0 is what devices send that do not know theirs."""

    latitude: Latitude
    """Degrees north (WGS 84)."""
    longitude: Longitude
    """Degrees east (WGS 84)."""
    recorded_at: Moment | None = None
    """When the device determined the position, by which its age counts; a time in the future counts as now. Without it
    the age counts from the arrival at the server."""
    accuracy_m: Annotated[float, Meta(ge=0, le=MAX_INACCURACY_M)] | None = None
    """The radius in metres in which the courier is, as the device estimates it."""
    courier_id: EntityId | None = None
    """The caller's own user id."""

    @staticmethod
    def cross_check(present: Mapping[str, Any]) -> Mapping[str, str]:
        """Refuse the position that devices send which do not know theirs."""
        if present.get("latitude") == 0 == present.get("longitude"):
            return dict.fromkeys(("latitude", "longitude"), "must not both be exactly 0")
        return {}
