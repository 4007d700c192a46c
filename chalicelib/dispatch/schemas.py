"""Requests, answers and events of courier dispatch, with exactly the contract's fields; absent ones are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.dispatch.rules import OrderState
from chalicelib.edge.types import Cursor, EntityId, Latitude, Limit, Longitude, Phone32, Text500

_PAIRS = (("pickup_lat", "pickup_lng"), ("dropoff_lat", "dropoff_lng"))


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delivery to be made. Coordinates come in pairs or not at all."""

    pickup_address: Text500
    dropoff_address: Text500
    receiver_phone: Phone32
    pickup_lat: Latitude | None = None
    pickup_lng: Longitude | None = None
    dropoff_lat: Latitude | None = None
    dropoff_lng: Longitude | None = None
    notes: Annotated[str, Meta(max_length=500)] | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Both coordinates or neither."""
        problems = {}
        for lat, lng in _PAIRS:
            if (lat in present) != (lng in present):
                missing = lng if lat in present else lat
                problems[missing] = f"is required together with {lat if missing == lng else lng}"
        return problems


class Availability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On duty or not."""

    available: bool


class CourierAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a courier; `courier_id` is the caller's own."""

    order_id: EntityId
    courier_id: EntityId


class CustomerAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a customer."""

    order_id: EntityId


class Position(msgspec.Struct, frozen=True):
    """Where a courier is, in degrees (WGS 84). What else a phone sends of its position is ignored."""

    latitude: Latitude
    longitude: Longitude


class OrderListQuery(msgspec.Struct, frozen=True):
    """How much of a list, and from where on."""

    limit: Limit = 20
    cursor: Cursor | None = None


class OrderView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A delivery as it is read."""

    id: str
    customer_id: str
    status: OrderState
    pickup_address: str
    dropoff_address: str
    receiver_phone: str
    version: int
    created_at: datetime
    updated_at: datetime
    pickup_lat: float | None = None
    pickup_lng: float | None = None
    dropoff_lat: float | None = None
    dropoff_lng: float | None = None
    notes: str | None = None
    assigned_courier: str | None = None


class OrderPlaced(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new delivery, and who was asked to make it; `message` says so if nobody was found."""

    order: OrderView
    assigned_courier_id: str | None = None
    message: str | None = None


class OrderPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some deliveries, newest first."""

    orders: list[OrderView]
    next_cursor: str | None = None


class Driver(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is coming."""

    id: str
    name: str
    phone: str | None = None
    profile_picture: str | None = None


class ActiveOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest delivery that is under way, if there is one."""

    active: bool
    order: OrderView | None = None
    assigned_driver: Driver | None = None


class OrderAssigned(msgspec.Struct, frozen=True, omit_defaults=True):
    """`order.assigned`, to the courier who is offered the delivery."""

    order_id: str
    customer_id: str
    pickup_address: str
    dropoff_address: str
    receiver_phone: str
    pickup_lat: float | None = None
    pickup_lng: float | None = None
    dropoff_lat: float | None = None
    dropoff_lng: float | None = None


class OrderLost(msgspec.Struct, frozen=True):
    """What a courier who lost a delivery is told of it."""

    order_id: str
    customer_id: str


AnnouncedStatus = Literal[
    "assigned",
    "accepted",
    "declined",
    "arrived",
    "picked_up",
    "delivered",
    "no_nearby_driver",
    "canceled_by_customer",
]
"""What a delivery is said to be: its state, or `declined`, in which none stays."""


class OrderStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """`order.status`: where a delivery stands; addresses when it was assigned, the courier from then on."""

    order_id: str
    status: AnnouncedStatus
    pickup_address: str | None = None
    pickup_lat: float | None = None
    pickup_lng: float | None = None
    dropoff_address: str | None = None
    dropoff_lat: float | None = None
    dropoff_lng: float | None = None
    receiver_phone: str | None = None
    courier_name: str | None = None
    courier_phone: str | None = None
    courier_profile_picture: str | None = None
