"""The use cases of couriers: going on and off duty, and saying where they are."""

from collections.abc import Callable
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.parallel import parallel_pair
from chalicelib.core.store import get
from chalicelib.core.work import AuditSubject, UnitOfWork
from chalicelib.dispatch.couriers import duty, events
from chalicelib.dispatch.couriers.positions import PositionReport, is_follow_due, reported_position, store_position
from chalicelib.dispatch.couriers.schemas import Availability, CourierPosition
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from chalicelib.dispatch.orders import assignment
from chalicelib.dispatch.orders.matching import serve_courier
from chalicelib.dispatch.orders.rules import OrderAction, OrderState
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.dispatch.tariffs.rules import Coordinates
from chalicelib.dispatch.tracking.events import notify_location

MAX_MISSED = 3
"""Offers in a row that a courier may let time out without a sign of life before their duty ends."""


def set_availability(work: UnitOfWork, courier: Courier | None, command: Availability, actor: Actor) -> None:
    """Go on or off duty; going off duty declines an unanswered offer. Raise `AuthInvalid` if the session has ended.

    Only a courier who is signed in goes on duty, also if the session ends at the same moment.
    """
    action = "COURIER_AVAILABLE" if command.available else "COURIER_UNAVAILABLE"
    work.audit(Courier.kind, actor.user_id, action)
    if not command.available and courier is not None and (courier.available or courier.order_id is not None):
        _end_duty(work, actor.org_id, actor.user_id, courier)
    if command.available and (courier is None or not courier.available):
        work.require_session(actor)
        duty.set_duty(work, actor.org_id, actor.user_id, courier, available=True, name=actor.full_name)


def end_duty_of_signed_out(work: UnitOfWork) -> None:
    """Stage the end of duty of couriers whose last session ends with this work; their unanswered offers move on.

    Those who are disabled are notified: they have not signed out themselves.
    """
    for ended in work.ended:
        if ended.is_signed_out:
            org_id, user_id = ended.person.org_id, ended.person.user_id
            courier = get(courier_key(org_id, user_id))
            _end_duty(work, org_id, user_id, courier)
            if ended.is_disabled and courier is not None and courier.available:
                events.notify_off_duty(work, courier, "disabled")


def end_duty_of_absent(work: UnitOfWork, order: Order) -> Callable[[], None] | None:
    """Return what ends the duty of a courier who misses a third offer in a row, or None for any other courier.

    Every request, socket message and position is a sign of life, after which counting starts anew (`presence`).
    """
    courier = None if order.assigned_courier is None else get(courier_key(order.org_id, order.assigned_courier))
    if courier is None or courier.order_id != order.order_id or (courier.missed_offers or 0) < MAX_MISSED - 1:
        return None

    def end_duty() -> None:
        duty.release_off_duty(work, courier, Courier.missed_offers == courier.missed_offers)
        events.notify_off_duty(work, courier, "offers_missed")

    return end_duty


def report_position(
    work: UnitOfWork, courier: Courier | None, command: CourierPosition, actor: Actor
) -> PositionReport:
    """Store where a courier is, outside the unit of work, and return what became of the position.

    A free courier who comes near a waiting order is offered it at once. The customer of an accepted order gets the
    position on their sockets.
    """
    org_id, courier_id = actor.org_id, actor.user_id
    reported = reported_position(command, work.now)
    store = partial(store_position, work, courier, courier_key(org_id, courier_id), reported)
    order_id = courier.order_id if courier is not None and is_follow_due(courier, reported, work.now) else None
    reads = [] if order_id is None else [partial(get, order_key(org_id, order_id))]
    [report], orders = parallel_pair([store], reads)
    if report.is_elsewhere:
        work.follow_ups.append((org_id, partial(serve_courier, org_id, courier_id)))
    for order in orders:
        if report.is_followed and order is not None and order.assigned_courier == courier_id:
            notify_location(work, order, Coordinates(command.latitude, command.longitude), report.at)
    return report


def _end_duty(work: UnitOfWork, org_id: str, courier_id: str, courier: Courier | None) -> None:
    """Stage that a courier goes off duty; an order that was offered and not accepted goes to the next courier."""
    order = None if courier is None or courier.order_id is None else get(order_key(org_id, courier.order_id))
    is_offered = order is not None and order.status == OrderState.ASSIGNED and order.assigned_courier == courier_id
    if courier is not None and order is not None and is_offered:
        release = partial(duty.release_off_duty, work, courier)
        assignment.reassign(work, order, OrderAction.DECLINE, release)
        work.further_subjects.append(AuditSubject(Order.kind, order.order_id, "ORDER_DECLINED"))
    else:
        duty.set_duty(work, org_id, courier_id, courier, available=False)
