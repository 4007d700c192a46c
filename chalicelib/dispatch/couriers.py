"""What happens to a courier's own item: duty, position, being taken for a delivery and being free again.

A courier is contended (many orders want the nearest one), so all changes are guarded amendments rather than versioned
updates: `available` and `order_id` decide, and the indexes follow in the same write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import geo
from chalicelib.dispatch.tables import NOWHERE, Courier, courier_key, free_cell, idle_key, idle_shard

C = Courier
_POSITION_ATTEMPTS = 5


def set_availability(work: UnitOfWork, org_id: str, courier_id: str, *, available: bool) -> None:
    """Go on or off duty; saying again what is so already changes nothing."""
    where = courier_key(org_id, courier_id)
    courier = get(where)
    was = courier is not None and courier.available
    in_hand = courier.order_id if courier is not None else None
    work.audit(Courier.kind, courier_id, "COURIER_AVAILABLE" if available else "COURIER_UNAVAILABLE")
    if was == available:
        return
    actions: list[Action] = [C.available.set(available), C.courier_id.set(courier_id), C.org_id.set(org_id)]
    if not available:
        actions += _hidden()
    elif in_hand is None:
        actions += _shown(org_id, courier_id, work.now)
    work.update_unread(
        where,
        condition=_as_read(courier),
        on_conflict=Unavailable(),
        actions=actions,
        changes={"available": [was, available]},
    )


def take(work: UnitOfWork, org_id: str, courier_id: str, order_id: str, max_age: timedelta) -> None:
    """Take a free courier for a delivery. If they are no longer free the attempt is lost, and says so by their id."""
    fresh = C.position_at.does_not_exist() | (C.position_at >= work.now - max_age)
    work.update_unread(
        courier_key(org_id, courier_id),
        condition=(C.available == True) & C.order_id.does_not_exist() & fresh,  # noqa: E712 - a condition, not a test
        on_conflict=Unavailable("Couriers are being taken faster than they can be offered; try again."),
        actions=[C.order_id.set(order_id), *_hidden()],
        changes={"order_id": [None, order_id]},
        label=courier_id,
    )


def release(work: UnitOfWork, org_id: str, courier_id: str, order_id: str) -> None:
    """Let a courier go from a delivery; if they are on duty they are free from now on.

    Nothing was read, so it is assumed that they are still on duty, as nearly all are; if not, the attempt is lost and
    the next one looks.
    """
    off_duty = f"off-duty:{courier_id}"
    on_duty = off_duty not in work.conflicts or _is_on_duty(org_id, courier_id)
    shown = _shown(org_id, courier_id, work.now) if on_duty else []
    work.update_unread(
        courier_key(org_id, courier_id),
        condition=(C.order_id == order_id) & (C.available == on_duty),
        on_conflict=Unavailable(),
        actions=[C.order_id.remove(), *shown],
        changes={"order_id": [order_id, None]},
        label=off_duty,
    )


def report_position(org_id: str, courier_id: str, lat: float, lng: float, now: datetime) -> None:
    """Store where a courier is. Not a unit of work: a position is replaced by the next, and nobody answers for it.

    One write if the courier is free, two if not; more only while that changes at this very moment.
    """
    where = courier_key(org_id, courier_id)
    courier = Courier(where.pk, where.sk)
    place, cell = geo.encode(lat, lng), free_cell(org_id, geo.encode(lat, lng))
    idle = idle_key(org_id, now, idle_shard(courier_id))
    position: list[Action] = [
        C.courier_id.set(courier_id),
        C.org_id.set(org_id),
        C.lat.set(lat),
        C.lng.set(lng),
        C.position_at.set(now),
        C.home_cell.set(cell),
        C.home_place.set(place),
        C.home_idle.set(idle),
    ]
    index: list[Action] = [C.free_cell.set(cell), C.free_place.set(place), C.idle_key.set(idle)]
    free, busy = C.idle_key.exists(), C.idle_key.does_not_exist()
    for _ in range(_POSITION_ATTEMPTS):
        if _updated(courier, [*position, *index], free) or _updated(courier, position, busy):
            return
    raise Unavailable


def _is_on_duty(org_id: str, courier_id: str) -> bool:
    courier = get(courier_key(org_id, courier_id))
    return courier is not None and courier.available


def _updated(courier: Courier, actions: list[Action], condition: Condition) -> bool:
    try:
        with store_errors():
            courier.update(actions=actions, condition=condition)
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _shown(org_id: str, courier_id: str, now: datetime) -> list[Action]:
    """Into the indexes, at the last reported place; who never reported one is found by idleness only."""
    nowhere = idle_key(org_id, None, idle_shard(courier_id))
    return [
        C.free_cell.set(C.home_cell | free_cell(org_id, NOWHERE)),
        C.free_place.set(C.home_place | NOWHERE),
        C.idle_key.set(C.home_idle | nowhere),
        C.idle_since.set(now),
    ]


def _hidden() -> list[Action]:
    """Out of the indexes."""
    return [C.free_cell.remove(), C.free_place.remove(), C.idle_key.remove()]


def _as_read(courier: Courier | None) -> Condition:
    """That nothing that decides has changed since the courier was read."""
    if courier is None:
        unknown: Condition = C.available.does_not_exist() & C.order_id.does_not_exist()
        return unknown
    on_duty: Condition = C.available == True  # noqa: E712 - a condition, not a test
    same_duty: Condition = on_duty if courier.available else ~on_duty
    same_order: Condition = C.order_id == courier.order_id if courier.order_id else C.order_id.does_not_exist()
    unchanged: Condition = same_duty & same_order
    return unchanged
