"""Matches scanned codes to the lines of an assignment, and spreads the scanned quantity over the lines.

A line's barcodes are tried first, then its SKU, then its location, which is no goods. Where several lines share a code,
the first incomplete one is filled first.
"""

import base64
import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.barcodes.codes import canonical_code
from chalicelib.barcodes.parser import parse_scan
from chalicelib.barcodes.scans import KILOGRAM, Scan, ScanKind

ZERO, ONE = Decimal(0), Decimal(1)
MAX_PLACES = 6
"""The most decimal places of a quantity."""
_PER_KILOGRAM = {KILOGRAM: ONE, "g": Decimal(1000)}
"""How many of a unit of measurement are a kilogram; on lines in other units a weight is not a quantity."""


class PickLine(NamedTuple):
    """A quantity of a SKU to pick at a location, optionally for a pallet."""

    number: int
    sku: str
    quantity: Decimal
    location: str
    barcodes: tuple[str, ...] = ()
    pallet: str | None = None
    packs: tuple[tuple[str, Decimal], ...] = ()
    """The barcodes that stand for several units, and how many."""
    uom: str | None = None
    check_code: str | None = None
    """The code at the location that shows that it is the right one; several locations may have the same."""


class FillResult(NamedTuple):
    """The quantities that a scan adds, by line number, and the quantity that exceeds all of its lines."""

    picks: tuple[tuple[int, Decimal], ...]
    excess: Decimal


class Reading(NamedTuple):
    """The codes of a scanned label, the most specific first, and the quantity that it stands for.

    It is stored in the ledger beside the raw scan, so that a replay needs no parser and always reads the same.
    """

    codes: tuple[str, ...]
    amount: Decimal = ONE
    is_place: bool = False
    """Whether the codes name a location, or are its check code, and no goods."""
    unit: str | None = None
    """The fingerprint of the unit, if the label tells it from all others."""


_GOODS, _PLACES, _CHECKS = slice(2), slice(2, 3), slice(3, None)
"""Which of the indexes of lines are of barcodes and SKUs, of locations, and of check codes."""
_CodeIndex = Mapping[str, Sequence[PickLine]]


class PickLines:
    """The lines of an assignment, in order, and by their codes."""

    def __init__(self, lines: Iterable[PickLine]) -> None:
        self.all = sorted(lines)
        self.by_number = {line.number: line for line in self.all}
        self.quantity = sum((line.quantity for line in self.all), ZERO)
        self.readings: dict[str, Reading] = {}
        """What scans say that were read already: of one SKU often many are scanned."""
        self._by_code = _index(self.all, canonical_code)
        self._by_any_case = _index(self.all, _in_capitals)

    def matching(self, codes: Sequence[str]) -> Sequence[PickLine]:
        """Return the lines that have any of these codes: as a barcode, else as a SKU, else as a location.

        Case is ignored if no line has one of the codes exactly.
        """
        return self.with_goods(codes) or self.at_place(codes)

    def with_goods(self, codes: Sequence[str]) -> Sequence[PickLine]:
        """Return the lines that have any of these codes as a barcode, else as a SKU."""
        return self._find(_GOODS, codes)

    def at_place(self, codes: Sequence[str]) -> Sequence[PickLine]:
        """Return the lines that have any of these codes as a location."""
        return self._find(_PLACES, codes)

    def with_check_code(self, codes: Sequence[str]) -> Sequence[PickLine]:
        """Return the lines at whose location any of these codes is the check code."""
        return self._find(_CHECKS, codes)

    def _find(self, indexes: slice, codes: Sequence[str]) -> Sequence[PickLine]:
        exact = _find(self._by_code[indexes], [canonical_code(code) for code in codes])
        return exact or _find(self._by_any_case[indexes], [_in_capitals(code) for code in codes])

    def are_done(self, picked: Mapping[int, Decimal], shorts: Container[int]) -> bool:
        """Return whether every line is complete or was closed short."""
        return all(picked.get(line.number, ZERO) >= line.quantity or line.number in shorts for line in self.all)


def has_too_many_places(quantity: Decimal) -> bool:
    """Return whether a quantity has more than six decimal places."""
    return quantity != round(quantity, MAX_PLACES)


def _find(indexes: Iterable[_CodeIndex], codes: Sequence[str]) -> Sequence[PickLine]:
    for index in indexes:
        lines = [line for code in codes for line in index.get(code, ())]
        if lines:
            return sorted(set(lines)) if len(codes) > 1 else lines
    return ()


def _in_capitals(code: str) -> str:
    return canonical_code(code).upper()


def _index(lines: Iterable[PickLine], form: Callable[[str], str]) -> tuple[_CodeIndex, ...]:
    """Return the lines by barcodes, by SKUs, by locations, and by check codes, each in this form."""
    by_barcode: dict[str, list[PickLine]] = {}
    by_sku: dict[str, list[PickLine]] = {}
    by_location: dict[str, list[PickLine]] = {}
    by_check_code: dict[str, list[PickLine]] = {}
    for line in lines:
        for code in dict.fromkeys(map(form, line.barcodes)):
            by_barcode.setdefault(code, []).append(line)
        by_sku.setdefault(form(line.sku), []).append(line)
        by_location.setdefault(form(line.location), []).append(line)
        if line.check_code is not None:
            by_check_code.setdefault(form(line.check_code), []).append(line)
    return by_barcode, by_sku, by_location, by_check_code


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
    reading = lines.readings.get(raw)
    if reading is None:
        reading = lines.readings[raw] = _read(raw, lines)
    return reading


def _read(raw: str, lines: PickLines) -> Reading:
    scan = parse_scan(raw)
    for code in dict.fromkeys((raw.strip(), scan.text)):
        if lines.matching((code,)):
            goods = lines.with_goods((code,))
            return Reading((code,), _pack_quantity(goods, (code,)), is_place=not goods)
        if lines.with_check_code((code,)):
            return Reading((code,), is_place=True)
    codes = scan.candidates or (raw,)
    goods = () if scan.kind is ScanKind.LOCATION else lines.with_goods(codes)
    if scan.kind is ScanKind.LOCATION or (not goods and lines.at_place(codes)):
        return Reading(codes, is_place=True)
    return Reading(codes, _amount(scan, goods, codes), unit=None if scan.unit is None else _fingerprint(scan.unit))


def _amount(scan: Scan, lines: Sequence[PickLine], codes: Sequence[str]) -> Decimal:
    """Return the quantity that a scan stands for: on lines by weight its net weight, else its number of units."""
    weight, uoms = scan.net_weight, ((line.uom or "").lower() for line in lines)
    factor = next((_PER_KILOGRAM[uom] for uom in uoms if uom in _PER_KILOGRAM), None)
    if weight is not None and weight.unit == KILOGRAM and factor is not None:
        return weight.amount * factor
    return (ONE if scan.count is None else scan.count) * _pack_quantity(lines, codes)


def _pack_quantity(lines: Sequence[PickLine], codes: Sequence[str]) -> Decimal:
    """Return how many units one of these codes stands for on the first line that has it as a pack."""
    for form in (canonical_code, _in_capitals):
        wanted = {form(code) for code in codes}
        for line in lines:
            for code, quantity in line.packs:
                if form(code) in wanted:
                    return quantity
    return ONE


def _fingerprint(unit: str) -> str:
    """Return eight characters that no other unit of an assignment has: the state holds those of all counted units."""
    return base64.b64encode(hashlib.blake2b(unit.encode(), digest_size=6).digest()).decode()
