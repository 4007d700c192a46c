"""The limit of what a caller learns about login names that other organisations use.

Login names are unique across organisations, so "this name is in use" may disclose that another organisation has it.
After 20 such names in an hour of the clock the caller can claim no name until the hour ends, whether it is free or not.

The names are counted outside of the unit of work, because nothing of a refused request is committed. They are stored as
a set of hashes, so a name counts once, however often the request is repeated.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import BatonError, RateLimited
from chalicelib.core.store import ItemKey, RawItem, get, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.errors import NameTaken
from chalicelib.identity.accounts.tables import LoginName, TakenNames, taken_names_key

MAX_TAKEN = 20
_HOUR_S = 3600


class NameProbing(msgspec.Struct, frozen=True):
    """Counts the names of other organisations that a caller tried to claim within this hour."""

    org_id: str
    actor_id: str
    now: datetime

    @classmethod
    def of(cls, work: UnitOfWork, actor: Actor) -> NameProbing:
        """Return the counter of a caller at the time of a unit of work."""
        return cls(actor.org_id, actor.user_id, work.now)

    def check(self) -> None:
        """Raise `RateLimited` if the caller may claim no name in this hour; one read."""
        counted = get(self._key)
        if counted is not None and len(counted.names) >= MAX_TAKEN:
            raise self._limited()

    def error(self, name: str, taken: NameTaken, raw: RawItem | None) -> BatonError:
        """Return the error for a name in canonical form that is taken; `raw` is its stored item.

        A name of another organisation is counted. `RateLimited` replaces `taken` beyond the limit, so requests at the
        same moment disclose no more names than requests one after the other.
        """
        if raw is not None and LoginName.from_raw_data(raw).org_id == self.org_id:
            return taken
        return self._limited() if self._count(name) > MAX_TAKEN else taken

    def _count(self, name: str) -> int:
        """Count a name, and return the number of counted names."""
        counted = self._key.new()
        expires_at = self.now + timedelta(seconds=2 * _HOUR_S)
        with store_errors():
            counted.update(actions=[TakenNames.names.add({_hashed(name)}), TakenNames.expires_at.set(expires_at)])
        return len(counted.names)

    @property
    def _key(self) -> ItemKey[TakenNames]:
        return taken_names_key(self.org_id, self.actor_id, int(self.now.timestamp()) // _HOUR_S)

    def _limited(self) -> RateLimited:
        observability.count("NameProbing")
        return RateLimited(_HOUR_S - int(self.now.timestamp()) % _HOUR_S)


def _hashed(name: str) -> str:
    """Return a short hash of a name: the counter needs no personal data."""
    return hashlib.sha256(f"taken:{name}".encode()).hexdigest()[:16]
