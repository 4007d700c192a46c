"""Orders as clients read them."""

from __future__ import annotations

from chalicelib.core.pagination import Page
from chalicelib.dispatch.rules import WITH_DRIVER, OrderState
from chalicelib.dispatch.schemas import ActiveOrder, Driver, OrderPage, OrderPlaced, OrderView
from chalicelib.dispatch.tables import Order

NO_COURIER = "No courier is available right now."


def order_view(order: Order) -> OrderView:
    """Return an order."""
    return OrderView(
        id=order.order_id,
        customer_id=order.customer_id,
        status=OrderState(order.status),
        pickup_address=order.pickup_address,
        pickup_lat=order.pickup_lat,
        pickup_lng=order.pickup_lng,
        dropoff_address=order.dropoff_address,
        dropoff_lat=order.dropoff_lat,
        dropoff_lng=order.dropoff_lng,
        receiver_phone=order.receiver_phone,
        notes=order.notes,
        assigned_courier=order.assigned_courier,
        version=order.version,
        created_at=order.created_at,
        updated_at=order.updated_at,
    )


def placed_order_view(order: Order) -> OrderPlaced:
    """Return a new order with the courier to whom it was offered."""
    return OrderPlaced(order_view(order), order.assigned_courier, None if order.assigned_courier else NO_COURIER)


def customer_active_order_view(order: Order | None) -> ActiveOrder:
    """Return a customer's active order and its courier, once one has accepted it."""
    if order is None:
        return ActiveOrder(active=False)
    return ActiveOrder(active=True, order=order_view(order), assigned_driver=_driver(order))


def courier_active_order_view(order: Order | None) -> ActiveOrder:
    """Return the order that a courier has in hand."""
    return ActiveOrder(active=False) if order is None else ActiveOrder(active=True, order=order_view(order))


def order_page_view(page: Page[Order]) -> OrderPage:
    """Return a page of orders."""
    return OrderPage(page.mapped(order_view), page.next_cursor)


def _driver(order: Order) -> Driver | None:
    if order.status not in WITH_DRIVER or order.assigned_courier is None:
        return None
    return Driver(order.assigned_courier, order.driver_name or "", order.driver_phone, order.driver_picture)
