"""The part of ASGI that the local gateways need: read a request body up to a limit, and send a response.

There is no framework, because routing, middleware and errors belong to the app.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

_WITHOUT_BODY = frozenset({204, 304})


class TooLarge(Exception):
    """The body exceeds the limit. It may be read in part only."""


class ClientGone(Exception):
    """The client disconnected before its request was complete."""


@dataclass(frozen=True, slots=True)
class AsgiResponse:
    """An HTTP response; a header may have several values."""

    status: int
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    body: bytes = b""

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers in the form of ASGI, with the length of the body."""
        pairs = [
            (name, value)
            for name, values in self.headers.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        if self.status not in _WITHOUT_BODY:
            pairs.append(("content-length", str(len(self.body))))
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return the body of a request. Raise `ClientGone`, or `TooLarge` (before reading, if the client declares it)."""
    declared = headers_of(scope).get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        part = event.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        more = event.get("more_body", False)
    return b"".join(parts)


async def respond(send: Send, response: AsgiResponse) -> None:
    """Send an HTTP response."""
    await send({"type": "http.response.start", "status": response.status, "headers": response.raw_headers()})
    await send({"type": "http.response.body", "body": response.body})


async def refuse_socket(send: Send, response: AsgiResponse) -> None:
    """Reject a WebSocket handshake with an HTTP response."""
    prefix = "websocket.http.response"
    await send({"type": f"{prefix}.start", "status": response.status, "headers": response.raw_headers()})
    await send({"type": f"{prefix}.body", "body": response.body})


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name, with the last value of a repeated one, as in API Gateway's `headers`."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def client_of(scope: Scope) -> str:
    """Return the address of the client."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_text(content: bytes) -> bool:
    """Return whether content is UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
