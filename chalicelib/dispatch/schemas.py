"""Requests, responses and events of courier dispatch, with exactly the contract's fields; absent ones are omitted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.dispatch.rules import OrderState
from chalicelib.edge.types import EntityId, Latitude, Longitude, Note500, Phone32, Text500

_PAIRS = (("pickup_lat", "pickup_lng"), ("dropoff_lat", "dropoff_lng"))


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new order. Coordinates are given in pairs or not at all."""

    pickup_address: Text500
    dropoff_address: Text500
    receiver_phone: Phone32
    pickup_lat: Latitude | None = None
    pickup_lng: Longitude | None = None
    dropoff_lat: Latitude | None = None
    dropoff_lng: Longitude | None = None
    notes: Note500 | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error for each coordinate without its counterpart."""
        errors = {}
        for lat, lng in _PAIRS:
            if (lat in present) != (lng in present):
                missing = lng if lat in present else lat
                errors[missing] = f"is required together with {lat if missing == lng else lng}"
        return errors


class Availability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the courier is on duty."""

    available: bool


class CourierAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a courier; `courier_id` is the caller's own."""

    order_id: EntityId
    courier_id: EntityId


class CustomerAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a customer."""

    order_id: EntityId


class Position(msgspec.Struct, frozen=True):
    """A courier's position in degrees (WGS 84). Other fields that phones send are ignored."""

    latitude: Latitude
    longitude: Longitude


class OrderView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order."""

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
    """A new order and the courier to whom it was offered; `message` is set if there was none."""

    order: OrderView
    assigned_courier_id: str | None = None
    message: str | None = None


class OrderPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of orders, newest first."""

    orders: list[OrderView]
    next_cursor: str | None = None


class StatusChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """The status before and after; a new order has none before."""

    after: OrderState
    before: OrderState | None = None


class CourierChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ids of the courier before and after; absent where the order had no courier."""

    before: str | None = None
    after: str | None = None


class OrderChanges(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fields that changed; only those by which everybody who sees the order can follow it."""

    status: StatusChange | None = None
    assigned_courier: CourierChange | None = None


class OrderTimelineEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of an order: when, what, by whom; the actor is a user id, or a part of the system (`system:sweep`)."""

    at: datetime
    action: str
    actor_id: str
    changes: OrderChanges | None = None


class OrderTimeline(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of what happened to an order, oldest first. It may hold fewer entries than `limit` and have a cursor."""

    order_id: str
    entries: list[OrderTimelineEntry]
    next_cursor: str | None = None


class Driver(msgspec.Struct, frozen=True, omit_defaults=True):
    """The courier of an order, as the customer sees them."""

    id: str
    name: str
    phone: str | None = None
    profile_picture: str | None = None


class ActiveOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest active order, if there is one."""

    active: bool
    order: OrderView | None = None
    assigned_driver: Driver | None = None


class OrderAssigned(msgspec.Struct, frozen=True, omit_defaults=True):
    """`order.assigned`, to the courier to whom the order is offered."""

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
    """The order that a courier no longer has."""

    order_id: str
    customer_id: str


AnnouncedStatus = Literal[
    "assigned", "accepted", "declined", "arrived", "picked_up", "delivered", "no_nearby_driver", "canceled_by_customer"
]
"""The statuses in events: the states of an order, and `declined`, in which no order stays."""


class OrderStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """`order.status`: the status; with addresses when the order was assigned, with the courier from `accepted` on."""

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
