"""What the log of an assignment says, in words for the people who work on it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.picking.matching import Line

INFO, WARNING = "info", "warning"
COMPLETE = "Everything is picked"
DELAYED = "Delay logged"
BREAK_BEGUN = "Break begun"
BREAK_ENDED = "Break ended"
NO_BREAK = "No break: this is not in your hands any more"
SHARED = "Shared: another picker may join"
SHARED_ALREADY = "It is shared already"
NOTHING_TO_UNDO = "There is nothing to take back"
RECEIVED = "Received on the scanner"
RESUMED = "Resumed on the scanner"
OPENED = "Tracker opened"

_LONGEST_CODE = 40


class LogLine(NamedTuple):
    """One line: when it happened (milliseconds), `info` or `warning`, and what."""

    at: int
    level: str
    message: str


def amount(number: Decimal) -> str:
    """`12`, `2.5`: without needless zeros."""
    return format(number.normalize(), "f")


def picked(line: Line, taken: Decimal, now: Decimal) -> str:
    """`Picked 2 of 4011-A at A-01-03 (5 of 12)`."""
    return f"Picked {amount(taken)} of {line.sku} at {line.location} ({amount(now)} of {amount(line.quantity)})"


def too_much(line: Line, over: Decimal) -> str:
    """A line that is complete was scanned, or more than it lacked."""
    if over <= 0:
        return f"The label of {line.sku} counts nothing"
    return f"Not counted: {amount(over)} more of {line.sku} than is wanted"


def unknown(codes: Sequence[str]) -> str:
    """A scan that stands for nothing on this assignment."""
    code = "".join(one if one.isprintable() else " " for one in codes[0]) if codes else ""
    shown = code if len(code) <= _LONGEST_CODE else code[: _LONGEST_CODE - 3] + "..."
    return f"Nothing to pick here has the code {shown}"


def wrapped(number: int) -> str:
    """A pallet was wrapped."""
    return f"Pallet {number} wrapped"


def undone(what: str) -> str:
    """Something was taken back."""
    return f"Taken back: {what}"


def scanned(line: Line, taken: Decimal) -> str:
    """What is taken back, when it is a scan."""
    return f"{amount(taken)} of {line.sku} at {line.location}"


def taken_on(name: str) -> str:
    """Somebody took it from the queue."""
    return f"{name} took this on"


def joined(name: str) -> str:
    """Somebody joined those who have it."""
    return f"{name} joined"


def given_back(name: str) -> str:
    """It left somebody's hands."""
    return f"{name} gave this back"


def closed(reason: str) -> str:
    """It was closed before everything was picked."""
    return f"Closed early: {reason}"
