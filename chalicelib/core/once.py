"""Results that are kept while a use case is run again after a conflict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

ResultT = TypeVar("ResultT")


class Once:
    """Calls functions by name, each in the first attempt only; all attempts of a run share one instance.

    For work that is expensive or must not be repeated, such as storing a file. It must not depend on what was read.
    """

    def __init__(self) -> None:
        self._results: dict[str, Any] = {}

    def __call__(self, name: str, make: Callable[[], ResultT]) -> ResultT:
        """Return what `make` returned in the first attempt that called it under this name."""
        if name not in self._results:
            self._results[name] = make()
        return cast("ResultT", self._results[name])
