"""What a scan means: which lines of an assignment a code stands for, and how far it fills them.

A code is compared in one form: capitals, no blanks around it, and digits of 8 to 14 places as a GTIN of 14, since the
same article is printed as EAN-8, UPC, EAN-13 or GTIN-14. Of a line's codes the most telling counts first: its
barcodes, then its SKU, then the label of its location. Where several lines share the code, the first that still lacks
something is filled first.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.barcodes.codes import canonical_code
from chalicelib.barcodes.parser import read_scan

NOTHING = Decimal(0)
_NAMES = ("01", "02", "00", "240", "241")
"""GS1 application identifiers of what is picked: article, contents, logistic unit, and further product numbers."""
_COUNTS = ("37", "30")


class Line(NamedTuple):
    """One thing to pick: so many of a SKU at a location, perhaps for a certain pallet."""

    number: int
    sku: str
    quantity: Decimal
    location: str
    barcodes: tuple[str, ...] = ()
    pallet: str | None = None


class Filled(NamedTuple):
    """What a scan has filled: how much of which line (by number), and how much was too much."""

    picks: tuple[tuple[int, Decimal], ...]
    over: Decimal


class Reading(NamedTuple):
    """What a scan says: the codes of the thing, the most specific first, and how many of it.

    It is stored in the ledger beside the raw scan, so that a replay needs no parser and always reads the same.
    """

    codes: tuple[str, ...]
    amount: int = 1


class Lines:
    """The lines of an assignment, by number, and found by their codes."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.all = sorted(lines)
        self.wanted = sum((line.quantity for line in self.all), NOTHING)
        self._by_barcode: dict[str, list[Line]] = {}
        self._by_sku: dict[str, list[Line]] = {}
        self._by_location: dict[str, list[Line]] = {}
        for line in self.all:
            for code in dict.fromkeys(map(canonical_code, line.barcodes)):
                self._by_barcode.setdefault(code, []).append(line)
            self._by_sku.setdefault(canonical_code(line.sku), []).append(line)
            self._by_location.setdefault(canonical_code(line.location), []).append(line)

    def matching(self, codes: Sequence[str]) -> Sequence[Line]:
        """The lines that any of these codes stands for, by the most telling kind of code that finds one."""
        wanted = [canonical_code(code) for code in codes]
        for known in (self._by_barcode, self._by_sku, self._by_location):
            found = [line for code in wanted for line in known.get(code, ())]
            if found:
                return sorted(set(found)) if len(wanted) > 1 else found
        return ()

    def complete(self, picked: Mapping[int, Decimal]) -> bool:
        """Whether nothing is lacking."""
        return all(picked.get(line.number, NOTHING) >= line.quantity for line in self.all)


def fill(lines: Sequence[Line], picked: Mapping[int, Decimal], amount: Decimal) -> Filled:
    """How an amount spreads over lines of which so much is picked already; nothing is changed."""
    picks = []
    for line in lines:
        take = min(amount, line.quantity - picked.get(line.number, NOTHING))
        if take > 0:
            picks.append((line.number, take))
            amount -= take
    return Filled(tuple(picks), amount)


def read_code(raw: str, lines: Lines) -> Reading:
    """Return what a scan says for an assignment with these lines.

    A code that one of the lines has is taken as it stands; only other codes are parsed as GS1 element strings.
    """
    scan = read_scan(raw)
    for code in dict.fromkeys((raw.strip(), scan.text)):
        if lines.matching((code,)):
            return Reading((code,))
    values = scan.values()
    codes = tuple(values[ai] for ai in _NAMES if ai in values)
    if not codes:
        return Reading((scan.text or raw,))
    return Reading(codes, next((int(values[ai]) for ai in _COUNTS if ai in values), 1))
