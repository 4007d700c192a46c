"""Endpoints of courier dispatch, and the one message that couriers send on their socket."""

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import couriers, events, permissions, queries, service, views
from chalicelib.dispatch.assignment import given_up_by
from chalicelib.dispatch.rules import ORDER, OrderAction, OrderState
from chalicelib.dispatch.schemas import (
    ActiveOrder,
    Availability,
    CourierAction,
    CustomerAction,
    NewOrder,
    OrderPage,
    OrderPlaced,
    OrderTimeline,
    OrderView,
    Position,
)
from chalicelib.dispatch.tables import Order, order_key
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.realtime.events import socket_events

routes = Routes(__name__, "Courier dispatch")

ORDER_RESOURCE = Resource(
    key=order_key,
    id_from=("order_id",),
    owners=lambda order, _: (order.customer_id, order.assigned_courier),
    states=ORDER,
)

Handler = Callable[..., Any]

_EXAMPLE_ENTRY = {
    "at": "2026-03-14T09:26:53Z",
    "action": "ORDER_ACCEPTED",
    "actor_id": "019ceb1b-2248-710d-9af2-10daf24af24a",
    "changes": {"status": {"before": OrderState.ASSIGNED, "after": OrderState.ACCEPTED}},
}


@routes.post(
    "/v1/orders",
    permission=permissions.CREATE,
    body=NewOrder,
    returns=OrderPlaced,
    view=views.placed_order_view,
    status=201,
    versioned=True,
    audit_target=AuditTarget(Order.kind, "ORDER_CREATED"),
)
def create_order(request: Request[NewOrder], work: UnitOfWork) -> Order:
    """Order a delivery; it is offered to the nearest free courier at once."""
    return service.create_order(work, request.body, request.actor)


@routes.get(
    "/v1/orders/{order_id}",
    permission=permissions.READ,
    resource=ORDER_RESOURCE,
    returns=OrderView,
    view=views.order_view,
    versioned=True,
)
def get_order(request: Request[Empty, Empty, Order]) -> Order:
    """Get an order."""
    return request.resource


@routes.get(
    "/v1/orders/{order_id}/timeline",
    permission=permissions.READ,
    resource=ORDER_RESOURCE,
    query=CursorRequest,
    returns=OrderTimeline,
    view=views.order_timeline_view,
    examples={"response": {"entries": [_EXAMPLE_ENTRY]}},
)
def get_order_timeline(request: Request[Empty, CursorRequest, Order]) -> queries.Timeline:
    """List what happened to an order, oldest first."""
    return queries.get_order_timeline(request.resource, request.query)


@routes.post(
    "/v1/courier/availability",
    permission=permissions.AVAILABILITY,
    body=Availability,
    status=204,
    audit_target=AuditTarget("courier", "COURIER_AVAILABILITY"),
)
def set_availability(request: Request[Availability], work: UnitOfWork) -> None:
    """Go on or off duty as a courier; going off duty declines an offer that was not answered."""
    service.set_availability(work, request.body, request.actor)


@routes.post("/v1/courier/location", permission=permissions.POSITION, body=Position, status=204)
def report_position(request: Request[Position], work: UnitOfWork) -> None:
    """Report the courier's position."""
    couriers.report_position(request.body, request.actor, work.now)


@socket_events.on(events.LOCATION, permission=permissions.POSITION, data=Position)
def _report_position(position: Position, actor: Actor, deps: Dependencies) -> None:
    couriers.report_position(position, actor, deps.clock.now())


def _courier_step(path: str, action: OrderAction, audit_action: str, state: OrderState) -> Callable[[Handler], Handler]:
    """Declare a courier's step; the order is theirs while they have it, or if they gave it up by this very step."""
    return routes.post(
        f"/v1/courier/orders/{path}",
        permission=permissions.ANSWER,
        resource=ORDER_RESOURCE,
        owners=lambda order, _: (order.assigned_courier, *given_up_by(order, action)),
        owners_only=True,
        own_fields=("courier_id",),
        transition=action,
        repeated=partial(service.has_given_up, action=action),
        body=CourierAction,
        returns=OrderView,
        view=views.order_view,
        examples={"response": {"status": state}},
        versioned=True,
        audit_target=AuditTarget(Order.kind, audit_action, "order_id"),
    )


@_courier_step("accept", OrderAction.ACCEPT, "ORDER_ACCEPTED", OrderState.ACCEPTED)
def accept_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Accept an offered order."""
    return service.accept_order(work, request.resource, request.body, request.actor)


@_courier_step("decline", OrderAction.DECLINE, "ORDER_DECLINED", OrderState.ASSIGNED)
def decline_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Decline an offered order; it is offered to the next courier at once."""
    return service.decline_order(work, request.resource, request.body, request.actor)


@_courier_step("arrived", OrderAction.ARRIVE, "ORDER_ARRIVED", OrderState.ARRIVED)
def arrive_at_pickup(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Report the arrival at the pickup."""
    return service.arrive_at_pickup(work, request.resource, request.body, request.actor)


@_courier_step("picked", OrderAction.PICK_UP, "ORDER_PICKED_UP", OrderState.PICKED_UP)
def pick_up_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Report that the order was picked up."""
    return service.pick_up_order(work, request.resource, request.body, request.actor)


@_courier_step("delivered", OrderAction.DELIVER, "ORDER_DELIVERED", OrderState.DELIVERED)
def deliver_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Report that the order was delivered; the courier is free again."""
    return service.deliver_order(work, request.resource, request.body, request.actor)


@_courier_step("cancel", OrderAction.RELEASE, "ORDER_RELEASED", OrderState.ASSIGNED)
def release_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Give an order back before it is picked up; it is offered to the next courier."""
    return service.release_order(work, request.resource, request.body, request.actor)


@routes.post(
    "/v1/customer/orders/cancel",
    permission=permissions.CANCEL,
    resource=ORDER_RESOURCE,
    transition=OrderAction.CANCEL,
    body=CustomerAction,
    returns=OrderView,
    view=views.order_view,
    examples={"response": {"status": OrderState.CANCELED_BY_CUSTOMER}},
    versioned=True,
    audit_target=AuditTarget(Order.kind, "ORDER_CANCELED", "order_id"),
)
def cancel_order(request: Request[CustomerAction, Empty, Order], work: UnitOfWork) -> Order:
    """Cancel an order before it is picked up."""
    return service.cancel_order(work, request.resource, request.body, request.actor)


@routes.get(
    "/v1/customer/active-order",
    aliases=["/v1/customer/activeOrder"],
    permission=permissions.FOLLOW,
    returns=ActiveOrder,
    view=views.customer_active_order_view,
    examples={"response": {"order": {"status": OrderState.ACCEPTED}}},
)
def customer_active_order(request: Request[Empty]) -> Order | None:
    """Get the customer's newest active order and its courier."""
    return queries.find_customer_active_order(request.actor)


@routes.get(
    "/v1/customer/active-orders",
    permission=permissions.FOLLOW,
    query=CursorRequest,
    returns=OrderPage,
    view=views.order_page_view,
)
def customer_active_orders(request: Request[Empty, CursorRequest]) -> Page[Order]:
    """List the customer's active orders, newest first."""
    return queries.list_customer_active_orders(request.actor, request.query)


@routes.get(
    "/v1/customer/orders/history",
    permission=permissions.FOLLOW,
    query=CursorRequest,
    returns=OrderPage,
    view=views.order_page_view,
)
def customer_history(request: Request[Empty, CursorRequest]) -> Page[Order]:
    """List all orders of the customer, newest first."""
    return queries.list_customer_orders(request.actor, request.query)


@routes.get(
    "/v1/courier/active-order",
    aliases=["/v1/courier/activeOrder"],
    permission=permissions.ANSWER,
    returns=ActiveOrder,
    view=views.courier_active_order_view,
    examples={"response": {"assigned_driver": ...}},
)
def courier_active_order(request: Request[Empty]) -> Order | None:
    """Get the order that the courier has in hand."""
    return queries.find_courier_active_order(request.actor)


@routes.get(
    "/v1/courier/orders/history",
    permission=permissions.ANSWER,
    query=CursorRequest,
    returns=OrderPage,
    view=views.order_page_view,
)
def courier_history(request: Request[Empty, CursorRequest]) -> Page[Order]:
    """List all orders that the courier has or had, newest first."""
    return queries.list_courier_orders(request.actor, request.query)
