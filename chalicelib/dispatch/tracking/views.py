"""Tracking links, and orders as they show them."""

from chalicelib.core.settings import Settings
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.tracking.queries import TrackedRead
from chalicelib.dispatch.tracking.schemas import CreatedTrackingLink, TrackedCourier, TrackedOrder
from chalicelib.dispatch.tracking.service import CreatedLink


def tracking_link_view(created: CreatedLink, settings: Settings) -> CreatedTrackingLink:
    """Return a new link, with the address of the page that shows the order, if there is one."""
    token = created.token.text
    return CreatedTrackingLink(
        token, created.link.expires_at, f"{settings.track_url}{token}" if settings.track_url else None
    )


def tracked_order_view(read: TrackedRead) -> TrackedOrder:
    """Return what a link shows of an order."""
    order = read.order
    return TrackedOrder(
        status=OrderState(order.status),
        updated_at=order.updated_at,
        dropoff_address=order.dropoff_address,
        expires_at=read.ends_at,
        courier=None if read.courier is None else _courier(order, read.courier),
        eta_at=read.eta_at,
    )


def _courier(order: Order, courier: Courier) -> TrackedCourier:
    [first_name, *_] = (order.driver_name or "").split() or [""]
    return TrackedCourier(first_name, courier.lat, courier.lng, courier.position_at)
