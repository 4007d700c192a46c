"""What a hold holds, and how what a module or pack consists of is compared with the open holds.

A mark is a short text about a unit: its serial number, its lot, its batch, its id, and those of what it contains. A
hold has marks too, and holds a unit if they share one.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import NamedTuple

from chalicelib.core.state_machine import StateMachine
from chalicelib.manufacturing.traceability.rules import fold_lot, read_part, scan_error

_MODULE = "MODULE"
"""The kind of the mark that a module and the hold of a cell in it share."""
_ID_LENGTH = 255
_LOT = r"[!-~]{1,128}"


class HoldKind(StrEnum):
    """What a hold holds.

    `LOT`: all cells of a lot. `SERIAL`: a cell, module or pack by its serial number. `BATCH`: all modules and packs of
    a batch.
    """

    LOT = "LOT"
    SERIAL = "SERIAL"
    BATCH = "BATCH"


class HoldStatus(StrEnum):
    """The status of a hold.

    `OPEN`: what it holds cannot be bound, sealed, passed or shipped. `RELEASED`: it holds nothing any more.
    """

    OPEN = "OPEN"
    RELEASED = "RELEASED"


class HoldAction(StrEnum):
    """The steps of a hold."""

    RELEASE = "release"


HOLD = StateMachine[HoldStatus](
    entity="hold",
    transitions={(HoldStatus.OPEN, HoldAction.RELEASE): HoldStatus.RELEASED},
    states=tuple(HoldStatus),
)


class OpenHold(NamedTuple):
    """An open hold, as the steps of the line compare it: `module_id` is the module that a held serial number is in."""

    id: str
    kind: HoldKind
    value: str
    reason: str
    module_id: str | None = None

    @property
    def marks(self) -> frozenset[str]:
        """Return the marks of what it holds."""
        inside = () if self.module_id is None else (module_mark(self.module_id),)
        return frozenset((mark(self.kind, self.value), *inside))


def mark(kind: HoldKind, value: str) -> str:
    """Return the mark of what a hold of this kind and value holds."""
    return f"{kind} {compared(kind, value)}"


def compared(kind: str, value: str) -> str:
    """Return the form in which values are compared: lots match without case."""
    return fold_lot(value) if kind == HoldKind.LOT else value


def module_mark(module_id: str) -> str:
    """Return the mark of a module itself."""
    return f"{_MODULE} {module_id}"


def holds_on(holds: Iterable[OpenHold], marks: AbstractSet[str]) -> list[OpenHold]:
    """Return the holds that hold what has these marks."""
    return [hold for hold in holds if not hold.marks.isdisjoint(marks)]


def held_value(kind: HoldKind, value: str) -> str:
    """Return the value of a hold: of a scanned code its serial number."""
    return read_part(value).serial if kind is HoldKind.SERIAL else value


def value_error(kind: HoldKind, value: str) -> str | None:
    """Return why a value cannot be held; None if it can."""
    if kind is HoldKind.SERIAL:
        return scan_error(value)
    if kind is HoldKind.LOT:
        return None if re.fullmatch(_LOT, value) else "must consist of 1 to 128 visible ASCII characters without spaces"
    return None if len(value) <= _ID_LENGTH else f"must have at most {_ID_LENGTH} characters"
