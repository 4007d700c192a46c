"""The schedule of the local stack: what EventBridge does once deployed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import Context
from threading import Event, Thread

from chalicelib.core.errors import Unavailable

_logger = logging.getLogger(__name__)


class Sweeper:
    """Makes a pass at a fixed rate, in a thread of its own; a pass that fails is logged and the next is made.

    A pass that takes longer than the interval delays the next, so no two run at once.
    """

    def __init__(self, one_pass: Callable[[], object], every_s: float) -> None:
        self._one_pass = one_pass
        self._every_s = every_s
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        """Begin; the first pass is made after one interval."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Make no more passes, and wait a while for one that is being made."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def running(self) -> bool:
        """Whether passes are made."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                Context().run(self._one_pass)
            except Unavailable as error:
                _logger.warning("a pass of the sweep could not be made: %s", error)
            except Exception:
                _logger.exception("a pass of the sweep failed; the next one is made all the same")
