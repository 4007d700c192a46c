"""Matches scanned codes to the lines of an assignment, and spreads the scanned quantity over the lines.

A line's barcodes are tried first, then its SKU, then its location. Where several lines share a code, the first
incomplete one is filled first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.barcodes.codes import canonical_code
from chalicelib.barcodes.parser import parse_scan

ZERO = Decimal(0)


class PickLine(NamedTuple):
    """A quantity of a SKU to pick at a location, optionally for a pallet."""

    number: int
    sku: str
    quantity: Decimal
    location: str
    barcodes: tuple[str, ...] = ()
    pallet: str | None = None


class FillResult(NamedTuple):
    """The quantities that a scan adds, by line number, and the quantity that exceeds all of its lines."""

    picks: tuple[tuple[int, Decimal], ...]
    excess: Decimal


class Reading(NamedTuple):
    """The codes of a scanned label, the most specific first, and the quantity that it stands for.

    It is stored in the ledger beside the raw scan, so that a replay needs no parser and always reads the same.
    """

    codes: tuple[str, ...]
    amount: int = 1


_CodeIndex = Mapping[str, Sequence[PickLine]]


class PickLines:
    """The lines of an assignment, in order, and by their codes."""

    def __init__(self, lines: Iterable[PickLine]) -> None:
        self.all = sorted(lines)
        self.quantity = sum((line.quantity for line in self.all), ZERO)
        self._by_code = _index(self.all, canonical_code)
        self._by_any_case = _index(self.all, _in_capitals)

    def matching(self, codes: Sequence[str]) -> Sequence[PickLine]:
        """Return the lines that have any of these codes: as a barcode, else as a SKU, else as a location.

        Case is ignored if no line has one of the codes exactly.
        """
        return self._find(self._by_code, [canonical_code(code) for code in codes]) or self._find(
            self._by_any_case, [_in_capitals(code) for code in codes]
        )

    @staticmethod
    def _find(indexes: Iterable[_CodeIndex], codes: Sequence[str]) -> Sequence[PickLine]:
        for index in indexes:
            lines = [line for code in codes for line in index.get(code, ())]
            if lines:
                return sorted(set(lines)) if len(codes) > 1 else lines
        return ()

    def are_complete(self, picked: Mapping[int, Decimal]) -> bool:
        """Return whether every line is complete."""
        return all(picked.get(line.number, ZERO) >= line.quantity for line in self.all)


def _in_capitals(code: str) -> str:
    return canonical_code(code).upper()


def _index(lines: Iterable[PickLine], form: Callable[[str], str]) -> tuple[_CodeIndex, ...]:
    """Return the lines by their barcodes, by their SKUs, and by their locations, each in this form."""
    by_barcode: dict[str, list[PickLine]] = {}
    by_sku: dict[str, list[PickLine]] = {}
    by_location: dict[str, list[PickLine]] = {}
    for line in lines:
        for code in dict.fromkeys(map(form, line.barcodes)):
            by_barcode.setdefault(code, []).append(line)
        by_sku.setdefault(form(line.sku), []).append(line)
        by_location.setdefault(form(line.location), []).append(line)
    return by_barcode, by_sku, by_location


def fill(lines: Sequence[PickLine], picked: Mapping[int, Decimal], amount: Decimal) -> FillResult:
    """Return how an amount spreads over lines, given what is picked of each (by line number)."""
    picks = []
    for line in lines:
        take = min(amount, line.quantity - picked.get(line.number, ZERO))
        if take > 0:
            picks.append((line.number, take))
            amount -= take
    return FillResult(tuple(picks), amount)


def read_code(raw: str, lines: PickLines) -> Reading:
    """Return what a scan says for an assignment with these lines.

    A code that one of the lines has is taken as it stands; only of other codes the parts count.
    """
    scan = parse_scan(raw)
    for code in dict.fromkeys((raw.strip(), scan.text)):
        if lines.matching((code,)):
            return Reading((code,))
    return Reading(scan.candidates or (raw,), 1 if scan.count is None else int(scan.count))
