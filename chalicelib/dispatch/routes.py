"""Endpoints of courier dispatch, and the one message that couriers send on their socket."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.store import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import couriers, events, service
from chalicelib.dispatch.rules import Status, Step
from chalicelib.dispatch.schemas import (
    ActiveOrder,
    Availability,
    CourierAction,
    CustomerAction,
    ListQuery,
    NewOrder,
    OrderPage,
    OrderPlaced,
    OrderView,
    Position,
    order_view,
)
from chalicelib.dispatch.tables import Order, order_key
from chalicelib.edge.dependencies import Dependencies, dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response, created, no_content
from chalicelib.edge.routes import Routes
from chalicelib.realtime.sockets import socket_events

routes = Routes(__name__, "Courier dispatch")

READ = service.READ
CREATE = "dispatch.order.create"
FOLLOW = "dispatch.order.follow"
CANCEL = service.CANCEL
ANSWER = "dispatch.offer.answer"
AVAILABILITY = "dispatch.courier.availability"
POSITION = "dispatch.courier.position"
NOBODY = "No courier is available right now."
_STEP_ERRORS = [NotFound, AccessDenied, Conflict]

StepHandler = Callable[[Request[CourierAction, Empty], UnitOfWork], Response[OrderView]]


@routes.post(
    "/v1/orders",
    permission=CREATE,
    body=NewOrder,
    returns=OrderPlaced,
    status=201,
    versioned=True,
    audit_target=AuditTarget(Order.kind, "ORDER_CREATED"),
)
def create_order(request: Request[NewOrder, Empty], work: UnitOfWork) -> Response[OrderPlaced]:
    """Order a delivery; the nearest free courier is offered it at once."""
    order = service.place_order(work, dependencies().settings, request.actor, request.body)
    message = None if order.assigned_courier else NOBODY
    return created(OrderPlaced(order_view(order), order.assigned_courier, message), order.version)


@routes.get(
    "/v1/orders/{order_id}",
    permission=READ,
    loads=order_key,
    returns=OrderView,
    versioned=True,
    errors=[NotFound, AccessDenied],
)
def get_order(request: Request[Empty, Empty]) -> Response[OrderView]:
    """One delivery."""
    order = service.find_order(request, request.path["order_id"])
    return Response(order_view(order), version=order.version)


@routes.post(
    "/v1/courier/availability",
    permission=AVAILABILITY,
    body=Availability,
    status=204,
    audit_target=AuditTarget("courier", "COURIER_AVAILABILITY"),
)
def set_availability(request: Request[Availability, Empty], work: UnitOfWork) -> Response[None]:
    """Go on or off duty as a courier."""
    actor = request.actor
    couriers.set_availability(work, actor.org_id, actor.user_id, available=request.body.available)
    return no_content()


@routes.post("/v1/courier/location", permission=POSITION, body=Position, status=204)
def report_location(request: Request[Position, Empty], _: UnitOfWork) -> Response[None]:
    """Report one's position as a courier."""
    _report(request.body, request.actor, dependencies())
    return no_content()


@socket_events.on(events.LOCATION, permission=POSITION, data=Position)
def _report(position: Position, actor: Actor, deps: Dependencies) -> None:
    org_id, courier_id = actor.org_id, actor.user_id
    couriers.report_position(org_id, courier_id, position.latitude, position.longitude, deps.clock.now())


def _courier_step(request: Request[CourierAction, Empty], work: UnitOfWork, step: Step) -> Response[OrderView]:
    order = service.take_courier_step(work, dependencies().settings, request, step)
    return Response(order_view(order), version=order.version)


def _step_route(address: str, action: str, leads_to: Status) -> Callable[[StepHandler], StepHandler]:
    return routes.post(
        f"/v1/courier/orders/{address}",
        permission=ANSWER,
        body=CourierAction,
        returns=OrderView,
        examples={"response": {"status": leads_to}},
        versioned=True,
        errors=_STEP_ERRORS,
        audit_target=AuditTarget(Order.kind, action, "order_id"),
        loads=order_key,
    )


@_step_route("accept", "ORDER_ACCEPTED", Status.ACCEPTED)
def accept_order(request: Request[CourierAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Accept the delivery that one was offered."""
    return _courier_step(request, work, Step.ACCEPT)


@_step_route("decline", "ORDER_DECLINED", Status.ASSIGNED)
def decline_order(request: Request[CourierAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Decline the delivery that one was offered; the next courier is offered it at once."""
    return _courier_step(request, work, Step.DECLINE)


@_step_route("arrived", "ORDER_ARRIVED", Status.ARRIVED)
def arrive(request: Request[CourierAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Say that one has arrived at the pickup."""
    return _courier_step(request, work, Step.ARRIVE)


@_step_route("picked", "ORDER_PICKED_UP", Status.PICKED_UP)
def pick_up_order(request: Request[CourierAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Say that one has picked the delivery up."""
    return _courier_step(request, work, Step.PICK_UP)


@_step_route("delivered", "ORDER_DELIVERED", Status.DELIVERED)
def deliver_order(request: Request[CourierAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Say that one has delivered it; the courier is free again."""
    return _courier_step(request, work, Step.DELIVER)


@_step_route("cancel", "ORDER_HANDED_BACK", Status.ASSIGNED)
def hand_back_order(request: Request[CourierAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Hand an accepted delivery back before it is picked up; the next courier is offered it."""
    return _courier_step(request, work, Step.HAND_BACK)


@routes.post(
    "/v1/customer/orders/cancel",
    permission=CANCEL,
    body=CustomerAction,
    returns=OrderView,
    examples={"response": {"status": Status.CANCELED_BY_CUSTOMER}},
    versioned=True,
    errors=_STEP_ERRORS,
    audit_target=AuditTarget(Order.kind, "ORDER_CANCELED", "order_id"),
    loads=order_key,
)
def cancel_order(request: Request[CustomerAction, Empty], work: UnitOfWork) -> Response[OrderView]:
    """Call a delivery off before it is picked up."""
    order = service.call_off(work, request)
    return Response(order_view(order), version=order.version)


@routes.get(
    "/v1/customer/active-order",
    aliases=["/v1/customer/activeOrder"],
    permission=FOLLOW,
    returns=ActiveOrder,
    examples={"response": {"order": {"status": Status.ACCEPTED}}},
)
def customer_active_order(request: Request[Empty, Empty]) -> Response[ActiveOrder]:
    """The newest of one's deliveries that is under way, and who is coming with it."""
    found = service.active_as_customer(request.actor, 1).items
    if not found:
        return Response(ActiveOrder(active=False))
    return Response(ActiveOrder(active=True, order=order_view(found[0]), assigned_driver=service.driver_of(found[0])))


@routes.get("/v1/customer/active-orders", permission=FOLLOW, query=ListQuery, returns=OrderPage)
def customer_active_orders(request: Request[Empty, ListQuery]) -> Response[OrderPage]:
    """All of one's deliveries that are under way, newest first."""
    return _page(service.active_as_customer(request.actor, request.query.limit, request.query.cursor))


@routes.get("/v1/customer/orders/history", permission=FOLLOW, query=ListQuery, returns=OrderPage)
def customer_history(request: Request[Empty, ListQuery]) -> Response[OrderPage]:
    """All deliveries that one has ordered, newest first."""
    return _page(service.history_as_customer(request.actor, request.query.limit, request.query.cursor))


@routes.get(
    "/v1/courier/active-order",
    aliases=["/v1/courier/activeOrder"],
    permission=ANSWER,
    returns=ActiveOrder,
    examples={"response": {"assigned_driver": ...}},
)
def courier_active_order(request: Request[Empty, Empty]) -> Response[ActiveOrder]:
    """The delivery that one has in hand as a courier."""
    order = service.active_as_courier(request.actor)
    return Response(ActiveOrder(active=False) if order is None else ActiveOrder(active=True, order=order_view(order)))


@routes.get("/v1/courier/orders/history", permission=ANSWER, query=ListQuery, returns=OrderPage)
def courier_history(request: Request[Empty, ListQuery]) -> Response[OrderPage]:
    """All deliveries that one has or had as a courier, newest first."""
    return _page(service.history_as_courier(request.actor, request.query.limit, request.query.cursor))


def _page(page: Page[Order]) -> Response[OrderPage]:
    return Response(OrderPage(page.mapped(order_view), page.next_cursor))
