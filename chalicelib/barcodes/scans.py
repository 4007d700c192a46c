"""What a scanned text says: the value that the parser returns to picking, packing and the production line."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from chalicelib.barcodes.codes import canonical_code
from chalicelib.barcodes.gs1 import Element

_ARTICLES = ("01", "02", "8006")
_LOGISTIC_UNIT = "00"
_LOCATION, _LOCATION_EXTENSION = "414", "254"
_SERIAL, _LOT = "21", "10"
_COUNTS = ("37", "30")
_EXPIRIES = ("17", "7003")
KILOGRAM, POUND = "kg", "lb"
_WEIGHTS = {"310": KILOGRAM, "320": POUND}
_PRODUCTS = ("01", "02", "8006", "00", "240", "241")
"""Identifiers of what is handled: article, contents, piece of an article, logistic unit, further product numbers."""
_GTIN_LENGTH = 14
_CENTURY = 2000


class ScanKind(StrEnum):
    """The kinds of scans.

    PLAIN: a code of the organisation, or what cannot be read otherwise. ARTICLE: it has the number of an article
    (GTIN). LOGISTIC_UNIT: it has an SSCC. LOCATION: it names a place and no goods. ELEMENTS: it consists of other GS1
    elements.
    """

    PLAIN = "plain"
    ARTICLE = "article"
    LOGISTIC_UNIT = "logistic_unit"
    LOCATION = "location"
    ELEMENTS = "elements"


class Weight(NamedTuple):
    """A net weight and its unit, `kg` or `lb`."""

    amount: Decimal
    unit: str


@dataclass(frozen=True)
class Scan:
    """A scanned text as it was understood.

    `text` has neither symbology identifier nor surrounding blanks. `elements` are those of GS1, empty for a plain code.
    `problem` says what is wrong with the scan as a whole sentence, and is None for a valid one.
    """

    text: str
    symbology: str = ""
    elements: tuple[Element, ...] = ()
    articles: tuple[str, ...] = ()
    """The articles, as GTIN-14, that a plain number may stand for; the likeliest first."""
    is_article: bool = False
    """Whether the check digit of a plain number shows that it is the number of an article."""
    problem: str | None = None

    @cached_property
    def values(self) -> dict[str, str]:
        """Return the values by application identifier, without misread ones; of equal identifiers the first."""
        return {element.ai: element.value for element in reversed(self.elements) if not element.is_misread}

    @property
    def kind(self) -> ScanKind:
        """Return the kind of the scan."""
        values = self.values
        if _LOGISTIC_UNIT in values:
            return ScanKind.LOGISTIC_UNIT
        if self.is_article or any(ai in values for ai in _ARTICLES):
            return ScanKind.ARTICLE
        if _LOCATION in values:
            return ScanKind.LOCATION
        return ScanKind.ELEMENTS if self.elements else ScanKind.PLAIN

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return the codes that the scan may stand for, the likeliest first: of goods, of a place, or the text itself.

        Empty only for an empty scan.
        """
        named = self.named_by(_PRODUCTS)
        if self.kind is ScanKind.LOCATION:
            named = self.named_by((_LOCATION_EXTENSION, _LOCATION))
        others = (article for article in self.articles if article != canonical_code(self.text))
        return named or ((self.text, *others) if self.text else ())

    def named_by(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Return the values of these application identifiers, in their order and each once."""
        found = ((ai, self.values[ai]) for ai in identifiers if ai in self.values)
        return tuple(dict.fromkeys(value[:_GTIN_LENGTH] if ai in _ARTICLES else value for ai, value in found))

    @property
    def gtin(self) -> str | None:
        """Return the number of the article, or of the articles in a logistic unit, as GTIN-14."""
        return next(iter(self.named_by(_ARTICLES)), self.articles[0] if self.is_article else None)

    @property
    def sscc(self) -> str | None:
        """Return the number of the logistic unit."""
        return self.values.get(_LOGISTIC_UNIT)

    @property
    def serial(self) -> str | None:
        """Return the serial number (21)."""
        return self.values.get(_SERIAL)

    @property
    def lot(self) -> str | None:
        """Return the batch or lot (10)."""
        return self.values.get(_LOT)

    @property
    def location(self) -> str | None:
        """Return the location: its GLN (414), and after a dot the extension (254), if it has one."""
        if _LOCATION not in self.values:
            return None
        return ".".join(self.values[ai] for ai in (_LOCATION, _LOCATION_EXTENSION) if ai in self.values)

    @property
    def expiry(self) -> date | None:
        """Return the expiry date (17, else 7003), in this century; None if it has none or it is no date."""
        text = next((self.values[ai] for ai in _EXPIRIES if ai in self.values), "000000")
        year, month, day = _CENTURY + int(text[:2]), int(text[2:4]), int(text[4:6])
        if not 1 <= month <= 12:
            return None
        last = calendar.monthrange(year, month)[1]
        return date(year, month, day or last) if day <= last else None

    @property
    def count(self) -> Decimal | None:
        """Return the number of pieces (37, else 30)."""
        return next((Decimal(self.values[ai]) for ai in _COUNTS if ai in self.values), None)

    @property
    def net_weight(self) -> Weight | None:
        """Return the net weight (310n in kg, 320n in lb)."""
        found = (ai for ai in self.values if ai[:3] in _WEIGHTS and len(ai) > 3)
        return next((Weight(Decimal(self.values[ai]).scaleb(-int(ai[3])), _WEIGHTS[ai[:3]]) for ai in found), None)

    @property
    def unit(self) -> str | None:
        """Return what identifies this one unit among all others: article and serial, or the SSCC."""
        keys = [ai for ai in ("01", "8006") if ai in self.values]
        if keys and self.serial is not None:
            return f"{keys[0]}{self.values[keys[0]]}{_SERIAL}{self.serial}"
        return None if self.sscc is None else f"{_LOGISTIC_UNIT}{self.sscc}"
