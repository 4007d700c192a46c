"""Makes independent calls at once, in threads that keep the context of the caller."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")

# A search for a courier makes up to 68 calls at once (64 cells and the idle shards), in one round trip with 72 threads.
_THREADS = {"store": 72, "posts": 64}
_DEFAULT_THREADS = 32


@cache
def _pool(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS.get(name, _DEFAULT_THREADS), thread_name_prefix=name)


def parallel(calls: Sequence[Callable[[], T]], pool: str = "store") -> list[T]:
    """Make independent calls at once, and return the results in the order of the calls.

    Raise the first error once all calls have ended: Lambda would freeze a write that is still running, and continue
    it during a later request. Calls must not use `parallel` with their own pool, which could deadlock.
    """
    if len(calls) < 2:
        return [call() for call in calls]
    futures = [_pool(pool).submit(copy_context().run, call) for call in calls]
    try:
        return [future.result() for future in futures]
    except BaseException:
        wait(futures)
        raise


def start(call: Callable[[], T], pool: str) -> "Future[T]":
    """Start a call and return its future. The caller waits for its end, for the reason given at `parallel`."""
    return _pool(pool).submit(copy_context().run, call)


def done(result: T) -> "Future[T]":
    """Return a future that has this result."""
    future: Future[T] = Future()
    future.set_result(result)
    return future


def first_done(futures: Collection["Future[T]"], patience_s: float) -> Collection["Future[T]"]:
    """Wait for one of the futures at least, and for up to `patience_s` for all; return those that have ended."""
    ended, left = wait(futures, timeout=patience_s)
    return ended if ended or not left else wait(futures, return_when=FIRST_COMPLETED).done


def parallel_pair(first: Sequence[Callable[[], T]], second: Sequence[Callable[[], U]]) -> tuple[list[T], list[U]]:
    """Make calls of two result types at once, and return the results of each type."""
    results: list[Any] = parallel([*first, *second])
    return results[: len(first)], results[len(first) :]
