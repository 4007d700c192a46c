"""One client of the socket gateway: its data in API Gateway's events, and the bounded buffer of what is sent to it.

A client that does not read delays nobody but itself: a post only adds to the buffer, and one task per client writes it.
A full buffer refuses more. A close that the client does not take in time cuts the wire.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.asgi import Event, Scope, Send, client_of, headers_of

BUFFER_BYTES = 128 * 1024
MAX_CONCURRENT_MESSAGES = 16
CLOSE_GRACE_S = 0.5
WIRE = "baton.wire"
"""The ASGI extension of our server: `abort` ends the connection below WebSocket, whether or not the client reads."""

_logger = logging.getLogger(__name__)


class Outgoing:
    """What is to be written to one client. Messages keep their order."""

    def __init__(self, send: Send, abort: Callable[[], None]) -> None:
        self._send = send
        self._abort = abort
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._buffered = 0
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Write in the background until the close, or until the client is gone."""
        self._writer = asyncio.ensure_future(self._write())

    def put(self, text: str) -> bool:
        """Add a text and return whether there was room. An empty buffer takes any text."""
        size = len(text.encode())
        if self._buffered and self._buffered + size > BUFFER_BYTES:
            return False
        self._buffered += size
        self._events.put_nowait({"type": "websocket.send", "text": text})
        return True

    async def close(self, code: int, reason: str) -> None:
        """Close after what is buffered. Cut the wire if the client does not take it in time."""
        self._events.put_nowait({"type": "websocket.close", "code": code, "reason": reason})
        if self._writer is None or (await asyncio.wait({self._writer}, timeout=CLOSE_GRACE_S))[1]:
            self._abort()

    def stop(self) -> None:
        """Stop writing."""
        if self._writer is not None:
            self._writer.cancel()

    async def _write(self) -> None:
        try:
            while True:
                event = await self._events.get()
                await self._send(event)
                if event["type"] == "websocket.close":
                    return
                self._buffered -= len(event["text"].encode())
        except (OSError, RuntimeError):
            _logger.debug("a client disconnected during a write")


@dataclass(slots=True)
class ClientConnection:
    """One client. `opened` and `active` are times of the monotonic clock."""

    scope: Scope
    outgoing: Outgoing
    id: str = field(default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(11)).decode())
    connected_at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    last_active_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    opened: float = field(default_factory=time.monotonic)
    active: float = field(default_factory=time.monotonic)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_MESSAGES))
    handling: set[asyncio.Task[None]] = field(default_factory=set)
    closed_with: Event | None = None
    """Code and reason, once the gateway has closed the connection."""

    @classmethod
    def of(cls, scope: Scope, send: Send) -> ClientConnection:
        """Return the connection of an ASGI scope."""
        wire = scope.get("extensions", {}).get(WIRE)
        return cls(scope, Outgoing(send, wire["abort"] if wire else lambda: None))

    def touch(self) -> None:
        """Record that a message was sent or received."""
        self.active, self.last_active_ms = time.monotonic(), time.time_ns() // 1_000_000

    def event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return API Gateway's event for `CONNECT`, `MESSAGE` or `DISCONNECT`."""
        routes = {"CONNECT": "$connect", "DISCONNECT": "$disconnect"}
        context = {
            "routeKey": routes.get(kind, "$default"),
            "eventType": kind,
            "messageDirection": "IN",
            "stage": "api",
            "apiId": "local",
            "domainName": headers_of(self.scope).get("host", "localhost"),
            "connectionId": self.id,
            "connectedAt": self.connected_at_ms,
            "requestTimeEpoch": time.time_ns() // 1_000_000,
            "requestId": str(uuid.uuid4()),
            "identity": self.identity(),
        }
        context |= fields.pop("context", {})
        return {"requestContext": context, "isBase64Encoded": False, **fields}

    def identity(self) -> dict[str, Any]:
        """Return the client's IP address and user agent."""
        return {"sourceIp": client_of(self.scope), "userAgent": headers_of(self.scope).get("user-agent")}
