"""Runs the sweeps of the local stack on a schedule, as EventBridge does in a deployment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import Context
from threading import Event, Thread

from chalicelib.core.errors import Unavailable

_logger = logging.getLogger(__name__)


class Sweeper:
    """Runs a sweep at a fixed rate in its own thread. A failure is logged and does not stop the schedule.

    A run that takes longer than the interval delays the next, so runs do not overlap.
    """

    def __init__(self, sweep: Callable[[], object], every_s: float) -> None:
        self._sweep = sweep
        self._every_s = every_s
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        """Start the schedule; the first run is after one interval."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Stop the schedule and wait for the current run, up to `timeout_s`."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def running(self) -> bool:
        """Whether the schedule is active."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                Context().run(self._sweep)
            except Unavailable as error:
                _logger.warning("the sweep could not run: %s", error)
            except Exception:
                _logger.exception("the sweep failed; the schedule continues")
