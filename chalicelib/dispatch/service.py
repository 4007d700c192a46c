"""The use cases of orders: create, the courier's steps, cancel; and the duty of couriers.

The pipeline has checked that the order exists, that it is the caller's, and that its state allows the step.
"""

from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import assignment, couriers, events
from chalicelib.dispatch.assignment import given_up_by
from chalicelib.dispatch.rules import FREES_COURIER, OrderAction, OrderState
from chalicelib.dispatch.schemas import Availability, CourierAction, CreateOrder, CustomerAction
from chalicelib.dispatch.tables import (
    ORDER_HOURS,
    Courier,
    Order,
    courier_key,
    listed_key,
    order_key,
    person_key,
    status_values,
)


def create_order(work: UnitOfWork, command: CreateOrder, actor: Actor) -> Order:
    """Create an order and offer it to the next courier, if there is one, in one transaction."""
    order = _new_order(work, command, actor)
    work.audit(Order.kind, order.order_id, "ORDER_CREATED")
    courier_id = assignment.next_courier(work, order)
    for name, value in assignment.offered(work, courier_id, order).items():
        setattr(order, name, value)
    work.create(order)
    ORDER_HOURS.count(work, order.org_id, created=1, no_nearby_driver=courier_id is None)
    if courier_id is not None:
        couriers.take(work, order.org_id, courier_id, order.order_id)
        events.offer_order(work, order, courier_id)
    events.notify_customer(work, order, "assigned" if courier_id else "no_nearby_driver")
    return order


def accept_order(work: UnitOfWork, order: Order, _: CourierAction, actor: Actor) -> Order:
    """Accept an offer; from now on the customer sees the courier."""
    driver = {"driver_name": actor.full_name, "driver_phone": actor.phone, "driver_picture": actor.profile_picture}
    work.update(order, driver)
    return _advance(work, order, OrderState.ACCEPTED)


def arrive_at_pickup(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Record that the courier has arrived at the pickup."""
    return _advance(work, order, OrderState.ARRIVED)


def pick_up_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Record that the courier has picked the order up."""
    return _advance(work, order, OrderState.PICKED_UP)


def deliver_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Record that the order was delivered; the courier is free again."""
    ORDER_HOURS.count(work, order.org_id, delivered=1)
    return _advance(work, order, OrderState.DELIVERED)


def decline_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Decline an offer; it goes to the next courier, if there is one."""
    assignment.reassign(work, order, OrderAction.DECLINE)
    return order


def release_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Give an order back before it is picked up; it is offered to the next courier, if there is one."""
    assignment.reassign(work, order, OrderAction.RELEASE)
    return order


def cancel_order(work: UnitOfWork, order: Order, _: CustomerAction, __: Actor) -> Order:
    """Cancel an order before it is picked up; its courier is notified and free again."""
    courier_id = order.assigned_courier
    canceled = status_values(order, OrderState.CANCELED_BY_CUSTOMER.value)
    work.update(order, {**canceled, "updated_at": work.now, **assignment.closed()})
    ORDER_HOURS.count(work, order.org_id, canceled_by_customer=1)
    if courier_id is not None:
        couriers.release(work, order.org_id, courier_id, order.order_id)
        events.notify_courier(work, order, courier_id, "canceled_by_customer")
    return order


def set_availability(work: UnitOfWork, command: Availability, actor: Actor) -> None:
    """Go on or off duty; going off duty declines an unanswered offer. Raise `AuthInvalid` if the session has ended.

    Only a courier who is signed in goes on duty, also if the session ends at the same moment.
    """
    courier = get(courier_key(actor.org_id, actor.user_id))
    action = "COURIER_AVAILABLE" if command.available else "COURIER_UNAVAILABLE"
    work.audit(Courier.kind, actor.user_id, action)
    if not command.available and courier is not None and (courier.available or courier.order_id is not None):
        _end_duty(work, actor.org_id, actor.user_id, courier)
    if command.available and (courier is None or not courier.available):
        work.require_session(actor)
        couriers.set_duty(work, actor.org_id, actor.user_id, courier, available=True, name=actor.full_name)


def end_duty_of_signed_out(work: UnitOfWork) -> None:
    """Stage the end of duty of couriers whose last session ends with this work; their unanswered offers move on."""
    for ended in work.ended:
        if ended.is_signed_out:
            org_id, user_id = ended.person.org_id, ended.person.user_id
            _end_duty(work, org_id, user_id, get(courier_key(org_id, user_id)))


def _end_duty(work: UnitOfWork, org_id: str, courier_id: str, courier: Courier | None) -> None:
    """Stage that a courier goes off duty; an order that was offered and not accepted goes to the next courier."""
    order = None if courier is None or courier.order_id is None else get(order_key(org_id, courier.order_id))
    is_offered = order is not None and order.status == OrderState.ASSIGNED and order.assigned_courier == courier_id
    if courier is not None and order is not None and is_offered:
        release = partial(couriers.release_off_duty, work, courier)
        assignment.reassign(work, order, OrderAction.DECLINE, release)
    else:
        couriers.set_duty(work, org_id, courier_id, courier, available=False)


def has_given_up(order: Order, actor: Actor, *, action: OrderAction) -> bool:
    """Return whether the courier has given the order up by this action before, and has not got it again."""
    return actor.user_id != order.assigned_courier and actor.user_id in given_up_by(order, action)


def _advance(work: UnitOfWork, order: Order, state: OrderState) -> Order:
    """Stage a courier's step to another state and notify the customer."""
    work.update(order, {**status_values(order, state.value), "updated_at": work.now, **assignment.answered()})
    if state in FREES_COURIER and order.assigned_courier is not None:
        work.update(order, assignment.closed())
        couriers.release(work, order.org_id, order.assigned_courier, order.order_id)
    events.notify_customer(work, order, state.value)
    return order


def _new_order(work: UnitOfWork, command: CreateOrder, actor: Actor) -> Order:
    order_id = work.ids.new()
    return order_key(actor.org_id, order_id).new(
        order_id=order_id,
        org_id=actor.org_id,
        customer_id=actor.user_id,
        pickup_address=command.pickup_address,
        pickup_lat=command.pickup_lat,
        pickup_lng=command.pickup_lng,
        dropoff_address=command.dropoff_address,
        dropoff_lat=command.dropoff_lat,
        dropoff_lng=command.dropoff_lng,
        receiver_phone=command.receiver_phone,
        notes=command.notes,
        created_at=work.now,
        updated_at=work.now,
        customer_key=person_key(actor.org_id, actor.user_id),
        listed_key=listed_key(actor.org_id, order_id),
    )
