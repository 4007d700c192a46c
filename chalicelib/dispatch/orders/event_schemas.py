"""Events of courier dispatch, with exactly the contract's fields; absent ones are omitted."""

from typing import Literal

import msgspec


class OrderAssigned(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order that is offered to a courier."""

    order_id: str
    """The id of the order; send it back with the answer."""
    customer_id: str
    """The user id of the customer."""
    pickup_address: str
    """Where to pick the order up."""
    dropoff_address: str
    """Where to deliver the order."""
    receiver_phone: str
    """The telephone number of the person who receives the order."""
    pickup_lat: float | None = None
    """Degrees north of the pickup (WGS 84). Absent if the order has no coordinates for it."""
    pickup_lng: float | None = None
    """Degrees east of the pickup (WGS 84). Absent if the order has no coordinates for it."""
    dropoff_lat: float | None = None
    """Degrees north of the drop-off (WGS 84). Absent if the order has no coordinates for it."""
    dropoff_lng: float | None = None
    """Degrees east of the drop-off (WGS 84). Absent if the order has no coordinates for it."""


class OrderLost(msgspec.Struct, frozen=True):
    """The order that a courier no longer has."""

    order_id: str
    """The id of the order."""
    customer_id: str
    """The user id of the customer."""


AnnouncedStatus = Literal[
    "scheduled",
    "assigned",
    "accepted",
    "declined",
    "arrived",
    "picked_up",
    "delivered",
    "no_nearby_driver",
    "undeliverable",
    "returned",
    "canceled_by_customer",
    "canceled_by_dispatcher",
]
"""The statuses in events: the states of an order, and `declined`, in which no order stays."""


class OrderStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new status of an order, with what the recipient needs to know at that moment."""

    order_id: str
    """The id of the order."""
    status: AnnouncedStatus
    """The new status. After `declined`, the outcome follows at once: `assigned` or `no_nearby_driver`."""
    pickup_address: str | None = None
    """Where the courier picks the order up. Absent unless the status is `assigned`."""
    pickup_lat: float | None = None
    """Degrees north of the pickup (WGS 84). Absent unless the status is `assigned`, and if the order has no coordinates
    for it."""
    pickup_lng: float | None = None
    """Degrees east of the pickup (WGS 84). Absent unless the status is `assigned`, and if the order has no coordinates
    for it."""
    dropoff_address: str | None = None
    """Where the courier delivers the order. Absent unless the status is `assigned`."""
    dropoff_lat: float | None = None
    """Degrees north of the drop-off (WGS 84). Absent unless the status is `assigned`, and if the order has no
    coordinates for it."""
    dropoff_lng: float | None = None
    """Degrees east of the drop-off (WGS 84). Absent unless the status is `assigned`, and if the order has no
    coordinates for it."""
    receiver_phone: str | None = None
    """The telephone number of the person who receives the order. Absent unless the status is `assigned`."""
    courier_name: str | None = None
    """The courier's full name. Absent unless the status is `accepted`, `picked_up` or `delivered`."""
    courier_phone: str | None = None
    """The courier's telephone number. Absent unless the status is `accepted`, `picked_up` or `delivered`, and if the
    courier's account has none."""
    courier_profile_picture: str | None = None
    """The address of the courier's picture. Absent unless the status is `accepted`, `picked_up` or `delivered`, and if
    the courier's account has none."""
