"""The offer of an order to a courier: the search and everything that is staged with it.

Order, previous courier, next courier and the events for each are one transaction, so no courier ever has two orders and
no order two couriers. If the courier turns out to be taken, the attempt fails and the next one leaves that courier out.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers import duty
from chalicelib.dispatch.couriers.nearest import CourierCriteria, find_courier
from chalicelib.dispatch.orders import events
from chalicelib.dispatch.orders.rules import ACTIVE, OrderAction, OrderState
from chalicelib.dispatch.orders.tables import Order, list_values, offer_shard, person_key
from chalicelib.dispatch.orders.waiting import begin_wait, mark_area, waits_no_more
from chalicelib.dispatch.settings import radius_m

_GIVEN_UP = {OrderAction.DECLINE: "declined_by", OrderAction.RELEASE: "released_by"}
"""The attributes that record who gave an order up by which step, so that only this step can be repeated."""
_BY_DISPATCHER = frozenset({OrderAction.ASSIGN, OrderAction.RELEASE_BY_DISPATCHER})


def given_up_by(order: Order, action: OrderAction) -> set[str]:
    """Return the couriers who gave the order up by this action."""
    return set(getattr(order, _GIVEN_UP[action]) or ()) if action in _GIVEN_UP else set()


def next_courier(work: UnitOfWork, order: Order, *, waits_already: bool = False) -> str | None:
    """Return the courier to offer the order to now: never one who had the offer before.

    Before it returns None, it is written that orders may wait here, unless the order `waits_already`.
    """
    taken = {label for label in work.conflicts if not label.startswith(duty.OFF_DUTY)}
    criteria = CourierCriteria(
        org_id=order.org_id,
        pickup=order.pickup,
        excluded=frozenset(taken | (order.tried or set())),
        now=work.now,
        max_age=timedelta(seconds=work.settings.position_max_age_s),
        radius_m=radius_m(work, order.org_id),
        conflicts=len(taken),
    )
    return find_courier(criteria, work.random_source, None if waits_already else partial(mark_area, work, order))


def offered(work: UnitOfWork, courier_id: str | None, order: Order) -> dict[str, object]:
    """Return the fields of an order that has just been offered to this courier, or to no courier."""
    if courier_id is None:
        return {
            **list_values(order, OrderState.NO_NEARBY_DRIVER.value),
            "assigned_courier": None,
            "courier_key": None,
            "active_courier_key": None,
            **answered(),
            **waits_no_more(),
            **begin_wait(work, order),
        }
    return {
        **list_values(order, OrderState.ASSIGNED.value),
        "assigned_courier": courier_id,
        "courier_key": None,
        "active_courier_key": None,
        "offer_expires_at": work.now + timedelta(seconds=work.settings.offer_life_s),
        "offer_shard": offer_shard(order.order_id),
        "driver_name": None,
        "driver_phone": None,
        "driver_picture": None,
        **waits_no_more(),
    }


def closed(order: Order) -> dict[str, object]:
    """Return the fields of an order on which no action is pending: it is in the list of the courier who had it."""
    had_by = None if order.assigned_courier is None else person_key(order.org_id, order.assigned_courier)
    return {"courier_key": had_by, "active_courier_key": None, **answered(), **waits_no_more()}


def answered() -> dict[str, object]:
    """Return the fields of an order whose offer no longer runs."""
    return {"offer_expires_at": None, "offer_shard": None}


def reassign(
    work: UnitOfWork,
    order: Order,
    action: OrderAction,
    release: Callable[[], None] | None = None,
    *,
    chosen: str | None = None,
) -> str | None:
    """Stage that the courier loses the order and the next one, if there is one, is offered it; return that one.

    `release` stages the release of the courier where they are not to be free again. `chosen` is the next one where a
    dispatcher has chosen them, whatever the age of their position.

    The previous courier is notified if the offer timed out or a dispatcher released the order, the customer of a
    decline only after a decline; the next courier and the customer are notified of the outcome.
    """
    previous = order.assigned_courier
    if previous is None or order.status not in ACTIVE:
        raise ValueError(f"order {order.order_id} has no courier")
    work.update(order, {"tried": (order.tried or set()) | {previous}, "updated_at": work.now})
    if action in _GIVEN_UP:
        work.update(order, {_GIVEN_UP[action]: given_up_by(order, action) | {previous}})
    courier_id = chosen or next_courier(work, order)
    work.update(order, offered(work, courier_id, order))
    if release is None:
        duty.release(work, order.org_id, previous, order.order_id, is_missed=action is OrderAction.TIME_OUT)
    else:
        release()
    if courier_id is not None:
        duty.take(work, order.org_id, courier_id, order.order_id, any_position=chosen is not None)
    _publish(work, order, action, previous, courier_id)
    return courier_id


def give_to(work: UnitOfWork, order: Order, courier_id: str) -> None:
    """Stage that an order before its pickup is offered to this courier, and taken from the one who had it.

    The courier may have a position of any age, and may have had the offer before.
    """
    if order.assigned_courier is None:
        offer_to(work, order, courier_id, any_position=True)
    else:
        reassign(work, order, OrderAction.ASSIGN, chosen=courier_id)


def offer_to(work: UnitOfWork, order: Order, courier_id: str | None, *, any_position: bool = False) -> None:
    """Stage that an order without a courier is offered to this one; without one it waits."""
    work.update(order, {"updated_at": work.now, **offered(work, courier_id, order)})
    if courier_id is not None:
        duty.take(work, order.org_id, courier_id, order.order_id, any_position=any_position)
        events.offer_order(work, order, courier_id)
    events.notify_customer(work, order, "assigned" if courier_id else "no_nearby_driver")


def _publish(work: UnitOfWork, order: Order, action: OrderAction, previous: str, courier_id: str | None) -> None:
    if action is OrderAction.TIME_OUT:
        events.notify_previous_courier(work, order, previous, events.TIMED_OUT)
        outcome = events.NO_NEARBY_DRIVER if courier_id is None else events.REASSIGNED_AWAY
        events.notify_previous_courier(work, order, previous, outcome)
    if action in _BY_DISPATCHER:
        events.notify_previous_courier(work, order, previous, events.REASSIGNED_AWAY)
    if action is OrderAction.DECLINE:
        events.notify_customer(work, order, "declined")
    if courier_id is not None:
        events.offer_order(work, order, courier_id)
    events.notify_customer(work, order, "assigned" if courier_id else "no_nearby_driver")
