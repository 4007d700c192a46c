"""Positions that couriers report, stored outside a unit of work."""

from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.actor import Actor
from chalicelib.core.conditional import write_if
from chalicelib.core.errors import Unavailable
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.schemas import CourierPosition
from chalicelib.dispatch.couriers.tables import Courier, courier_key, free_cell, idle_key, idle_shard

C = Courier
_POSITION_ATTEMPTS = 5


def report_position(position: CourierPosition, actor: Actor, now: datetime) -> None:
    """Store a courier's position, outside a unit of work: the next one replaces it, and it is not audited.

    One write if the courier is free, two if not; more only while that changes at the same moment.
    """
    org_id, courier_id, lat, lng = actor.org_id, actor.user_id, position.latitude, position.longitude
    courier = courier_key(org_id, courier_id).new()
    place = geo.encode(lat, lng)
    cell = free_cell(org_id, place, now)
    idle = idle_key(org_id, now, idle_shard(courier_id))
    reported: list[Action] = [
        C.courier_id.set(courier_id),
        C.org_id.set(org_id),
        C.lat.set(lat),
        C.lng.set(lng),
        C.position_at.set(now),
        C.home_cell.set(cell),
        C.home_place.set(place),
        C.home_idle.set(idle),
        C.missed_offers.remove(),
    ]
    index: list[Action] = [C.free_cell.set(cell), C.free_place.set(place), C.idle_key.set(idle)]
    free, busy = C.idle_key.exists(), C.idle_key.does_not_exist()
    for _ in range(_POSITION_ATTEMPTS):
        if _updated(courier, [*reported, *index], free) or _updated(courier, reported, busy):
            return
    raise Unavailable


def _updated(courier: Courier, actions: list[Action], condition: Condition) -> bool:
    return write_if(lambda: courier.update(actions=actions, condition=condition)) is not None
