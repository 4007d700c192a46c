"""Endpoints of the dispatcher: all orders and couriers of the organisation, and the steps that end a standstill."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import permissions
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from chalicelib.dispatch.desk import queries, service, views
from chalicelib.dispatch.desk.errors import CourierBusy, CourierNotOnDuty
from chalicelib.dispatch.desk.examples import FREE_COURIER, SETTINGS
from chalicelib.dispatch.desk.schemas import (
    CourierListQuery,
    CourierPage,
    DispatcherStep,
    OrderAssignment,
    OrderListQuery,
)
from chalicelib.dispatch.orders import examples as orders
from chalicelib.dispatch.orders.resources import ORDER_RESOURCE, ORGANISATION
from chalicelib.dispatch.orders.rules import OrderAction
from chalicelib.dispatch.orders.schemas import OrderPage, OrderView
from chalicelib.dispatch.orders.tables import Order, customer_key
from chalicelib.dispatch.orders.views import order_page_view, order_view
from chalicelib.dispatch.settings import DISPATCH, use_settings
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import organisation_settings

routes = Routes(__name__, "Courier dispatch")

COURIER = Resource(key=courier_key, id_from=("courier_id",), in_scope=False)
_COURIER = Resource(key=courier_key, id_from=("courier_id",), in_scope=False, required=False)
_CUSTOMER = Resource(key=customer_key, id_from=("customer_id",), required=False)
"""Whose orders are listed: read because lists of a person's orders do not hold those under way."""


@routes.get(
    "/v1/orders",
    permission=permissions.MANAGE,
    related={"customer": _CUSTOMER, "courier": _COURIER},
    query=OrderListQuery,
    returns=OrderPage,
    view=order_page_view,
)
def list_orders(request: Request[Empty, OrderListQuery]) -> Page[Order]:
    """List the orders of the organisation, newest first.

    A page of a courier's or customer's orders that is filtered further may be short and still have a cursor.
    """
    people = queries.People(request.related["customer"], request.related["courier"])
    return queries.list_orders(request.actor, request.query, people, dependencies().clock)


@routes.get(
    "/v1/couriers",
    permission=permissions.MANAGE,
    related=ORGANISATION,
    query=CourierListQuery,
    returns=CourierPage,
    view=views.courier_page_view,
    examples={"response": {"couriers": [FREE_COURIER]}},
)
def list_couriers(request: Request[Empty, CourierListQuery]) -> Page[Courier]:
    """List the couriers who have been on duty, with their last position; or the free ones near a position.

    A page that is filtered by status may be short and still have a cursor.
    """
    organisation = request.related["organisation"]
    return queries.list_couriers(organisation, request.actor, request.query, dependencies())


organisation_settings(routes, DISPATCH, SETTINGS)


@routes.post(
    "/v1/orders/{order_id}/assign",
    permission=permissions.MANAGE,
    resource=ORDER_RESOURCE,
    related={"courier": COURIER},
    transition=OrderAction.ASSIGN,
    body=OrderAssignment,
    returns=OrderView,
    view=order_view,
    examples={"response": orders.ASSIGNED},
    versioned=True,
    errors=[CourierBusy, CourierNotOnDuty],
    audit_target=AuditTarget(Order.kind, "ORDER_ASSIGNED", "order_id"),
)
def assign_order(request: Request[OrderAssignment, Empty, Order], work: UnitOfWork) -> Order:
    """Offer an order to a courier of your choice: one that waits, or that another courier has not picked up yet.

    The courier has to be on duty without an order in hand; they may have declined the order before, and their position
    may be old. One who has never been on duty is 404. The courier who has the order already keeps it, and nothing
    changes. The offer times out as any other.
    Events: the courier gets `order.assigned`, the one who loses the order `order.reassigned_away`, the customer
    `order.status` with `assigned`.
    """
    return service.assign_order(work, request.resource, request.body, request.actor, request.related["courier"])


def _step(
    path: str, action: OrderAction, audit_action: str, order: Mapping[str, Any]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a dispatcher's step that takes a reason; `order` is the example of the order after it."""
    return routes.post(
        f"/v1/orders/{{order_id}}/{path}",
        permission=permissions.MANAGE,
        resource=ORDER_RESOURCE,
        related=ORGANISATION if action is OrderAction.RELEASE_BY_DISPATCHER else {},
        transition=action,
        body=DispatcherStep,
        returns=OrderView,
        view=order_view,
        examples={"response": order},
        versioned=True,
        audit_target=AuditTarget(Order.kind, audit_action, "order_id"),
    )


@_step("release", OrderAction.RELEASE_BY_DISPATCHER, "ORDER_RELEASED", orders.RELEASED)
def release_order_by_dispatcher(request: Request[DispatcherStep, Empty, Order], work: UnitOfWork) -> Order:
    """Take an order from its courier before it is picked up; it is offered to the next courier at once.

    The courier is free again and is not offered this order again. If the courier loses the order at the same moment,
    the next one keeps it. Events: the courier gets `order.reassigned_away`, the customer `order.status` with `assigned`
    or `no_nearby_driver`, the next courier `order.assigned`.
    """
    use_settings(work, request.related["organisation"])
    return service.release_order_by_dispatcher(work, request.resource, request.body, request.actor)


@_step("cancel", OrderAction.CANCEL_BY_DISPATCHER, "ORDER_CANCELED", orders.CANCELED_BY_DISPATCHER)
def cancel_order_by_dispatcher(request: Request[DispatcherStep, Empty, Order], work: UnitOfWork) -> Order:
    """Cancel an order in any state before it is delivered or returned; repeating it changes nothing.

    Its courier, if it has one, is free again.
    Events: customer and courier get `order.status` with `canceled_by_dispatcher`.
    """
    return service.cancel_order_by_dispatcher(work, request.resource, request.body, request.actor)


@_step("undeliverable", OrderAction.UNDELIVERABLE_BY_DISPATCHER, "ORDER_UNDELIVERABLE", orders.UNDELIVERABLE)
def report_undeliverable_by_dispatcher(request: Request[DispatcherStep, Empty, Order], work: UnitOfWork) -> Order:
    """Record that an order that was picked up cannot be handed over; repeating it changes nothing.

    Its courier is free at once, and may still report that the goods are back. So is a courier who has reported the
    order as undeliverable before; the `failure` that they have reported stays.
    Events: customer and courier get `order.status` with `undeliverable`; the customer only if the courier has not
    reported it.
    """
    return service.report_undeliverable_by_dispatcher(work, request.resource, request.body, request.actor)


@_step("deliver", OrderAction.DELIVER_BY_DISPATCHER, "ORDER_DELIVERED", orders.DELIVERED)
def deliver_order_by_dispatcher(request: Request[DispatcherStep, Empty, Order], work: UnitOfWork) -> Order:
    """Record that an order that was picked up has been delivered; repeating it changes nothing.

    The reason says how that is known. Its courier is free again.
    Events: customer and courier get `order.status` with `delivered`.
    """
    return service.deliver_order_by_dispatcher(work, request.resource, request.body, request.actor)
