"""Responses about tracking links, what a link shows, and the live position of a courier."""

from datetime import datetime

import msgspec

from chalicelib.dispatch.orders.rules import OrderState


class CreatedTrackingLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tracking link."""

    token: str
    """The token of the link, with 256 random bits. It is in this response only; the server keeps its hash."""
    expires_at: datetime
    """When the link ends at the latest, in UTC; it ends an hour after the order if that is earlier."""
    url: str | None = None
    """The page that shows the order, for the receiver. Absent if the deployment has no such page."""


class CourierLocation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the courier of an order is."""

    order_id: str
    """The id of the order."""
    latitude: float
    """Degrees north of the courier (WGS 84)."""
    longitude: float
    """Degrees east of the courier (WGS 84)."""
    at: datetime
    """When the courier was there, in UTC."""
    eta_at: datetime | None = None
    """When the order is probably delivered, in UTC. Absent if a coordinate of the way that is left is missing."""


class TrackedCourier(msgspec.Struct, frozen=True, omit_defaults=True):
    """The courier of an order, as the receiver sees them."""

    first_name: str
    """The courier's first name; empty if their account has no name."""
    latitude: float | None = None
    """Degrees north of the courier's last position (WGS 84). Absent if they have sent none."""
    longitude: float | None = None
    """Degrees east of the courier's last position (WGS 84). Absent if they have sent none."""
    position_at: datetime | None = None
    """When the courier was there, in UTC. Absent if they have sent no position."""


class TrackedOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order, as its tracking link shows it."""

    status: OrderState
    """The status of the order."""
    updated_at: datetime
    """When the order last changed, in UTC."""
    dropoff_address: str
    """Where the courier delivers the order."""
    expires_at: datetime
    """When the link ends, in UTC; until the order ends, when it ends at the latest."""
    courier: TrackedCourier | None = None
    """The courier. Absent unless the status is `accepted`, `arrived` or `picked_up`."""
    eta_at: datetime | None = None
    """When the order is probably delivered, in UTC. Absent like that of the order itself."""
