"""How often somebody may try: tries per minute, and wrong passwords before an account is locked.

    tries      counted for an identifier and for a source address, an item for each minute, raised by one atomic `ADD`.
               The count of the minute that is over is simply never read again.
    failures   moments of wrong passwords, appended to a list, an item for each stretch of twice the lockout's length.
               Who is locked out follows from the moments alone (`rules.locked_until`), so nothing else has to be
               written, and two stretches hold all that can still matter.

Failures are kept for the name that was tried and, if it is somebody's, for that person too. A name that nobody has is
counted, locked and answered like any other. Somebody who is locked out under one of their names cannot get in under
another, but is told so only of a name that was itself tried too often: else the lock of one name would tell that
another exists and is the same person's.

These counters are the writes outside of the unit of work: a refused try has to be remembered although nothing of it is
committed. Traded away: minutes are those of the clock, so around the turn of one twice as many tries may pass.
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
from chalicelib.identity.login_attempts import Failures, Tries, failures_key, tries_key
from chalicelib.identity.rules import locked_until
from chalicelib.identity.tables import LoginName, login_name_key

LOGIN, FORGOT, RESET = "login", "forgot", "reset"
_MINUTE_S = 60
_CLIENT_BITS = 64
"""Of an address of IPv6: what tells one client's network from another's. The rest a client chooses as it likes."""


class LoginAttempt(msgspec.Struct, frozen=True):
    """A try that was let through: the name (canonical), whose it is, and the wrong passwords that came for it."""

    name: str
    login: LoginName | None
    failures: Sequence[datetime]


class Limits(msgspec.Struct, frozen=True):
    """The limits of signing in, forgetting and resetting."""

    settings: Settings
    clock: Clock

    def knock(self, scope: str, name: str, address: str) -> LoginAttempt:
        """Count a try and look the name up, all in one round trip. Raises `RateLimited`."""
        moment, by_name = self.clock.now(), name_subject(name)
        login, failed = login_name_key(name), self.failure_keys(by_name)
        counts = [
            partial(self._count, scope, by_name, self.settings.logins_per_minute, moment),
            partial(self._count, scope, address_subject(address), self.settings.address_logins_per_minute, moment),
        ]
        allowed, [found] = parallel_pair(counts, [partial(get_many, [login, *failed], self.clock)])
        self._check(allowed, moment)
        return LoginAttempt(name, found.get(login), moments(found, failed))

    def count_address(self, scope: str, address: str) -> Callable[[], bool]:
        """A call that counts a try of this address: whether it may be made. To be made beside a read."""
        most = self.settings.address_logins_per_minute
        return partial(self._count, scope, address_subject(address), most, self.clock.now())

    def check(self, *, allowed: bool) -> None:
        """Raises `RateLimited` unless the count allowed it."""
        self._check([allowed], self.clock.now())

    def failure_keys(self, subject: str) -> list[ItemKey[Failures]]:
        """Where the failures of a name or person are that can still matter."""
        stretch = self._stretch(self.clock.now())
        return [failures_key(subject, stretch), failures_key(subject, stretch - 1)]

    def locked_for(self, failures: Iterable[datetime], forgiven_at: datetime | None = None) -> int:
        """For how many more seconds these failures lock somebody out; 0 if they do not."""
        counting = [at for at in failures if forgiven_at is None or at > forgiven_at]
        until = locked_until(counting, self.settings.lockout_failures, self._window)
        return 0 if until is None else max(0, _whole_seconds(until - self.clock.now()))

    def failed(self, subjects: Sequence[str]) -> None:
        """Remember a wrong password for each of these."""
        observability.count("WrongPasswords")
        parallel([partial(self._append, subject, self.clock.now()) for subject in subjects])

    def _append(self, subject: str, moment: datetime) -> None:
        where = failures_key(subject, self._stretch(moment))
        expires_at = moment + 4 * self._window
        actions: list[Action] = [
            Failures.at_ms.set((Failures.at_ms | []).append([to_millis(moment)])),
            Failures.expires_at.set(expires_at),
        ]
        with store_errors():
            Failures(where.pk, where.sk).update(actions=actions)

    def _count(self, scope: str, subject: str, most: int, moment: datetime) -> bool:
        where = tries_key(scope, subject, int(moment.timestamp()) // _MINUTE_S)
        counter = Tries(where.pk, where.sk)
        expires_at = moment + timedelta(seconds=2 * _MINUTE_S)
        with store_errors():
            counter.update(actions=[Tries.tries.add(1), Tries.expires_at.set(expires_at)])
        return counter.tries <= most

    def _check(self, allowed: Sequence[bool], moment: datetime) -> None:
        if not all(allowed):
            observability.count("RateLimited")
            raise RateLimited(_MINUTE_S - int(moment.timestamp()) % _MINUTE_S)

    @property
    def _window(self) -> timedelta:
        return timedelta(seconds=self.settings.lockout_s)

    def _stretch(self, moment: datetime) -> int:
        return int(moment.timestamp()) // (2 * self.settings.lockout_s)


def moments(found: ReadResult, keys: Iterable[ItemKey[Failures]]) -> list[datetime]:
    """The failures that a batch read found under these keys."""
    items = map(found.get, keys)
    return [from_millis(at_ms) for item in items if item is not None for at_ms in item.at_ms]


def name_subject(name: str) -> str:
    """How failures of a name are kept: by its hash, so that keys are short and tell nothing."""
    return _hashed("name", name)


def person_subject(user_id: str) -> str:
    """How failures of a person are kept."""
    return _hashed("person", user_id)


def address_subject(address: str) -> str:
    """How tries of an address are kept. Of IPv6 a client has not one address but a network of them, so that counts."""
    return _hashed("address", _network(address))


def _network(address: str) -> str:
    try:
        return str(IPv6Network((address, _CLIENT_BITS), strict=False))
    except ValueError:
        return address


def _hashed(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()


def _whole_seconds(rest: timedelta) -> int:
    return -(-rest // timedelta(seconds=1))
