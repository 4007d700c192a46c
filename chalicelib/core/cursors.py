"""Cursors: the position in a list at which the next page begins, as an opaque text.

A cursor holds the store's start key and the name of its list. It is validated like any other input: a cursor of
another list, or an edited one, is a validation error.
"""

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.table import Item

_StartKey = dict[str, dict[str, str]]
_LONGEST_KEY = 1024  # bytes, of a sort key; what we store as a hash key is shorter, too


def encode(last: Mapping[str, Any], list_name: str) -> str:
    """Return an opaque cursor for the store's last evaluated key, bound to the list of this name."""
    return base64.urlsafe_b64encode(msgspec.json.encode([list_name, last])).decode().rstrip("=")


def decode(cursor: str, list_name: str, shape: Mapping[str, str]) -> _StartKey:
    """Return the store's start key. Raise `ValidationFailed` if this list cannot have issued the cursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        owner, last = msgspec.json.decode(raw, type=tuple[str, _StartKey])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise refused() from error
    if owner != list_name or {name: tuple(value) for name, value in last.items()} != {
        n: (t,) for n, t in shape.items()
    }:
        raise refused()
    if not all(_storable(kind, text) for value in last.values() for kind, text in value.items()):
        raise refused()
    return last


@cache
def key_shape(model: type[Item], index: str | None) -> Mapping[str, str]:
    """Return the attributes of a start key and their types, such as `{"pk": "S", "sk": "S", "placed_at": "N"}`."""
    schema = model.schema()
    names = {part["AttributeName"] for part in schema["key_schema"]}
    for candidate in schema["global_secondary_indexes"]:
        if candidate["index_name"] == index:
            names |= {part["AttributeName"] for part in candidate["key_schema"]}
    types = {d["AttributeName"]: d["AttributeType"] for d in schema["attribute_definitions"]}
    return {name: types[name] for name in names}


def _storable(kind: str, text: str) -> bool:
    if kind == "N":
        return text.isascii() and text.isdigit() and len(text) <= 20
    return 0 < len(text.encode()) <= _LONGEST_KEY


def refused() -> ValidationFailed:
    """Return the error for an invalid cursor."""
    return ValidationFailed({"cursor": "is not a valid cursor for this list"})
