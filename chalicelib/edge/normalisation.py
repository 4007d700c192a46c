"""Request input brought into its normal form before msgspec validates it, driven by the types of its fields.

- Text loses the control and format characters that its kind does not have at its ends (`text.py`), so lengths and
  patterns hold for what is stored. A kind is declared on the field's type: `Meta(extra={TEXT: TextKind.NAME})`.
- `4.0` becomes `4` where an integer is expected: JSON Schema counts it as one.
- A JSON string is refused where a decimal number is expected; msgspec would accept it.

msgspec cannot do this while it decodes. Bodies are therefore decoded directly first, and only those that failed, or
that `scope_of` and `is_plain` do not rule out, are parsed without a type and walked here.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import Flag, auto
from functools import cache
from typing import Any, NamedTuple

import msgspec
import msgspec.structs

from chalicelib.edge.annotations import alternatives, entry_types, item_type, struct_for, unwrap
from chalicelib.edge.field_paths import ROOT, join
from chalicelib.edge.text import TextKind, clean, error_in
from chalicelib.edge.types import TEXT

NOT_A_NUMBER = "must be a number"
_MAX_EXPONENT = 18


class Normalised(NamedTuple):
    """Input in its normal form, whether that differs from what was sent, and the errors by dotted path."""

    value: Any
    changed: bool
    errors: dict[str, str]


class _Rule(Flag):
    """What of a type needs normalising."""

    NONE = 0
    TEXT = auto()
    DECIMAL = auto()
    INTEGER = auto()


class _Field(NamedTuple):
    shape: object
    text: TextKind | None


class Scope(NamedTuple):
    """Whether bodies of a type may need normalising: always, or if their texts are not plain."""

    always: bool
    texts: bool


@cache
def scope_of(kind: Any) -> Scope:
    """Return which bodies of a type `normalise` may change or refuse although msgspec accepts them."""
    rules = _rules_in(kind, set())
    return Scope(_Rule.DECIMAL in rules, _Rule.TEXT in rules)


def is_plain(raw: bytes) -> bool:
    """Return whether no JSON string in a body can hold a control or format character."""
    # A control character below U+0020 is always escaped in a JSON string.
    return b"\\" not in raw and (b"\x7f" not in raw if raw.isascii() else raw.decode().isprintable())


def normalise(value: object, kind: object, *, strict: bool = True) -> Normalised:
    """Return decoded JSON in its normal form. With `strict=False` numbers may be texts, as in a query string."""
    walk = _Walk(strict=strict)
    try:
        normal = walk.visit(value, _field(kind), "")
    except RecursionError:  # the validation refuses values of this depth
        return Normalised(value, changed=False, errors={})
    return Normalised(normal, walk.changed, walk.errors)


class _Walk:
    """One pass through one value."""

    def __init__(self, *, strict: bool) -> None:
        self.changed = False
        self.errors: dict[str, str] = {}
        self._strict = strict

    def visit(self, value: object, field: _Field, path: str) -> object:
        """Return the normal form of a value."""
        if isinstance(value, str):
            return self._text(value, field, path)
        if isinstance(value, (Decimal, float)):
            return self._number(value, field)
        if isinstance(value, dict):
            return self._object(value, field.shape, path)
        if isinstance(value, list) and (item := item_type(field.shape)) is not None:
            each = _field(item)
            return [self.visit(part, each, join(path, str(index))) for index, part in enumerate(value)]
        return value

    def _object(self, value: dict[Any, Any], shape: object, path: str) -> object:
        struct, entries = struct_for(shape, value), entry_types(shape)
        if struct is not None:
            fields = {name: field for name, field in _fields(struct).items() if name in value}
            return value | {name: self.visit(value[name], field, join(path, name)) for name, field in fields.items()}
        if entries is None:
            return value
        key_field, field = _field(entries[0]), _field(entries[1])
        if key_field.text is not None and any(_is_unclean(key, key_field.text) for key in value):
            self.errors[path or ROOT] = "has a key that must not contain invisible characters"
        return {key: self.visit(part, field, join(path, str(key))) for key, part in value.items()}

    def _text(self, value: str, field: _Field, path: str) -> str:
        if field.shape is Decimal and self._strict:
            self.errors[path or ROOT] = NOT_A_NUMBER
        if field.text is None:
            return value
        cleaned = clean(value, field.text)
        self.changed |= cleaned != value
        error = error_in(cleaned, field.text)
        if error is not None:
            self.errors[path or ROOT] = error
        return cleaned

    def _number(self, value: Decimal | float, field: _Field) -> object:
        number = Decimal(value)
        small = field.shape is int and number.is_finite() and abs(number.adjusted()) <= _MAX_EXPONENT
        if not small or number != number.to_integral_value():
            return value
        self.changed = True
        return int(number)


def _is_unclean(key: object, text: TextKind) -> bool:
    return isinstance(key, str) and (clean(key, text) != key or error_in(key, text) is not None)


def _field(kind: object) -> _Field:
    shape, constraints = unwrap(kind)
    for part in alternatives(shape):  # a text or an object: the kind of text is that of the text
        constraints += unwrap(part)[1]
    kinds = [constraint.extra[TEXT] for constraint in constraints if constraint.extra and TEXT in constraint.extra]
    return _Field(shape, kinds[-1] if kinds else None)


@cache
def _fields(struct: Any) -> dict[str, _Field]:
    """Return the fields of a struct type that need normalising, by the names that clients use."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    return {name: _field(kind) for name, kind in fields.items() if _rules_in(kind, set())}


def _rules_in(kind: object, seen: set[object]) -> _Rule:
    """Return the rules of a type and of everything in it; `seen` holds the struct types that were looked at."""
    field = _field(kind)
    rules = _Rule.NONE if field.text is None else _Rule.TEXT
    if field.shape is Decimal:
        rules |= _Rule.DECIMAL
    if field.shape is int:
        rules |= _Rule.INTEGER
    for part in _parts(field.shape, seen):
        rules |= _rules_in(part, seen)
    return rules


def _parts(shape: Any, seen: set[object]) -> Iterator[object]:
    if hasattr(shape, "__struct_fields__") or hasattr(getattr(shape, "__origin__", None), "__struct_fields__"):
        if shape not in seen:
            seen.add(shape)
            yield from (field.type for field in msgspec.structs.fields(shape))
        return
    item, entries = item_type(shape), entry_types(shape)
    yield from alternatives(shape)
    yield from (item,) if item is not None else entries or ()
