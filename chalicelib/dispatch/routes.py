"""Endpoints of courier dispatch, and the one message that couriers send on their socket."""

from __future__ import annotations

from collections.abc import Callable

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
from chalicelib.edge.contract import About
from chalicelib.edge.request import Nothing, Principal, Reply, Request, created, no_content
from chalicelib.edge.routes import Routes
from chalicelib.edge.runtime import Runtime, runtime
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

StepHandler = Callable[[Request[CourierAction, Nothing], UnitOfWork], Reply[OrderView]]


@routes.post(
    "/v1/orders",
    permission=CREATE,
    body=NewOrder,
    returns=OrderPlaced,
    status=201,
    versioned=True,
    about=About(Order.kind, "ORDER_CREATED"),
)
def create_order(request: Request[NewOrder, Nothing], work: UnitOfWork) -> Reply[OrderPlaced]:
    """Order a delivery; the nearest free courier is offered it at once."""
    order = service.place_order(work, runtime().settings, request.principal, request.body)
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
def get_order(request: Request[Nothing, Nothing]) -> Reply[OrderView]:
    """One delivery."""
    order = service.find_order(request, request.path["order_id"])
    return Reply(order_view(order), version=order.version)


@routes.post(
    "/v1/courier/availability",
    permission=AVAILABILITY,
    body=Availability,
    status=204,
    about=About("courier", "COURIER_AVAILABILITY"),
)
def set_availability(request: Request[Availability, Nothing], work: UnitOfWork) -> Reply[None]:
    """Go on or off duty as a courier."""
    principal = request.principal
    couriers.set_availability(work, principal.org_id, principal.user_id, available=request.body.available)
    return no_content()


@routes.post("/v1/courier/location", permission=POSITION, body=Position, status=204)
def report_location(request: Request[Position, Nothing], _: UnitOfWork) -> Reply[None]:
    """Report one's position as a courier."""
    _report(request.body, request.principal, runtime())
    return no_content()


@socket_events.on(events.LOCATION, permission=POSITION, data=Position)
def _report(position: Position, principal: Principal, rt: Runtime) -> None:
    org_id, courier_id = principal.org_id, principal.user_id
    couriers.report_position(org_id, courier_id, position.latitude, position.longitude, rt.clock.now())


def _courier_step(request: Request[CourierAction, Nothing], work: UnitOfWork, step: Step) -> Reply[OrderView]:
    order = service.take_courier_step(work, runtime().settings, request, step)
    return Reply(order_view(order), version=order.version)


def _step_route(address: str, action: str, leads_to: Status) -> Callable[[StepHandler], StepHandler]:
    return routes.post(
        f"/v1/courier/orders/{address}",
        permission=ANSWER,
        body=CourierAction,
        returns=OrderView,
        examples={"response": {"status": leads_to}},
        versioned=True,
        errors=_STEP_ERRORS,
        about=About(Order.kind, action, "order_id"),
        loads=order_key,
    )


@_step_route("accept", "ORDER_ACCEPTED", Status.ACCEPTED)
def accept_order(request: Request[CourierAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
    """Accept the delivery that one was offered."""
    return _courier_step(request, work, Step.ACCEPT)


@_step_route("decline", "ORDER_DECLINED", Status.ASSIGNED)
def decline_order(request: Request[CourierAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
    """Decline the delivery that one was offered; the next courier is offered it at once."""
    return _courier_step(request, work, Step.DECLINE)


@_step_route("arrived", "ORDER_ARRIVED", Status.ARRIVED)
def arrive(request: Request[CourierAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
    """Say that one has arrived at the pickup."""
    return _courier_step(request, work, Step.ARRIVE)


@_step_route("picked", "ORDER_PICKED_UP", Status.PICKED_UP)
def pick_up_order(request: Request[CourierAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
    """Say that one has picked the delivery up."""
    return _courier_step(request, work, Step.PICK_UP)


@_step_route("delivered", "ORDER_DELIVERED", Status.DELIVERED)
def deliver_order(request: Request[CourierAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
    """Say that one has delivered it; the courier is free again."""
    return _courier_step(request, work, Step.DELIVER)


@_step_route("cancel", "ORDER_HANDED_BACK", Status.ASSIGNED)
def hand_back_order(request: Request[CourierAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
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
    about=About(Order.kind, "ORDER_CANCELED", "order_id"),
    loads=order_key,
)
def cancel_order(request: Request[CustomerAction, Nothing], work: UnitOfWork) -> Reply[OrderView]:
    """Call a delivery off before it is picked up."""
    order = service.call_off(work, request)
    return Reply(order_view(order), version=order.version)


@routes.get(
    "/v1/customer/active-order",
    aliases=["/v1/customer/activeOrder"],
    permission=FOLLOW,
    returns=ActiveOrder,
    examples={"response": {"order": {"status": Status.ACCEPTED}}},
)
def customer_active_order(request: Request[Nothing, Nothing]) -> Reply[ActiveOrder]:
    """The newest of one's deliveries that is under way, and who is coming with it."""
    found = service.active_as_customer(request.principal, 1).items
    if not found:
        return Reply(ActiveOrder(active=False))
    return Reply(ActiveOrder(active=True, order=order_view(found[0]), assigned_driver=service.driver_of(found[0])))


@routes.get("/v1/customer/active-orders", permission=FOLLOW, query=ListQuery, returns=OrderPage)
def customer_active_orders(request: Request[Nothing, ListQuery]) -> Reply[OrderPage]:
    """All of one's deliveries that are under way, newest first."""
    return _page(service.active_as_customer(request.principal, request.query.limit, request.query.cursor))


@routes.get("/v1/customer/orders/history", permission=FOLLOW, query=ListQuery, returns=OrderPage)
def customer_history(request: Request[Nothing, ListQuery]) -> Reply[OrderPage]:
    """All deliveries that one has ordered, newest first."""
    return _page(service.history_as_customer(request.principal, request.query.limit, request.query.cursor))


@routes.get(
    "/v1/courier/active-order",
    aliases=["/v1/courier/activeOrder"],
    permission=ANSWER,
    returns=ActiveOrder,
    examples={"response": {"assigned_driver": ...}},
)
def courier_active_order(request: Request[Nothing, Nothing]) -> Reply[ActiveOrder]:
    """The delivery that one has in hand as a courier."""
    order = service.active_as_courier(request.principal)
    return Reply(ActiveOrder(active=False) if order is None else ActiveOrder(active=True, order=order_view(order)))


@routes.get("/v1/courier/orders/history", permission=ANSWER, query=ListQuery, returns=OrderPage)
def courier_history(request: Request[Nothing, ListQuery]) -> Reply[OrderPage]:
    """All deliveries that one has or had as a courier, newest first."""
    return _page(service.history_as_courier(request.principal, request.query.limit, request.query.cursor))


def _page(page: Page[Order]) -> Reply[OrderPage]:
    return Reply(OrderPage(page.mapped(order_view), page.next_cursor))
