"""What a scanned string may stand for: the numbers that a lookup should try, the likeliest first.

A scanner sends plain numbers, or GS1 element strings out of a GS1-128 or DataMatrix, in which each value follows its
application identifier (AI). These may name what is packed:

    00      an SSCC: a plate that has it as its number, or one of our boxes
    21      a serial number: how a plate's number travels beside the GTIN of what is on it
    402     the shipment (GSIN)
    90-99   a company's own information, where labels of the house carry numbers with letters

A lot (10) is no such name: many plates share one, so a plate found by it would be any of them. Nor is the customer's
own order number (400), which may by chance be a number of ours.

Many a plain number reads as an element string too (`2100045` as serial 00045), so a string counts as GS1 only if it
says so - by a symbology identifier such as `]C1`, a group separator or brackets - or begins with an SSCC or GTIN whose
check digit is right. The parser is imported only then: plain numbers do not pay for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.packing.sscc import check_digit

if TYPE_CHECKING:
    from biip.gs1_messages import GS1Message

MOST = 4
"""How many candidates there are at most."""

_SEPARATOR = "\x1d"
# What scanners send for FNC1 beside the group separator itself; none of it can stand in a value.
# Patterns are compiled when they are first used: a cold start for something else pays nothing.
_SEPARATORS = r"<GS>|\{GS\}|\x1d|\||\^\]|\^"
_SYMBOLOGY = r"\][A-Za-z][0-9A-Za-z]"
_GS1_SYMBOLOGIES = frozenset({"]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"})
_BRACKETED = r"(?:\([0-9]{2,4}\)[^()]+)+"
_BRACKETS = r"\s*\(([0-9]{2,4})\)\s*"
_CHECKED_START = r"00([0-9]{18})|0[12]([0-9]{14})"
_NAMING = r"00|21|402|9[0-9]"


def candidates(barcode: str) -> list[str]:
    """The numbers that a scanned string may stand for, at most four and each once; the string itself comes last.

    None for a string with nothing in it.
    """
    symbology, plain = _without_symbology(barcode.strip())
    found = _named_in(_gs1(symbology, plain)) if plain else []
    return list(dict.fromkeys([*found[: MOST - 1], plain])) if plain else []


def _without_symbology(text: str) -> tuple[str, str]:
    found = re.match(_SYMBOLOGY, text)
    return (found[0], text[found.end() :].strip()) if found else ("", text)


def _gs1(symbology: str, plain: str) -> str:
    """The text as element strings with group separators; empty if it is no GS1."""
    if re.fullmatch(_BRACKETED, plain):
        # Behind every value, since the brackets say where it ends.
        return re.sub(_BRACKETS, rf"{_SEPARATOR}\1", plain).strip(_SEPARATOR)
    if symbology in _GS1_SYMBOLOGIES or re.search(_SEPARATORS, plain) or _starts_checked(plain):
        return re.sub(_SEPARATORS, _SEPARATOR, plain).strip(_SEPARATOR)
    return ""


def _starts_checked(plain: str) -> bool:
    found = re.match(_CHECKED_START, plain)
    number: str = (found[1] or found[2]) if found else ""
    return bool(number) and check_digit(number[:-1]) == number[-1]


def _named_in(elements: str) -> list[str]:
    """The values that may name something; an SSCC with a wrong check digit was misread and names nothing."""
    message = _parsed(elements) if elements else None
    if message is None:
        return []
    naming = [one for one in message.element_strings if re.fullmatch(_NAMING, one.ai.ai) and one.sscc_error is None]
    return [one.value for one in sorted(naming, key=lambda one: one.ai.ai)]


def _parsed(elements: str) -> GS1Message | None:
    from biip import ParseConfig, ParseError
    from biip.gs1_messages import GS1Message

    try:
        # Dates are not ours to judge: a plate with a date of all zeros is found all the same.
        return GS1Message.parse(elements, config=ParseConfig(gs1_element_strings_verify_date=False))
    except ParseError:
        return None
