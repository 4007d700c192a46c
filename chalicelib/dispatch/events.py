"""Who is told what: the socket events of a delivery, as they are published with the change that causes them."""

from __future__ import annotations

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.dispatch.schemas import Announced, OrderAssigned, OrderLost, OrderStatus, Position
from chalicelib.dispatch.tables import Order
from chalicelib.edge.openapi_socket import SocketEvent

ASSIGNED = "order.assigned"
TIMED_OUT = "order.assignment_timed_out"
REASSIGNED_AWAY = "order.reassigned_away"
NO_NEARBY_DRIVER = "order.no_nearby_driver"
STATUS = "order.status"
LOCATION = "location.update"

_COURIER, _CUSTOMER = "realtime.channel.courier", "realtime.channel.customer"

SOCKET_EVENTS = (
    SocketEvent("courier", ASSIGNED, OrderAssigned, _COURIER, "A delivery is offered."),
    SocketEvent("courier", TIMED_OUT, OrderLost, _COURIER, "The time to answer the offer is over."),
    SocketEvent("courier", REASSIGNED_AWAY, OrderLost, _COURIER, "Another courier got the delivery."),
    SocketEvent("courier", NO_NEARBY_DRIVER, OrderLost, _COURIER, "No other courier was found for the delivery."),
    SocketEvent("courier", STATUS, OrderStatus, _COURIER, "The customer called the delivery off."),
    SocketEvent("customer", STATUS, OrderStatus, _CUSTOMER, "Where the delivery stands."),
    SocketEvent(
        "courier", LOCATION, Position, "dispatch.courier.position", "Where the courier is now.", from_client=True
    ),
)
"""All of them, for the description of the API."""

_WITH_COURIER = frozenset({"accepted", "picked_up", "delivered"})


def offer(work: UnitOfWork, order: Order, courier_id: str) -> None:
    """Offer the delivery to a courier."""
    payload = OrderAssigned(
        order_id=order.order_id,
        customer_id=order.customer_id,
        pickup_address=order.pickup_address,
        pickup_lat=order.pickup_lat,
        pickup_lng=order.pickup_lng,
        dropoff_address=order.dropoff_address,
        dropoff_lat=order.dropoff_lat,
        dropoff_lng=order.dropoff_lng,
        receiver_phone=order.receiver_phone,
    )
    work.publish(Recipient(order.org_id, courier_id), ASSIGNED, payload)


def tell_loser(work: UnitOfWork, order: Order, courier_id: str, event: str) -> None:
    """Tell a courier that the delivery is no longer theirs, and why."""
    work.publish(Recipient(order.org_id, courier_id), event, OrderLost(order.order_id, order.customer_id))


def tell_customer(work: UnitOfWork, order: Order, status: Announced) -> None:
    """Tell the customer where the delivery stands; `declined` is told although no delivery stays in it."""
    work.publish(Recipient(order.org_id, order.customer_id), STATUS, _status(order, status))


def tell_courier(work: UnitOfWork, order: Order, courier_id: str, status: Announced) -> None:
    """Tell the courier of a delivery that its state has changed under them."""
    work.publish(Recipient(order.org_id, courier_id), STATUS, OrderStatus(order.order_id, status))


def _status(order: Order, status: Announced) -> OrderStatus:
    if status == "assigned":
        return OrderStatus(
            order.order_id,
            status,
            pickup_address=order.pickup_address,
            pickup_lat=order.pickup_lat,
            pickup_lng=order.pickup_lng,
            dropoff_address=order.dropoff_address,
            dropoff_lat=order.dropoff_lat,
            dropoff_lng=order.dropoff_lng,
            receiver_phone=order.receiver_phone,
        )
    if status in _WITH_COURIER:
        return OrderStatus(
            order.order_id,
            status,
            courier_name=order.driver_name,
            courier_phone=order.driver_phone,
            courier_profile_picture=order.driver_picture,
        )
    return OrderStatus(order.order_id, status)
