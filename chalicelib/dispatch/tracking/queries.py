"""Where the couriers of orders are, and when the orders are probably delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.core.store import get_many
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from chalicelib.dispatch.orders.rules import WITH_DRIVER, OrderState
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.tariffs.rules import place
from chalicelib.dispatch.tracking.rules import arrival_at, remaining_stops
from chalicelib.edge.dependencies import Dependencies


class FollowedOrder(NamedTuple):
    """An order, and when it is probably delivered."""

    order: Order
    eta_at: datetime | None


def follow_order(order: Order, deps: Dependencies) -> FollowedOrder:
    """Return an order with its estimated time of delivery."""
    return follow_orders([order], deps)[0]


def follow_orders(orders: Sequence[Order], deps: Dependencies) -> list[FollowedOrder]:
    """Return orders with their estimated times of delivery; one batch read, if any of them has a courier."""
    keys = {
        order.order_id: courier_key(order.org_id, order.assigned_courier)
        for order in orders
        if order.assigned_courier is not None and order.status in WITH_DRIVER
    }
    couriers = get_many(keys.values(), deps.clock)
    found = {order_id: couriers.get(key) for order_id, key in keys.items()}
    return [FollowedOrder(order, eta_of(order, found.get(order.order_id), deps)) for order in orders]


def eta_of(order: Order, courier: Courier | None, deps: Dependencies) -> datetime | None:
    """Return when an order is probably delivered, by the position of its courier at this moment.

    None if the courier does not have it in hand, has no position or an old one, or if the way is not known.
    """
    if courier is None or courier.order_id != order.order_id or courier.position_at is None:
        return None
    now, position = deps.clock.now(), place(courier.lat, courier.lng)
    stops = remaining_stops(OrderState(order.status), order.pickup, order.dropoff)
    is_old = courier.position_at < now - timedelta(seconds=deps.settings.position_max_age_s)
    if is_old or position is None or stops is None:
        return None
    return arrival_at(now, position, stops, order.average_kmh)
