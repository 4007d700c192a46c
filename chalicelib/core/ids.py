"""Ids, as something that is handed in.

Ids are UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then randomness, so they are unique without asking
anybody and sort by when they were made, which makes them good sort keys. Python's own `uuid7` comes with 3.14.
"""

import secrets
import uuid
from typing import Protocol

from chalicelib.core.clock import Clock, to_millis


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

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self) -> str:
        """A UUID of version 7."""
        value = (to_millis(self._clock.now()) << 80) | secrets.randbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        value = (value & ~(0x3 << 62)) | (0x2 << 62)
        return str(uuid.UUID(int=value))

    def token(self) -> str:
        """43 URL-safe characters of randomness."""
        return secrets.token_urlsafe(32)
