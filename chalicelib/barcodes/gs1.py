"""GS1 element strings: values that each follow their application identifier (AI).

The parser, biip, knows some five hundred identifiers and takes a tenth of a second to load, so it is imported on first
use.
"""

from typing import NamedTuple


class Element(NamedTuple):
    """A value with its application identifier; `is_misread` if its check digit is wrong."""

    ai: str
    value: str
    is_misread: bool = False


def parse_elements(text: str) -> tuple[Element, ...]:
    """Return the elements of a GS1 message whose values end at group separators; none if it is not one.

    Identifiers without a value are left out. Dates are not verified: a label with the date 000000 is still a label.
    """
    from biip import ParseConfig, ParseError
    from biip.gs1_messages import GS1Message

    try:
        message = GS1Message.parse(text, config=ParseConfig(gs1_element_strings_verify_date=False))
    except ParseError:
        return ()
    return tuple(
        Element(string.ai.ai, string.value, bool(string.gtin_error or string.sscc_error))
        for string in message.element_strings
        if string.value.strip()
    )
