"""The threads in which the app's functions run, since Lambda functions are blocking code.

Lambda runs one call per copy of a function and makes copies as needed. Here a call is a thread: as many at once as
there are threads, each with an empty context, so that nothing of one call reaches the next in the same thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class Threads:
    """Runs calls that somebody waits for, and calls that nobody waits for, apart from each other.

    They are apart because the first may wait for what the second do.
    """

    def __init__(self, handlers: int = 64, background: int = 16) -> None:
        self._handlers = ThreadPoolExecutor(handlers, thread_name_prefix="handler")
        self._background = ThreadPoolExecutor(background, thread_name_prefix="background")
        self._running: set[Future[Any]] = set()

    async def run(self, call: Callable[[], T]) -> T:
        """Make a call and wait for it."""
        return await asyncio.wrap_future(self._submit(self._handlers, call))

    def start(self, call: Callable[[], object]) -> None:
        """Make a call that nobody waits for; what it raises is logged."""
        self._submit(self._background, call).add_done_callback(_log_failure)

    def stop(self, timeout_s: float) -> bool:
        """Begin nothing more and give what runs some time to end; whether all of it did."""
        running = list(self._running)
        for pool in (self._background, self._handlers):
            pool.shutdown(wait=False, cancel_futures=True)
        return not wait(running, timeout_s).not_done

    def _submit(self, pool: ThreadPoolExecutor, call: Callable[[], T]) -> Future[T]:
        future = pool.submit(Context().run, call)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future


def _log_failure(future: Future[object]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        _logger.error("a call in the background failed", exc_info=error)
