"""The live position of a courier, for the sockets of their customer."""

from datetime import datetime

from chalicelib.core.published import Published, Recipient
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.orders.rules import WITH_DRIVER, OrderState
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.tariffs.rules import Coordinates
from chalicelib.dispatch.tracking.rules import arrival_at, remaining_stops
from chalicelib.dispatch.tracking.schemas import CourierLocation
from chalicelib.edge.socket_events import SocketEvent

LOCATION = "courier.location"

SOCKET_EVENTS = (
    SocketEvent(
        "customer",
        LOCATION,
        CourierLocation,
        "realtime.channel.customer",
        "The position of the courier of an order, from `accepted` until it is delivered; at most one every 5 seconds"
        " for each order. It is not kept: a socket that is not open at that moment never gets it.",
        is_live=True,
        example={
            "order_id": "019ceb1b-2248-78d9-9f6d-8d9f6d386d38",
            "latitude": 52.3731,
            "longitude": 4.8926,
            "at": "2026-03-14T09:40:02.114Z",
            "eta_at": "2026-03-14T09:48:37.038Z",
        },
    ),
)
"""The event of positions, for the API documents."""


def notify_location(work: UnitOfWork, order: Order, position: Coordinates, at: datetime) -> None:
    """Send a position of the courier to the customer's open sockets, if the order is under way."""
    status = OrderState(order.status)
    if status not in WITH_DRIVER:
        return
    stops = remaining_stops(status, order.pickup, order.dropoff)
    eta_at = None if stops is None else arrival_at(work.now, position, stops, order.average_kmh)
    location = CourierLocation(order.order_id, position.lat, position.lng, at, eta_at)
    work.live.append(Published(Recipient(order.org_id, order.customer_id), LOCATION, location))
