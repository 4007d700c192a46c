"""Rate limits of sign-in and password reset, and the lockout after failed sign-ins.

    attempts   counted per identifier and per source address, in one item for each minute, by one atomic `ADD`. The
               counter of a past minute is not read again.
    failures   times of failed sign-ins, appended to a list, in one item for each window of twice the lockout's length.
               A lockout follows from the times alone (`rules.locked_until`), so nothing else has to be written, and
               two windows hold all failures that can still matter.

Failures are stored for the login name that was used and, if it belongs to a user, for that user too. An unknown name is
counted, locked and answered like a known one. A user who is locked out under one name cannot sign in under another
one, but gets the lockout error only for a name that had too many failures itself: otherwise the lock of one name would
disclose that another name exists and belongs to the same user.

These counters are written outside of the unit of work, because a refused attempt has to be counted although nothing of
it is committed. Minutes are those of the clock, so around the change of a minute up to twice the limit may pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv6Network

import msgspec
from pynamodb.expressions.update import Action

from chalicelib.core import observability
from chalicelib.core.clock import Clock, from_millis, to_millis
from chalicelib.core.errors import RateLimited
from chalicelib.core.settings import Settings
from chalicelib.core.store import ItemKey, ReadResult, get_many, parallel, parallel_pair, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import LoginName, login_name_key
from chalicelib.identity.sessions.rules import locked_until
from chalicelib.identity.sessions.tables import AttemptCounter, FailedLogins, attempts_key, failed_logins_key

LOGIN, FORGOT, RESET = "login", "forgot", "reset"
_MINUTE_S = 60
_NETWORK_BITS = 64
"""The part of an IPv6 address that identifies a client's network; a client can choose the rest freely."""


class LoginAttempt(msgspec.Struct, frozen=True):
    """An attempt within the limits: the canonical name, the login name item if it exists, and earlier failures."""

    name: str
    login: LoginName | None
    failures: Sequence[datetime]


class Throttle(msgspec.Struct, frozen=True):
    """Counts attempts and failures, and enforces the limits."""

    settings: Settings
    clock: Clock

    @classmethod
    def of(cls, work: UnitOfWork) -> Throttle:
        """Return the throttle with the settings and the clock of a unit of work."""
        return cls(work.settings, work.clock)

    def attempt(self, scope: str, name: str, address: str) -> LoginAttempt:
        """Count an attempt and read the login name, in one round trip. Raise `RateLimited`."""
        now, subject = self.clock.now(), name_subject(name)
        login, failed = login_name_key(name), self.failure_keys(subject)
        counts = [
            partial(self._count, scope, subject, self.settings.logins_per_minute, now),
            partial(self._count, scope, address_subject(address), self.settings.address_logins_per_minute, now),
        ]
        allowed, [stored] = parallel_pair(counts, [partial(get_many, [login, *failed], self.clock)])
        self._check(allowed, now)
        return LoginAttempt(name, stored.get(login), failure_times(stored, failed))

    def address_counter(self, scope: str, address: str) -> Callable[[], bool]:
        """Return a function that counts an attempt of this address and returns whether it is within the limit."""
        limit = self.settings.address_logins_per_minute
        return partial(self._count, scope, address_subject(address), limit, self.clock.now())

    def check(self, *, allowed: bool) -> None:
        """Raise `RateLimited` unless the attempt is within the limit."""
        self._check([allowed], self.clock.now())

    def failure_keys(self, subject: str) -> list[ItemKey[FailedLogins]]:
        """Return the keys of the failures of a name or user that can still matter."""
        window = self._window_number(self.clock.now())
        return [failed_logins_key(subject, window), failed_logins_key(subject, window - 1)]

    def locked_for(self, failures: Iterable[datetime], forgiven_at: datetime | None = None) -> int:
        """Return the remaining seconds of the lockout that these failures cause, or 0 if they cause none."""
        counting = [at for at in failures if forgiven_at is None or at > forgiven_at]
        until = locked_until(counting, self.settings.lockout_failures, self._lockout)
        return 0 if until is None else max(0, _whole_seconds(until - self.clock.now()))

    def record_failure(self, subjects: Sequence[str]) -> None:
        """Store a failed sign-in for each of these names or users."""
        observability.count("WrongPasswords")
        parallel([partial(self._append, subject, self.clock.now()) for subject in subjects])

    def _append(self, subject: str, now: datetime) -> None:
        actions: list[Action] = [
            FailedLogins.at_ms.set((FailedLogins.at_ms | []).append([to_millis(now)])),
            FailedLogins.expires_at.set(now + 4 * self._lockout),
        ]
        with store_errors():
            failed_logins_key(subject, self._window_number(now)).new().update(actions=actions)

    def _count(self, scope: str, subject: str, limit: int, now: datetime) -> bool:
        counter = attempts_key(scope, subject, int(now.timestamp()) // _MINUTE_S).new()
        expires_at = now + timedelta(seconds=2 * _MINUTE_S)
        with store_errors():
            counter.update(actions=[AttemptCounter.attempts.add(1), AttemptCounter.expires_at.set(expires_at)])
        return counter.attempts <= limit

    def _check(self, allowed: Sequence[bool], now: datetime) -> None:
        if not all(allowed):
            observability.count("RateLimited")
            raise RateLimited(_MINUTE_S - int(now.timestamp()) % _MINUTE_S)

    @property
    def _lockout(self) -> timedelta:
        return timedelta(seconds=self.settings.lockout_s)

    def _window_number(self, now: datetime) -> int:
        return int(now.timestamp()) // (2 * self.settings.lockout_s)


def failure_times(stored: ReadResult, keys: Iterable[ItemKey[FailedLogins]]) -> list[datetime]:
    """Return the times of the failures that a batch read returned for these keys."""
    items = map(stored.get, keys)
    return [from_millis(at_ms) for item in items if item is not None for at_ms in item.at_ms]


def name_subject(name: str) -> str:
    """Return the hash by which a login name is counted; hashes keep keys short and free of personal data."""
    return _hashed("name", name)


def user_subject(user_id: str) -> str:
    """Return the hash by which a user is counted."""
    return _hashed("person", user_id)


def address_subject(address: str) -> str:
    """Return the hash by which an address is counted: an IPv6 address counts as its network."""
    return _hashed("address", _network(address))


def _network(address: str) -> str:
    try:
        return str(IPv6Network((address, _NETWORK_BITS), strict=False))
    except ValueError:
        return address


def _hashed(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()


def _whole_seconds(rest: timedelta) -> int:
    return -(-rest // timedelta(seconds=1))
