"""The little of ASGI that the local gateways need: reading a body with a limit, and answering.

A framework would bring routing, middleware and its own errors, all of which are the app's business here: what stands
in front of it should be as thin as API Gateway.
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
    """The body is larger than is accepted; not all of it was read."""


class ClientGone(Exception):
    """The client left before its request was complete; nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; a header may have several values."""

    status: int
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    body: bytes = b""

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI wants them, with the length of the body."""
        pairs = [
            (name, value)
            for name, values in self.headers.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        if self.status not in _WITHOUT_BODY:
            pairs.append(("content-length", str(len(self.body))))
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """The body of a request. Raises `TooLarge`, if the client says so before reading anything, or `ClientGone`."""
    declared = headers_of(scope).get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise TooLarge
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        part = event.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLarge
        parts.append(part)
        more = event.get("more_body", False)
    return b"".join(parts)


async def respond(send: Send, answer: Answer) -> None:
    """Answer an HTTP request."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.raw_headers()})
    await send({"type": "http.response.body", "body": answer.body})


async def refuse_socket(send: Send, answer: Answer) -> None:
    """Answer a WebSocket handshake with an HTTP answer instead of opening."""
    prefix = "websocket.http.response"
    await send({"type": f"{prefix}.start", "status": answer.status, "headers": answer.raw_headers()})
    await send({"type": f"{prefix}.body", "body": answer.body})


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by lower-case name; the last value where one is repeated, as in API Gateway's `headers`."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def client_of(scope: Scope) -> str:
    """The address of the client."""
    client = scope.get("client")
    return str(client[0]) if client else ""
