"""Couriers as they read themselves."""

from chalicelib.dispatch.couriers.schemas import CourierDuty
from chalicelib.dispatch.couriers.tables import Courier


def courier_duty_view(courier: Courier | None) -> CourierDuty:
    """Return whether a courier is on duty."""
    if courier is None:
        return CourierDuty(available=False)
    return CourierDuty(courier.available, courier.order_id, courier.duty_since)
