"""Where the couriers of orders are, and when the orders are probably delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple

from chalicelib.core.errors import NotFound
from chalicelib.core.ids import hash_secret
from chalicelib.core.store import ItemKey, get, get_many
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from chalicelib.dispatch.orders.rules import WITH_DRIVER, OrderState
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.dispatch.tariffs.rules import place
from chalicelib.dispatch.tracking.rules import arrival_at, link_end, parse_token, remaining_stops
from chalicelib.dispatch.tracking.tables import tracking_link_key
from chalicelib.edge.dependencies import Dependencies


class FollowedOrder(NamedTuple):
    """An order, and when it is probably delivered."""

    order: Order
    eta_at: datetime | None


class TrackedRead(NamedTuple):
    """An order as its tracking link finds it: when the link ends, who carries it, and when it is probably delivered."""

    order: Order
    ends_at: datetime
    courier: Courier | None
    eta_at: datetime | None


def follow_order(order: Order, deps: Dependencies) -> FollowedOrder:
    """Return an order with its estimated time of delivery."""
    return follow_orders([order], deps)[0]


def follow_orders(orders: Sequence[Order], deps: Dependencies) -> list[FollowedOrder]:
    """Return orders with their estimated times of delivery; one batch read, if any of them has a courier."""
    keys = {order.order_id: key for order in orders if (key := _carrier_key(order)) is not None}
    couriers = get_many(keys.values(), deps.clock)
    found = {order_id: couriers.get(key) for order_id, key in keys.items()}
    return [FollowedOrder(order, eta_of(order, found.get(order.order_id), deps)) for order in orders]


def track_order(text: str, deps: Dependencies) -> TrackedRead:
    """Return the order of a tracking token: two round trips while a courier carries it, else one.

    Raise `NotFound` unless the token is that of a link that has not ended, and `RateLimited`.
    """
    token = parse_token(text)
    if token is None:
        raise NotFound
    link_key, of_order = tracking_link_key(token.org_id, token.order_id), order_key(token.org_id, token.order_id)
    caller = f"track:{token.order_id}"
    found = deps.rate_limits.read(token.org_id, caller, [link_key, of_order])
    order, link = found.get(of_order), found.get(link_key)
    if order is None or link is None or not compare_digest(link.token_hash or "", hash_secret(token.secret)):
        raise NotFound
    ends_at = link_end(link.expires_at, OrderState(order.status), order.updated_at)
    if deps.clock.now() >= ends_at:
        raise NotFound
    deps.rate_limits.count(token.org_id, caller)
    key = _carrier_key(order)
    courier = None if key is None else get(key)
    if courier is not None and courier.order_id != order.order_id:
        courier = None
    return TrackedRead(order, ends_at, courier, eta_of(order, courier, deps))


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


def _carrier_key(order: Order) -> ItemKey[Courier] | None:
    """Return the key of the courier who carries an order from its acceptance to its delivery, if there is one."""
    if order.assigned_courier is None or order.status not in WITH_DRIVER:
        return None
    return courier_key(order.org_id, order.assigned_courier)
