"""Matches scanned codes to the lines of an assignment, and spreads the scanned quantity over the lines.

A line's barcodes are tried first, then its SKU, then its location. Where several lines share a code, the first
incomplete one is filled first.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.barcodes.codes import canonical_code
from chalicelib.barcodes.parser import read_scan

ZERO = Decimal(0)
_PRODUCT_IDENTIFIERS = ("01", "02", "00", "240", "241")
"""GS1 application identifiers of what is picked: article, contents, logistic unit, and further product numbers."""
_COUNT_IDENTIFIERS = ("37", "30")


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


class PickLines:
    """The lines of an assignment, in order, and by their codes."""

    def __init__(self, lines: Iterable[PickLine]) -> None:
        self.all = sorted(lines)
        self.quantity = sum((line.quantity for line in self.all), ZERO)
        self._by_barcode: dict[str, list[PickLine]] = {}
        self._by_sku: dict[str, list[PickLine]] = {}
        self._by_location: dict[str, list[PickLine]] = {}
        for line in self.all:
            for code in dict.fromkeys(map(canonical_code, line.barcodes)):
                self._by_barcode.setdefault(code, []).append(line)
            self._by_sku.setdefault(canonical_code(line.sku), []).append(line)
            self._by_location.setdefault(canonical_code(line.location), []).append(line)

    def matching(self, codes: Sequence[str]) -> Sequence[PickLine]:
        """Return the lines that have any of these codes: as a barcode, else as a SKU, else as a location."""
        canonical_codes = [canonical_code(code) for code in codes]
        for index in (self._by_barcode, self._by_sku, self._by_location):
            lines = [line for code in canonical_codes for line in index.get(code, ())]
            if lines:
                return sorted(set(lines)) if len(canonical_codes) > 1 else lines
        return ()

    def are_complete(self, picked: Mapping[int, Decimal]) -> bool:
        """Return whether every line is complete."""
        return all(picked.get(line.number, ZERO) >= line.quantity for line in self.all)


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

    A code that one of the lines has is taken as it stands; only other codes are parsed as GS1 element strings.
    """
    scan = read_scan(raw)
    for code in dict.fromkeys((raw.strip(), scan.text)):
        if lines.matching((code,)):
            return Reading((code,))
    values = scan.values()
    codes = tuple(values[ai] for ai in _PRODUCT_IDENTIFIERS if ai in values)
    if not codes:
        return Reading((scan.text or raw,))
    return Reading(codes, next((int(values[ai]) for ai in _COUNT_IDENTIFIERS if ai in values), 1))
