"""The socket events in the API description, under `x-socket`, since OpenAPI describes only HTTP.

Domains list their events as `SocketEvent`s; `app.py` passes all of them in `Dependencies.socket_events`. Their
payloads are components like any other, so generated clients have types for them. This module is cheap to import.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

_ABOUT = (
    "Messages in both directions are JSON objects `{event, data}`. Connect with the access token as "
    "`Authorization: Bearer` or, where headers cannot be set, as `?token=`. With an invalid token or without the "
    "permission the socket is not opened. Events published while you are not connected are delivered in order after "
    "the next connect. The response to `ping` is `pong`. The response to an invalid message is `error` with `event`, "
    "`code`, `message`, `details` and, for invalid input, `fields`."
)


class SocketEvent(msgspec.Struct, frozen=True):
    """An event of a channel: its payload (None: an empty object), and the permission to receive or send it."""

    channel: str
    event: str
    data: Any
    permission: str
    summary: str
    from_client: bool = False


def channels(
    events: Iterable[SocketEvent], describe: Callable[[Any], dict[str, Any]], roles_of: Callable[[str], list[str]]
) -> dict[str, Any]:
    """Return the value of `x-socket`; `describe` returns `schema` and `example` of a payload type."""
    by_name: dict[str, dict[str, Any]] = {}
    for event in events:
        empty: dict[str, Any] = {"address": f"/v1/ws/{event.channel}", "to_client": {}, "from_client": {}}
        channel = by_name.setdefault(event.channel, empty)
        described = {"schema": {"type": "object"}, "example": {}} if event.data is None else describe(event.data)
        channel["from_client" if event.from_client else "to_client"][event.event] = {
            "description": event.summary,
            "x-permission": event.permission,
            "x-roles": roles_of(event.permission),
            "data": described["schema"],
            "example": {"event": event.event, "data": described["example"]},
        }
    return {"description": _ABOUT, "channels": by_name}
