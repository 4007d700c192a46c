"""Changes of a courier's duty: going on and off duty, being taken for an order and being free again.

Many orders may be offered to the same courier at once, so all changes have conditions on `available` and `order_id`
instead of a version; the index attributes change in the same write.
"""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.errors import Unavailable
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers.tables import (
    NOWHERE,
    SIGN_LIFE,
    Courier,
    courier_key,
    free_nowhere,
    idle_key_seen,
    roster_key,
)

OFF_DUTY = "off-duty:"
"""Begins the conflict label of a courier who was assumed to be on duty and was not."""

C = Courier


def set_duty(
    work: UnitOfWork,
    org_id: str,
    courier_id: str,
    courier: Courier | None,
    *,
    available: bool,
    name: str | None = None,
) -> None:
    """Stage that a courier goes on or off duty; without a change, only that the courier is still as read."""
    was = courier is not None and courier.available
    if was == available:
        work.check_condition(courier_key(org_id, courier_id), _as_read(courier), Unavailable())
        return
    actions = [
        C.courier_id.set(courier_id),
        C.org_id.set(org_id),
        *_duty(org_id, courier_id, work.now, on_duty=available),
        *(_on_duty(org_id, courier_id, courier, work.now) if available else _unindexed()),
    ]
    if name is not None:
        actions.append(C.name.set(name))
    work.update_unread(
        courier_key(org_id, courier_id),
        condition=_as_read(courier),
        on_conflict=Unavailable(),
        actions=actions,
        changes={"available": [was, available]},
    )


def take(work: UnitOfWork, org_id: str, courier_id: str, order_id: str, *, any_position: bool = False) -> None:
    """Take a free courier for an order; the attempt fails, with the courier's id as its label, if they are not free.

    It fails for one whose position or, without a position, last sign of life is too old, too, unless they may have
    `any_position`.
    """
    free: Condition = (C.available == True) & C.order_id.does_not_exist()  # noqa: E712 - a condition, not a test
    if not any_position:
        max_age = timedelta(seconds=work.settings.position_max_age_s)
        seen = C.position_at.does_not_exist() & (C.seen_at >= work.now - SIGN_LIFE)
        free &= seen | (C.position_at >= work.now - max_age)
    work.update_unread(
        courier_key(org_id, courier_id),
        condition=free,
        on_conflict=Unavailable("All nearby couriers were taken at the same moment; try again."),
        actions=[C.order_id.set(order_id), C.followed_at.remove(), *_unindexed()],
        changes={"order_id": [None, order_id]},
        label=courier_id,
    )


def release(work: UnitOfWork, org_id: str, courier_id: str, order_id: str, *, is_missed: bool = False) -> None:
    """Release a courier from an order; a courier who is on duty is free from now on.

    `is_missed` says that the courier let the offer time out; everything else is a sign of life.
    The courier was not read and is assumed to be on duty, as nearly all are; if not, the attempt fails and the next one
    reads.
    """
    off_duty = f"{OFF_DUTY}{courier_id}"
    on_duty = off_duty not in work.conflicts or _is_on_duty(org_id, courier_id)
    indexed = _indexed(org_id, work.now, _home_idle(org_id, courier_id)) if on_duty else []
    work.update_unread(
        courier_key(org_id, courier_id),
        condition=(C.order_id == order_id) & (C.available == on_duty),
        on_conflict=Unavailable(),
        actions=[C.order_id.remove(), C.missed_offers.add(1) if is_missed else C.missed_offers.remove(), *indexed],
        changes={"order_id": [order_id, None]},
        label=off_duty,
    )


def release_off_duty(work: UnitOfWork, courier: Courier, condition: Condition | None = None) -> None:
    """Release a courier from the order in hand and from duty; fails unless the courier is still as read.

    `condition` is what has to hold as well.
    """
    unchanged = _as_read(courier)
    off_duty = _duty(courier.org_id, courier.courier_id, work.now, on_duty=False)
    work.update_unread(
        courier_key(courier.org_id, courier.courier_id),
        condition=unchanged if condition is None else unchanged & condition,
        on_conflict=Unavailable(),
        actions=[C.order_id.remove(), *off_duty, *_unindexed()],
        changes={"order_id": [courier.order_id, None], "available": [courier.available, False]},
    )


def _is_on_duty(org_id: str, courier_id: str) -> bool:
    courier = get(courier_key(org_id, courier_id))
    return courier is not None and courier.available


def _duty(org_id: str, courier_id: str, now: datetime, *, on_duty: bool) -> list[Action]:
    """Return the actions that put a courier on or off duty."""
    return [
        C.available.set(on_duty),
        C.duty_since.set(now),
        C.missed_offers.remove(),
        C.roster_key.set(roster_key(org_id, courier_id, on_duty=on_duty)),
    ]


def _on_duty(org_id: str, courier_id: str, courier: Courier | None, now: datetime) -> list[Action]:
    """Return the actions that put a courier who goes on duty into the indexes, unless an order is in their hand.

    For one who never sent a position, going on duty is the first sign of life.
    """
    home_idle, seen = _home_idle(org_id, courier_id), list[Action]()
    if courier is None or courier.position_at is None:
        home_idle = idle_key_seen(org_id, now, courier_id)
        seen = [C.seen_at.set(now), C.home_idle.set(home_idle)]
    return [*seen, *(_indexed(org_id, now, home_idle) if courier is None or courier.order_id is None else [])]


def _home_idle(org_id: str, courier_id: str) -> Any:
    """Return the stored key of the idle index, whatever it is."""
    return C.home_idle | idle_key_seen(org_id, None, courier_id)


def _indexed(org_id: str, now: datetime, home_idle: Any) -> list[Action]:
    """Return the actions that put a courier into the indexes, at the last reported position if there is one."""
    return [
        C.free_cell.set(C.home_cell | free_nowhere(org_id)),
        C.free_place.set(C.home_place | NOWHERE),
        C.idle_key.set(home_idle),
        C.idle_since.set(now),
    ]


def _unindexed() -> list[Action]:
    """Return the actions that take a courier out of the indexes."""
    return [C.free_cell.remove(), C.free_place.remove(), C.idle_key.remove()]


def _as_read(courier: Courier | None) -> Condition:
    """Return the condition that duty and order, and whether there is a position, are as they were read."""
    if courier is None:
        unknown: Condition = C.available.does_not_exist() & C.order_id.does_not_exist() & C.position_at.does_not_exist()
        return unknown
    on_duty: Condition = C.available == True  # noqa: E712 - a condition, not a test
    same_duty: Condition = on_duty if courier.available else ~on_duty
    same_order: Condition = C.order_id == courier.order_id if courier.order_id else C.order_id.does_not_exist()
    same_position = C.position_at.does_not_exist() if courier.position_at is None else C.position_at.exists()
    unchanged: Condition = same_duty & same_order & same_position
    return unchanged
