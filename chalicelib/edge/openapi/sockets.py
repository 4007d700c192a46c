"""The socket events in the API description, under `x-socket`, since OpenAPI describes only HTTP.

Their payloads are components like any other, so generated clients have types for them.
"""

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.edge.socket_events import SocketEvent

_ABOUT = (
    "Messages to the client are JSON objects `{event, data, id, at}`, messages from it `{event, data}`. Connect with "
    "the access token as `Authorization: Bearer` or, where headers cannot be set, with `?ticket=` (`POST "
    "/v1/ws/tickets`) or `?token=`. With an invalid token or without the permission the socket is not opened. `id` "
    "rises with every event of a person. Each session has its own place: after a reconnect it gets the events that it "
    "has not got, in order, also after `?after=<id>`. The message `ack` with an `id` says up to where the client has "
    "them; without it, what was sent in the last minute before a connection was lost is sent again. Events are kept "
    "for 24 hours, at most 500 per person; of those older than ten minutes only the newest per event and order is "
    "sent. A new session gets the offers that stand and the newest status of active orders. The response to `ping` is "
    "`pong`. The response to an invalid message is `error` with `event`, `code`, `message`, `details` and, for "
    "invalid input, `fields`. A socket is closed with 4001 when its session ends, with 4008 when the person opens an "
    "eleventh, with 1008 after more than 20 messages in a second and with 1009 after a message above 32 KB; API "
    "Gateway itself may close it with another code."
)


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
