"""The limit of what a caller learns about login names that other organisations use.

Login names are unique across organisations, so "this name is in use" may disclose that another organisation has it.
After 20 such names in an hour of the clock the caller can claim no name until the hour ends, whether it is free or not.
The same holds for everybody in the organisation after 60, because a caller may make more users and API keys.

The names are counted outside of the unit of work, because nothing of a refused request is committed. They are stored as
a set of hashes for the caller and one for the organisation, so a name counts once in each, however often the request is
repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import BatonError, RateLimited
from chalicelib.core.store import ItemKey, RawItem, get_many, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.errors import NameTaken
from chalicelib.identity.accounts.tables import NO_ID, LoginName, TakenNames, taken_names_key

MAX_TAKEN = 20
"""Names that one caller may find out in an hour."""
MAX_TAKEN_IN_ORGANISATION = 60
"""Names that all callers of an organisation together may find out in an hour."""
_HOUR_S = 3600


class NameProbing(msgspec.Struct, frozen=True):
    """Counts the names of other organisations that a caller and their organisation tried to claim within this hour."""

    org_id: str
    actor_id: str
    now: datetime
    clock: Clock

    @classmethod
    def of(cls, work: UnitOfWork, actor: Actor) -> NameProbing:
        """Return the counter of a caller at the time of a unit of work."""
        return cls(actor.org_id, actor.user_id, work.now, work.clock)

    def check(self) -> None:
        """Raise `RateLimited` if the caller may claim no name in this hour; one read."""
        limits = self._limits
        stored = get_many(limits, self.clock)
        for key, most in limits.items():
            counted = stored.get(key)
            if counted is not None and len(counted.names) >= most:
                raise self._limited()

    def error(self, name: str, taken: NameTaken, raw: RawItem | None) -> BatonError:
        """Return the error for a name in canonical form that is taken; `raw` is its stored item.

        A name of another organisation is counted. `RateLimited` replaces `taken` beyond the limit, so requests at the
        same moment disclose no more names than requests one after the other.
        """
        if raw is not None and LoginName.from_raw_data(raw).org_id == self.org_id:
            return taken
        # A name beyond the caller's own limit is not disclosed, so it does not count for the organisation.
        within = all(self._count(key, name) <= most for key, most in self._limits.items())
        return taken if within else self._limited()

    def _count(self, key: ItemKey[TakenNames], name: str) -> int:
        """Count a name, and return the number of counted names."""
        counted = key.new()
        expires_at = self.now + timedelta(seconds=2 * _HOUR_S)
        with store_errors():
            counted.update(actions=[TakenNames.names.add({_hashed(name)}), TakenNames.expires_at.set(expires_at)])
        return len(counted.names)

    @property
    def _limits(self) -> Mapping[ItemKey[TakenNames], int]:
        """Return the most names of the caller and then of the organisation, by the keys where they are counted."""
        hour = int(self.now.timestamp()) // _HOUR_S
        return {
            taken_names_key(self.org_id, self.actor_id, hour): MAX_TAKEN,
            taken_names_key(self.org_id, NO_ID, hour): MAX_TAKEN_IN_ORGANISATION,
        }

    def _limited(self) -> RateLimited:
        observability.count("NameProbing")
        return RateLimited(_HOUR_S - int(self.now.timestamp()) % _HOUR_S)


def _hashed(name: str) -> str:
    """Return a short hash of a name: the counter needs no personal data."""
    return hashlib.sha256(f"taken:{name}".encode()).hexdigest()[:16]
