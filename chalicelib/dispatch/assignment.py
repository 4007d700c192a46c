"""Handing a delivery to a courier: the find and everything that is staged with it, for a new order and for the next.

Order, old courier, new courier and what each is told are one transaction, so no courier ever has two deliveries and no
delivery two couriers. A courier who turns out to be taken costs the attempt; the next one leaves them out.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.settings import Settings
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import couriers, events
from chalicelib.dispatch.nearest import Wanted, find_courier
from chalicelib.dispatch.rules import ACTIVE, Status, Step
from chalicelib.dispatch.tables import Order, offer_shard, person_key

_OFF_DUTY = "off-duty:"
GIVEN_UP = {Step.DECLINE: "declined_by", Step.HAND_BACK: "handed_back_by"}
"""Where a delivery remembers who let go of it by which step, so that the same step can be repeated and no other."""


def given_up_by(order: Order, step: Step) -> set[str]:
    """The couriers who let go of a delivery by this very step."""
    return set(getattr(order, GIVEN_UP[step]) or ()) if step in GIVEN_UP else set()


def next_courier(work: UnitOfWork, settings: Settings, order: Order) -> str | None:
    """The courier whom the delivery should be offered to now: never one who had the offer before."""
    pickup = None
    if order.pickup_lat is not None and order.pickup_lng is not None:
        pickup = (order.pickup_lat, order.pickup_lng)
    taken = {label for label in work.conflicts if not label.startswith(_OFF_DUTY)}
    wanted = Wanted(
        org_id=order.org_id,
        pickup=pickup,
        excluded=frozenset(taken | (order.tried or set())),
        now=work.now,
        max_age=timedelta(seconds=settings.position_max_age_s),
        radius_m=settings.nearest_radius_m,
        lost=len(taken),
    )
    return find_courier(wanted)


def offered(work: UnitOfWork, settings: Settings, courier_id: str | None, order: Order) -> dict[str, object]:
    """The fields of a delivery that has just been offered to this courier, or to nobody."""
    if courier_id is None:
        return {"status": Status.NO_NEARBY_DRIVER.value, "assigned_courier": None, **closed()}
    person = person_key(order.org_id, courier_id)
    return {
        "status": Status.ASSIGNED.value,
        "assigned_courier": courier_id,
        "courier_key": person,
        "active_courier_key": person,
        "active_customer_key": order.customer_key,
        "offer_expires_at": work.now + timedelta(seconds=settings.offer_life_s),
        "offer_shard": offer_shard(order.order_id),
        "driver_name": None,
        "driver_phone": None,
        "driver_picture": None,
    }


def closed() -> dict[str, object]:
    """The fields of a delivery in which nobody has anything more to do."""
    return {"active_courier_key": None, "active_customer_key": None, **answered()}


def answered() -> dict[str, object]:
    """The fields of a delivery whose offer no longer runs."""
    return {"offer_expires_at": None, "offer_shard": None}


def reassign(work: UnitOfWork, settings: Settings, order: Order, step: Step) -> str | None:
    """Stage that the courier of a delivery loses it and the next one, if there is one, is offered it.

    Tells the courier who lost it only if their time was over (they know what they did themselves), and the customer of
    a refusal only if it was one; everybody hears the outcome. Returns the next courier.
    """
    loser = order.assigned_courier
    if loser is None or order.status not in ACTIVE:
        raise ValueError(f"order {order.order_id} has no courier to lose")
    order_tried = (order.tried or set()) | {loser}
    work.update(order, {"tried": order_tried, "updated_at": work.now})
    if step in GIVEN_UP:
        work.update(order, {GIVEN_UP[step]: given_up_by(order, step) | {loser}})
    chosen = next_courier(work, settings, order)
    work.update(order, {"courier_key": None, **offered(work, settings, chosen, order)})
    couriers.release(work, order.org_id, loser, order.order_id)
    if chosen is not None:
        max_age = timedelta(seconds=settings.position_max_age_s)
        couriers.take(work, order.org_id, chosen, order.order_id, max_age)
    _tell(work, order, step, loser, chosen)
    return chosen


def _tell(work: UnitOfWork, order: Order, step: Step, loser: str, chosen: str | None) -> None:
    if step is Step.TIME_OUT:
        events.tell_loser(work, order, loser, events.TIMED_OUT)
        outcome = events.NO_NEARBY_DRIVER if chosen is None else events.REASSIGNED_AWAY
        events.tell_loser(work, order, loser, outcome)
    if step is Step.DECLINE:
        events.tell_customer(work, order, "declined")
    if chosen is not None:
        events.offer(work, order, chosen)
    events.tell_customer(work, order, "assigned" if chosen else "no_nearby_driver")
