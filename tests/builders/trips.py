"""Counting a request's round trips to the store, without a clock.

Calls of the test's own thread come one after the other: each is a trip. Calls of pool threads are made by somebody who
waits for all of them, `core.store.parallel`; those that were made by the same waiting are one trip, however they are
spread in time. Calls that the runner makes while events are delivered prolong nothing and are counted apart.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from infra.local.engine import EmbeddedEngine


class Trips:
    """The trips so far, and the operations of each."""

    def __init__(self) -> None:
        self.made: list[list[str]] = []
        self.during_delivery: list[str] = []
        self._waits: dict[FrameType, list[str]] = {}
        self._caller = threading.get_ident()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.made)

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(map(len, self.made)) + len(self.during_delivery)

    def note(self, operation: str, _: dict[str, Any]) -> None:
        """One call is made now."""
        if threading.current_thread().name.startswith("during_delivery"):
            self.during_delivery.append(operation)
            return
        with self._lock:
            waiting = self._waiting()
            if waiting is None:
                self.made.append([operation])
            elif waiting in self._waits:
                self._waits[waiting].append(operation)
            else:
                self._waits[waiting] = [operation]
                self.made.append(self._waits[waiting])

    def _waiting(self) -> FrameType | None:
        """The call of `parallel` in which the test's thread waits; its frame, so long as it is kept, is no other's."""
        if threading.get_ident() == self._caller:
            return None
        frame: FrameType | None = sys._current_frames()[self._caller]  # noqa: SLF001 - the only way to look at another thread
        while frame is not None and frame.f_code.co_name != "parallel":
            frame = frame.f_back
        assert frame is not None, "a call of another thread for which nobody waits"
        return frame


@contextmanager
def counted_trips(engine: EmbeddedEngine) -> Iterator[Trips]:
    """Count the calls that are made while the block runs."""
    trips = Trips()
    with engine.before(None, trips.note):
        yield trips
