"""The organisation that a body may name: `company_id`, `org_id` and `organization` mean the same.

It comes from the token, so no use case needs the field. Clients may send it with every body nevertheless. It is removed
before the body is decoded, unless the body's type has a field of that name, and has to be the caller's own.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied
from chalicelib.edge.forms import Part

NAMES = ("company_id", "org_id", "organization")
_QUOTED = tuple(f'"{name}"'.encode() for name in NAMES)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def split_body(raw: bytes, kind: Any) -> tuple[bytes, dict[str, object]]:
    """Return a JSON body without the fields that name the organisation, and their values.

    All other values stay as they were sent. A body that cannot be read is returned unchanged; decoding reports it.
    """
    if not any(quoted in raw for quoted in _QUOTED):
        return raw, {}
    try:
        body = _fields.decode(raw)
        sent = {name: msgspec.json.decode(body.pop(name)) for name in _undeclared(kind) if name in body}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return raw, {}
    return (msgspec.json.encode(body), sent) if sent else (raw, {})


def split_form(parts: Sequence[Part], kind: Any) -> tuple[Sequence[Part], dict[str, object]]:
    """Return the parts of a form without those that name the organisation, and the values of these."""
    names = _undeclared(kind)
    sent: dict[str, object] = {one.name: one.content.decode("utf-8", "replace") for one in parts if one.name in names}
    return ([one for one in parts if one.name not in names], sent) if sent else (parts, {})


def check_organisation(sent: dict[str, object], actor: Actor) -> None:
    """Raise `AccessDenied` if a body names another organisation than the caller's."""
    for name, value in sent.items():
        if value not in (None, actor.org_id):
            raise AccessDenied(f"{name} must be your own.", details={"field": name})


def _undeclared(kind: Any) -> list[str]:
    declared = msgspec.structs.fields(kind)
    return [name for name in NAMES if name not in {field.encode_name for field in declared}]
