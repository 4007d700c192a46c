"""What msgspec accepts and Baton still refuses, because something behind the edge would choke on it.

- Numbers that the store cannot hold, or that take minutes to print: NaN, infinities, `1e999999`, ints of 1,000 digits.
- Times so near the ends of the calendar that turning them into UTC overflows.
- Text with U+0000 or with half a surrogate pair, which cannot be written as UTF-8.
- Values nested deeper than the store nests.
- What a struct's own `cross_check` says about fields that are each good and do not go together.

Everything decoded passes here, also on the fast path, so each value costs one dictionary lookup and one comparison; the
alternative, a list of dangerous fields per type, would save a few microseconds and need to be right for every new type.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast

import msgspec

MAX_DEPTH = 32
"""Objects and lists inside each other; DynamoDB allows no more either."""

MAX_DIGITS = 38
"""Decimal places of a number in all; the precision of DynamoDB."""

OUT_OF_RANGE = "is out of range"
TOO_DEEP = "is nested too deeply"

CrossCheck = Callable[[Mapping[str, object]], Mapping[str, str]]


def cross_problems(kind: object, present: Mapping[str, object]) -> Mapping[str, str]:
    """What the struct type's `cross_check`, if it has one, says of the fields that are present and good."""
    check = cast("CrossCheck | None", getattr(kind, "cross_check", None))
    return check(present) if check else {}


def flaw_in(value: object, depth: int = 0) -> str | None:
    """The first flaw anywhere in a decoded value, as a sentence about it; `None` if there is none."""
    leaf = _LEAVES.get(type(value))
    if leaf:
        return leaf(value)
    parts = _parts(value)
    if parts is None:
        return None
    if depth >= MAX_DEPTH:
        return TOO_DEEP
    for part in parts:
        flaw = flaw_in(part, depth + 1)
        if flaw:
            return flaw
    return _conflict(value) if isinstance(value, msgspec.Struct) else None


def _parts(value: object) -> Iterable[object] | None:
    """What a container holds; `None` for what is no container."""
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return (*value, *value.values())
    return value if isinstance(value, (list, tuple, set, frozenset)) else None


def _conflict(struct: msgspec.Struct) -> str | None:
    if not hasattr(struct, "cross_check"):
        return None
    names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
    fields = {sent: getattr(struct, name) for sent, name in names}
    present = {name: value for name, value in fields.items() if value is not None and value is not msgspec.UNSET}
    return next(iter(cross_problems(type(struct), present).values()), None)


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


def _nothing(_value: object) -> None:
    return None


_LEAVES: Mapping[type, Callable[..., str | None]] = {
    str: _text,
    int: _integer,
    float: _real,
    Decimal: _decimal,
    datetime: _moment,
    bool: _nothing,
    type(None): _nothing,
}
