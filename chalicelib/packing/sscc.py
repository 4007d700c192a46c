"""Serial Shipping Container Codes: 18 digits that identify one box worldwide, as the GS1 General Specifications define.

    extension digit | GS1 company prefix | serial reference | check digit
           1                6 to 12             10 to 4            1

The prefix belongs to one organisation, so no two organisations make the same code; each serial is used once within it.
The check digit detects every single wrong digit and most transpositions.
"""

from chalicelib.barcodes.codes import check_digit, has_check_digit, is_number
from chalicelib.barcodes.prefixes import LONGEST_PREFIX, SHORTEST_PREFIX

LENGTH = 18


class SsccError(ValueError):
    """An SSCC cannot be made from these parts; the message says why."""


def is_sscc(text: str) -> bool:
    """Return whether these are 18 digits of which the last is the right check digit."""
    return len(text) == LENGTH and has_check_digit(text)


def max_serials(prefix: str) -> int:
    """Return the number of serials of one extension digit and prefix, counted from 0. Raise `SsccError`."""
    return int(10 ** (LENGTH - 2 - len(_prefix(prefix))))


def make_sscc(extension: int, prefix: str, serial: int) -> str:
    """Return an SSCC; `serial` is padded with zeros to the digits that the prefix leaves.

    Raise `SsccError` for an extension outside 0-9, a prefix that is not 6 to 12 digits, or a serial that is too large.
    """
    if not 0 <= extension <= 9:
        raise SsccError("the extension digit of an SSCC is from 0 to 9")
    limit = max_serials(prefix)
    if not 0 <= serial < limit:
        raise SsccError(f"with a prefix of {len(prefix)} digits serials run from 0 to {limit - 1}")
    body = f"{extension}{prefix}{serial:0{LENGTH - 2 - len(prefix)}d}"
    return body + check_digit(body)


def _prefix(prefix: str) -> str:
    if not SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX:
        raise SsccError(f"a GS1 company prefix has {SHORTEST_PREFIX} to {LONGEST_PREFIX} digits")
    if not is_number(prefix):
        raise SsccError("a GS1 company prefix consists of digits only")
    return prefix
