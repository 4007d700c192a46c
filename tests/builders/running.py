"""Records which of the deployed functions is running.

Tests call the functions of the application directly, so they have to name the function; the threads that it starts have
the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

THE_TEST = "the test"
"""The name for calls that a test makes outside of any function of the application."""

_running: ContextVar[str | None] = ContextVar("running", default=None)


@contextmanager
def running(function: str) -> Iterator[None]:
    """Attribute all calls within the context to this function."""
    token = _running.set(function)
    try:
        yield
    finally:
        _running.reset(token)


def current() -> str | None:
    """Return the function that is running, if any."""
    return _running.get()
