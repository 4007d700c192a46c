"""Numbers of articles: the form in which codes are compared, check digits, and UPC-E.

The same article is printed as EAN-8, UPC-A, EAN-13 or GTIN-14. The numbers differ in leading zeros only. UPC-E leaves
out zeros of a UPC-A as well, and sometimes the check digit.
"""

from collections.abc import Iterator

GTIN_LENGTHS = frozenset({8, 12, 13, 14})
"""The lengths of EAN-8, UPC-A, EAN-13 and GTIN-14."""
_PADDED_LENGTHS = range(8, 15)
_DIGITS = frozenset("0123456789")  # `str.isdigit` also accepts digits of other scripts


def canonical_code(code: str) -> str:
    """Return a code without surrounding blanks; 8 to 14 digits are filled up to a GTIN-14."""
    text = code.strip()
    return text.zfill(14) if len(text) in _PADDED_LENGTHS and is_number(text) else text


def is_number(text: str) -> bool:
    """Return whether a text consists of digits only."""
    return bool(text) and _DIGITS.issuperset(text)


def check_digit(digits: str) -> str:
    """Return the GS1 check digit of digits: what their sum, weighted from the right by 3 and 1, lacks to a ten."""
    return str(-sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits))) % 10)


def has_check_digit(number: str) -> bool:
    """Return whether a number ends in its check digit."""
    return is_number(number) and check_digit(number[:-1]) == number[-1]


def is_gtin(number: str) -> bool:
    """Return whether this can be the number of an article: of a usual length, with its check digit, and not zero."""
    return len(number) in GTIN_LENGTHS and has_check_digit(number) and number.strip("0") != ""


def upc_e_articles(digits: str) -> Iterator[str]:
    """Yield the article of each way to read 6, 7 or 8 digits as UPC-E, as GTIN-14.

    UPC-E has a number system (0 or 1), six digits, and a check digit. Scanners leave out the check digit, or both.
    """
    system, body, check = digits[:1], digits[1:7], digits[7:]
    if not is_number(digits):
        return
    readings = {
        6: [("0", digits, "")],
        7: [(system, body, ""), ("0", digits[:6], digits[6:])],
        8: [(system, body, check)],
    }
    for system, body, check in readings.get(len(digits), []):
        upc = system + _with_zeros(body)
        upc += check_digit(upc)
        if system in "01" and check in ("", upc[-1]) and is_gtin(upc):
            yield upc.zfill(14)


def _with_zeros(body: str) -> str:
    """Return the manufacturer's and the item's number of a UPC-A, of which UPC-E has left out zeros."""
    last = body[5]
    if last in "012":
        return f"{body[:2]}{last}0000{body[2:5]}"
    if last in "34":
        kept = int(last)
        return f"{body[:kept]}00000{body[kept:5]}"
    return f"{body[:5]}0000{last}"
