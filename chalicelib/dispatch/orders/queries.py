"""Reads of orders: the active order of couriers, histories, newest first, and the timeline of an order."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.audit.queries import list_changes
from chalicelib.audit.tables import AuditRow
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.sharding import ShardedList
from chalicelib.core.store import BATCH, RawItem, Rows, get, get_many
from chalicelib.core.work import Recipient
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders import events
from chalicelib.dispatch.orders.rules import ACTIVE, OrderState
from chalicelib.dispatch.orders.tables import Customer, Order, is_in_hand, order_key, person_key
from chalicelib.realtime.backlog import EntityEvents


class OrderRead(NamedTuple):
    """An order, when it is probably delivered, and who reads it."""

    order: Order
    eta_at: datetime | None
    actor: Actor


class Timeline(msgspec.Struct, frozen=True):
    """An order and a page of its changes."""

    order: Order
    changes: Page[AuditRow]


class UnderWay(msgspec.Struct, frozen=True):
    """The orders of a person that are under way, which the lists of their orders do not hold yet."""

    org_id: str
    order_ids: Collection[str]
    clock: Clock
    fits: Callable[[RawItem], bool] = lambda _: True

    def read(self, low: str, high: str) -> Rows:
        """Return those with ids from `low` to `high` (excluded) that fit, the newest first, as they are now."""
        order_ids = sorted((order_id for order_id in self.order_ids if low <= order_id < high), reverse=True)
        keys = [order_key(self.org_id, order_id) for order_id in order_ids[:BATCH]]
        stored = get_many(keys, self.clock)
        items = [item for item in map(stored.raw, keys) if item is not None and self.fits(item)]
        return Rows(items, {"order_id": {"S": order_ids[BATCH - 1]}} if len(order_ids) > BATCH else None)


def list_customer_orders(actor: Actor, query: CursorRequest, customer: Customer | None, clock: Clock) -> Page[Order]:
    """Return all orders of the customer."""
    under_way = UnderWay(actor.org_id, active_ids(customer), clock)
    return _own_orders(actor, Order.by_customer.Meta.index_name, under_way).page(query.limit, query.cursor)


def find_courier_active_order(actor: Actor, courier: Courier | None) -> Order | None:
    """Return the order that the courier has in hand, read consistently."""
    order_id = None if courier is None else courier.order_id
    order = None if order_id is None else get(order_key(actor.org_id, order_id))
    return order if order is not None and order.assigned_courier == actor.user_id and is_in_hand(order) else None


def list_courier_orders(actor: Actor, query: CursorRequest, courier: Courier | None, clock: Clock) -> Page[Order]:
    """Return all orders that the courier has or had."""
    under_way = UnderWay(actor.org_id, order_in_hand(courier), clock, partial(is_assigned, actor.user_id))
    return _own_orders(actor, Order.by_courier.Meta.index_name, under_way).page(query.limit, query.cursor)


def active_ids(customer: Customer | None) -> Collection[str]:
    """Return the ids of a customer's active orders."""
    return () if customer is None else customer.active or ()


def order_in_hand(courier: Courier | None) -> Collection[str]:
    """Return the id of the order that a courier has in hand, if they have one."""
    return () if courier is None or courier.order_id is None else (courier.order_id,)


def is_assigned(courier_id: str, item: RawItem) -> bool:
    """Return whether a stored order is assigned to this courier."""
    return item.get("assigned_courier", {}).get("S") == courier_id


def get_order_timeline(order: Order, query: CursorRequest) -> Timeline:
    """Return what happened to an order, oldest first, as the audit trail has it."""
    return Timeline(order, list_changes(order.org_id, Order.kind, order.order_id, query))


def _own_orders(actor: Actor, index: str, under_way: UnderWay) -> ShardedList[Order]:
    partitions = [person_key(actor.org_id, actor.user_id)]
    return ShardedList(Order, partitions, index, "order_id", newest_first=True, beside=under_way.read)


def current_events(recipient: Recipient, pairs: Sequence[tuple[str, str]], clock: Clock) -> Collection[tuple[str, str]]:
    """Return which pairs of event and order id are current: offers that stand, statuses of active orders."""
    ids = list(dict.fromkeys(order_id for _, order_id in pairs))
    orders: dict[str, Order | None] = {}
    for start in range(0, len(ids), BATCH):
        keys = {order_id: order_key(recipient.org_id, order_id) for order_id in ids[start : start + BATCH]}
        stored = get_many(keys.values(), clock)
        orders |= {order_id: stored.get(key) for order_id, key in keys.items()}
    return {pair for pair in pairs if _is_current(recipient, pair[0], orders[pair[1]])}


def _is_current(recipient: Recipient, event: str, order: Order | None) -> bool:
    if order is None:
        return False
    if event == events.ASSIGNED:
        return order.status == OrderState.ASSIGNED and order.assigned_courier == recipient.user_id
    return event == events.STATUS and order.status in ACTIVE


ORDER_EVENTS = EntityEvents(
    events=frozenset(event.event for event in events.SOCKET_EVENTS if not event.from_client),
    offers=frozenset({events.ASSIGNED}),
    id_field="order_id",
    current=current_events,
)
"""How delivery tells which events of an order are outdated."""
