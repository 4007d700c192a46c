"""The deadline of the request in hand, which every call of AWS within it observes.

API Gateway ends a request after 29 seconds and Lambda kills the function, so a request has to respond before. The
deadline is a context variable: whatever a request calls inherits it, also in the threads of `core.parallel`. Past the
deadline no call is begun; `Unavailable` is raised instead (`core.aws`). This bounds everything that repeats or reads
on: attempts of use cases and transactions, queries of many pages, batches, deliveries. Sweeps have no deadline.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

import msgspec

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Unavailable


class Deadline(msgspec.Struct, frozen=True):
    """A moment by the elapsed seconds of a clock, which setting the clock does not change."""

    clock: Clock
    until_s: float

    def remaining_s(self) -> float:
        """Return the seconds that are left; negative past the deadline."""
        return self.until_s - self.clock.elapsed_s()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(clock: Clock, seconds: float) -> Iterator[None]:
    """Let what runs inside begin no call after so many seconds, nor after the deadline around it."""
    own, around = Deadline(clock, clock.elapsed_s() + seconds), _current.get()
    token = _current.set(own if around is None else min(own, around, key=lambda each: each.until_s))
    try:
        yield
    finally:
        _current.reset(token)


def remaining_s() -> float:
    """Return the seconds until the deadline, infinity without one. Raise `Unavailable` past the deadline."""
    current = _current.get()
    remaining = inf if current is None else current.remaining_s()
    if remaining <= 0:
        raise Unavailable
    return remaining


def has_time(seconds: float = 0) -> bool:
    """Return whether the deadline, if there is one, is more than so many seconds away."""
    current = _current.get()
    return current is None or current.remaining_s() > seconds
