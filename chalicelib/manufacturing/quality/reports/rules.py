"""Yields, and what the sums of measured values say about a process.

Values have at most 6 decimal places and are at most 10^9 in size, so a square has up to 31 digits. Sums of ten
million of them fit into the 38 digits that the store adds exactly. Everything up to the last division is exact here
too, so a variance does not suffer from the difference of two large sums.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from chalicelib.core.decimals import plain
from chalicelib.manufacturing.quality.rules import LimitBounds

_EXACT = Context(prec=150)
"""Enough digits for exact sums and products; those of Python's default context would be rounded to 28."""
_ZERO, _ONE = Decimal(0), Decimal(1)
_FRACTION, _VALUE = Decimal("1E-6"), Decimal("1E-9")
_SIDE = 3
"""Cpk compares the distance from the mean to a limit with so many standard deviations."""


class MeasuredSums(NamedTuple):
    """The number of values, their sum and that of their squares; and how often a limit was not met."""

    number: Decimal = _ZERO
    total: Decimal = _ZERO
    squares: Decimal = _ZERO
    below: Decimal = _ZERO
    above: Decimal = _ZERO
    missing: Decimal = _ZERO

    def plus(self, other: "MeasuredSums") -> "MeasuredSums":
        """Return the sums of both."""
        return MeasuredSums(*map(_EXACT.add, self, other))


class Capability(NamedTuple):
    """What the values of a limit say: None where there are too few values, no spread, or no such bound.

    `deviation` is the sample standard deviation. Cp is the distance of the bounds divided by six of it, Cpk the smaller
    distance from the mean to a bound divided by three of it, negative if the mean is beyond the bound.
    """

    mean: Decimal | None = None
    deviation: Decimal | None = None
    cp: Decimal | None = None
    cpk: Decimal | None = None


class LineFigures(NamedTuple):
    """How many packs and tests were counted.

    `first` are packs with their first disposition, `first_passed` those of them whose first disposition is PASS. The
    next three count all dispositions. `tests_failed` are those of all `tests` that did not pass.
    """

    first: int = 0
    first_passed: int = 0
    passed: int = 0
    failed: int = 0
    quarantined: int = 0
    tests: int = 0
    tests_failed: int = 0

    def plus(self, other: "LineFigures") -> "LineFigures":
        """Return the sums of both."""
        return LineFigures(*(one + more for one, more in zip(self, other, strict=True)))


def sums_of(value: Decimal | None, problem: str | None) -> MeasuredSums:
    """Return the sums of one value; `problem` is `below`, `above`, `missing` or None."""
    sums = MeasuredSums() if value is None else MeasuredSums(_ONE, value, _EXACT.multiply(value, value))
    return sums if problem is None else sums._replace(**{problem: _ONE})


def fraction(part: int, whole: int) -> Decimal | None:
    """Return a part as a fraction of 1 to 6 places; None of nothing."""
    return plain((Decimal(part) / whole).quantize(_FRACTION, ROUND_HALF_EVEN)) if whole else None


def capability(sums: MeasuredSums, bounds: LimitBounds) -> Capability:
    """Return what measured values say about the process, with respect to a limit."""
    if not sums.number:
        return Capability()
    mean = _EXACT.divide(sums.total, sums.number)
    deviation = _deviation(sums)
    shown_mean = _rounded(mean, _VALUE)
    if not deviation:
        return Capability(shown_mean, deviation)
    upper = None if bounds.maximum is None else _EXACT.subtract(bounds.maximum, mean)
    lower = None if bounds.minimum is None else _EXACT.subtract(mean, bounds.minimum)
    sides = [side for side in (upper, lower) if side is not None]
    cpk = _EXACT.divide(min(sides), deviation * _SIDE) if sides else None
    width = None if upper is None or lower is None else _EXACT.add(upper, lower)
    cp = None if width is None else _EXACT.divide(width, deviation * (2 * _SIDE))
    return Capability(shown_mean, _rounded(deviation, _VALUE), _rounded(cp, _FRACTION), _rounded(cpk, _FRACTION))


def _deviation(sums: MeasuredSums) -> Decimal | None:
    """Return the sample standard deviation; None of fewer than two values."""
    if sums.number <= 1:
        return None
    spread = _EXACT.subtract(_EXACT.multiply(sums.squares, sums.number), _EXACT.multiply(sums.total, sums.total))
    return _EXACT.sqrt(_EXACT.divide(spread, _EXACT.multiply(sums.number, sums.number - _ONE)))


def _rounded(number: Decimal | None, places: Decimal) -> Decimal | None:
    return None if number is None else plain(_EXACT.quantize(number, places))
