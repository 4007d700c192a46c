"""The use cases of dispatchers: what they decide about an order, whoever has it.

The pipeline has checked that the order exists and that its state allows the step. Everybody concerned is notified.
"""

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.desk.errors import CourierBusy, CourierOffDuty
from chalicelib.dispatch.desk.schemas import DispatcherStep, OrderAssignment
from chalicelib.dispatch.orders import assignment, events
from chalicelib.dispatch.orders.rules import OrderAction, OrderState
from chalicelib.dispatch.orders.service import advance_order, fail_delivery, take_out_of_hand
from chalicelib.dispatch.orders.tables import ORDER_HOURS, Order, status_values


def assign_order(work: UnitOfWork, order: Order, command: OrderAssignment, _: Actor, courier: Courier) -> Order:
    """Offer an order to a courier, and take it from the one who has it; the present one keeps it without a change.

    Raise `CourierBusy` or `CourierOffDuty`.
    """
    if order.assigned_courier == command.courier_id:
        return order
    if courier.order_id is not None:
        raise CourierBusy(details={"courier_id": courier.courier_id, "order_id": courier.order_id})
    if not courier.available:
        raise CourierOffDuty(details={"courier_id": courier.courier_id})
    assignment.give_to(work, order, courier.courier_id)
    return order


def release_order_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Take an order from its courier before it is picked up; it is offered to the next one, if there is one.

    If that courier loses the order at the same moment, the next one keeps the offer.
    """
    if order.assigned_courier != work.kept.setdefault("released_courier", order.assigned_courier):
        return order
    _give_reason(work, order, command)
    assignment.reassign(work, order, OrderAction.RELEASE_BY_DISPATCHER)
    return order


def cancel_order_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Cancel an order that has not ended; its courier, if it has one, is free again."""
    _give_reason(work, order, command)
    courier_id = order.assigned_courier
    work.update(order, {**status_values(order, OrderState.CANCELED_BY_DISPATCHER.value), "updated_at": work.now})
    take_out_of_hand(work, order)
    ORDER_HOURS.count(work, order.org_id, canceled_by_dispatcher=1)
    events.notify_customer(work, order, "canceled_by_dispatcher")
    if courier_id is not None:
        events.notify_courier(work, order, courier_id, "canceled_by_dispatcher")
    return order


def report_undeliverable_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Record that an order cannot be handed over; its courier is free at once."""
    _give_reason(work, order, command)
    fail_delivery(work, order, command.reason)
    courier_id = take_out_of_hand(work, order)
    if courier_id is not None:
        events.notify_courier(work, order, courier_id, "undeliverable")
    return order


def deliver_order_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Record that an order was delivered, without the proof that it requires; its courier is free again."""
    _give_reason(work, order, command)
    courier_id = order.assigned_courier
    ORDER_HOURS.count(work, order.org_id, delivered=1)
    advance_order(work, order, OrderState.DELIVERED)
    if courier_id is not None:
        events.notify_courier(work, order, courier_id, "delivered")
    return order


def _give_reason(work: UnitOfWork, order: Order, command: DispatcherStep) -> None:
    work.update(order, {"dispatcher_reason": command.reason})
