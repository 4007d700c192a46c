"""Which of the deployed functions is running.

Tests call the functions of the application directly, so they have to say what is called in whose name; the threads that
a function starts are of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

THE_TEST = "the test"
"""Whoever prepares something without any function of the application."""

_running: ContextVar[str | None] = ContextVar("running", default=None)


@contextmanager
def running(function: str) -> Iterator[None]:
    """What is called meanwhile, this function calls."""
    token = _running.set(function)
    try:
        yield
    finally:
        _running.reset(token)


def current() -> str | None:
    """The function that is running, if any is."""
    return _running.get()
