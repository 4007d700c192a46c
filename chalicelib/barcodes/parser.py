"""The parser of scanned strings: a plain code, or GS1 element strings out of a GS1-128, DataMatrix or QR code.

Many plain numbers can be read as an element string too (`2100045` as serial number 00045). So a string counts as GS1
only

    if it is marked: by a symbology identifier such as `]C1`, by group separators, or by brackets around the identifiers
    or if it begins with an SSCC (00), a GTIN (01) or the GTIN of contents (02), in front of which only elements of
    predefined length may stand, such as dates
"""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property

from chalicelib.barcodes.gs1 import Element, parse_elements

# Patterns are compiled on first use, so that a cold start for another request does not pay for them.
_SYMBOLOGY = r"\][A-Za-z][0-9A-Za-z]"
_GS1_SYMBOLOGIES = frozenset({"]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"})
_SEPARATOR = "\x1d"
# What scanners send for FNC1 beside the group separator itself. None of it can be part of a value.
_SEPARATORS = r"<GS>|\{GS\}|\x1d|\||\^\]|\^"
_BRACKETED_START = r"\([0-9]{2,4}\)"
_BRACKETS = r"\s*\(([0-9]{2,4})\)\s*"
_KEYS = frozenset({"00", "01", "02"})
_UNMARKED_START = (
    r"(?:03[0-9]{14}|04[0-9]{16}|1[1-9][0-9]{6}|20[0-9]{2}|3[1-6][0-9]{8}|41[0-9]{14})*"
    r"(?:00[0-9]{18}|0[12][0-9]{14})"
)


@dataclass(frozen=True)
class ScannedCode:
    """A scanned string: `text` has neither the symbology identifier nor surrounding blanks."""

    text: str
    symbology: str = ""

    @cached_property
    def is_marked(self) -> bool:
        """Return whether the string says itself that it consists of GS1 element strings."""
        return (
            self.symbology in _GS1_SYMBOLOGIES
            or re.match(_BRACKETED_START, self.text) is not None
            or re.search(_SEPARATORS, self.text) is not None
        )

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Return the GS1 elements; none if this is a plain code."""
        if not self.is_marked and re.match(_UNMARKED_START, self.text) is None:
            return ()
        text = re.sub(_SEPARATORS, _SEPARATOR, self.text)
        if re.match(_BRACKETED_START, text):
            text = re.sub(_BRACKETS, rf"{_SEPARATOR}\1", text)
        return parse_elements(text.strip(_SEPARATOR))

    def values(self) -> dict[str, str]:
        """Return the values of the GS1 elements by application identifier; of equal ones the first."""
        return {element.ai: element.value for element in reversed(self.elements)}


def trim(raw: str) -> str:
    """Return a string without the blanks, control and format characters that scanners add at its ends."""
    if raw.isprintable():
        return raw.strip()
    kept = [index for index, letter in enumerate(raw) if not _is_margin(letter)]
    return raw[kept[0] : kept[-1] + 1] if kept else ""


def _is_margin(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")


def read_scan(raw: str) -> ScannedCode:
    """Return a scanned string without its symbology identifier. Its elements are parsed on first access."""
    text = trim(raw)
    prefix = re.match(_SYMBOLOGY, text)
    return ScannedCode(trim(text[prefix.end() :]), prefix[0]) if prefix else ScannedCode(text)


def candidates(raw: str, identifiers: Container[str], limit: int) -> list[str]:
    """Return the numbers that a scanned string may stand for, at most `limit` and each once; none for an empty string.

    First come the values of these application identifiers, in the order of the identifiers, then the string itself.
    Values with a wrong check digit are left out. An unmarked string whose first key is such a value is a plain number.
    """
    scan = read_scan(raw)
    if not scan.text:
        return []
    elements = scan.elements
    if not scan.is_marked and next((element.is_misread for element in elements if element.ai in _KEYS), False):
        elements = ()
    named = [element for element in elements if element.ai in identifiers and not element.is_misread]
    values = [element.value for element in sorted(named, key=lambda element: element.ai)]
    return list(dict.fromkeys([*values[: limit - 1], scan.text]))
