"""Ids, as something that is handed in.

Ids are UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then randomness, so they are unique without asking
anybody and sort by when they were made, which makes them good sort keys. Within one millisecond of one process each
id is a random step above the one before (the RFC's "monotonic random"). Python's own `uuid7` comes with 3.14.
"""

import secrets
import uuid
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from chalicelib.core.clock import Clock, to_millis

_TAIL_BITS = 74
_STEP_BITS = 40
_LOW = (1 << 62) - 1


class Ids(Protocol):
    """Where new ids and secrets come from."""

    def new(self) -> str:
        """A new id, unique everywhere."""
        ...

    def token(self) -> str:
        """A new secret that nobody can guess (256 bits, URL-safe)."""
        ...


class SystemIds:
    """Ids from the clock and the operating system's randomness."""

    def __init__(self, clock: Clock, randbits: Callable[[int], int] = secrets.randbits) -> None:
        """Take ids from this clock; `randbits(n)` gives n random bits, and whoever repeats it repeats the ids."""
        self._clock = clock
        self._randbits = randbits
        self._lock = Lock()
        self._last = (0, 0)

    def new(self) -> str:
        """A UUID of version 7, above all that this process made before it in the same millisecond."""
        millis, tail = self._next()
        value = (millis << 80) | (0x7 << 76) | (tail >> 62 << 64) | (0x2 << 62) | (tail & _LOW)
        return str(uuid.UUID(int=value))

    def _next(self) -> tuple[int, int]:
        """The millisecond and the 74 random bits of the next id."""
        millis = to_millis(self._clock.now())
        with self._lock:
            if millis == self._last[0]:
                tail = self._last[1] + 1 + self._randbits(_STEP_BITS)
            else:
                tail = self._randbits(_TAIL_BITS - 1)  # the highest bit is left for the steps
            self._last = (millis, tail)
            return self._last

    def token(self) -> str:
        """43 URL-safe characters of randomness."""
        return secrets.token_urlsafe(32)
