"""The active orders and the histories of customers and couriers."""

from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.dispatch import permissions
from chalicelib.dispatch.couriers.routes import COURIER_RESOURCE
from chalicelib.dispatch.orders import customers, examples, queries, views
from chalicelib.dispatch.orders.customers import CUSTOMER_RESOURCE
from chalicelib.dispatch.orders.schemas import ActiveOrder, OrderPage
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.tracking.queries import FollowedOrder, eta_of, follow_order, follow_orders
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "Courier dispatch")


@routes.get(
    "/v1/customer/active-order",
    aliases=["/v1/customer/activeOrder"],
    permission=permissions.FOLLOW,
    related={"customer": CUSTOMER_RESOURCE},
    returns=ActiveOrder,
    view=views.customer_active_order_view,
    examples={"response": examples.CUSTOMER_ACTIVE_ORDER},
)
def customer_active_order(request: Request[Empty]) -> FollowedOrder | None:
    """Get the customer's newest active order and its courier, as they are at this moment."""
    order = customers.find_newest(request.actor.org_id, request.related["customer"])
    return None if order is None else follow_order(order, dependencies())


@routes.get(
    "/v1/customer/active-orders",
    permission=permissions.FOLLOW,
    related={"customer": CUSTOMER_RESOURCE},
    query=CursorRequest,
    returns=OrderPage,
    view=views.active_orders_view,
    examples={"response": examples.ACTIVE_ORDERS},
)
def customer_active_orders(request: Request[Empty, CursorRequest]) -> Page[FollowedOrder]:
    """List the customer's active orders, newest first."""
    customer, deps = request.related["customer"], dependencies()
    page = customers.list_active(request.actor.org_id, customer, request.query, deps.clock)
    return Page(follow_orders(page.items, deps), page.next_cursor)


@routes.get(
    "/v1/customer/orders/history",
    permission=permissions.FOLLOW,
    related={"customer": CUSTOMER_RESOURCE},
    query=CursorRequest,
    returns=OrderPage,
    view=views.own_order_page_view,
    examples={"response": examples.HISTORY},
)
def customer_history(request: Request[Empty, CursorRequest]) -> Page[Order]:
    """List all orders of the customer, newest first."""
    customer, clock = request.related["customer"], dependencies().clock
    return queries.list_customer_orders(request.actor, request.query, customer, clock)


@routes.get(
    "/v1/courier/active-order",
    aliases=["/v1/courier/activeOrder"],
    permission=permissions.ANSWER,
    related={"courier": COURIER_RESOURCE},
    returns=ActiveOrder,
    view=views.courier_active_order_view,
    examples={"response": examples.COURIER_ACTIVE_ORDER},
)
def courier_active_order(request: Request[Empty]) -> FollowedOrder | None:
    """Get the order that the courier has, offered or accepted, as it is at this moment."""
    courier = request.related["courier"]
    order = queries.find_courier_active_order(request.actor, courier)
    return None if order is None else FollowedOrder(order, eta_of(order, courier, dependencies()))


@routes.get(
    "/v1/courier/orders/history",
    permission=permissions.ANSWER,
    related={"courier": COURIER_RESOURCE},
    query=CursorRequest,
    returns=OrderPage,
    view=views.order_page_view,
    examples={"response": examples.HISTORY},
)
def courier_history(request: Request[Empty, CursorRequest]) -> Page[Order]:
    """List the courier's orders, newest first: the current one, and those delivered or canceled while it was theirs."""
    courier, clock = request.related["courier"], dependencies().clock
    return queries.list_courier_orders(request.actor, request.query, courier, clock)
