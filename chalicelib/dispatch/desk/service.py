"""The use cases of dispatchers: what they decide about an order, with or without a courier.

The pipeline has checked that the order exists and that its state allows the step. Everybody concerned is notified.
"""

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.desk.errors import CourierBusy, CourierNotOnDuty
from chalicelib.dispatch.desk.schemas import DispatcherStep, OrderAssignment
from chalicelib.dispatch.orders import assignment, events
from chalicelib.dispatch.orders.rules import OrderAction, OrderState
from chalicelib.dispatch.orders.service import advance_order, fail_delivery, take_out_of_hand
from chalicelib.dispatch.orders.tables import ORDER_HOURS, Order, is_in_hand


def assign_order(work: UnitOfWork, order: Order, command: OrderAssignment, _: Actor, courier: Courier) -> Order:
    """Offer an order to a courier, and take it from the one who has it; the present one keeps it without a change.

    Raise `CourierBusy` or `CourierNotOnDuty`.
    """
    if order.assigned_courier == command.courier_id:
        return order
    if courier.order_id is not None:
        raise CourierBusy(details={"courier_id": courier.courier_id, "order_id": courier.order_id})
    if not courier.available:
        raise CourierNotOnDuty(details={"courier_id": courier.courier_id})
    assignment.give_to(work, order, courier.courier_id)
    return order


def release_order_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Take an order from its courier before it is picked up; it is offered to the next one, if there is one.

    If that courier loses the order at the same moment, the next one keeps the offer.
    """
    if order.assigned_courier != work.once("released_courier", lambda: order.assigned_courier):
        return order
    _give_reason(work, order, command)
    assignment.reassign(work, order, OrderAction.RELEASE_BY_DISPATCHER)
    return order


def cancel_order_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Cancel an order that has not ended; its courier, if it has one, is free again."""
    ORDER_HOURS.count(work, order.org_id, canceled_by_dispatcher=1)
    return _end_order(work, order, command, OrderState.CANCELED_BY_DISPATCHER)


def report_undeliverable_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Record that an order cannot be handed over; its courier is free at once.

    What the courier has reported stays as it is. If no courier has the order in hand any more, nothing changes.
    """
    is_reported = order.status == OrderState.UNDELIVERABLE
    if is_reported and not is_in_hand(order):
        return order
    _give_reason(work, order, command)
    if not is_reported:
        fail_delivery(work, order, command.reason)
    courier_id = take_out_of_hand(work, order)
    if courier_id is not None:
        events.notify_courier(work, order, courier_id, "undeliverable")
    return order


def deliver_order_by_dispatcher(work: UnitOfWork, order: Order, command: DispatcherStep, _: Actor) -> Order:
    """Record that an order was delivered, without the proof that it requires; its courier is free again."""
    ORDER_HOURS.count(work, order.org_id, delivered=1)
    return _end_order(work, order, command, OrderState.DELIVERED)


def _end_order(work: UnitOfWork, order: Order, command: DispatcherStep, state: OrderState) -> Order:
    """Stage the final state of an order; its courier is notified like the customer, and free."""
    _give_reason(work, order, command)
    courier_id = order.assigned_courier
    advance_order(work, order, state)
    if courier_id is not None:
        events.notify_courier(work, order, courier_id, state.value)
    return order


def _give_reason(work: UnitOfWork, order: Order, command: DispatcherStep) -> None:
    work.update(order, {"dispatcher_reason": command.reason})
