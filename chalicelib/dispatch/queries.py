"""Reads of orders: active orders and histories of customers and couriers, newest first; an order's timeline."""

import msgspec

from chalicelib.audit.queries import list_changes
from chalicelib.audit.tables import AuditRow
from chalicelib.core.actor import Actor
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import Query
from chalicelib.dispatch.tables import Order, person_key


class Timeline(msgspec.Struct, frozen=True):
    """An order and a page of its changes."""

    order: Order
    changes: Page[AuditRow]


def find_customer_active_order(actor: Actor) -> Order | None:
    """Return the customer's newest active order."""
    return _own_orders(actor, Order.active_by_customer.Meta.index_name).first()


def list_customer_active_orders(actor: Actor, query: CursorRequest) -> Page[Order]:
    """Return the customer's active orders."""
    return _own_orders(actor, Order.active_by_customer.Meta.index_name).page(query.limit, query.cursor)


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
