"""GS1 element strings: values that each follow their application identifier (AI).

The identifiers come from biip, which knows some five hundred and takes a tenth of a second to load, so it is imported
on first use.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.barcodes.codes import has_check_digit, is_gtin

if TYPE_CHECKING:
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

SEPARATOR = "\x1d"
_LONGEST_IDENTIFIER = 4
_VARIABLE = ".."
"""What the format of an identifier contains if the length of its values varies."""
_GTINS = frozenset({"01", "02", "03", "8006"})
_KEY_LENGTHS = {"00": 18, "253": 13, "255": 13, "402": 17, "8003": 14, "8017": 18, "8018": 18}
"""How many digits at the start of a value end in a check digit."""
_KEY_LENGTHS |= {f"41{number}": 13 for number in range(8)}


class Gs1Error(ValueError):
    """A text does not consist of GS1 element strings; the message says why."""


class Element(NamedTuple):
    """A value with its application identifier; `is_misread` if its check digit is wrong."""

    ai: str
    value: str
    is_misread: bool = False


def parse_elements(text: str) -> tuple[Element, ...]:
    """Return the elements of a text in which group separators end values of variable length. Raise `Gs1Error`.

    Identifiers without a value are left out. Dates are not verified: a label with the date 000000 is still a label.
    """
    return tuple(element for part in text.split(SEPARATOR) for element in _elements_in(part))


def elements_of(pairs: Iterable[tuple[str, str]]) -> tuple[Element, ...]:
    """Return elements from pairs of identifier and value. Raise `Gs1Error` unless each value is one as a whole."""
    return tuple(_whole(ai, value) for ai, value in pairs if value)


def _whole(ai: str, value: str) -> Element:
    element = next(_elements_in(ai + value), None)
    if element is None or (element.ai, element.value) != (ai, value):
        raise Gs1Error(f"({ai}) cannot have the value {value}")
    return element


def _elements_in(text: str) -> Iterator[Element]:
    """Yield the elements of a text without separators."""
    while text:
        identifier = _identifier(text[:_LONGEST_IDENTIFIER])
        ai = identifier.ai
        if text == ai:
            return
        match = re.match(identifier.pattern.removesuffix("$"), text, re.ASCII)
        if match is None or (match.end() < len(text) and _VARIABLE in identifier.format):
            raise Gs1Error(f"({ai}) cannot have the value {text[len(ai) :]}")
        value, text = text[len(ai) : match.end()], text[match.end() :]
        yield Element(ai, value, _is_misread(ai, value))


def _is_misread(ai: str, value: str) -> bool:
    if ai in _GTINS:
        return not is_gtin(value[:14])
    length = _KEY_LENGTHS.get(ai)
    return length is not None and not has_check_digit(value[:length])


@lru_cache(maxsize=1024)
def _identifier(start: str) -> "GS1ApplicationIdentifier":
    """Return the identifier with which a text starts. Raise `Gs1Error`."""
    from biip import ParseError
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        return GS1ApplicationIdentifier.extract(start)
    except ParseError:
        raise Gs1Error(f"{start} begins with no application identifier") from None
