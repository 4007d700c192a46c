"""The sockets in the API's description: OpenAPI knows only HTTP, so channels and events stand in `x-socket`.

Domains list their events as `SocketEvent`s; `app.py` hands all of them over in `Runtime.extras[SOCKET_EVENTS]`. Their
payloads are components like any other, so generated clients get types for them. Nothing here is costly to import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.edge.dependencies import Dependencies

SOCKET_EVENTS = "socket_events"
"""The key in `Runtime.extras` under which the socket events are."""

_ABOUT = (
    "Messages both ways are JSON objects `{event, data}`. Connect with the access token as `Authorization: Bearer` or, "
    "where headers cannot be set, as `?token=`; a bad token or the wrong role is refused before the socket opens. What "
    "was sent while nobody listened comes after the next connect, in order. `ping` is answered with `pong`; a message "
    "that is refused with `error`, whose data are `event`, `code`, `message`, `details` and, if so, `fields`."
)


@dataclass(frozen=True, slots=True)
class SocketEvent:
    """One event of a channel: what it carries (None: an empty object), and what one must hold to hear or send it."""

    channel: str
    event: str
    data: Any
    permission: str
    summary: str
    from_client: bool = False


def socket_events(dependencies: Dependencies) -> Sequence[SocketEvent]:
    """The events that the composition has named."""
    events: Sequence[SocketEvent] = (dependencies.extras or {}).get(SOCKET_EVENTS, ())
    return events


def channels(
    events: Iterable[SocketEvent], describe: Callable[[Any], dict[str, Any]], roles_of: Callable[[str], list[str]]
) -> dict[str, Any]:
    """The value of `x-socket`; `describe` makes `schema` and `example` of a payload's type."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        empty: dict[str, Any] = {"address": f"/v1/ws/{event.channel}", "to_client": {}, "from_client": {}}
        channel = found.setdefault(event.channel, empty)
        described = {"schema": {"type": "object"}, "example": {}} if event.data is None else describe(event.data)
        channel["from_client" if event.from_client else "to_client"][event.event] = {
            "description": event.summary,
            "x-permission": event.permission,
            "x-roles": roles_of(event.permission),
            "data": described["schema"],
            "example": {"event": event.event, "data": described["example"]},
        }
    return {"description": _ABOUT, "channels": found}
