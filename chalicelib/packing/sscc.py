"""Serial Shipping Container Codes: the 18 digits by which a whole supply chain knows one box.

They are made as the GS1 General Specifications say:

    extension digit | GS1 company prefix | serial reference | check digit
           1                7 to 10              9 to 6            1

The prefix is the organisation's own, so no two companies give the same code; the serial counts up within it, so no two
boxes do. GS1 also hands out shorter and longer prefixes, which are not taken here: fewer than seven digits belong to
whole countries' special uses, and more than ten leave too few serials for parcels. The check digit weighs the digits
from the right by 3 and 1 in turn and fills up to a full ten, which finds every single wrong digit and most swaps.
"""

LENGTH = 18
SHORTEST_PREFIX, LONGEST_PREFIX = 7, 10
_DIGITS = frozenset("0123456789")  # `str.isdigit` also takes digits of other scripts, which no printer knows


class SsccError(ValueError):
    """These parts do not make an SSCC; the message says why."""


def check_digit(digits: str) -> str:
    """The digit that completes `digits`, of any length. Raises `SsccError` for anything but digits."""
    _only_digits(digits, "a GS1 number")
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def is_sscc(text: str) -> bool:
    """Whether these are 18 digits of which the last is the right one."""
    return len(text) == LENGTH and _DIGITS.issuperset(text) and check_digit(text[:-1]) == text[-1]


def most_serials(prefix: str) -> int:
    """How many boxes one extension digit and prefix can tell apart; serials run from 0 to one less.

    Raises `SsccError`.
    """
    return int(10 ** (LENGTH - 2 - len(_prefix(prefix))))


def make_sscc(extension: int, prefix: str, serial: int) -> str:
    """The SSCC of a box: `serial` is padded with zeros to the room that the prefix leaves.

    Raises `SsccError` for an extension outside 0-9, a prefix that is not 7 to 10 digits, or a serial without room.
    """
    if not 0 <= extension <= 9:
        raise SsccError("the extension digit of an SSCC is from 0 to 9")
    most = most_serials(prefix)
    if not 0 <= serial < most:
        raise SsccError(f"with a prefix of {len(prefix)} digits serials run from 0 to {most - 1}")
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
