"""Brings waiting orders and free couriers together, in units of work that follow the change of either.

    a courier becomes free    they are offered the oldest waiting order within reach
    a free courier moves      the same, when they come into another cell (`couriers.service`)
    an order begins to wait   a courier who became free at the same moment is offered the oldest waiting order

Each looks after its own commit, so of two that change at the same moment at least the later one sees the other.
"""

from datetime import timedelta
from functools import partial

from chalicelib.core.store import get
from chalicelib.core.table import parts_of
from chalicelib.core.work import Staged, UnitOfWork
from chalicelib.dispatch.couriers.tables import SIGN_LIFE, Courier, courier_key
from chalicelib.dispatch.orders import assignment
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.dispatch.orders.waiting import CourierReach, areas_of, find_oldest, is_waiting
from chalicelib.dispatch.settings import radius_m


def follow_up_changes(work: UnitOfWork) -> None:
    """Arrange what follows from staged changes: from couriers who become free, and orders that begin to wait."""
    for staged in list(work):
        if isinstance(staged.item, Courier) and _becomes_free(staged):
            org_id, _, courier_id = parts_of(staged.item.pk)
            work.follow_ups.append((org_id, partial(serve_courier, org_id, courier_id)))
        elif isinstance(staged.item, Order) and staged.changes.get("waiting_until", [None, None])[1] is not None:
            org_id = staged.item.org_id
            work.follow_ups.append((org_id, partial(serve_order, org_id, staged.item.order_id)))


def serve_courier(org_id: str, courier_id: str, work: UnitOfWork, known_id: str | None = None) -> Order | None:
    """Offer a courier the oldest waiting order within reach; return it, or None if there is none or they are not free.

    `known_id` is an order that the index may not hold yet. If the courier or the order is taken at the same moment, the
    attempt fails and the next one reads again.
    """
    areas = areas_of(org_id)
    courier = get(courier_key(org_id, courier_id)) if areas else None
    if courier is None or not courier.available or courier.order_id is not None:
        return None
    position = None
    if courier.position_at is not None and courier.lat is not None and courier.lng is not None:
        if courier.position_at < work.now - timedelta(seconds=work.settings.position_max_age_s):
            return None
        position = (courier.lat, courier.lng)
    elif courier.seen_at is None or courier.seen_at < work.now - SIGN_LIFE:
        return None
    order = find_oldest(work, CourierReach(org_id, courier_id, position, radius_m(work, org_id)), areas, known_id)
    if order is not None:
        work.audit(Order.kind, order.order_id, "ORDER_ASSIGNED")
        assignment.offer_to(work, order, courier_id)
    return order


def serve_order(org_id: str, order_id: str, work: UnitOfWork) -> bool:
    """Look for a courier for a waiting order, and offer them the oldest one that waits; return whether one was offered.

    If that was another order, this one is looked after once more.
    """
    order = get(order_key(org_id, order_id))
    if order is None or not is_waiting(order, work.now):
        return False
    courier_id = assignment.next_courier(work, order, waits_already=True)
    if courier_id is None:
        return False
    offered = serve_courier(org_id, courier_id, work, order_id)
    if offered is not None and offered.order_id != order_id:
        work.follow_ups.append((org_id, partial(serve_order, org_id, order_id)))
    return offered is not None


def _becomes_free(staged: Staged) -> bool:
    """Return whether a courier loses their order, or goes on duty."""
    if "available" in staged.changes:
        return staged.changes["available"][1] is True
    return "order_id" in staged.changes and staged.changes["order_id"][1] is None
