"""Cursors: the position in a list at which the next page begins, as an opaque text.

A cursor holds the values of the store's start key, and a hash of these and of the name of its list. It names no table
and no attribute. A cursor of another list, or an edited one, is a validation error. The hash has no key: a client that
makes one can only choose where in the same list the page begins.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.table import Item

_StartKey = dict[str, dict[str, str]]
_HASH_BYTES = 12
_LONGEST_KEY = 1024  # bytes, of a sort key; what we store as a hash key is shorter, too


def encode(last: Mapping[str, Any], list_name: str) -> str:
    """Return an opaque cursor for the store's last evaluated key, bound to the list of this name."""
    values = [text for name in sorted(last) for text in last[name].values()]
    return base64.urlsafe_b64encode(msgspec.json.encode([_hash(list_name, values), values])).decode().rstrip("=")


def decode(cursor: str, list_name: str, shape: Mapping[str, str]) -> _StartKey:
    """Return the store's start key. Raise `ValidationFailed` if this list cannot have issued the cursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        given, values = msgspec.json.decode(raw, type=tuple[str, list[str]])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise refused() from error
    if len(values) != len(shape) or given != _hash(list_name, values):
        raise refused()
    names = sorted(shape)
    if not all(_storable(shape[name], text) for name, text in zip(names, values, strict=True)):
        raise refused()
    return {name: {shape[name]: text} for name, text in zip(names, values, strict=True)}


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


def _hash(list_name: str, values: Sequence[str]) -> str:
    return hashlib.sha256(msgspec.json.encode([list_name, *values])).hexdigest()[: 2 * _HASH_BYTES]


def _storable(kind: str, text: str) -> bool:
    if kind == "N":
        return text.isascii() and text.isdigit() and len(text) <= 20
    return 0 < len(text.encode()) <= _LONGEST_KEY


def refused() -> ValidationFailed:
    """Return the error for an invalid cursor."""
    return ValidationFailed({"cursor": "is not a valid cursor for this list"})
