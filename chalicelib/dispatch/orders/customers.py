"""The active orders of customers: kept with each change of an order, limited, and read consistently."""

from pynamodb.expressions.condition import size

from chalicelib.core import cursors
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import get, get_many
from chalicelib.core.work import Operation, Staged, UnitOfWork
from chalicelib.dispatch.orders.errors import TooManyActiveOrders
from chalicelib.dispatch.orders.queries import active_ids
from chalicelib.dispatch.orders.rules import ACTIVE
from chalicelib.dispatch.orders.tables import Customer, Order, customer_key, order_key
from chalicelib.dispatch.settings import dispatch_settings
from chalicelib.edge.endpoint import Resource

CUSTOMER_RESOURCE = Resource(key=customer_key, id_from=("user_id",), required=False)
"""The caller's active orders."""
_LIST = {"order_id": "S"}


def keep_active_orders(work: UnitOfWork) -> None:
    """Stage what staged orders change in their customers' active orders."""
    for staged in list(work):
        if isinstance(staged.item, Order):
            _keep(work, staged, staged.item)


def check_limit(work: UnitOfWork, org_id: str, customer: Customer | None) -> None:
    """Raise `TooManyActiveOrders` if the customer has as many active orders as they may have."""
    limit = dispatch_settings(work, org_id).max_active_orders
    if len(active_ids(customer)) >= limit:
        raise TooManyActiveOrders(limit)


def find_newest(org_id: str, customer: Customer | None) -> Order | None:
    """Return a customer's newest active order."""
    ids = sorted(active_ids(customer), reverse=True)
    orders = (get(order_key(org_id, order_id)) for order_id in ids)
    return next((order for order in orders if order is not None and order.status in ACTIVE), None)


def list_active(org_id: str, customer: Customer | None, query: CursorRequest, clock: Clock) -> Page[Order]:
    """Return a page of a customer's active orders, newest first."""
    name = "active orders"
    ids = sorted(active_ids(customer), reverse=True)
    if query.cursor is not None:
        last = cursors.decode(query.cursor, name, _LIST)["order_id"]["S"]
        ids = [order_id for order_id in ids if order_id < last]
    keys = [order_key(org_id, order_id) for order_id in ids[: query.limit]]
    stored = get_many(keys, clock)
    orders = [order for order in map(stored.get, keys) if order is not None and order.status in ACTIVE]
    is_last = len(ids) <= query.limit
    return Page(orders, None if is_last else cursors.encode({"order_id": {"S": ids[query.limit - 1]}}, name))


def _keep(work: UnitOfWork, staged: Staged, order: Order) -> None:
    before, after = staged.changes.get("status", [None, None])
    if (before in ACTIVE) == (after in ACTIVE):
        return
    active, ids = Customer.active, {order.order_id}
    becomes_active = after in ACTIVE
    condition = on_conflict = None
    if becomes_active and staged.operation is Operation.CREATE:
        limit = dispatch_settings(work, order.org_id).max_active_orders
        condition, on_conflict = active.does_not_exist() | (size(active) < limit), TooManyActiveOrders(limit)
    work.update_unread(
        customer_key(order.org_id, order.customer_id),
        condition=condition,
        on_conflict=on_conflict,
        actions=[active.add(ids) if becomes_active else active.delete(ids)],
        audited=False,
        final=True,
    )
