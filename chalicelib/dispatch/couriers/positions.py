"""Positions that couriers report, stored outside a unit of work: the next one replaces it, and it is not audited.

The courier is read with the authentication, and the write has the condition that they are still as read. How much is
written depends on how far they have moved, because every index entry costs as much as the courier:

    less than 15 m, within 2 minutes    nothing
    less than 30 m, within 2 minutes    the courier, but no index entry
    further, or later                   the courier and their index entries

So a search sees a courier within 30 m of where they are, and the stored time of a position is less than two minutes
older than that of the last one that was reported.
"""

from datetime import datetime, timedelta

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.conditional import write_if
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.table import is_as_read, parts_of
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.schemas import CourierPosition
from chalicelib.dispatch.couriers.tables import Courier, free_cell, idle_key, idle_shard

STILL_M = 15
"""Metres from the stored position within which a courier counts as standing still."""
INDEXED_M = 30
"""Metres from the indexed position within which the index entries stay."""
FOLLOWED_EVERY = timedelta(seconds=5)
"""How often at most the customer of the order in hand gets a position."""
RENEWAL = timedelta(minutes=2)
"""The age after which a position is stored anew even if the courier stands still."""

C = Courier
_ATTEMPTS = 5


class PositionReport(msgspec.Struct, frozen=True):
    """What became of a reported position."""

    courier: Courier | None
    """The courier as they were before; None before the first position and the first duty."""
    at: datetime
    """The time from which the age of the position counts."""
    is_newest: bool
    """Whether no newer position is known; an older one changes nothing."""
    is_elsewhere: bool = False
    """Whether a free courier is in another cell than before, or is found again after their position was too old."""
    is_followed: bool = False
    """Whether the customer of the order in hand is to get it; of reports at the same moment, that is so for one."""


class ReportedPosition(msgspec.Struct, frozen=True):
    """A position with its cell and its time."""

    lat: float
    lng: float
    place: str
    at: datetime

    def is_older(self, courier: Courier | None, now: datetime) -> bool:
        """Return whether a newer position of the courier is known; one in the future counts as now."""
        known = None if courier is None else courier.position_at
        return known is not None and self.at < min(known, now)

    def is_still(self, courier: Courier | None) -> bool:
        """Return whether nothing has to be written. An offer that was missed before is forgotten by a write."""
        if courier is None or courier.missed_offers or not self.is_indexed(courier):
            return False
        return self._is_close((courier.lat, courier.lng), courier.position_at, STILL_M)

    def is_indexed(self, courier: Courier | None) -> bool:
        """Return whether the index entries of the courier can stay."""
        if courier is None:
            return False
        return self._is_close((courier.home_lat, courier.home_lng), courier.home_at, INDEXED_M)

    def _is_close(self, stored: tuple[float | None, float | None], at: datetime | None, metres: int) -> bool:
        lat, lng = stored
        if lat is None or lng is None or at is None or not timedelta(0) <= self.at - at < RENEWAL:
            return False
        return geo.great_circle_m(lat, lng, self.lat, self.lng) < metres


def reported_position(command: CourierPosition, now: datetime) -> ReportedPosition:
    """Return the position of a report; its age counts from when it was recorded, or from now."""
    at = now if command.recorded_at is None else min(command.recorded_at, now)
    place = geo.encode(command.latitude, command.longitude)
    return ReportedPosition(command.latitude, command.longitude, place, at)


def store_position(
    work: UnitOfWork, courier: Courier | None, target: ItemKey[Courier], reported: ReportedPosition
) -> PositionReport:
    """Store the position of a courier, who was read before; return what became of it.

    One write at most; more only if the courier changes at the same moment. Raise `Unavailable` if that goes on.
    """
    now, at, max_age = work.now, reported.at, timedelta(seconds=work.settings.position_max_age_s)
    for attempt in range(_ATTEMPTS):
        courier = get_many([target], work.clock).get(target) if attempt else courier
        if reported.is_older(courier, now):
            return PositionReport(courier, at, is_newest=False)
        if reported.is_still(courier):
            return PositionReport(courier, at, is_newest=True)
        is_followed = _is_unfollowed(courier, now)
        if _is_written(reported, courier, target, now, is_followed=is_followed):
            is_elsewhere = _is_elsewhere(reported, courier, max_age)
            return PositionReport(courier, at, is_newest=True, is_elsewhere=is_elsewhere, is_followed=is_followed)
    raise Unavailable


def is_follow_due(courier: Courier | None, reported: ReportedPosition, now: datetime) -> bool:
    """Return whether a position may be sent to the customer of the order that a courier has in hand."""
    return _is_unfollowed(courier, now) and not reported.is_older(courier, now) and not reported.is_still(courier)


def _is_unfollowed(courier: Courier | None, now: datetime) -> bool:
    """Return whether a courier has an order in hand whose customer has got no position within the last seconds."""
    if courier is None or courier.order_id is None:
        return False
    sent_at = courier.followed_at
    return sent_at is None or not timedelta(0) <= now - sent_at < FOLLOWED_EVERY


def _is_written(
    reported: ReportedPosition,
    courier: Courier | None,
    target: ItemKey[Courier],
    now: datetime,
    *,
    is_followed: bool,
) -> bool:
    """Write a position; return whether the courier was still as read."""
    item = target.new()
    is_newest = C.position_at.does_not_exist() | (C.position_at <= reported.at) | (C.position_at > now)
    actions: list[Action] = [
        C.lat.set(reported.lat),
        C.lng.set(reported.lng),
        C.position_at.set(reported.at),
        C.missed_offers.remove(),
    ]
    if courier is not None and reported.is_indexed(courier):
        unchanged: Condition = C.home_at == courier.home_at
    else:
        is_free = courier is not None and courier.idle_key is not None
        unchanged = C.idle_key.exists() if is_free else C.idle_key.does_not_exist()
        actions += _entries(reported, target, is_free=is_free)
    if courier is not None and is_followed:
        unchanged &= is_as_read(C.followed_at, courier.followed_at)
        actions.append(C.followed_at.set(now))
    return write_if(lambda: item.update(actions=actions, condition=is_newest & unchanged)) is not None


def _entries(reported: ReportedPosition, target: ItemKey[Courier], *, is_free: bool) -> list[Action]:
    """Return the actions that set what the index entries of a courier are made from, and those of a free one."""
    org_id, _, courier_id = parts_of(target.pk)
    cell = free_cell(org_id, reported.place, reported.at)
    idle = idle_key(org_id, reported.at, idle_shard(courier_id))
    actions: list[Action] = [
        C.courier_id.set(courier_id),
        C.org_id.set(org_id),
        C.home_lat.set(reported.lat),
        C.home_lng.set(reported.lng),
        C.home_at.set(reported.at),
        C.home_cell.set(cell),
        C.home_place.set(reported.place),
        C.home_idle.set(idle),
    ]
    if is_free:
        actions += [C.free_cell.set(cell), C.free_place.set(reported.place), C.idle_key.set(idle)]
    return actions


def _is_elsewhere(reported: ReportedPosition, courier: Courier | None, max_age: timedelta) -> bool:
    """Return whether a free courier can be near other orders than before."""
    if courier is None or courier.idle_key is None:
        return False
    was_lost = courier.position_at is None or reported.at - courier.position_at > max_age
    return was_lost or courier.home_place != reported.place
