"""The use cases of courier dispatch: place an order, carry it out, call it off, look it up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.store import Page, Query
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import assignment, couriers, events
from chalicelib.dispatch.rules import (
    FREES_COURIER,
    TRANSITIONS,
    WITH_DRIVER,
    Onward,
    Status,
    Step,
    Verdict,
    judge,
    judge_courier,
    steps_from,
)
from chalicelib.dispatch.schemas import CourierAction, CustomerAction, Driver, NewOrder
from chalicelib.dispatch.tables import (
    ActiveByCourier,
    ActiveByCustomer,
    ByCourier,
    ByCustomer,
    Order,
    order_key,
    person_key,
)
from chalicelib.edge.request import Request

READ = "dispatch.order.read"
CANCEL = "dispatch.order.cancel"


def place_order(work: UnitOfWork, settings: Settings, actor: Actor, wanted: NewOrder) -> Order:
    """Place an order and offer it to the courier who is to make it; both, or neither, happens."""
    order = _new_order(work, actor, wanted)
    work.audit(Order.kind, order.order_id, "ORDER_CREATED")
    chosen = assignment.next_courier(work, settings, order)
    for name, value in assignment.offered(work, settings, chosen, order).items():
        setattr(order, name, value)
    work.create(order)
    if chosen is not None:
        max_age = timedelta(seconds=settings.position_max_age_s)
        couriers.take(work, order.org_id, chosen, order.order_id, max_age)
        events.offer(work, order, chosen)
    events.tell_customer(work, order, "assigned" if chosen else "no_nearby_driver")
    return order


def take_courier_step(work: UnitOfWork, settings: Settings, request: Request[CourierAction, Any], step: Step) -> Order:
    """A courier's step on a delivery of theirs.

    Raises `NotFound`, `AccessDenied`, `Conflict`, `VersionConflict` (if the request names a version) or
    `ValidationFailed`.
    """
    actor = request.actor
    order = _existing(request, _named(request))
    if request.flaw is None and request.body.courier_id != actor.user_id:
        raise AccessDenied("courier_id must be your own.")
    status = Status(order.status)
    given_up_by = assignment.given_up_by(order, step)
    verdict = judge_courier(status, step, actor.user_id, order.assigned_courier, given_up_by)
    if verdict is Verdict.NOT_YOURS:
        raise AccessDenied("This delivery is not yours.")
    if _may_move(request, order, verdict, step):
        to = TRANSITIONS[status, step]
        if isinstance(to, Onward):
            assignment.reassign(work, settings, order, step)
        else:
            _move(work, order, actor, to)
    return order


def call_off(work: UnitOfWork, request: Request[CustomerAction, Any]) -> Order:
    """The customer calls a delivery off before it is picked up; its courier hears of it and is free again."""
    actor = request.actor
    order = _existing(request, _named(request))
    _check_reach(order, actor, CANCEL)
    if _may_move(request, order, judge(Status(order.status), Step.CALL_OFF), Step.CALL_OFF):
        courier_id = order.assigned_courier
        canceled = Status.CANCELED_BY_CUSTOMER
        work.update(order, {"status": canceled.value, "updated_at": work.now, **assignment.closed()})
        if courier_id is not None:
            couriers.release(work, order.org_id, courier_id, order.order_id)
            events.tell_courier(work, order, courier_id, "canceled_by_customer")
    return order


def find_order(request: Request[Any, Any], order_id: str) -> Order:
    """A delivery that the caller may see. Raises `NotFound` or `AccessDenied`."""
    order = _existing(request, order_id)
    _check_reach(order, request.actor, READ)
    return order


def active_as_customer(actor: Actor, limit: int, cursor: str | None = None) -> Page[Order]:
    """The caller's own deliveries that are under way, newest first."""
    return _mine(actor, ActiveByCustomer.Meta.index_name).page(limit, cursor)


def active_as_courier(actor: Actor) -> Order | None:
    """The delivery that the calling courier has in hand."""
    page = _mine(actor, ActiveByCourier.Meta.index_name).page(1)
    return page.items[0] if page.items else None


def history_as_customer(actor: Actor, limit: int, cursor: str | None) -> Page[Order]:
    """All deliveries that the caller ordered, newest first."""
    return _mine(actor, ByCustomer.Meta.index_name).page(limit, cursor)


def history_as_courier(actor: Actor, limit: int, cursor: str | None) -> Page[Order]:
    """All deliveries that the caller has or had as a courier, newest first."""
    return _mine(actor, ByCourier.Meta.index_name).page(limit, cursor)


def driver_of(order: Order) -> Driver | None:
    """Who is coming, once somebody has accepted."""
    if order.status not in WITH_DRIVER or order.assigned_courier is None:
        return None
    return Driver(order.assigned_courier, order.driver_name or "", order.driver_phone, order.driver_picture)


def _mine(actor: Actor, index: str) -> Query[Order]:
    return Query(Order, person_key(actor.org_id, actor.user_id), index=index, newest_first=True)


def _existing(request: Request[Any, Any], order_id: str) -> Order:
    order = request.read(order_key(request.actor.org_id, order_id))
    if order is None:
        raise NotFound(f"There is no order {order_id}.")
    return order


def _named(request: Request[Any, Any]) -> str:
    """The order that a body names, even if something else in it is wrong: what exists is checked before that."""
    flaw = request.flaw
    if flaw is None:
        return str(request.body.order_id)
    if request.named is None or "order_id" in flaw.fields:
        raise flaw
    return request.named


def _may_move(request: Request[Any, Any], order: Order, verdict: Verdict, step: Step) -> bool:
    """Whether the step is to be made; False if it has been. Raises what speaks against it, the body's flaws last."""
    if verdict is Verdict.IMPOSSIBLE:
        raise _impossible(order, step)
    if verdict is Verdict.MOVE:
        request.check_version(order)
    if request.flaw is not None:
        raise request.flaw
    return verdict is Verdict.MOVE


def _check_reach(order: Order, actor: Actor, permission: str) -> None:
    """Whether this permission of the caller reaches this delivery. Raises `AccessDenied`."""
    owners = (order.customer_id, order.assigned_courier)
    actor.require_reach(permission, owners=owners, message="This delivery is not yours.")


def _move(work: UnitOfWork, order: Order, actor: Actor, to: Status) -> None:
    """Stage a courier's step to another state, and tell the customer."""
    work.update(order, {"status": to.value, "updated_at": work.now, **assignment.answered()})
    if to is Status.ACCEPTED:
        driver = {
            "driver_name": actor.full_name,
            "driver_phone": actor.phone,
            "driver_picture": actor.profile_picture,
        }
        work.update(order, driver)
    if to in FREES_COURIER:
        work.update(order, assignment.closed())
        couriers.release(work, order.org_id, actor.user_id, order.order_id)
    events.tell_customer(work, order, to.value)


def _impossible(order: Order, step: Step) -> Conflict:
    possible = [possible.value for possible in steps_from(Status(order.status))]
    return Conflict(
        f"An order that is {order.status} does not take the step {step.value}.",
        details={"status": order.status, "step": step.value, "possible": possible},
    )


def _new_order(work: UnitOfWork, actor: Actor, wanted: NewOrder) -> Order:
    order_id = work.ids.new()
    where = order_key(actor.org_id, order_id)
    return Order(
        where.pk,
        where.sk,
        order_id=order_id,
        org_id=actor.org_id,
        customer_id=actor.user_id,
        status=Status.NO_NEARBY_DRIVER.value,
        pickup_address=wanted.pickup_address,
        pickup_lat=wanted.pickup_lat,
        pickup_lng=wanted.pickup_lng,
        dropoff_address=wanted.dropoff_address,
        dropoff_lat=wanted.dropoff_lat,
        dropoff_lng=wanted.dropoff_lng,
        receiver_phone=wanted.receiver_phone,
        notes=wanted.notes,
        created_at=work.now,
        updated_at=work.now,
        customer_key=person_key(actor.org_id, actor.user_id),
    )
