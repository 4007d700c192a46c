"""The socket gateway: calls the app's three WebSocket handlers as API Gateway does.

A connection opens, and can receive posts, only after `$connect` has accepted it. `$disconnect` is called for every
connection that ends, with the code of the end: that of the client, 1006 if the line was lost, or that of the gateway. A
connection is closed after two hours, or after ten minutes without a message in either direction. The paths are
`/api/v1/ws/<channel>`; handlers get the channel as the query parameter `channel`, as in a deployment.

Several messages of one connection are handled at the same time, so a later one may be finished first, also after
`$disconnect`. Messages from clients are texts of at most 32 KB, those to clients of at most 128 KB. A post is accepted
when it is buffered: on a line whose client has vanished it succeeds, too.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.core.errors import InternalError, RouteNotFound
from chalicelib.edge.http import encoder, error_response
from chalicelib.realtime.permissions import CHANNELS
from infra.local.asgi import AsgiResponse, Event, Receive, Scope, Send, headers_of, refuse_socket
from infra.local.gateway_connection import ClientConnection
from infra.local.threads import Threads

MAX_MESSAGE_BYTES = 32 * 1024
MAX_POST_BYTES = 128 * 1024
IDLE_S = 600.0
MAX_DURATION_S = 7200.0
NORMAL, GOING_AWAY, TEXT_ONLY, LOST = 1000, 1001, 1003, 1006

_PATH = re.compile(rf"/api/v1/ws/({'|'.join(CHANNELS)})/?")
_logger = logging.getLogger(__name__)
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """The app's Lambda functions for sockets."""

    connect: Handler
    message: Handler
    disconnect: Handler


class Posted(Enum):
    """What became of a post."""

    ACCEPTED = auto()
    GONE = auto()
    FULL = auto()


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
        self._closing: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client from its handshake to its disconnection."""
        await receive()
        match = _PATH.fullmatch(scope["path"])
        if match is None:
            await refuse_socket(send, _asgi_response(error_response(RouteNotFound(), str(uuid.uuid4())).to_dict()))
            return
        connection = ClientConnection.of(scope, send)
        response = await self._connect(connection, match[1])
        if response.status != 200:
            await refuse_socket(send, response)
            return
        reason: Event = {"code": LOST}
        try:
            await send({"type": "websocket.accept", "subprotocol": _subprotocol(response)})
            self._open[connection.id] = connection
            connection.outgoing.start()
            reason = await self._listen(connection, receive)
        except OSError:
            _logger.debug("a client disconnected during its handshake")
        finally:
            self._open.pop(connection.id, None)
            connection.outgoing.stop()
            await self._disconnect(connection, reason)
            await asyncio.gather(*connection.handling)

    def find(self, connection_id: str) -> ClientConnection | None:
        """Return the connection if it is open, otherwise None."""
        return self._open.get(connection_id)

    def post(self, connection: ClientConnection, text: str) -> Posted:
        """Buffer a text for the client, who may not have it yet, and may never get it."""
        if connection.id not in self._open:
            return Posted.GONE
        if not connection.outgoing.put(text):
            return Posted.FULL
        connection.touch()
        return Posted.ACCEPTED

    def close(self, connection: ClientConnection, code: int, reason: str = "") -> None:
        """Close a connection, also of a client that does not read; `$disconnect` follows with this code."""
        if self._open.pop(connection.id, None) is None:
            return
        connection.closed_with = {"code": code, "reason": reason}
        closing = asyncio.ensure_future(connection.outgoing.close(code, reason))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def close_all(self, timeout_s: float) -> None:
        """Close all connections. Clients that do not read cannot delay this beyond the timeout."""
        for connection in list(self._open.values()):
            self.close(connection, GOING_AWAY, "Going away")
        if self._closing:
            await asyncio.wait(self._closing, timeout=timeout_s)

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
        """Start the handling of each message until the connection ends; return the reason."""
        while True:
            try:
                async with asyncio.timeout(self._time_left(connection)):
                    event = await receive()
            except TimeoutError:
                if self._time_left(connection) == 0:  # otherwise a post has extended the time
                    self.close(connection, GOING_AWAY, "Going away")
                continue
            if event["type"] == "websocket.disconnect":
                return connection.closed_with or event
            if connection.closed_with is not None:
                continue
            if event.get("text") is None:
                self.close(connection, TEXT_ONLY, "Only text messages are supported")
                continue
            await self._start_message(connection, event["text"])

    def _time_left(self, connection: ClientConnection) -> float | None:
        """Return the seconds until the connection is closed; None once it is being closed."""
        if connection.closed_with is not None:
            return None
        deadline = min(connection.active + self._idle_s, connection.opened + self._max_duration_s)
        return max(0.0, deadline - time.monotonic())

    async def _start_message(self, connection: ClientConnection, text: str) -> None:
        """Start handling a message as soon as the connection has a free slot."""
        connection.touch()
        await connection.slots.acquire()
        event = connection.event("MESSAGE", body=text, context={"messageId": str(uuid.uuid4())})
        running = self._threads.begin(partial(self._handlers.message, event, None))
        task = asyncio.ensure_future(self._finish_message(connection, running))
        connection.handling.add(task)
        task.add_done_callback(connection.handling.discard)

    async def _finish_message(self, connection: ClientConnection, running: asyncio.Future[Any]) -> None:
        try:
            await running
        except Exception:
            _logger.exception("the message handler failed")
            message = {"message": "Internal server error", "connectionId": connection.id}
            self.post(connection, encoder.encode(message).decode())
        finally:
            connection.slots.release()

    async def _disconnect(self, connection: ClientConnection, reason: Event) -> None:
        details = {
            "disconnectStatusCode": reason.get("code", LOST),
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
