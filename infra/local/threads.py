"""Runs the app's functions in threads, because Lambda functions are blocking code.

Lambda runs one call per instance of a function. Here each call runs in a thread with an empty context, so that calls in
the same thread share no context variables.
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
    """Runs handlers and background calls in separate pools, because handlers may wait for background calls."""

    def __init__(self, handlers: int = 64, background: int = 16) -> None:
        self._handlers = ThreadPoolExecutor(handlers, thread_name_prefix="handler")
        self._background = ThreadPoolExecutor(background, thread_name_prefix="background")
        self._running: set[Future[Any]] = set()

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call and wait for its result."""
        return await self.begin(call)

    def begin(self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Start a call and return the future of its result. Calls start in the order of their submission."""
        return asyncio.wrap_future(self._submit(self._handlers, call))

    def start(self, call: Callable[[], object]) -> None:
        """Run a call in the background; errors are logged."""
        self._submit(self._background, call).add_done_callback(_log_failure)

    def stop(self, timeout_s: float) -> bool:
        """Accept no more calls and wait for running ones; return whether all have ended."""
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
        _logger.error("a background call failed", exc_info=error)
