"""The lists of orders and couriers that dispatchers read: their filters and pages."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import check_period
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.edge.types import Cursor, EntityId, Limit, Moment, Text500


class OrderListQuery(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Which orders of the organisation to list; a courier's are those that they have or had."""

    status: OrderState | None = None
    """Only orders in this state."""
    courier_id: EntityId | None = None
    """Only orders that this courier has or had."""
    customer_id: EntityId | None = None
    """Only orders of this customer."""
    since: Moment | None = None
    """Only orders created at this time or later."""
    until: Moment | None = None
    """Only orders created at this time or earlier."""
    limit: Limit = 20
    cursor: Cursor | None = None

    cross_check = staticmethod(check_period)


class OrderAssignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The courier to whom an order is to be offered."""

    courier_id: EntityId
    """The user id of a courier who is on duty and has no order in hand."""


class DispatcherStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a dispatcher intervenes."""

    reason: Text500
    """The reason, in at most 500 characters; the audit trail keeps it."""


class CourierStatus(StrEnum):
    """What a courier does: on duty without an order, with one, or off duty."""

    FREE = "free"
    BUSY = "busy"
    OFF = "off"


MAX_COURIERS = 1000
MAX_NEAR = 100


class CourierListQuery(msgspec.Struct, frozen=True):
    """Which couriers to list. With `near` it is the free couriers of the search radius, the nearest first."""

    status: CourierStatus | None = None
    """Only couriers who do this."""
    near: Annotated[str, Meta(pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,15})?,-?[0-9]{1,3}(\.[0-9]{1,15})?$")] | None = None
    """A position as `latitude,longitude` in degrees (WGS 84). Such a list has only free couriers who sent a position
    within the last hour, at most 100, and no cursor."""
    limit: Annotated[int, Meta(ge=1, le=MAX_COURIERS)] = 100
    cursor: Cursor | None = None

    @property
    def position(self) -> tuple[float, float] | None:
        """Return the position that is named, as latitude and longitude."""
        return _position(self.near) if self.near else None

    @staticmethod
    def cross_check(present: Mapping[str, Any]) -> Mapping[str, str]:
        """Require that `near` is on the globe and stands beside no other filter."""
        near, errors = present.get("near"), dict[str, str]()
        if near is None:
            return errors
        latitude, longitude = _position(near)
        if abs(latitude) > 90 or abs(longitude) > 180:
            errors["near"] = "must be a latitude from -90 to 90 and a longitude from -180 to 180"
        if present.get("status") not in (None, CourierStatus.FREE):
            errors["status"] = "must be free or absent together with near"
        return errors


def _position(near: str) -> tuple[float, float]:
    latitude, _, longitude = near.partition(",")
    return float(latitude), float(longitude)


class CourierView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A courier as the dispatcher sees them."""

    id: str
    """The courier's user id."""
    status: CourierStatus
    """Free (on duty without an order), busy (with one), or off duty."""
    name: str | None = None
    """The full name. Absent for couriers who have none, or have not gone on duty since names are kept."""
    order_id: str | None = None
    """The order in hand. Absent without one."""
    latitude: float | None = None
    """Degrees north of the last position (WGS 84). Absent before the first one."""
    longitude: float | None = None
    """Degrees east of the last position (WGS 84). Absent before the first one."""
    position_at: datetime | None = None
    """When the courier was there. While positions arrive it is at most 2 minutes old, and the courier within 30 m.
    Absent before the first position."""


class CourierPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of couriers, in the order of their ids; with `near` the nearest first."""

    couriers: list[CourierView]
    """The couriers."""
    next_cursor: str | None = None
    """The cursor of the next page. Absent at the end."""
