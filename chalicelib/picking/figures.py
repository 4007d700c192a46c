"""The figures of an assignment: rate, progress, performance, and when it will be done.

They are worked out from what the ledger says and from nothing that a client sends. The version of these rules goes
with every score, so that scores of different rules are never compared unawares.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

RULE_VERSION = "picking-performance-1"
_HOUR_MS = 3_600_000
_FARTHEST_MS = 10 * 365 * 24 * _HOUR_MS
"""What would take longer than ten years has no end that means anything, nor one that every calendar knows."""
_TENTH = Decimal("0.1")
_WHOLE = Decimal(1)


class Performance(NamedTuple):
    """A score in percent of the standard (None while there is no rate), and what it was worked out from."""

    score_pct: Decimal | None
    units: Decimal
    worked_ms: int
    standard_units_per_hour: int


def rate_per_hour(units: Decimal, worked_ms: int) -> Decimal | None:
    """Units per hour of work, to a tenth; None while no time has been worked."""
    if worked_ms <= 0:
        return None
    return (units * _HOUR_MS / worked_ms).quantize(_TENTH, ROUND_HALF_UP)


def performance(units: Decimal, worked_ms: int, standard_units_per_hour: int) -> Performance:
    """How a rate compares with the standard, to a tenth of a percent."""
    score = None
    if worked_ms > 0:
        score = (units * _HOUR_MS * 100 / (worked_ms * standard_units_per_hour)).quantize(_TENTH, ROUND_HALF_UP)
    return Performance(score, units, worked_ms, standard_units_per_hour)


def progress_pct(picked: Decimal, wanted: Decimal) -> int:
    """Whole percent, rounded down: 100 means that nothing is lacking."""
    if wanted <= 0:
        return 0
    return int((picked * 100 / wanted).quantize(_WHOLE, ROUND_FLOOR))


def done_in_ms(remaining: Decimal, rate: Decimal | None) -> int | None:
    """How long the rest takes at this rate; None while nobody can tell."""
    if remaining <= 0:
        return 0
    if not rate or remaining * _HOUR_MS > rate * _FARTHEST_MS:
        return None
    return int((remaining * _HOUR_MS / rate).quantize(_WHOLE, ROUND_HALF_UP))
