"""Serial Shipping Container Codes: 18 digits that identify one box worldwide, as the GS1 General Specifications define.

    extension digit | GS1 company prefix | serial reference | check digit
           1                6 to 12             10 to 4            1

The prefix belongs to one organisation, so no two organisations make the same code; each serial is used once within it.
The check digit is the difference
of the digits, weighted from the right by 3 and 1 in turn, to a multiple of ten. It detects every single wrong digit and
most transpositions.
"""

from chalicelib.barcodes.prefixes import LONGEST_PREFIX, SHORTEST_PREFIX

LENGTH = 18
_DIGITS = frozenset("0123456789")  # `str.isdigit` also accepts digits of other scripts


class SsccError(ValueError):
    """An SSCC cannot be made from these parts; the message says why."""


def check_digit(digits: str) -> str:
    """Return the check digit of a number of any length. Raise `SsccError` for anything but digits."""
    _only_digits(digits, "a GS1 number")
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def is_sscc(text: str) -> bool:
    """Return whether these are 18 digits of which the last is the right check digit."""
    return len(text) == LENGTH and _DIGITS.issuperset(text) and check_digit(text[:-1]) == text[-1]


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
    return _only_digits(prefix, "a GS1 company prefix")


def _only_digits(text: str, what: str) -> str:
    if not text or not _DIGITS.issuperset(text):
        raise SsccError(f"{what} consists of digits only")
    return text
