"""Runs calls at the same time."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")

_HASTE_S = 1e-4


class _Runner(Thread, Generic[T]):
    """A call in its own thread, and its result."""

    def __init__(self, call: Callable[[], T], start: Barrier) -> None:
        super().__init__()
        self._call, self._start = call, start
        self.outcomes: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._start.wait()
            self.outcomes.append(self._call())
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test hears of it
            self.error = error


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all calls at the same time, each in its own thread, and return the results in order.

    Threads take turns far more often than they usually would. Raises the first error of a call.
    """
    start = Barrier(len(calls))
    runners = [_Runner(call, start) for call in calls]
    with _hasty_threads():
        for runner in runners:
            runner.start()
        for runner in runners:
            runner.join()
    for runner in runners:
        if runner.error is not None:
            raise runner.error
    return [runner.outcomes[0] for runner in runners]


def both(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Make two calls at the same time."""
    answers: list[Any] = at_once([one, other])
    return answers[0], answers[1]


@contextmanager
def _hasty_threads() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_HASTE_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
