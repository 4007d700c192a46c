"""Reads of orders: a customer's and a courier's active orders and their histories, newest first."""

from __future__ import annotations

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import Query
from chalicelib.dispatch.tables import ActiveByCourier, ActiveByCustomer, ByCourier, ByCustomer, Order, person_key


def find_customer_active_order(actor: Actor) -> Order | None:
    """Return the customer's newest active order."""
    return _own_orders(actor, ActiveByCustomer.Meta.index_name).first()


def list_customer_active_orders(actor: Actor, query: CursorRequest) -> Page[Order]:
    """Return the customer's active orders."""
    return _own_orders(actor, ActiveByCustomer.Meta.index_name).page(query.limit, query.cursor)


def list_customer_orders(actor: Actor, query: CursorRequest) -> Page[Order]:
    """Return all orders of the customer."""
    return _own_orders(actor, ByCustomer.Meta.index_name).page(query.limit, query.cursor)


def find_courier_active_order(actor: Actor) -> Order | None:
    """Return the order that the courier has in hand."""
    return _own_orders(actor, ActiveByCourier.Meta.index_name).first()


def list_courier_orders(actor: Actor, query: CursorRequest) -> Page[Order]:
    """Return all orders that the courier has or had."""
    return _own_orders(actor, ByCourier.Meta.index_name).page(query.limit, query.cursor)


def _own_orders(actor: Actor, index: str) -> Query[Order]:
    return Query(Order, person_key(actor.org_id, actor.user_id), index=index, newest_first=True)
