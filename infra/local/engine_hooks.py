"""What a test may do to the calls of an engine: make the next ones fail, or act just before one is carried out.

Both stand before the lock. So a callback can use the same engine to write what the call under test is about to lose
against, and an error can be answered for a call that nevertheless took effect.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock, local
from typing import Any

from infra.local.engine_answer import Answer, refusal

Callback = Callable[[str, dict[str, Any]], None]
"""Gets the operation (`"PutItem"`) and the request. What it raises reaches the client like a failed connection."""


@dataclass(eq=False)
class Hook(AbstractContextManager["Hook"]):
    """A callback in place. It goes with `remove`, at the end of its `with` block, or after `times` calls."""

    operation: str | None
    callback: Callback
    times: int | None
    hooks: "Hooks"

    def remove(self) -> None:
        """Take the callback away; doing it twice is fine."""
        self.hooks.remove(self)

    def __exit__(self, *_: object) -> None:
        self.remove()


@dataclass(eq=False)
class Fault:
    """An error that the next `times` calls of an operation answer with."""

    operation: str | None
    code: str
    times: int
    reasons: Sequence[str] | None
    after: bool

    def answer(self, request: dict[str, Any]) -> Answer:
        """Return the error, for a cancelled transaction with one reason per item."""
        if self.code != "TransactionCanceledException":
            return refusal(self.code, f"The engine was told to answer {self.code}")
        items = request.get("TransactItems", ())
        codes = self.reasons if self.reasons is not None else ["TransactionConflict"] * len(items)
        return refusal(
            self.code,
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]",
            CancellationReasons=[
                {"Code": code} if code == "None" else {"Code": code, "Message": code} for code in codes
            ],
        )


class Hooks:
    """The hooks and faults of one engine. Threads may use it at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hooks: list[Hook] = []
        self._faults: list[Fault] = []
        self._running = local()

    def add(self, operation: str | None, callback: Callback, times: int | None) -> Hook:
        """Call `callback` before each call of the operation, or of any for None, at most `times` times."""
        hook = Hook(operation, callback, times, self)
        with self._lock:
            self._hooks.append(hook)
        return hook

    def remove(self, hook: Hook) -> None:
        """Take a hook away, if it is still there."""
        with self._lock:
            self._hooks = [one for one in self._hooks if one is not hook]

    def fail(self, fault: Fault) -> None:
        """Answer the next calls with an error, after those that earlier faults will take."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Take all hooks and faults away."""
        with self._lock:
            self._hooks, self._faults = [], []

    def run(self, operation: str, request: dict[str, Any]) -> None:
        """Run the callbacks for this call, unless a callback is what makes the call."""
        if not self._hooks or getattr(self._running, "yes", False):
            return
        self._running.yes = True
        try:
            for hook in self._due(operation):
                hook.callback(operation, request)
        finally:
            self._running.yes = False

    def take_fault(self, operation: str) -> Fault | None:
        """Return the fault that this call must answer with, and count it."""
        if not self._faults or getattr(self._running, "yes", False):
            return None
        with self._lock:
            fault = next((one for one in self._faults if one.operation in (None, operation)), None)
            if fault is not None:
                fault.times -= 1
                self._faults = [one for one in self._faults if one.times > 0]
            return fault

    def _due(self, operation: str) -> list[Hook]:
        with self._lock:
            due = [hook for hook in self._hooks if hook.operation in (None, operation)]
            for hook in due:
                if hook.times is not None:
                    hook.times -= 1
            self._hooks = [hook for hook in self._hooks if hook.times is None or hook.times > 0]
            return due
