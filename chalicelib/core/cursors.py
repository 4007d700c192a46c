"""Cursors: where a list goes on, as an opaque text that a client hands back.

A cursor holds the store's own start key and the list that it belongs to. It is checked as any other input: a cursor
of another list, or one that somebody has edited, is a validation error, never a crash and never another list.
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


def encode(last: Mapping[str, Any], hash_key: str) -> str:
    """An opaque cursor from the store's last evaluated key, bound to the list with this hash key."""
    return base64.urlsafe_b64encode(msgspec.json.encode([hash_key, last])).decode().rstrip("=")


def decode(cursor: str, hash_key: str, shape: Mapping[str, str]) -> _StartKey:
    """The store's start key. Raises `ValidationFailed` unless it is one that this very list could have given."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        owner, last = msgspec.json.decode(raw, type=tuple[str, _StartKey])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise _refused() from error
    if owner != hash_key or {name: "".join(value) for name, value in last.items()} != dict(shape):
        raise _refused()
    if not all(_is_whole_number(value["N"]) for value in last.values() if "N" in value):
        raise _refused()
    return last


@cache
def key_shape(model: type[Item], index: str | None) -> Mapping[str, str]:
    """The attributes of a start key and their types, such as `{"pk": "S", "sk": "S", "placed_at": "N"}`."""
    schema = model.schema()
    names = {part["AttributeName"] for part in schema["key_schema"]}
    for candidate in schema["global_secondary_indexes"]:
        if candidate["index_name"] == index:
            names |= {part["AttributeName"] for part in candidate["key_schema"]}
    types = {d["AttributeName"]: d["AttributeType"] for d in schema["attribute_definitions"]}
    return {name: types[name] for name in names}


def _is_whole_number(text: str) -> bool:
    return text.isdigit() and len(text) <= 20


def _refused() -> ValidationFailed:
    return ValidationFailed({"cursor": "is not a cursor that this list gave"})
