"""Exact quantities and weights, the numbers in a scanned string, and printed texts in lines.

Quantities and weights are decimals with at most six places.
"""

from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal

from chalicelib.barcodes.parser import parse_scan
from chalicelib.core.decimals import to_decimal

MAX_PLACES = 6
SMALLEST = Decimal(1).scaleb(-MAX_PLACES)
"""The difference between two neighbouring quantities."""
EXACT = Context(prec=100)
"""The largest quantity times the largest weight has thirty digits; the default precision would round it."""

MAX_NUMBERS = 4
"""How many numbers a scanned string may stand for."""
_IDENTIFIERS = ("00", "21", "402", *(str(number) for number in range(90, 100)))
"""GS1 application identifiers of what may name something that is packed, the likeliest first:

    00      an SSCC: that of a plate or a box
    21      a serial number: the number of a plate, beside the GTIN of its product
    402     the shipment (GSIN)
    90-99   internal information: numbers on the company's own labels

A lot (10) is no such name: many plates share one. Nor is the customer's own order number (400), which may equal a
shipment number.
"""


def has_too_many_places(number: float) -> bool:
    """Return whether a number of a request has more than six decimal places."""
    return int(to_decimal(number).normalize(EXACT).as_tuple().exponent) < -MAX_PLACES


def normalize(number: Decimal) -> Decimal:
    """Return a quantity or weight as it is shown: with at most six places and without trailing zeros."""
    return Decimal(format(EXACT.quantize(number, SMALLEST).normalize(EXACT), "f"))


def is_expired(expiry: str | None, today: date) -> bool:
    """Return whether a product that is good until a date (as `2026-11-30`) has expired: from the day after it."""
    return expiry is not None and expiry < today.isoformat()


def broken(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """Return a text in lines that are no wider; a word that is too wide for one line is broken."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and width_of(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def numbers_in(barcode: str) -> list[str]:
    """Return the numbers that a scanned string may stand for, each once: the likeliest first, the string last."""
    scan = parse_scan(barcode)
    numbers = (*scan.named_by(_IDENTIFIERS)[: MAX_NUMBERS - 1], scan.text)
    return list(dict.fromkeys(filter(None, numbers)))
