"""Limits the rows of refused requests: one a second and person; the others are counted in the next row.

When the last row was written is stored in one item for each person, so the limit holds over all processes. A process
that knows of a row within the last second only counts in memory: it writes nothing. Otherwise it makes one conditional
update, which returns what other processes have counted. If that fails, it adds its own count to the item.

So a refused request costs at most two writes beside its row, and a flood of them one or two a second and process.
What a process has only in memory is lost if it ends before the same person is refused there again.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

import msgspec

from chalicelib.audit.tables import RefusalCounter, refusals_key
from chalicelib.core.actor import Actor
from chalicelib.core.clock import SKEW, is_due
from chalicelib.core.conditional import write_if

INTERVAL = timedelta(seconds=1)
_KEPT = timedelta(days=30)
_MAX_PEOPLE = 10_000


class _Person(msgspec.Struct):
    """What this process knows of a person: from when on another row may be written, and the refusals without row."""

    next_at: datetime
    counted: int = 0


class RefusalThrottle:
    """Decides which refused requests get a row."""

    def __init__(self) -> None:
        self._people: OrderedDict[tuple[str, str], _Person] = OrderedDict()
        self._lock = Lock()

    def repeated(self, actor: Actor, now: datetime) -> int | None:
        """Return how many other refusals the row of this one has to report; None if this one gets no row."""
        counted = self._counted(actor, now)
        if counted is None:
            return None
        target = refusals_key(actor.org_id, actor.user_id)
        condition = RefusalCounter.written_at.does_not_exist() | (RefusalCounter.written_at <= now - INTERVAL)
        condition |= RefusalCounter.written_at > now + SKEW  # the clock was set back
        expiry = RefusalCounter.expires_at.set(now + _KEPT)
        answer = write_if(
            lambda: RefusalCounter.table().update_item(
                target.pk,
                range_key=target.sk,
                actions=[RefusalCounter.written_at.set(now), RefusalCounter.repeated.set(0), expiry],
                condition=condition,
                return_values="ALL_OLD",
            )
        )
        if answer is None:
            target.new().update(actions=[RefusalCounter.repeated.add(counted + 1), expiry])
            return None
        return counted + int(answer.get("Attributes", {}).get("repeated", {}).get("N", 0))

    def _counted(self, actor: Actor, now: datetime) -> int | None:
        """Return the refusals that this process has counted; None if it counts this one too, because a row is new."""
        name = (actor.org_id, actor.user_id)
        with self._lock:
            person = self._people.setdefault(name, _Person(now))
            self._people.move_to_end(name)
            if not is_due(person.next_at, now, INTERVAL):
                person.counted += 1
                return None
            counted, person.counted, person.next_at = person.counted, 0, now + INTERVAL
            if len(self._people) > _MAX_PEOPLE:
                self._people.popitem(last=False)
            return counted
