"""Requests and responses of courier dispatch, with exactly the contract's fields; absent ones are omitted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.proof.schemas import Proof, Requirements
from chalicelib.dispatch.tariffs.rules import Coordinates, place
from chalicelib.edge.types import EntityId, Latitude, Longitude, Moment, Note500, Phone32, Text500

_PAIRS = (("pickup_lat", "pickup_lng"), ("dropoff_lat", "dropoff_lng"))


class CreateOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new order. Coordinates are given in pairs or not at all."""

    pickup_address: Text500
    """Where the courier picks the order up, as people write it, in at most 500 characters."""
    dropoff_address: Text500
    """Where the courier delivers the order, as people write it, in at most 500 characters."""
    receiver_phone: Phone32
    """The telephone number of the person who receives the order, in any notation."""
    pickup_lat: Latitude | None = None
    """Degrees north of the pickup (WGS 84); together with `pickup_lng` or not at all. Without it, the nearest courier
    cannot be found, and the order is offered to the courier who has been idle longest."""
    pickup_lng: Longitude | None = None
    """Degrees east of the pickup (WGS 84); together with `pickup_lat` or not at all."""
    dropoff_lat: Latitude | None = None
    """Degrees north of the drop-off (WGS 84); together with `dropoff_lng` or not at all."""
    dropoff_lng: Longitude | None = None
    """Degrees east of the drop-off (WGS 84); together with `dropoff_lat` or not at all."""
    notes: Note500 | None = None
    """Anything the courier should know, in at most 500 characters."""
    customer_id: EntityId | None = None
    """Your own user id; another one is 403 `ACCESS_DENIED`."""
    vehicle_type_id: EntityId | None = None
    """The `vehicle_type_id` of a tariff. It has no effect on whom the order is offered to."""
    estimated_price_cents: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    """The price that the customer was shown, in cents. With `vehicle_type_id` and all coordinates, one that differs
    from the current price by more than 2 % is 409 `PRICE_CHANGED`."""
    type_id: EntityId | None = None
    """What kind of goods these are, in the words of the customer's app. It is accepted and has no effect."""
    pickup_after: Moment | None = None
    """The time before which the order is not offered to couriers, at most 30 days ahead; until then its status is
    `scheduled`. A time in the past counts as now."""
    requirements: Requirements | None = None
    """What the courier has to prove the delivery by; nothing if omitted."""

    @property
    def pickup(self) -> Coordinates | None:
        """Return where the courier picks the order up, if its coordinates are given."""
        return place(self.pickup_lat, self.pickup_lng)

    @property
    def dropoff(self) -> Coordinates | None:
        """Return where the courier delivers the order, if its coordinates are given."""
        return place(self.dropoff_lat, self.dropoff_lng)

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error for each coordinate without its counterpart."""
        errors = {}
        for lat, lng in _PAIRS:
            if (lat in present) != (lng in present):
                missing = lng if lat in present else lat
                errors[missing] = f"is required together with {lat if missing == lng else lng}"
        return errors


class CourierAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order that a courier answers or works on."""

    order_id: EntityId
    """The id of the order. One that the courier does not have is 403 `ACCESS_DENIED`; `details.reason` is
    `OFFER_EXPIRED` if they had it before."""
    courier_id: EntityId
    """Your own user id; another one is 403 `ACCESS_DENIED`."""


class DeliverOrder(CourierAction, frozen=True, forbid_unknown_fields=True):
    """An order that a courier has delivered."""

    proof: Proof | None = None
    """The proof of the delivery. What the order's `requirements` name is required."""


class UndeliverableReport(CourierAction, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order that a courier has picked up and cannot hand over."""

    reason: Text500
    """Why it cannot be handed over, in at most 500 characters."""
    note: Note500 | None = None
    """Anything else that the dispatcher should know, in at most 500 characters."""


class CustomerAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order of the customer."""

    order_id: EntityId
    """The id of the order."""


class DeliveryFailure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why and when an order could not be handed over."""

    reason: str
    """The reason that the courier or the dispatcher gave."""
    at: datetime
    """When it was reported, in UTC."""
    note: str | None = None
    """What the courier added. Absent if they added nothing."""


class OrderView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order."""

    id: str
    """The id of the order, a UUID made by the server."""
    customer_id: str
    """The user id of the customer who created the order."""
    status: OrderState
    """The status of the order."""
    pickup_address: str
    """Where the courier picks the order up."""
    dropoff_address: str
    """Where the courier delivers the order."""
    receiver_phone: str
    """The telephone number of the person who receives the order, as the customer wrote it."""
    version: int
    """Rises by one with every change of the order, from 1; also sent as `ETag`."""
    created_at: datetime
    """When the order was created, in UTC."""
    updated_at: datetime
    """When the order last changed, in UTC."""
    pickup_lat: float | None = None
    """Degrees north of the pickup (WGS 84). Absent if the order has no coordinates for it."""
    pickup_lng: float | None = None
    """Degrees east of the pickup (WGS 84). Absent if the order has no coordinates for it."""
    dropoff_lat: float | None = None
    """Degrees north of the drop-off (WGS 84). Absent if the order has no coordinates for it."""
    dropoff_lng: float | None = None
    """Degrees east of the drop-off (WGS 84). Absent if the order has no coordinates for it."""
    notes: str | None = None
    """What the courier should know. Absent if the customer wrote none."""
    pickup_after: datetime | None = None
    """Before this time the order was or is not offered to couriers, in UTC. Absent unless it was scheduled."""
    offer_expires_at: datetime | None = None
    """Until when the courier has to answer the offer, in UTC; after that it goes to the next courier. Absent unless the
    status is `assigned`."""
    waiting_until: datetime | None = None
    """Until when a courier is looked for again, in UTC. Absent unless the status is `no_nearby_driver` and the wait is
    not over."""
    eta_at: datetime | None = None
    """When the order is probably delivered, in UTC, by the distance that is left at this moment. Only reads of one
    order and of active orders have it. Absent unless the status is `accepted`, `arrived` or `picked_up`, if a
    coordinate of the way that is left is missing, and if the courier has sent no position in the last 5 minutes."""
    assigned_courier: str | None = None
    """The user id of the courier who has the offer or the order, or had it when it was delivered or canceled. Absent
    if the status is `no_nearby_driver`."""
    vehicle_type_id: str | None = None
    """The id of the vehicle type that the customer chose. Absent if they chose none."""
    estimated_price_cents: int | None = None
    """The price that the customer was shown, in cents. Absent if they sent none."""
    requirements: Requirements | None = None
    """What the courier has to prove the delivery by. Absent if nothing."""
    delivery_pin: str | None = None
    """The PIN that the receiver tells the courier. Absent unless you are the customer and the order requires one."""
    failure: DeliveryFailure | None = None
    """Why the order could not be handed over. Absent unless it was reported as undeliverable."""
    dispatcher_reason: str | None = None
    """Why a dispatcher last released, canceled or delivered the order, or reported it as undeliverable. Absent if none
    did; only dispatchers read it, and only in `GET /v1/orders/{order_id}`."""


class OrderPlaced(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new order, and the courier to whom it was offered."""

    order: OrderView
    """The order."""
    assigned_courier_id: str | None = None
    """The user id of the courier to whom the order was offered. Absent if no courier was free."""
    message: str | None = None
    """A sentence for the customer. Absent if the order was offered to a courier."""


class OrderPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of orders, newest first."""

    orders: list[OrderView]
    """The orders of this page."""
    next_cursor: str | None = None
    """The `cursor` of the next page, which may be empty. Absent at the end of the list."""


class Driver(msgspec.Struct, frozen=True, omit_defaults=True):
    """The courier of an order, as the customer sees them."""

    id: str
    """The user id of the courier."""
    name: str
    """The courier's full name, as it was when they accepted the order."""
    phone: str | None = None
    """The courier's telephone number. Absent if their account has none."""
    profile_picture: str | None = None
    """The address of the courier's picture. Absent if their account has none."""


class ActiveOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest active order, or that there is none."""

    active: bool
    """Whether there is an active order: one that is `assigned`, `accepted`, `arrived` or `picked_up`."""
    order: OrderView | None = None
    """The order. Absent if there is no active order."""
    assigned_driver: Driver | None = None
    """The courier, for the customer only. Absent until a courier has accepted the order."""
