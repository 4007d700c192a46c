"""The photos of an order."""

from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.proof.tables import PHOTOS, OrderPhoto
from chalicelib.media import queries


def list_order_photos(order: Order) -> list[OrderPhoto]:
    """Return the photos of an order, oldest first."""
    return queries.list_photos(PHOTOS, order.org_id, order.order_id)[: queries.MAX_PHOTOS]
