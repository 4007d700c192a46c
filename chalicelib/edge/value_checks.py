"""Refuses values that msgspec accepts and the store or other code behind the edge cannot process.

- Numbers that the store cannot hold, or that take minutes to print: NaN, infinities, `1e999999`, ints of 1,000 digits.
- Times so near the ends of the calendar that converting them to UTC overflows.
- Text with U+0000 or with half a surrogate pair, which cannot be written as UTF-8.
- Values nested deeper than the store allows.
- Fields that are valid alone and contradict each other, by the struct's own `cross_check`.

Every decoded value is checked, also on the fast path, so each costs one dictionary lookup and one comparison. A list of
the dangerous fields per type would save a few microseconds and would have to be right for every new type.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast

import msgspec

MAX_DEPTH = 32
"""The deepest nesting of objects and lists; the limit of DynamoDB."""

MAX_DIGITS = 38
"""The largest number of decimal digits; the precision of DynamoDB."""

OUT_OF_RANGE = "is out of range"
TOO_DEEP = "is nested too deeply"


class Present(dict[str, object]):
    """The present and valid fields of a struct by the names that clients use, and the names of the invalid ones."""

    invalid: frozenset[str] = frozenset()

    def lacks(self, name: str) -> bool:
        """Return whether a field was not sent; an invalid one was."""
        return name not in self and name not in self.invalid


CrossCheck = Callable[[Present], Mapping[str, str]]


def cross_check_errors(kind: object, present: Present) -> Mapping[str, str]:
    """Return the errors that the struct type's `cross_check`, if any, finds in the present and valid fields."""
    check = cast("CrossCheck | None", getattr(kind, "cross_check", None))
    return check(present) if check else {}


def value_error(value: object, depth: int = 0) -> str | None:
    """Return the error message for the first unsupported part of a decoded value, or None."""
    leaf = _LEAVES.get(type(value))
    if leaf:
        return leaf(value)
    parts = _parts(value)
    if parts is None:
        return None
    if depth >= MAX_DEPTH:
        return TOO_DEEP
    for part in parts:
        leaf = _LEAVES.get(type(part))  # most parts are leaves, and need no call of this function
        error = leaf(part) if leaf else value_error(part, depth + 1)
        if error:
            return error
    return _cross_check_error(value) if isinstance(value, msgspec.Struct) else None


def _parts(value: object) -> Iterable[object] | None:
    """Return the values in a container; None for other values."""
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return (*value, *value.values())
    return value if isinstance(value, (list, tuple, set, frozenset)) else None


def _cross_check_error(struct: msgspec.Struct) -> str | None:
    if not hasattr(struct, "cross_check"):
        return None
    present = Present()
    for name, attribute in zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True):
        value = getattr(struct, attribute)
        if value is not None and value is not msgspec.UNSET:
            present[name] = value
    return next(iter(cross_check_errors(type(struct), present).values()), None)


def _text(value: str) -> str | None:
    if "\0" in value:
        return "must not contain the character U+0000"
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return "must not contain half of a surrogate pair"
    return None


def _integer(value: int) -> str | None:
    return None if -(2**63) <= value < 2**63 else OUT_OF_RANGE


def _real(value: float) -> str | None:
    # A NaN fails both comparisons.
    return None if value == 0 or 10**-MAX_DIGITS <= math.fabs(value) < 10**MAX_DIGITS else OUT_OF_RANGE


def _decimal(value: Decimal) -> str | None:
    # The order matters: only a number of moderate size is taken apart.
    if not value.is_finite():
        return "must be a number"
    if abs(value.adjusted()) > MAX_DIGITS:
        return OUT_OF_RANGE
    _, digits, exponent = value.as_tuple()
    fits = len(digits) <= MAX_DIGITS and -MAX_DIGITS <= int(exponent) <= MAX_DIGITS
    return None if fits else f"must have at most {MAX_DIGITS} digits"


def _moment(value: datetime) -> str | None:
    return None if 1900 <= value.year <= 9998 else OUT_OF_RANGE


def _accepted(_value: object) -> None:
    return None


_LEAVES: Mapping[type, Callable[..., str | None]] = {
    str: _text,
    int: _integer,
    float: _real,
    Decimal: _decimal,
    datetime: _moment,
    bool: _accepted,
    type(None): _accepted,
}
