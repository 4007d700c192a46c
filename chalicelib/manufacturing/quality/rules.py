"""The dispositions of a pack, and when what was measured is within the limits of its SKU."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.core.decimals import plain

_PLACES = Decimal("1E-6")


class Disposition(StrEnum):
    """The decision on a tested pack.

    `PASS` and `FAIL` finalize the pack. `QUARANTINE` leaves it in its status for a later decision.
    """

    PASS = "PASS"  # noqa: S105 - a disposition, not a password
    FAIL = "FAIL"
    QUARANTINE = "QUARANTINE"


FINALIZING = frozenset({Disposition.PASS, Disposition.FAIL})
"""Dispositions that finalize a pack."""


class LimitBounds(NamedTuple):
    """The bounds of a measured value in a SKU, both inclusive; None is no bound."""

    minimum: Decimal | None
    maximum: Decimal | None
    unit: str


class MeasuredValue(NamedTuple):
    """A value that was measured in the end-of-line test."""

    value: Decimal
    unit: str


class LimitViolation(NamedTuple):
    """A reason why a pack does not pass; `problem` is `missing`, `below` or `above`."""

    name: str
    problem: str
    value: Decimal | None
    bounds: LimitBounds

    def __str__(self) -> str:
        return f"{self.name} is missing" if self.value is None else f"{self.name} is {self.problem} its limit"


def rounded(value: Decimal) -> Decimal:
    """Return a measured value to 6 places, half to even: binary fractions such as 26.400000000000002 become 26.4."""
    return plain(value.quantize(_PLACES, ROUND_HALF_EVEN))


def limit_violations(limits: Mapping[str, LimitBounds], measured: Mapping[str, MeasuredValue]) -> list[LimitViolation]:
    """Return each value that is missing or outside its limit, in the order of the limits.

    Units have to be those of the limits (see `mismatched_units`). Values without a limit are ignored.
    """
    problems = ((name, bounds, limit_problem(bounds, measured.get(name))) for name, bounds in limits.items())
    return [
        LimitViolation(name, problem, measured[name].value if name in measured else None, bounds)
        for name, bounds, problem in problems
        if problem is not None
    ]


def mismatched_units(limits: Mapping[str, LimitBounds], measured: Mapping[str, MeasuredValue]) -> dict[str, str]:
    """Return the required unit of each measured value whose unit differs from that of its limit."""
    return {
        name: limits[name].unit
        for name, value in measured.items()
        if name in limits and limits[name].unit != value.unit
    }


def limit_problem(bounds: LimitBounds, measured: MeasuredValue | None) -> str | None:
    """Return `missing`, `below` or `above`; None for a value within its limit."""
    if measured is None:
        return "missing"
    if bounds.minimum is not None and measured.value < bounds.minimum:
        return "below"
    if bounds.maximum is not None and measured.value > bounds.maximum:
        return "above"
    return None
