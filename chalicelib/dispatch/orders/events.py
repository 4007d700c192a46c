"""The socket events of an order, published with the change that causes them."""

from chalicelib.core.clock import iso
from chalicelib.core.messages import PUSH, OutboundMessage
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.dispatch.orders.event_schemas import AnnouncedStatus, OrderAssigned, OrderLost, OrderStatus
from chalicelib.dispatch.orders.tables import Order
from chalicelib.edge.socket_events import SocketEvent
from chalicelib.notices.rules import MAX_BODY, clip
from chalicelib.notices.service import queue_push

ASSIGNED = "order.assigned"
TIMED_OUT = "order.assignment_timed_out"
REASSIGNED_AWAY = "order.reassigned_away"
NO_NEARBY_DRIVER = "order.no_nearby_driver"
STATUS = "order.status"

_COURIER, _CUSTOMER = "realtime.channel.courier", "realtime.channel.customer"

_ORDER_ID = "019ceb1b-2248-78d9-9f6d-8d9f6d386d38"
_CANCELED_EXAMPLE = {"order_id": _ORDER_ID, "status": "canceled_by_customer"}
_ACCEPTED_EXAMPLE = {
    "order_id": _ORDER_ID,
    "status": "accepted",
    "courier_name": "Noor de Vries",
    "courier_phone": "+31201234567",
    "courier_profile_picture": "https://example.com/noor.jpg",
}

SOCKET_EVENTS = (
    SocketEvent("courier", ASSIGNED, OrderAssigned, _COURIER, "An order is offered; answer it within 15 seconds."),
    SocketEvent("courier", TIMED_OUT, OrderLost, _COURIER, "The offer has timed out; the outcome follows."),
    SocketEvent(
        "courier",
        REASSIGNED_AWAY,
        OrderLost,
        _COURIER,
        "The order is no longer yours: after a time-out it went to another courier, or a dispatcher took it away.",
    ),
    SocketEvent("courier", NO_NEARBY_DRIVER, OrderLost, _COURIER, "After a time-out: no other courier was free."),
    SocketEvent(
        "courier",
        STATUS,
        OrderStatus,
        _COURIER,
        "The customer has canceled the order, or a dispatcher has ended it.",
        example=_CANCELED_EXAMPLE,
    ),
    SocketEvent(
        "customer",
        STATUS,
        OrderStatus,
        _CUSTOMER,
        "The status of one of the customer's orders has changed.",
        example=_ACCEPTED_EXAMPLE,
    ),
)
"""The events of orders, for the API documents."""

_WITH_COURIER = frozenset({"accepted", "picked_up", "delivered"})


def offer_order(work: UnitOfWork, order: Order, courier_id: str) -> None:
    """Publish an offer to a courier; a push message, which expires with the offer, goes to their devices."""
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
    queue_push(work, _push_of_offer(order, courier_id))


def notify_previous_courier(work: UnitOfWork, order: Order, courier_id: str, event: str) -> None:
    """Publish to a courier that the order is no longer theirs; `event` says why."""
    work.publish(Recipient(order.org_id, courier_id), event, OrderLost(order.order_id, order.customer_id))


def notify_customer(work: UnitOfWork, order: Order, status: AnnouncedStatus) -> None:
    """Publish a status to the customer; `declined` is one although no order stays in it."""
    work.publish(Recipient(order.org_id, order.customer_id), STATUS, _status(order, status))


def notify_courier(work: UnitOfWork, order: Order, courier_id: str, status: AnnouncedStatus) -> None:
    """Publish a status to the courier of an order."""
    work.publish(Recipient(order.org_id, courier_id), STATUS, OrderStatus(order.order_id, status))


def _push_of_offer(order: Order, courier_id: str) -> OutboundMessage:
    expires_at = order.offer_expires_at
    data = {"event": ASSIGNED, "order_id": order.order_id}
    if expires_at is not None:
        data["expires_at"] = iso(expires_at)
    text = clip(order.pickup_address, MAX_BODY)
    return OutboundMessage(PUSH, courier_id, "New order", text, order.org_id, data, expires_at)


def _status(order: Order, status: AnnouncedStatus) -> OrderStatus:
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
