"""Orders, the offers of orders to couriers, and the duty and position of couriers."""

from chalicelib.core.pagination import CursorRequest
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import permissions
from chalicelib.dispatch.orders import customers, examples, queries, service, views
from chalicelib.dispatch.orders.customers import CUSTOMER_RESOURCE
from chalicelib.dispatch.orders.errors import TooManyActiveOrders
from chalicelib.dispatch.orders.resources import ORDER_RESOURCE, ORGANISATION, courier_step
from chalicelib.dispatch.orders.rules import OrderAction, OrderState
from chalicelib.dispatch.orders.schemas import (
    CourierAction,
    CreateOrder,
    CustomerAction,
    DeliverOrder,
    OrderPlaced,
    OrderView,
    UndeliverableReport,
)
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.orders.timeline_schemas import OrderTimeline
from chalicelib.dispatch.proof.errors import ProofRequired
from chalicelib.dispatch.settings import use_settings
from chalicelib.dispatch.tariffs.errors import PriceChanged
from chalicelib.dispatch.tariffs.tables import vehicle_type_key
from chalicelib.dispatch.tracking.queries import follow_order
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "Courier dispatch")

VEHICLE_TYPE = Resource(key=vehicle_type_key, id_from=("vehicle_type_id",), required=False)


@routes.post(
    "/v1/orders",
    permission=permissions.CREATE,
    related={"customer": CUSTOMER_RESOURCE, "vehicle_type": VEHICLE_TYPE, **ORGANISATION},
    own_fields=("customer_id",),
    body=CreateOrder,
    returns=OrderPlaced,
    view=views.placed_order_view,
    examples={"response": examples.PLACED},
    status=201,
    versioned=True,
    errors=[PriceChanged, TooManyActiveOrders],
    audit_target=AuditTarget(Order.kind, "ORDER_CREATED"),
)
def create_order(request: Request[CreateOrder], work: UnitOfWork) -> Order:
    """Create an order and offer it to a courier at once.

    The offer goes to the nearest free courier within 10 km of the pickup whose position is at most 5 minutes old, else
    to the longest idle one of those who never sent a position; without pickup coordinates, to the longest idle of all.
    One that is not answered within 15 seconds goes to the next courier. If no courier is free, the order gets the
    status `no_nearby_driver` and waits until `waiting_until`: it is offered to the next courier who becomes free near
    it, the oldest order first. `POST /v1/customer/orders/retry` starts the wait anew.
    With `pickup_after`, the order is `scheduled` and offered to couriers at that time.
    A customer has at most 10 active orders; those that wait or are scheduled do not count. The organisation's settings
    of dispatch may change these numbers.
    Events: the courier gets `order.assigned`, the customer `order.status` with `assigned`, `no_nearby_driver` or
    `scheduled`.
    """
    use_settings(work, request.related["organisation"])
    if not service.is_scheduled(work, request.body):
        customers.check_limit(work, request.actor.org_id, request.related["customer"])
    return service.create_order(work, request.related["vehicle_type"], request.body, request.actor)


@routes.get(
    "/v1/orders/{order_id}",
    permission=permissions.READ,
    resource=ORDER_RESOURCE,
    returns=OrderView,
    view=views.read_order_view,
    examples={"response": examples.FOLLOWED},
    versioned=True,
    version_covers_body=lambda read: read.eta_at is None,
)
def get_order(request: Request[Empty, Empty, Order]) -> queries.OrderRead:
    """Get an order, as its customer, its current courier or a dispatcher."""
    return queries.OrderRead(*follow_order(request.resource, dependencies()), request.actor)


@routes.get(
    "/v1/orders/{order_id}/timeline",
    permission=permissions.READ,
    resource=ORDER_RESOURCE,
    query=CursorRequest,
    returns=OrderTimeline,
    view=views.order_timeline_view,
    examples={"response": examples.TIMELINE},
)
def get_order_timeline(request: Request[Empty, CursorRequest, Order]) -> queries.Timeline:
    """List the changes of an order, oldest first.

    Requests that were refused or changed nothing are left out. An offer is also declined if the courier goes off duty
    or is signed out.
    """
    return queries.get_order_timeline(request.resource, request.query)


@courier_step(routes, "accept", OrderAction.ACCEPT, "ORDER_ACCEPTED", examples.ACCEPTED)
def accept_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Accept an offered order.

    An offer stands for 15 seconds, and after that until it is taken back. Accepting it again changes nothing.
    Events: the customer gets `order.status` with `accepted` and the courier's name, telephone number and picture.
    """
    return service.accept_order(work, request.resource, request.body, request.actor)


@courier_step(routes, "decline", OrderAction.DECLINE, "ORDER_DECLINED", examples.DECLINED)
def decline_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Decline an offered order; it is offered to the next courier at once.

    The response shows the next courier, or the status `no_nearby_driver`. The courier is free again and is not offered
    this order again. Repeating the request changes nothing. Events: the customer gets `order.status` with `declined`,
    then with `assigned` or `no_nearby_driver`; the next courier gets `order.assigned`.
    """
    use_settings(work, request.related["organisation"])
    return service.decline_order(work, request.resource, request.body, request.actor)


@courier_step(routes, "arrived", OrderAction.ARRIVE, "ORDER_ARRIVED", examples.ARRIVED)
def arrive_at_pickup(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Report the arrival at the pickup; the customer gets `order.status` with `arrived`. It may be repeated."""
    return service.arrive_at_pickup(work, request.resource, request.body, request.actor)


@courier_step(routes, "picked", OrderAction.PICK_UP, "ORDER_PICKED_UP", examples.PICKED_UP)
def pick_up_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Report that the order was picked up; repeating it changes nothing.

    From now on the order can be neither canceled nor given back.
    Events: the customer gets `order.status` with `picked_up` and the courier's name, telephone number and picture.
    """
    return service.pick_up_order(work, request.resource, request.body, request.actor)


@courier_step(
    routes,
    "delivered",
    OrderAction.DELIVER,
    "ORDER_DELIVERED",
    examples.DELIVERED,
    body=DeliverOrder,
    errors=[ProofRequired],
)
def deliver_order(request: Request[DeliverOrder, Empty, Order], work: UnitOfWork) -> Order:
    """Report that the order was delivered, with the proof that it requires; repeating it changes nothing.

    After five wrong PINs only a dispatcher can record the delivery. The courier is free again.
    Events: the customer gets `order.status` with `delivered` and the courier's name, telephone number and picture.
    """
    return service.deliver_order(work, request.resource, request.body, request.actor)


@courier_step(
    routes,
    "undeliverable",
    OrderAction.REPORT_UNDELIVERABLE,
    "ORDER_UNDELIVERABLE",
    examples.UNDELIVERABLE,
    body=UndeliverableReport,
)
def report_undeliverable(request: Request[UndeliverableReport, Empty, Order], work: UnitOfWork) -> Order:
    """Report that an order that was picked up cannot be handed over; repeating it changes nothing.

    The order stays the courier's active order until it is returned, or until a dispatcher frees the courier.
    Events: the customer gets `order.status` with `undeliverable`.
    """
    return service.report_undeliverable(work, request.resource, request.body, request.actor)


@courier_step(routes, "returned", OrderAction.RETURN, "ORDER_RETURNED", examples.RETURNED)
def return_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Report that the goods of an undeliverable order are back; repeating it changes nothing.

    The courier is free again. Events: the customer gets `order.status` with `returned`.
    """
    return service.return_order(work, request.resource, request.body, request.actor)


@courier_step(routes, "cancel", OrderAction.RELEASE, "ORDER_RELEASED", examples.RELEASED)
def release_order(request: Request[CourierAction, Empty, Order], work: UnitOfWork) -> Order:
    """Give an order back before it is picked up; it is offered to the next courier at once.

    The response shows the next courier, or the status `no_nearby_driver`. The courier is free again and is not offered
    this order again. Repeating the request changes nothing. Events: the customer gets `order.status` with `assigned`
    or `no_nearby_driver`; the next courier gets `order.assigned`.
    """
    use_settings(work, request.related["organisation"])
    return service.release_order(work, request.resource, request.body, request.actor)


@routes.post(
    "/v1/customer/orders/cancel",
    permission=permissions.CANCEL,
    resource=ORDER_RESOURCE,
    transition=OrderAction.CANCEL,
    body=CustomerAction,
    returns=OrderView,
    view=views.order_view,
    examples={"response": examples.CANCELED},
    versioned=True,
    audit_target=AuditTarget(Order.kind, "ORDER_CANCELED", "order_id"),
)
def cancel_order(request: Request[CustomerAction, Empty, Order], work: UnitOfWork) -> Order:
    """Cancel an order before it is picked up; repeating it changes nothing.

    Its courier, if it has one, is free again.
    Events: the courier and all devices of the customer get `order.status` with `canceled_by_customer`.
    """
    return service.cancel_order(work, request.resource, request.body, request.actor)


@routes.post(
    "/v1/customer/orders/retry",
    permission=permissions.CREATE,
    resource=ORDER_RESOURCE,
    related=ORGANISATION,
    transition=OrderAction.RETRY,
    repeated=lambda order, _: order.status == OrderState.ASSIGNED,
    body=CustomerAction,
    returns=OrderView,
    view=views.order_view,
    examples={"response": examples.RETRIED},
    versioned=True,
    audit_target=AuditTarget(Order.kind, "ORDER_RETRIED", "order_id"),
)
def retry_order(request: Request[CustomerAction, Empty, Order], work: UnitOfWork) -> Order:
    """Look again for a courier for an order with the status `no_nearby_driver`.

    If no courier is free, the order waits for one anew, until `waiting_until`. An order that has been offered to a
    courier meanwhile is returned as it is.
    Events: the customer gets `order.status` with `assigned` or `no_nearby_driver`; the courier gets `order.assigned`.
    """
    use_settings(work, request.related["organisation"])
    return service.retry_order(work, request.resource, request.body, request.actor)
