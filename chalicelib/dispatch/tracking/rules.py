"""When an order is probably delivered, and how long its tracking link lasts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.tariffs.rules import DEFAULT_KMH, Coordinates, journey


def remaining_stops(
    status: OrderState, pickup: Coordinates | None, dropoff: Coordinates | None
) -> Sequence[Coordinates] | None:
    """Return where the courier of an order still goes; None without a courier, or if a coordinate is missing."""
    if dropoff is None:
        return None
    if status is OrderState.PICKED_UP:
        return (dropoff,)
    is_before_pickup = status in (OrderState.ACCEPTED, OrderState.ARRIVED)
    return (pickup, dropoff) if is_before_pickup and pickup is not None else None


def arrival_at(
    now: datetime, position: Coordinates, stops: Sequence[Coordinates], average_kmh: Decimal | None
) -> datetime:
    """Return when a courier who is at this position reaches the last stop, as the tariffs estimate the way."""
    minutes = journey((position, *stops), average_kmh or DEFAULT_KMH).duration_min
    return now + timedelta(minutes=float(minutes))
