"""The parser of scanned texts: plain codes, EAN and UPC numbers, GS1 element strings, GS1 Digital Link.

Many plain numbers can be read as an element string too (`2100045` as serial number 00045). So a text counts as GS1
only if all of it can be parsed and

    it is marked: by a symbology identifier such as `]C1`, by FNC1 in some form, or by brackets around the identifiers
    or it begins with an SSCC (00), a GTIN (01, 02, 8006) or a location (414) with the right check digit, in front of
    which only elements of predefined length may stand, such as dates

What cannot be read is a plain code with a `problem`. No text is refused here, and every text takes little time.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache, partial

from chalicelib.barcodes.codes import GTIN_LENGTHS, is_gtin, upc_e_articles
from chalicelib.barcodes.digital_link import is_web_address, parse_digital_link
from chalicelib.barcodes.gs1 import SEPARATOR, Element, Gs1Error, elements_of, parse_elements
from chalicelib.barcodes.scans import Scan

MAX_LENGTH = 500
"""The greatest length of a text that is parsed. Longer ones are plain codes; no symbol in use holds that much."""

# Patterns are compiled on first use, so that a cold start for another request does not pay for them.
_SYMBOLOGY = r"\][A-Za-z][0-9A-Za-z]"
_GS1_SYMBOLOGIES = frozenset({"]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"})
_EAN, _EAN_OR_UPC, _EAN_WITH_ADDON, _EAN_8 = "]E", "]E0", "]E3", "]E4"
_EAN_13_LENGTH = 13
_ADDON_LENGTHS = frozenset({15, 18})
_UPC_E_LENGTH = 8
# The symbol of the second part of a composite, with the bar that some scanners put before it.
_NEXT_SYMBOL = r"\|?\](?:e[0-2]|C1)"
_END_OF_EAN = rf"{_NEXT_SYMBOL}|\|"
_COMPOSITE = rf"(?:[0-9]{{8}}|[0-9]{{12,14}})(?:{_NEXT_SYMBOL})"
_COMPOSITE_OF_EAN = rf"(?:[0-9]{{8}}|[0-9]{{12,14}})(?:{_END_OF_EAN})"
# What scanners send for FNC1 beside the group separator itself. None of it can be part of a value.
_SEPARATORS = rf"{_NEXT_SYMBOL}|(?i:<GS>|\{{GS\}}|\[GS\]|<FNC1>|\{{FNC1\}}|\\x1d|\\u001d)|\x1d|\u241d|\||\^\]|\^"
_BRACKETED_START = r"\([0-9]{2,4}\)"
_BRACKETS = r"\s*(?<!\\)\(([0-9]{2,4})\)\s*"
_ESCAPED_BRACKET = "\\("
_KEYS = frozenset({"00", "01", "02", "414", "8006"})
_UNMARKED_START = (
    r"(?:03[0-9]{14}|04[0-9]{16}|1[1-9][0-9]{6}|20[0-9]{2}|3[1-6][0-9]{8}|41[0-35-9][0-9]{13})*"
    r"(?:00[0-9]{18}|0[12][0-9]{14}|414[0-9]{13}|8006[0-9]{18})"
)

_Parse = Callable[[str], tuple[Element, ...]]


class _Mark(Enum):
    """How a text shows that it is GS1: not at all, by a character that plain codes have too, or beyond doubt."""

    NONE = auto()
    POSSIBLE = auto()
    CERTAIN = auto()


@lru_cache(maxsize=512)  # a request reads each scan of its tray several times
def parse_scan(raw: str) -> Scan:
    """Return what a scanned text says. Never raises."""
    text = trim(raw)
    if len(text) > MAX_LENGTH:
        return Scan(text, problem=f"The scan is longer than {MAX_LENGTH} characters.")
    prefix = re.match(_SYMBOLOGY, text)
    symbology = prefix[0] if prefix else ""
    text = trim(text[len(symbology) :])
    if not text:
        return Scan(text, symbology, problem="The scan is empty.")
    parse, mark = _parser_of(text, symbology)
    return _plain(text, symbology) if parse is None else _parsed(text, symbology, parse, mark)


def trim(raw: str) -> str:
    """Return a string without the blanks, control and format characters that scanners add at its ends."""
    if raw.isprintable():
        return raw.strip()
    kept = [index for index, letter in enumerate(raw) if not _is_margin(letter)]
    return raw[kept[0] : kept[-1] + 1] if kept else ""


def _is_margin(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")


def _parser_of(text: str, symbology: str) -> tuple[_Parse | None, _Mark]:
    """Return the function that parses a text if it is GS1, and how it is marked; None for a plain code."""
    parse = _marked_parser(text, symbology)
    if parse is not None:
        return parse, _Mark.CERTAIN
    if re.search(_SEPARATORS, text):
        return _parse_message, _Mark.CERTAIN if SEPARATOR in text else _Mark.POSSIBLE
    return (_parse_message if re.match(_UNMARKED_START, text) else None), _Mark.NONE


def _marked_parser(text: str, symbology: str) -> _Parse | None:
    """Return the function that parses a text whose symbology or beginning says that it is GS1."""
    if is_web_address(text):
        return parse_digital_link
    if re.match(_BRACKETED_START, text):
        return _parse_bracketed
    if symbology in _GS1_SYMBOLOGIES:
        return _parse_message
    is_composite = re.match(_COMPOSITE_OF_EAN if symbology.startswith(_EAN) else _COMPOSITE, text)
    return partial(_parse_composite, symbology=symbology) if is_composite else None


def _parsed(text: str, symbology: str, parse: _Parse, mark: _Mark) -> Scan:
    try:
        elements = parse(text)
    except Gs1Error as error:
        return _plain(text, symbology, f"Not a GS1 code: {error}." if mark is _Mark.CERTAIN else None)
    key = next((element for element in elements if element.ai in _KEYS), None)
    if not elements or (mark is _Mark.NONE and (key is None or key.is_misread)):
        return _plain(text, symbology)
    wrong = next((element.ai for element in elements if element.is_misread), None)
    problem = None if wrong is None else f"The check digit of ({wrong}) is wrong."
    return Scan(text, symbology, elements, problem=problem)


def _parse_message(text: str) -> tuple[Element, ...]:
    return parse_elements(re.sub(_SEPARATORS, SEPARATOR, text))


def _parse_bracketed(text: str) -> tuple[Element, ...]:
    _, *parts = re.split(_BRACKETS, re.sub(_SEPARATORS, SEPARATOR, text))
    values = (value.strip(SEPARATOR).replace(_ESCAPED_BRACKET, "(") for value in parts[1::2])
    return elements_of(zip(parts[::2], values, strict=True))


def _parse_composite(text: str, symbology: str) -> tuple[Element, ...]:
    """Return the article of an EAN or UPC, and the elements of the symbol above it."""
    number, rest = re.split(_END_OF_EAN, text, maxsplit=1)
    article = next(iter(_articles(number, symbology)), number.zfill(14))
    return (*elements_of([("01", article)]), *_parse_message(rest))


def _plain(text: str, symbology: str, problem: str | None = None) -> Scan:
    articles = _articles(text, symbology)
    is_article = bool(articles) and len(text) >= _UPC_E_LENGTH
    return Scan(text, symbology, articles=articles, is_article=is_article, problem=problem)


def _articles(text: str, symbology: str) -> tuple[str, ...]:
    """Return the articles that a number may stand for, as GTIN-14, the likeliest first."""
    digits = text[:_EAN_13_LENGTH] if symbology == _EAN_WITH_ADDON and len(text) in _ADDON_LENGTHS else text
    eight = digits[-_UPC_E_LENGTH:]
    is_padded = len(digits) in GTIN_LENGTHS and digits == eight.zfill(len(digits))
    ean = [digits.zfill(14)] if is_gtin(digits) else []
    upc_e = [] if symbology == _EAN_8 else [*upc_e_articles(eight if is_padded else digits)]
    return tuple(dict.fromkeys(upc_e + ean if symbology == _EAN_OR_UPC else ean + upc_e))
