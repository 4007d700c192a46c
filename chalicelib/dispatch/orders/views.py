"""Orders as clients read them."""

import msgspec
from msgspec.structs import replace

from chalicelib.audit.tables import NO_CHANGES, AuditRow
from chalicelib.core.pagination import Page
from chalicelib.core.structs import decoder_of
from chalicelib.dispatch import permissions
from chalicelib.dispatch.orders.queries import OrderRead, Timeline
from chalicelib.dispatch.orders.rules import WITH_DRIVER, OrderState
from chalicelib.dispatch.orders.schemas import (
    ActiveOrder,
    DeliveryFailure,
    Driver,
    OrderPage,
    OrderPlaced,
    OrderView,
)
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.orders.timeline_schemas import (
    CourierChange,
    OrderChanges,
    OrderTimeline,
    OrderTimelineEntry,
    StatusChange,
)
from chalicelib.dispatch.proof.schemas import Requirements
from chalicelib.dispatch.tracking.queries import FollowedOrder

NO_COURIER = "No courier is available right now."
SCHEDULED = "The order is offered to couriers at the time that you named."


class _ShownFields(msgspec.Struct, frozen=True):
    """The fields of an audit row that the timeline shows, each `[before, after]`; decoding leaves out all others."""

    status: tuple[OrderState | None, OrderState] | None = None
    assigned_courier: tuple[str | None, str | None] | None = None


def order_view(order: Order) -> OrderView:
    """Return an order."""
    return OrderView(
        id=order.order_id,
        customer_id=order.customer_id,
        status=OrderState(order.status),
        pickup_address=order.pickup_address,
        pickup_lat=order.pickup_lat,
        pickup_lng=order.pickup_lng,
        dropoff_address=order.dropoff_address,
        dropoff_lat=order.dropoff_lat,
        dropoff_lng=order.dropoff_lng,
        receiver_phone=order.receiver_phone,
        notes=order.notes,
        pickup_after=order.pickup_after,
        offer_expires_at=order.offer_expires_at,
        waiting_until=order.waiting_until,
        assigned_courier=order.assigned_courier,
        vehicle_type_id=order.vehicle_type_id,
        estimated_price_cents=order.estimated_price_cents,
        requirements=_requirements(order),
        failure=_failure(order),
        version=order.version,
        created_at=order.created_at,
        updated_at=order.updated_at,
    )


def own_order_view(order: Order) -> OrderView:
    """Return an order as its customer reads it, with its PIN."""
    return replace(order_view(order), delivery_pin=order.delivery_pin)


def read_order_view(read: OrderRead) -> OrderView:
    """Return an order as this caller may read it."""
    order, eta_at, actor = read
    view = own_order_view(order) if order.customer_id == actor.user_id else order_view(order)
    reason = order.dispatcher_reason if actor.reaches(permissions.MANAGE) else None
    return replace(view, eta_at=eta_at, dispatcher_reason=reason)


def placed_order_view(order: Order) -> OrderPlaced:
    """Return a new order with the courier to whom it was offered."""
    message = SCHEDULED if order.status == OrderState.SCHEDULED else NO_COURIER
    return OrderPlaced(own_order_view(order), order.assigned_courier, None if order.assigned_courier else message)


def customer_active_order_view(followed: FollowedOrder | None) -> ActiveOrder:
    """Return a customer's active order and its courier, once one has accepted it."""
    if followed is None:
        return ActiveOrder(active=False)
    return ActiveOrder(active=True, order=_own_followed(followed), assigned_driver=_driver(followed.order))


def courier_active_order_view(followed: FollowedOrder | None) -> ActiveOrder:
    """Return the order that a courier has in hand."""
    if followed is None:
        return ActiveOrder(active=False)
    return ActiveOrder(active=True, order=replace(order_view(followed.order), eta_at=followed.eta_at))


def active_orders_view(page: Page[FollowedOrder]) -> OrderPage:
    """Return a page of a customer's active orders."""
    return OrderPage([_own_followed(followed) for followed in page.items], page.next_cursor)


def order_page_view(page: Page[Order]) -> OrderPage:
    """Return a page of orders."""
    return OrderPage([order_view(order) for order in page.items], page.next_cursor)


def own_order_page_view(page: Page[Order]) -> OrderPage:
    """Return a page of orders as their customer reads them."""
    return OrderPage([own_order_view(order) for order in page.items], page.next_cursor)


def order_timeline_view(timeline: Timeline) -> OrderTimeline:
    """Return what happened to an order."""
    rows = timeline.changes.items
    entries = [OrderTimelineEntry(row.timestamp, row.action_type, row.actor_id, _order_changes(row)) for row in rows]
    return OrderTimeline(timeline.order.order_id, entries, timeline.changes.next_cursor)


def _own_followed(followed: FollowedOrder) -> OrderView:
    return replace(own_order_view(followed.order), eta_at=followed.eta_at)


def _order_changes(row: AuditRow) -> OrderChanges | None:
    shown: _ShownFields = decoder_of(_ShownFields).decode(row.payload_diff or NO_CHANGES)
    if shown == _ShownFields():
        return None
    status = None if shown.status is None else StatusChange(before=shown.status[0], after=shown.status[1])
    return OrderChanges(status, None if shown.assigned_courier is None else CourierChange(*shown.assigned_courier))


def _requirements(order: Order) -> Requirements | None:
    required = Requirements(pin=order.delivery_pin is not None, photo=bool(order.requires_photo))
    return required if required.pin or required.photo else None


def _failure(order: Order) -> DeliveryFailure | None:
    if order.failure_reason is None or order.failed_at is None:
        return None
    return DeliveryFailure(order.failure_reason, order.failed_at, order.failure_note)


def _driver(order: Order) -> Driver | None:
    if order.status not in WITH_DRIVER or order.assigned_courier is None:
        return None
    return Driver(order.assigned_courier, order.driver_name or "", order.driver_phone, order.driver_picture)
