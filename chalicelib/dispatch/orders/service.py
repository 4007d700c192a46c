"""The use cases of orders: create, the courier's steps, cancel.

The pipeline has checked that the order exists, that it is the caller's, and that its state allows the step.
"""

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers import duty
from chalicelib.dispatch.orders import assignment, events
from chalicelib.dispatch.orders.rules import FREES_COURIER, OrderAction, OrderState
from chalicelib.dispatch.orders.schemas import (
    CourierAction,
    CreateOrder,
    CustomerAction,
    DeliverOrder,
    UndeliverableReport,
)
from chalicelib.dispatch.orders.tables import (
    DUE_SHARDS,
    ORDER_HOURS,
    Order,
    is_in_hand,
    list_values,
    order_key,
)
from chalicelib.dispatch.orders.waiting import MAX_AHEAD, SCHEDULED
from chalicelib.dispatch.proof.verification import check_proof, required_proof
from chalicelib.dispatch.tariffs.service import check_price, check_vehicle_type
from chalicelib.dispatch.tariffs.tables import VehicleType


def create_order(work: UnitOfWork, vehicle_type: VehicleType | None, command: CreateOrder, actor: Actor) -> Order:
    """Create an order and offer it to the next courier, if there is one, in one transaction.

    Raise `ValidationFailed` for a vehicle type that does not exist, and `PriceChanged`.
    """
    check_vehicle_type(command.vehicle_type_id, vehicle_type)
    check_price(command.estimated_price_cents, vehicle_type, command.pickup, command.dropoff)
    order = _new_order(work, vehicle_type, command, actor)
    work.audit(Order.kind, order.order_id, "ORDER_CREATED")
    if is_scheduled(work, command):
        return _schedule(work, order, command)
    courier_id = assignment.next_courier(work, order)
    for name, value in assignment.offered(work, courier_id, order).items():
        setattr(order, name, value)
    work.create(order)
    ORDER_HOURS.count(work, order.org_id, created=1)
    if courier_id is not None:
        duty.take(work, order.org_id, courier_id, order.order_id)
        events.offer_order(work, order, courier_id)
    events.notify_customer(work, order, "assigned" if courier_id else "no_nearby_driver")
    return order


def is_scheduled(work: UnitOfWork, command: CreateOrder) -> bool:
    """Return whether an order is to be offered later. Raise `ValidationFailed` if that is too far ahead."""
    if command.pickup_after is not None and command.pickup_after > work.now + MAX_AHEAD:
        raise ValidationFailed({"pickup_after": "must be at most 30 days ahead"})
    return command.pickup_after is not None and command.pickup_after > work.now


def accept_order(work: UnitOfWork, order: Order, _: CourierAction, actor: Actor) -> Order:
    """Accept an offer; from now on the customer sees the courier."""
    driver = {"driver_name": actor.full_name, "driver_phone": actor.phone, "driver_picture": actor.profile_picture}
    work.update(order, driver)
    return advance_order(work, order, OrderState.ACCEPTED)


def arrive_at_pickup(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Record that the courier has arrived at the pickup."""
    return advance_order(work, order, OrderState.ARRIVED)


def pick_up_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Record that the courier has picked the order up."""
    return advance_order(work, order, OrderState.PICKED_UP)


def deliver_order(work: UnitOfWork, order: Order, command: DeliverOrder, _: Actor) -> Order:
    """Record that the order was delivered; the courier is free again. Raise `ProofRequired`."""
    check_proof(work, order, command.proof)
    ORDER_HOURS.count(work, order.org_id, delivered=1)
    return advance_order(work, order, OrderState.DELIVERED)


def report_undeliverable(work: UnitOfWork, order: Order, command: UndeliverableReport, _: Actor) -> Order:
    """Record that the order cannot be handed over; the courier keeps it until it is returned."""
    fail_delivery(work, order, command.reason, command.note)
    return order


def return_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Record that the goods of an undeliverable order are back; the courier is free again."""
    ORDER_HOURS.count(work, order.org_id, returned=1)
    return advance_order(work, order, OrderState.RETURNED)


def decline_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Decline an offer; it goes to the next courier, if there is one."""
    assignment.reassign(work, order, OrderAction.DECLINE)
    return order


def release_order(work: UnitOfWork, order: Order, _: CourierAction, __: Actor) -> Order:
    """Give an order back before it is picked up; it is offered to the next courier, if there is one."""
    assignment.reassign(work, order, OrderAction.RELEASE)
    return order


def cancel_order(work: UnitOfWork, order: Order, _: CustomerAction, __: Actor) -> Order:
    """Cancel an order before it is picked up; its courier is free again, and notified like the customer's devices."""
    work.update(order, {**list_values(order, OrderState.CANCELED_BY_CUSTOMER.value), "updated_at": work.now})
    courier_id = take_out_of_hand(work, order)
    ORDER_HOURS.count(work, order.org_id, canceled_by_customer=1)
    if courier_id is not None:
        events.notify_courier(work, order, courier_id, "canceled_by_customer")
    events.notify_customer(work, order, "canceled_by_customer")
    return order


def retry_order(work: UnitOfWork, order: Order, _: CustomerAction, __: Actor) -> Order:
    """Look for a courier for an order that found none; without one, its wait starts anew."""
    assignment.offer_to(work, order, assignment.next_courier(work, order))
    return order


def fail_delivery(work: UnitOfWork, order: Order, reason: str, note: str | None = None) -> None:
    """Stage that an order cannot be handed over, and notify the customer. The courier still has it in hand."""
    failure = {"failure_reason": reason, "failure_note": note, "failed_at": work.now}
    undeliverable = list_values(order, OrderState.UNDELIVERABLE.value)
    work.update(order, {**undeliverable, **failure, "updated_at": work.now})
    ORDER_HOURS.count(work, order.org_id, undeliverable=1)
    events.notify_customer(work, order, "undeliverable")


def take_out_of_hand(work: UnitOfWork, order: Order) -> str | None:
    """Stage that no action on an order is pending, and that its courier is free; return the courier's id, if any.

    An undeliverable order may have a courier who does not have it in hand any more.
    """
    courier_id = order.assigned_courier if is_in_hand(order) else None
    work.update(order, assignment.closed(order))
    if courier_id is not None:
        duty.release(work, order.org_id, courier_id, order.order_id)
    return courier_id


def advance_order(work: UnitOfWork, order: Order, state: OrderState) -> Order:
    """Stage a step to another state and notify the customer."""
    work.update(order, {**list_values(order, state.value), "updated_at": work.now, **assignment.answered()})
    if state in FREES_COURIER:
        take_out_of_hand(work, order)
    events.notify_customer(work, order, state.value)
    return order


def _schedule(work: UnitOfWork, order: Order, command: CreateOrder) -> Order:
    """Stage a new order that the sweep offers when its time has come."""
    due = {
        "pickup_after": command.pickup_after,
        "due_at": command.pickup_after,
        "due_shard": DUE_SHARDS.key_of(order.order_id, SCHEDULED),
    }
    for name, value in {**list_values(order, OrderState.SCHEDULED.value), **due}.items():
        setattr(order, name, value)
    work.create(order)
    ORDER_HOURS.count(work, order.org_id, created=1)
    events.notify_customer(work, order, "scheduled")
    return order


def _new_order(work: UnitOfWork, vehicle_type: VehicleType | None, command: CreateOrder, actor: Actor) -> Order:
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
        vehicle_type_id=command.vehicle_type_id,
        estimated_price_cents=command.estimated_price_cents,
        average_kmh=None if vehicle_type is None else vehicle_type.average_kmh,
        **required_proof(work, command.requirements),
        created_at=work.now,
        updated_at=work.now,
    )
