"""Tries of passwords, and the locks that follow from those that failed.

A try is reserved before the password is hashed, so guesses that are made in parallel count too. A correct password
gives its reservation back; what remains is the failures. The tries of a person, or of a login name that no user has,
are one item, and each entry names its network. So `lockout_failures` tries from one network, and
`lockout_failures_anywhere` from all networks, are exact limits under all names of the person.

A reservation has an id: if the store's response was lost and the write is repeated, it counts once. Tries beyond a
limit are not stored, so they do not extend a lock, and the item stays small. These writes are outside of the unit of
work, because a refused try has to be counted although nothing of it is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.clock import SKEW, Clock, from_millis, to_millis
from chalicelib.core.conditional import write_if
from chalicelib.core.errors import AccountLocked, Unavailable
from chalicelib.core.ids import Ids
from chalicelib.core.parallel import parallel_pair
from chalicelib.core.settings import Settings
from chalicelib.core.store import ItemKey, ReadResult, get, get_many, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.sessions.rules import PasswordTry, TryLimits, lock_anywhere, lock_of_source
from chalicelib.identity.sessions.tables import PasswordTries, tries_key

_WRITES = 50
"""Each conflict means that another write succeeded, and at most 25 or so can before all others are locked out."""


class Reservation(msgspec.Struct, frozen=True):
    """A try that counts as failed until it is given back, and the earlier tries from the same source."""

    subject: str
    own: PasswordTry
    keep_until: datetime
    earlier: Sequence[PasswordTry] = ()

    @property
    def actions(self) -> list[Action]:
        """Return the store's actions that remove this try and the earlier ones from the same source."""
        members = {_text(one) for one in (self.own, *self.earlier) if one.source == self.own.source}
        expires = PasswordTries.expires_at.set(self.keep_until)
        return [PasswordTries.tries.delete(members), PasswordTries.revision.add(1), expires]


class Lockout(msgspec.Struct, frozen=True):
    """Reserves tries and enforces the locks."""

    settings: Settings
    clock: Clock

    @classmethod
    def of(cls, work: UnitOfWork) -> Lockout:
        """Return the lockout with the settings and the clock of a unit of work."""
        return cls(work.settings, work.clock)

    def new_try(self, source: str, ids: Ids) -> PasswordTry:
        """Return a try that is made now. One that is reserved again, after a write conflict, counts once."""
        return PasswordTry(self.clock.now(), source, ids.new())

    def begin(
        self, subject: str, own: PasswordTry, keys: Iterable[ItemKey[Any]]
    ) -> tuple[ReadResult, Reservation | None]:
        """Read items and the earlier tries, and reserve this try if it is the only one; in one round trip."""
        read = partial(get_many, [*keys, tries_key(subject)], self.clock)
        added, is_only = PasswordTries.tries.add({_text(own)}), PasswordTries.tries.does_not_exist()
        [stored], [is_reserved] = parallel_pair([read], [partial(self._write, subject, added, is_only)])
        return stored, Reservation(subject, own, self._keep_until) if is_reserved else None

    def reserve(
        self,
        subject: str,
        own: PasswordTry,
        stored: ReadResult,
        forgiven_at: datetime | None,
        *,
        anywhere: bool = True,
    ) -> Reservation:
        """Reserve a try beside the earlier ones, as read before. Raise `AccountLocked`.

        Failures up to `forgiven_at` do not count. `anywhere` False: only the lock of the source holds.
        """
        present = stored.get(tries_key(subject))
        for _ in range(_WRITES):
            earlier = self._counting(present, forgiven_at)
            if own in earlier:  # an earlier write of it, whose response was lost
                return Reservation(subject, own, self._keep_until, earlier)
            self._check(earlier, own.source, anywhere=anywhere)
            revision = 0 if present is None else present.revision
            tries = PasswordTries.tries.set({*map(_text, earlier), _text(own)})
            unchanged = PasswordTries.revision == revision
            absent = PasswordTries.revision.does_not_exist()
            if self._write(subject, tries, absent if revision == 0 else unchanged):
                return Reservation(subject, own, self._keep_until, earlier)
            present = get(tries_key(subject))
        raise Unavailable

    def give_back(self, reservation: Reservation) -> None:
        """Remove a try that was no failure, outside of a unit of work."""
        with store_errors():
            tries_key(reservation.subject).new().update(actions=reservation.actions)

    def locked_until(self, stored: PasswordTries | None, forgiven_at: datetime | None) -> datetime | None:
        """Return when the lock that holds everywhere ends, or None if there is none."""
        until = lock_anywhere(self._counting(stored, forgiven_at), self._limits)
        return until if until is not None and until > self.clock.now() else None

    def _counting(self, stored: PasswordTries | None, forgiven_at: datetime | None) -> list[PasswordTry]:
        """Return the tries that can still matter; a lock follows from tries of at most two windows."""
        latest = self.clock.now() + SKEW  # later ones are of a clock that was set back
        since = latest - SKEW - 2 * self._limits.window
        if forgiven_at is not None and forgiven_at <= latest:
            since = max(since, forgiven_at)
        tries = map(_parsed, () if stored is None else stored.tries or ())
        return [one for one in tries if since < one.at <= latest]

    def _check(self, earlier: Iterable[PasswordTry], source: str, *, anywhere: bool) -> None:
        until = lock_of_source(earlier, source, self._limits, anywhere=anywhere)
        rest = timedelta(0) if until is None else until - self.clock.now()
        if rest > timedelta(0):
            raise AccountLocked(-(-rest // timedelta(seconds=1)))

    def _write(self, subject: str, changed: Action, condition: Condition) -> bool:
        actions = [changed, PasswordTries.revision.add(1), PasswordTries.expires_at.set(self._keep_until)]
        item = tries_key(subject).new()
        return write_if(lambda: item.update(actions=actions, condition=condition)) is not None

    @property
    def _keep_until(self) -> datetime:
        return self.clock.now() + 2 * self._limits.window

    @property
    def _limits(self) -> TryLimits:
        settings = self.settings
        window = timedelta(seconds=settings.lockout_s)
        return TryLimits(settings.lockout_failures, settings.lockout_failures_anywhere, window)


def _text(one: PasswordTry) -> str:
    return f"{to_millis(one.at)} {one.source} {one.id}"


def _parsed(text: str) -> PasswordTry:
    millis, source, try_id = text.split(" ")
    return PasswordTry(from_millis(int(millis)), source, try_id)
