"""The metrics of an assignment: rate, performance score, progress and remaining time.

They are computed from the ledger only, never from values that a client sends. Each score names the version of these
rules, so that scores of different rules are not compared by mistake.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

RULE_VERSION = "picking-performance-2"
_HOUR_MS = 3_600_000
_MAX_REMAINING_MS = 10 * 365 * 24 * _HOUR_MS
"""Ten years: a later time of completion means nothing, and some calendars cannot represent it."""
_TENTH = Decimal("0.1")
_WHOLE = Decimal(1)


class Performance(NamedTuple):
    """A score in percent of the standard rate (None without working time), and its inputs."""

    score_pct: Decimal | None
    units: Decimal
    worked_ms: int
    standard_units_per_hour: int


def rate_per_hour(units: Decimal, worked_ms: int) -> Decimal | None:
    """Return the units per hour of work, to a tenth; None without working time."""
    if worked_ms <= 0:
        return None
    return (units * _HOUR_MS / worked_ms).quantize(_TENTH, ROUND_HALF_UP)


def performance(units: Decimal, worked_ms: int, standard_units_per_hour: int) -> Performance:
    """Return the rate in percent of the standard rate, to a tenth of a percent."""
    score = score_pct(units, worked_ms * standard_units_per_hour)
    return Performance(score, units, worked_ms, standard_units_per_hour)


def score_pct(units: Decimal, standard: int) -> Decimal | None:
    """Return the score; `standard` is the sum of working times (milliseconds), each times its standard rate."""
    return None if standard <= 0 else (units * _HOUR_MS * 100 / standard).quantize(_TENTH, ROUND_HALF_UP)


def progress_pct(picked: Decimal, quantity: Decimal) -> int:
    """Return the progress in whole percent, rounded down: 100 means that everything is picked."""
    if quantity <= 0:
        return 0
    return int((picked * 100 / quantity).quantize(_WHOLE, ROUND_FLOOR))


def remaining_ms(remaining: Decimal, rate: Decimal | None) -> int | None:
    """Return the milliseconds that the remaining units take at a rate; None if it cannot be estimated."""
    if remaining <= 0:
        return 0
    if not rate or remaining * _HOUR_MS > rate * _MAX_REMAINING_MS:
        return None
    return int((remaining * _HOUR_MS / rate).quantize(_WHOLE, ROUND_HALF_UP))
