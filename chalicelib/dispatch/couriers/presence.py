"""Signs of life of couriers: every request, socket message and ping that is answered; an open socket alone is none.

Two things depend on them: a courier who lets three offers in a row time out without one goes off duty, and a courier
who never sent a position gets offers only for ten minutes after the last one. So a sign is stored only

    after a missed offer                                 it lets counting start anew
    of a courier on duty who never sent a position       every two minutes

outside the unit of work, and for that the courier is read with the authentication: no request takes a further read, and
one request in two minutes at most a further write. Positions and changes of duty store their own.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core import observability
from chalicelib.core.clock import Clock
from chalicelib.core.conditional import write_if
from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.dispatch.couriers.tables import Courier, courier_key, idle_key_seen
from chalicelib.dispatch.permissions import AVAILABILITY

RENEWAL = timedelta(minutes=2)
"""The age after which a sign of life is stored anew."""

C = Courier


class CourierPresence:
    """Records signs of life. The process remembers which roles are none of couriers, for whom nothing is read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._may_be_courier: dict[tuple[str, str], bool] = {}

    def keys(self, org_id: str, user_id: str, role: str) -> list[ItemKey[Courier]]:
        """Return the key of the caller as a courier, or nothing if callers with this role are none."""
        return [courier_key(org_id, user_id)] if self._may_be_courier.get((org_id, role), True) else []

    def learn(self, org_id: str, role: str, permissions: Mapping[str, str]) -> None:
        """Remember whether callers with this role, who have these permissions, may be couriers."""
        self._may_be_courier[org_id, role] = AVAILABILITY in permissions

    def record(self, org_id: str, user_id: str, found: ReadResult) -> None:
        """Store a sign of life of a caller if it is due by what was read. Never raises: the next one is stored."""
        courier = found.get(courier_key(org_id, user_id))
        now = self._clock.now()
        if courier is None or not _is_due(courier, now):
            return
        try:
            _store(courier, now)
        except Exception:  # noqa: BLE001 - the request is more important
            observability.log().warning("sign of life not stored", exc_info=True)


def _is_due(courier: Courier, now: datetime) -> bool:
    if not courier.available:
        return False
    if courier.missed_offers:
        return True
    return courier.position_at is None and (courier.seen_at is None or now - courier.seen_at >= RENEWAL)


def _store(courier: Courier, now: datetime) -> None:
    """Store a sign of life, unless the courier went off duty, or became free or busy, at the same moment."""
    condition: Condition = C.available == True  # noqa: E712 - a condition, not a test
    actions: list[Action] = [C.missed_offers.remove()]
    if courier.position_at is None:
        is_free = courier.idle_key is not None
        condition &= C.position_at.does_not_exist()
        condition &= C.idle_key.exists() if is_free else C.idle_key.does_not_exist()
        idle = idle_key_seen(courier.org_id, now, courier.courier_id)
        actions += [C.seen_at.set(now), C.home_idle.set(idle), *([C.idle_key.set(idle)] if is_free else [])]
    item = courier_key(courier.org_id, courier.courier_id).new()
    write_if(lambda: item.update(actions=actions, condition=condition))
