"""Couriers as dispatchers read them."""

from chalicelib.core.pagination import Page
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.desk.schemas import CourierPage, CourierStatus, CourierView


def courier_page_view(page: Page[Courier]) -> CourierPage:
    """Return a page of couriers."""
    return CourierPage([_courier_view(courier) for courier in page.items], page.next_cursor)


def _courier_view(courier: Courier) -> CourierView:
    busy = CourierStatus.BUSY if courier.order_id else CourierStatus.FREE
    return CourierView(
        id=courier.courier_id,
        status=busy if courier.available else CourierStatus.OFF,
        name=courier.name or None,
        order_id=courier.order_id,
        latitude=courier.home_lat,
        longitude=courier.home_lng,
        position_at=courier.home_at,
    )
