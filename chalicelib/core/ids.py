"""Ids and secrets, injected so that tests can repeat them.

Ids are UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then random bits. They are unique without coordination
and sort by creation time, so they serve as sort keys. Within one millisecond of one process each id is a random step
above the previous one (the RFC's "monotonic random"). Python's own `uuid7` comes with 3.14.
"""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Protocol

from chalicelib.core.clock import Clock, to_millis

_TAIL_BITS = 74
_STEP_BITS = 40
_LOW = (1 << 62) - 1


class Ids(Protocol):
    """Where new ids and secrets come from."""

    def new(self) -> str:
        """Return a new, globally unique id."""

    def token(self) -> str:
        """Return a new secret of 256 random bits, URL-safe."""


class SystemIds:
    """Ids from a clock and the random numbers of the operating system."""

    def __init__(self, clock: Clock, randbits: Callable[[int], int] = secrets.randbits) -> None:
        """Take times from `clock`; `randbits(n)` returns n random bits."""
        self._clock = clock
        self._randbits = randbits
        self._lock = Lock()
        self._last = (0, 0)

    def new(self) -> str:
        """Return a UUID of version 7, greater than all earlier ones of this process in the same millisecond."""
        millis, tail = self._next()
        value = (millis << 80) | (0x7 << 76) | (tail >> 62 << 64) | (0x2 << 62) | (tail & _LOW)
        return str(uuid.UUID(int=value))

    def _next(self) -> tuple[int, int]:
        """Return the millisecond and the 74 random bits of the next id."""
        millis = to_millis(self._clock.now())
        with self._lock:
            if millis == self._last[0]:
                tail = self._last[1] + 1 + self._randbits(_STEP_BITS)
            else:
                tail = self._randbits(_TAIL_BITS - 1)  # the highest bit is kept free for the steps
            self._last = (millis, tail)
            return self._last

    def token(self) -> str:
        """Return 43 random URL-safe characters."""
        return secrets.token_urlsafe(32)


def first_id(at: datetime) -> str:
    """Return the beginning of the lowest id that is made at this time: ids before it are lower, all others higher."""
    digits = f"{to_millis(at):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def hash_secret(secret: str) -> str:
    """Return the stored form of a secret that `token` made. It has 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
