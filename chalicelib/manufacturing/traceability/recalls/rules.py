"""The states of a recall case, the order in which its units are collected, and which bindings count.

COLLECTING -> OPEN -> CLOSED, which can be opened again
COLLECTING or OPEN -> CANCELED
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from chalicelib.core.state_machine import StateMachine

T = TypeVar("T")


class RecallStatus(StrEnum):
    """The status of a recall case.

    `COLLECTING`: its affected units are being collected. `OPEN`: all of them are, and they are being dealt with.
    `CLOSED`: the case is done. `CANCELED`: it was opened by mistake; its list is kept.
    """

    COLLECTING = "COLLECTING"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELED = "CANCELED"


class RecallAction(StrEnum):
    """The steps of a recall case, by the words of their paths."""

    COLLECT = "collect"
    HANDLE = "handle"
    CLOSE = "close"
    CANCEL = "cancel"
    REOPEN = "reopen"


RECALL = StateMachine[RecallStatus](
    entity="recall",
    transitions={
        (RecallStatus.COLLECTING, RecallAction.COLLECT): RecallStatus.OPEN,
        (RecallStatus.COLLECTING, RecallAction.CANCEL): RecallStatus.CANCELED,
        (RecallStatus.OPEN, RecallAction.HANDLE): RecallStatus.OPEN,
        (RecallStatus.OPEN, RecallAction.CLOSE): RecallStatus.CLOSED,
        (RecallStatus.OPEN, RecallAction.CANCEL): RecallStatus.CANCELED,
        (RecallStatus.CLOSED, RecallAction.REOPEN): RecallStatus.OPEN,
    },
    states=tuple(RecallStatus),
    internal=frozenset({RecallAction.COLLECT}),
    phrases={RecallAction.HANDLE: "mark units of"},
)


class BindingPeriod(NamedTuple):
    """The times of the bindings that count: from `since` to `until`, both included, and not after `opened`."""

    since: datetime | None
    until: datetime | None
    opened: datetime

    def newest(self, bindings: Iterable[datetime]) -> datetime | None:
        """Return the newest one of these times of bindings that counts, or None."""
        last = self.opened if self.until is None else min(self.until, self.opened)
        return max((at for at in bindings if at <= last and (self.since is None or at >= self.since)), default=None)


def chunks(values: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return the values in parts of at most this size."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def units_expected(expected: int, found: int, *, is_collecting: bool) -> int:
    """Return the number of units of a case; while they are collected it is an estimate, and more than were found."""
    return max(expected, found + 1) if is_collecting else found
