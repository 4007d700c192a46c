"""Hooks for tests of an engine: make calls fail, or run a callback before a call.

Both run before the lock is taken. So a callback can write through the same engine and cause a conflict for the call
under test, and a call that took effect can return an error.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock, local
from typing import Any

from infra.local.engine_response import EngineResponse, engine_error

Callback = Callable[[str, dict[str, Any]], None]
"""Receives the operation (`"PutItem"`) and the request. The client sees its exceptions as network failures."""


@dataclass(eq=False)
class Hook(AbstractContextManager["Hook"]):
    """A registered callback. It ends with `remove`, at the end of its `with` block, or after `times` calls."""

    operation: str | None
    callback: Callback
    times: int | None
    hooks: "Hooks"

    def remove(self) -> None:
        """Remove the callback, if it is registered."""
        self.hooks.remove(self)

    def __exit__(self, *_: object) -> None:
        self.remove()


@dataclass(eq=False)
class Fault:
    """An error for the next `times` calls of an operation."""

    operation: str | None
    code: str
    times: int
    reasons: Sequence[str] | None
    after: bool
    answer: EngineResponse | None = None
    """What is answered instead of an error."""

    def response(self, request: dict[str, Any]) -> EngineResponse:
        """Return the error. A cancelled transaction has one reason per item."""
        if self.answer is not None:
            return self.answer
        if self.code != "TransactionCanceledException":
            return engine_error(self.code, f"Test fault: {self.code}")
        items = request.get("TransactItems", ())
        codes = self.reasons if self.reasons is not None else ["TransactionConflict"] * len(items)
        return engine_error(
            self.code,
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]",
            CancellationReasons=[
                {"Code": code} if code == "None" else {"Code": code, "Message": code} for code in codes
            ],
        )


class Hooks:
    """The hooks and faults of one engine. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hooks: list[Hook] = []
        self._faults: list[Fault] = []
        self._callback = local()

    def add(self, operation: str | None, callback: Callback, times: int | None) -> Hook:
        """Call `callback` before each call of the operation (None: any), at most `times` times."""
        hook = Hook(operation, callback, times, self)
        with self._lock:
            self._hooks.append(hook)
        return hook

    def remove(self, hook: Hook) -> None:
        """Remove a hook, if it is registered."""
        with self._lock:
            self._hooks = [registered for registered in self._hooks if registered is not hook]

    def fail(self, fault: Fault) -> None:
        """Return an error for the next calls, after those of earlier faults."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Remove all hooks and faults."""
        with self._lock:
            self._hooks, self._faults = [], []

    def run(self, operation: str, request: dict[str, Any]) -> None:
        """Run the callbacks for this call, unless a callback makes the call."""
        if not self._hooks or getattr(self._callback, "running", False):
            return
        self._callback.running = True
        try:
            for hook in self._due(operation):
                hook.callback(operation, request)
        finally:
            self._callback.running = False

    def take_fault(self, operation: str) -> Fault | None:
        """Return the fault for this call, if any, and count it."""
        if not self._faults or getattr(self._callback, "running", False):
            return None
        with self._lock:
            fault = next((fault for fault in self._faults if fault.operation in (None, operation)), None)
            if fault is not None:
                fault.times -= 1
                self._faults = [pending for pending in self._faults if pending.times > 0]
            return fault

    def _due(self, operation: str) -> list[Hook]:
        with self._lock:
            due = [hook for hook in self._hooks if hook.operation in (None, operation)]
            for hook in due:
                if hook.times is not None:
                    hook.times -= 1
            self._hooks = [hook for hook in self._hooks if hook.times is None or hook.times > 0]
            return due
