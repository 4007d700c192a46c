"""The socket gateway: WebSockets in front of the app's three handlers, with API Gateway's manners.

A connection opens only if `$connect` says so, and can be posted to only from then on. A client that goes, or is sent
away, is told to `$disconnect`. Nobody stays longer than two hours, or ten minutes without a word either way. Messages
are texts of at most 128 KB. The addresses are those of the contract, `/api/v1/ws/<channel>`; the channel goes to the
handlers as the query parameter `channel`, which is what the gateway in front of a deployed Baton does too.

Traded away: API Gateway calls the handler of several messages of one connection at once, in any order; here they are
handled one after the other.
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
from infra.local.asgi import Answer, Event, Receive, Scope, Send, client_of, headers_of, refuse_socket
from infra.local.threads import Threads

MAX_BYTES = 128 * 1024
IDLE_S = 600.0
LIFE_S = 7200.0
NORMAL, GOING_AWAY, TEXT_ONLY = 1000, 1001, 1003

_ADDRESS = re.compile(r"/api/v1/ws/([^/]+)/?")
_logger = logging.getLogger(__name__)
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """The app's functions for sockets, as Lambda would call them."""

    connect: Handler
    message: Handler
    disconnect: Handler


@dataclass(slots=True)
class Connection:
    """One client. Times are of the monotonic clock, but `connected_at_ms`."""

    scope: Scope
    send: Send
    id: str = field(default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(11)).decode())
    connected_at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    last_active_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    opened: float = field(default_factory=time.monotonic)
    active: float = field(default_factory=time.monotonic)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def touch(self) -> None:
        """Something was said."""
        self.active, self.last_active_ms = time.monotonic(), time.time_ns() // 1_000_000

    def event(self, kind: str, **more: Any) -> dict[str, Any]:
        """The event of API Gateway for `CONNECT`, `MESSAGE` or `DISCONNECT`."""
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
        context |= more.pop("context", {})
        return {"requestContext": context, "isBase64Encoded": False, **more}

    def identity(self) -> dict[str, Any]:
        """Where the client is, and what it says it is."""
        return {"sourceIp": client_of(self.scope), "userAgent": headers_of(self.scope).get("user-agent")}


class SocketGateway:
    """The gateway as an ASGI application, and what the management API does to its connections."""

    def __init__(self, handlers: Handlers, threads: Threads, idle_s: float = IDLE_S, life_s: float = LIFE_S) -> None:
        self._handlers = handlers
        self._threads = threads
        self._idle_s = idle_s
        self._life_s = life_s
        self._open: dict[str, Connection] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client from its handshake to its end."""
        await receive()
        address = _ADDRESS.fullmatch(scope["path"])
        if address is None:
            await refuse_socket(send, _error_answer(error_response(RouteNotFound(), str(uuid.uuid4())).to_dict()))
            return
        connection = Connection(scope, send)
        answer = await self._admit(connection, address[1])
        if answer.status != 200:
            await refuse_socket(send, answer)
            return
        reason: Event = {"code": 1006}
        try:
            await send({"type": "websocket.accept", "subprotocol": _subprotocol(answer)})
            self._open[connection.id] = connection
            reason = await self._listen(connection, receive)
        except OSError:
            _logger.debug("a client left while it was being written to")
        finally:
            self._open.pop(connection.id, None)
            await self._farewell(connection, reason)

    def find(self, connection_id: str) -> Connection | None:
        """The connection, if it is open."""
        return self._open.get(connection_id)

    async def post(self, connection: Connection, text: str) -> bool:
        """Send a text; whether the connection was still open. Two posts never interleave."""
        async with connection.writing:
            if connection.id not in self._open:
                return False
            try:
                await connection.send({"type": "websocket.send", "text": text})
            except OSError:
                return False
            connection.touch()
            return True

    async def close(self, connection: Connection, code: int, reason: str = "") -> None:
        """Send a client away; its `$disconnect` follows."""
        self._open.pop(connection.id, None)
        async with connection.writing:
            try:
                await connection.send({"type": "websocket.close", "code": code, "reason": reason})
            except (OSError, RuntimeError):
                _logger.debug("a client left before it was sent away")

    async def close_all(self, within_s: float) -> None:
        """Send everybody away, because the gateway stops; nobody who does not read can hold that up."""
        leaving = [asyncio.ensure_future(self.close(one, GOING_AWAY, "Going away")) for one in self._open.values()]
        if leaving:
            await asyncio.wait(leaving, timeout=within_s)

    async def _admit(self, connection: Connection, channel: str) -> Answer:
        query = {**dict(parse_qsl(connection.scope["query_string"].decode("ascii"))), "channel": channel}
        event = connection.event(
            "CONNECT",
            headers=headers_of(connection.scope),
            multiValueHeaders={name: [value] for name, value in headers_of(connection.scope).items()},
            queryStringParameters=query,
            multiValueQueryStringParameters={name: [value] for name, value in query.items()},
        )
        try:
            answer = await self._threads.run(partial(self._handlers.connect, event, None))
        except Exception:
            _logger.exception("$connect failed")
            answer = error_response(InternalError(), event["requestContext"]["requestId"]).to_dict()
        return _error_answer(answer)

    async def _listen(self, connection: Connection, receive: Receive) -> Event:
        """Hand on what the client says until it goes or has to go; why it did."""
        while True:
            try:
                async with asyncio.timeout(self._time_left(connection)):
                    event = await receive()
            except TimeoutError:
                if self._time_left(connection) > 0:
                    continue  # something was posted to it meanwhile
                await self.close(connection, GOING_AWAY, "Going away")
                return {"code": GOING_AWAY, "reason": "Going away"}
            if event["type"] == "websocket.disconnect":
                return event
            if event.get("text") is None:
                await self.close(connection, TEXT_ONLY, "Only texts are supported")
                return {"code": TEXT_ONLY, "reason": "Only texts are supported"}
            await self._take(connection, event["text"])

    def _time_left(self, connection: Connection) -> float:
        until = min(connection.active + self._idle_s, connection.opened + self._life_s)
        return max(0.0, until - time.monotonic())

    async def _take(self, connection: Connection, text: str) -> None:
        connection.touch()
        event = connection.event("MESSAGE", body=text, context={"messageId": str(uuid.uuid4())})
        try:
            await self._threads.run(partial(self._handlers.message, event, None))
        except Exception:
            _logger.exception("the message handler failed")
            told = {"message": "Internal server error", "connectionId": connection.id}
            await self.post(connection, encoder.encode(told).decode())

    async def _farewell(self, connection: Connection, reason: Event) -> None:
        known = {
            "disconnectStatusCode": reason.get("code", 1006),
            "disconnectReason": reason.get("reason") or "",
        }
        try:
            await self._threads.run(
                partial(self._handlers.disconnect, connection.event("DISCONNECT", context=known), None)
            )
        except Exception:
            _logger.exception("$disconnect failed")


def _error_answer(answer: dict[str, Any]) -> Answer:
    return Answer(answer["statusCode"], answer.get("headers", {}), (answer.get("body") or "").encode())


def _subprotocol(answer: Answer) -> str | None:
    named = {name.lower(): value for name, value in answer.headers.items()}.get("sec-websocket-protocol")
    return named if isinstance(named, str) else None
