"""The log lines of an assignment, as pickers read them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.picking.ledger.matching import PickLine

INFO, WARNING = "info", "warning"
COMPLETED = "All lines picked"
DELAYED = "Delay logged"
BREAK_STARTED = "Break started"
BREAK_ENDED = "Break ended"
NO_BREAK = "Break not started: the assignment is not active"
SHARED = "Shared: other pickers may join"
SHARED_ALREADY = "Already shared"
NOTHING_TO_UNDO = "Nothing to undo"
RECEIVED = "Received on the scanner"
RESUMED = "Resumed on the scanner"
OPENED = "Tracker opened"

_MAX_CODE_LENGTH = 40


class LogLine(NamedTuple):
    """One line: its time in milliseconds, its level (`info` or `warning`) and its message."""

    at: int
    level: str
    message: str


def decimal_text(number: Decimal) -> str:
    """Return a number without trailing zeros: `12`, `2.5`."""
    return format(number.normalize(), "f")


def picked(line: PickLine, added: Decimal, total: Decimal) -> str:
    """Return `Picked 2 of 4011-A at A-01-03 (5 of 12)`."""
    progress = f"{decimal_text(total)} of {decimal_text(line.quantity)}"
    return f"Picked {decimal_text(added)} of {line.sku} at {line.location} ({progress})"


def not_counted(line: PickLine, excess: Decimal) -> str:
    """Return the warning for a scan that exceeds its line, or whose label has the count 0."""
    if excess <= 0:
        return f"The label of {line.sku} has the count 0"
    return f"Not counted: {decimal_text(excess)} of {line.sku} more than ordered"


def closed_short(line: PickLine) -> str:
    """Return the warning for a scan of a line that was closed short."""
    return f"Not counted: {line.sku} at {line.location} was closed short"


def short(line: PickLine, picked: Decimal, reason: str) -> str:
    """Return `Short: 3 of 5 of 4011-A at A-01-03 (damaged)`."""
    return f"Short: {decimal_text(picked)} of {decimal_text(line.quantity)} of {line.sku} at {line.location} ({reason})"


def short_effect(line: PickLine) -> str:
    """Return the description of a line that was closed short, as an undo shows it."""
    return f"the short line of {line.sku} at {line.location}"


def unknown_code(codes: Sequence[str]) -> str:
    """Return the warning for a scan that matches no line."""
    return f"No line has the code {_shown(codes)}"


def at_location(line: PickLine) -> str:
    """Return the line for the scanned label of a location."""
    return f"At {line.location}"


def checked_location(line: PickLine) -> str:
    """Return the line for the right check code of a location."""
    return f"At {line.location}, checked"


def wrong_check_code(location: str) -> str:
    """Return the warning for the check code of another location, scanned after the label of this one."""
    return f"Wrong check code for {location}"


def unknown_location(codes: Sequence[str]) -> str:
    """Return the warning for the label of a location at which no line is."""
    return f"No line is at {_shown(codes)}"


def scanned_already(line: PickLine) -> str:
    """Return the warning for a unit that was counted before."""
    return f"Already scanned: this unit of {line.sku}"


def _shown(codes: Sequence[str]) -> str:
    code = "".join(char if char.isprintable() else " " for char in codes[0]) if codes else ""
    return code if len(code) <= _MAX_CODE_LENGTH else code[: _MAX_CODE_LENGTH - 3] + "..."


def wrapped(number: int) -> str:
    """Return the line for a wrapped pallet."""
    return f"Pallet {number} wrapped"


def undone(effect: str) -> str:
    """Return the line for an undo."""
    return f"Undone: {effect}"


def scan_effect(line: PickLine, amount: Decimal) -> str:
    """Return the description of a scan, as an undo shows it."""
    return f"{decimal_text(amount)} of {line.sku} at {line.location}"


def claimed(name: str) -> str:
    """Return the line for a claim from the queue."""
    return f"{name} took the assignment"


def joined(name: str) -> str:
    """Return the line for a picker who joins others."""
    return f"{name} joined"


def released(name: str) -> str:
    """Return the line for a release."""
    return f"{name} released the assignment"


def closed(reason: str) -> str:
    """Return the line for an early close."""
    return f"Closed early: {reason}"
