"""Rate limits of sign-in and password reset.

Attempts are counted per identifier and per source address, in one item for each minute, by one atomic `ADD`. The
counter of a past minute is not read again. An attempt whose response was lost and that is repeated counts twice: these
limits protect the service, and `lockout.py` counts the tries of one person's password exactly.

These counters are written outside of the unit of work, because a refused attempt has to be counted although nothing of
it is committed. Minutes are those of the clock, so around the change of a minute up to twice the limit may pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv6Network

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import Clock
from chalicelib.core.errors import RateLimited
from chalicelib.core.parallel import parallel_pair
from chalicelib.core.settings import Settings
from chalicelib.core.store import get, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import NO_ID, LoginName, login_name_key
from chalicelib.identity.sessions.tables import AttemptCounter, attempts_key

LOGIN, FORGOT, RESET, _REFUSED = "login", "forgot", "reset", "refused"
_MINUTE_S = 60
_NETWORK_BITS = 64
"""The part of an IPv6 address that identifies a client's network; a client can choose the rest freely."""


class LoginAttempt(msgspec.Struct, frozen=True):
    """An attempt within the limits: the canonical name, and the login name item if it exists."""

    name: str
    login: LoginName | None

    @property
    def org_id(self) -> str:
        """Return the organisation of the name's user, or that of unknown names."""
        return self.login.org_id if self.login else NO_ID

    @property
    def user_id(self) -> str:
        """Return the id of the name's user; an unknown name has an id that no user has, always the same one."""
        return self.login.user_id if self.login else name_subject(self.name)


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
        counts = [
            partial(self._count, scope, subject, self.settings.logins_per_minute, now),
            partial(self._count, scope, address_subject(address), self.settings.address_logins_per_minute, now),
        ]
        allowed, [login] = parallel_pair(counts, [partial(get, login_name_key(name))])
        self._check(allowed, now)
        return LoginAttempt(name, login)

    def address_counter(self, scope: str, address: str) -> Callable[[], bool]:
        """Return a function that counts an attempt of this address and returns whether it is within the limit."""
        limit = self.settings.address_logins_per_minute
        return partial(self._count, scope, address_subject(address), limit, self.clock.now())

    def check(self, *, allowed: bool) -> None:
        """Raise `RateLimited` unless the attempt is within the limit."""
        self._check([allowed], self.clock.now())

    def is_first_refusal(self, subject: str) -> bool:
        """Count a refused sign-in and return whether it is the first one within this minute."""
        return self._count(_REFUSED, subject, 1, self.clock.now())

    def pretend_refusal(self, name: str) -> None:
        """Write an item that is not read, so that an unknown name takes as many writes as a known one."""
        minute, expires_at = self._minute(self.clock.now())
        attempts_key(_REFUSED, name_subject(name), minute).new(attempts=1, expires_at=expires_at).save()

    def _count(self, scope: str, subject: str, limit: int, now: datetime) -> bool:
        minute, expires_at = self._minute(now)
        counter = attempts_key(scope, subject, minute).new()
        with store_errors():
            counter.update(actions=[AttemptCounter.attempts.add(1), AttemptCounter.expires_at.set(expires_at)])
        return counter.attempts <= limit

    def _minute(self, now: datetime) -> tuple[int, datetime]:
        """Return the number of a minute, and when its counters expire."""
        return int(now.timestamp()) // _MINUTE_S, now + timedelta(seconds=2 * _MINUTE_S)

    def _check(self, allowed: Sequence[bool], now: datetime) -> None:
        if not all(allowed):
            observability.count("RateLimited")
            raise RateLimited(_MINUTE_S - int(now.timestamp()) % _MINUTE_S)


def name_subject(name: str) -> str:
    """Return the hash by which a login name is counted; hashes keep keys short and free of personal data."""
    return _hashed("name", name)


def user_subject(user_id: str) -> str:
    """Return the hash by which a user is counted."""
    return _hashed("person", user_id)


def address_subject(address: str) -> str:
    """Return the hash by which an address is counted: an IPv6 address counts as its network."""
    return _hashed("address", _network(address))


def network_of(address: str) -> str:
    """Return the short hash of a client's network: an IPv4 address, or the first half of an IPv6 address."""
    return address_subject(address)[:16]


def session_source(session_id: str) -> str:
    """Return the short hash by which the tries of a signed-in session are counted."""
    return _hashed("session", session_id)[:16]


def _network(address: str) -> str:
    try:
        return str(IPv6Network((address, _NETWORK_BITS), strict=False))
    except ValueError:
        return address


def _hashed(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
