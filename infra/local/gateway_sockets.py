"""The socket gateway: calls the app's three WebSocket handlers as API Gateway does.

A connection opens, and can receive posts, only after `$connect` has accepted it. `$disconnect` is called for every
connection that ends. A connection is closed after two hours, or after ten minutes without a message in either
direction. Messages are texts of at most 128 KB. The paths are `/api/v1/ws/<channel>`; handlers get the channel as the
query parameter `channel`, as in a deployment.

Limits: API Gateway handles several messages of a connection concurrently and in any order; here they are handled one
after the other.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.core.errors import InternalError, RouteNotFound
from chalicelib.edge.http import encoder, error_response
from infra.local.asgi import AsgiResponse, Event, Receive, Scope, Send, client_of, headers_of, refuse_socket
from infra.local.threads import Threads

MAX_BYTES = 128 * 1024
IDLE_S = 600.0
MAX_DURATION_S = 7200.0
NORMAL, GOING_AWAY, TEXT_ONLY = 1000, 1001, 1003

_PATH = re.compile(r"/api/v1/ws/([^/]+)/?")
_logger = logging.getLogger(__name__)
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """The app's Lambda functions for sockets."""

    connect: Handler
    message: Handler
    disconnect: Handler


@dataclass(slots=True)
class ClientConnection:
    """One client. `opened` and `active` are times of the monotonic clock."""

    scope: Scope
    send: Send
    id: str = field(default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(11)).decode())
    connected_at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    last_active_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    opened: float = field(default_factory=time.monotonic)
    active: float = field(default_factory=time.monotonic)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

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


class SocketGateway:
    """The gateway as an ASGI application, with the operations of the management API."""

    def __init__(
        self, handlers: Handlers, threads: Threads, idle_s: float = IDLE_S, max_duration_s: float = MAX_DURATION_S
    ) -> None:
        self._handlers = handlers
        self._threads = threads
        self._idle_s = idle_s
        self._max_duration_s = max_duration_s
        self._open: dict[str, ClientConnection] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client from its handshake to its disconnection."""
        await receive()
        match = _PATH.fullmatch(scope["path"])
        if match is None:
            await refuse_socket(send, _asgi_response(error_response(RouteNotFound(), str(uuid.uuid4())).to_dict()))
            return
        connection = ClientConnection(scope, send)
        response = await self._connect(connection, match[1])
        if response.status != 200:
            await refuse_socket(send, response)
            return
        reason: Event = {"code": 1006}
        try:
            await send({"type": "websocket.accept", "subprotocol": _subprotocol(response)})
            self._open[connection.id] = connection
            reason = await self._listen(connection, receive)
        except OSError:
            _logger.debug("a client disconnected during a write")
        finally:
            self._open.pop(connection.id, None)
            await self._disconnect(connection, reason)

    def find(self, connection_id: str) -> ClientConnection | None:
        """Return the connection if it is open, otherwise None."""
        return self._open.get(connection_id)

    async def post(self, connection: ClientConnection, text: str) -> bool:
        """Send a text and return whether the connection is open. Posts do not interleave."""
        async with connection.writing:
            if connection.id not in self._open:
                return False
            try:
                await connection.send({"type": "websocket.send", "text": text})
            except OSError:
                return False
            connection.touch()
            return True

    async def close(self, connection: ClientConnection, code: int, reason: str = "") -> None:
        """Close a connection; `$disconnect` follows."""
        self._open.pop(connection.id, None)
        async with connection.writing:
            try:
                await connection.send({"type": "websocket.close", "code": code, "reason": reason})
            except (OSError, RuntimeError):
                _logger.debug("a client disconnected before it was closed")

    async def close_all(self, timeout_s: float) -> None:
        """Close all connections. Clients that do not read cannot delay this beyond the timeout."""
        closing = [
            asyncio.ensure_future(self.close(connection, GOING_AWAY, "Going away"))
            for connection in self._open.values()
        ]
        if closing:
            await asyncio.wait(closing, timeout=timeout_s)

    async def _connect(self, connection: ClientConnection, channel: str) -> AsgiResponse:
        query = {**dict(parse_qsl(connection.scope["query_string"].decode("ascii"))), "channel": channel}
        event = connection.event(
            "CONNECT",
            headers=headers_of(connection.scope),
            multiValueHeaders={name: [value] for name, value in headers_of(connection.scope).items()},
            queryStringParameters=query,
            multiValueQueryStringParameters={name: [value] for name, value in query.items()},
        )
        try:
            response = await self._threads.run(partial(self._handlers.connect, event, None))
        except Exception:
            _logger.exception("$connect failed")
            response = error_response(InternalError(), event["requestContext"]["requestId"]).to_dict()
        return _asgi_response(response)

    async def _listen(self, connection: ClientConnection, receive: Receive) -> Event:
        """Handle messages until the connection ends; return the reason."""
        while True:
            try:
                async with asyncio.timeout(self._time_left(connection)):
                    event = await receive()
            except TimeoutError:
                if self._time_left(connection) > 0:
                    continue  # a post has extended the time
                await self.close(connection, GOING_AWAY, "Going away")
                return {"code": GOING_AWAY, "reason": "Going away"}
            if event["type"] == "websocket.disconnect":
                return event
            if event.get("text") is None:
                await self.close(connection, TEXT_ONLY, "Only text messages are supported")
                return {"code": TEXT_ONLY, "reason": "Only text messages are supported"}
            await self._handle_message(connection, event["text"])

    def _time_left(self, connection: ClientConnection) -> float:
        deadline = min(connection.active + self._idle_s, connection.opened + self._max_duration_s)
        return max(0.0, deadline - time.monotonic())

    async def _handle_message(self, connection: ClientConnection, text: str) -> None:
        connection.touch()
        event = connection.event("MESSAGE", body=text, context={"messageId": str(uuid.uuid4())})
        try:
            await self._threads.run(partial(self._handlers.message, event, None))
        except Exception:
            _logger.exception("the message handler failed")
            message = {"message": "Internal server error", "connectionId": connection.id}
            await self.post(connection, encoder.encode(message).decode())

    async def _disconnect(self, connection: ClientConnection, reason: Event) -> None:
        details = {
            "disconnectStatusCode": reason.get("code", 1006),
            "disconnectReason": reason.get("reason") or "",
        }
        try:
            await self._threads.run(
                partial(self._handlers.disconnect, connection.event("DISCONNECT", context=details), None)
            )
        except Exception:
            _logger.exception("$disconnect failed")


def _asgi_response(response: dict[str, Any]) -> AsgiResponse:
    return AsgiResponse(response["statusCode"], response.get("headers", {}), (response.get("body") or "").encode())


def _subprotocol(response: AsgiResponse) -> str | None:
    value = {name.lower(): value for name, value in response.headers.items()}.get("sec-websocket-protocol")
    return value if isinstance(value, str) else None
