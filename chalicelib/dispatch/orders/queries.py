"""Reads of orders: the active order of couriers, histories, newest first, and the timeline of an order."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.audit.queries import list_changes
from chalicelib.audit.tables import AuditRow
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import Query, get_many
from chalicelib.core.work import Recipient
from chalicelib.dispatch.orders import events
from chalicelib.dispatch.orders.rules import ACTIVE, OrderState
from chalicelib.dispatch.orders.tables import Order, order_key, person_key
from chalicelib.realtime.backlog import EntityEvents

_BATCH = 100


class OrderRead(NamedTuple):
    """An order, and who reads it."""

    order: Order
    actor: Actor


class Timeline(msgspec.Struct, frozen=True):
    """An order and a page of its changes."""

    order: Order
    changes: Page[AuditRow]


def list_customer_orders(actor: Actor, query: CursorRequest) -> Page[Order]:
    """Return all orders of the customer."""
    return _own_orders(actor, Order.by_customer.Meta.index_name).page(query.limit, query.cursor)


def find_courier_active_order(actor: Actor) -> Order | None:
    """Return the order that the courier has in hand."""
    return _own_orders(actor, Order.active_by_courier.Meta.index_name).first()


def list_courier_orders(actor: Actor, query: CursorRequest) -> Page[Order]:
    """Return all orders that the courier has or had."""
    return _own_orders(actor, Order.by_courier.Meta.index_name).page(query.limit, query.cursor)


def get_order_timeline(order: Order, query: CursorRequest) -> Timeline:
    """Return what happened to an order, oldest first, as the audit trail has it."""
    return Timeline(order, list_changes(order.org_id, Order.kind, order.order_id, query))


def _own_orders(actor: Actor, index: str) -> Query[Order]:
    return Query(Order, person_key(actor.org_id, actor.user_id), index=index, newest_first=True)


def current_events(recipient: Recipient, pairs: Sequence[tuple[str, str]], clock: Clock) -> Collection[tuple[str, str]]:
    """Return which pairs of event and order id are current: offers that stand, statuses of active orders."""
    ids = list(dict.fromkeys(order_id for _, order_id in pairs))
    orders: dict[str, Order | None] = {}
    for start in range(0, len(ids), _BATCH):
        keys = {order_id: order_key(recipient.org_id, order_id) for order_id in ids[start : start + _BATCH]}
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
