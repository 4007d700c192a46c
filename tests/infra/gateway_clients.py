"""ASGI clients without a network, for the gateways of the local stack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from infra.local.gateway_connection import WIRE
from infra.local.gateway_services import LAMBDA_PREFIX, SOCKETS_PREFIX, Services
from infra.local.gateway_sockets import Handlers, SocketGateway

SECRETS = {SOCKETS_PREFIX: "gateway-secret", LAMBDA_PREFIX: "lambda-secret"}
CONNECTIONS = "/_gateway/gateway-secret/@connections"
FUNCTIONS = "/_lambda/lambda-secret/2015-03-31/functions"
PATIENCE_S = 30.0


@dataclass
class App:
    """Handlers that record their events and return configured responses."""

    events: list[dict[str, Any]] = field(default_factory=list)
    invoked: list[tuple[Any, Any]] = field(default_factory=list)
    called: Event = field(default_factory=Event)
    on_connect: Callable[[dict[str, Any]], dict[str, Any]] = lambda _: {"statusCode": 200}
    on_message: Callable[[dict[str, Any]], None] = lambda _: None
    on_disconnect: Callable[[dict[str, Any]], None] = lambda _: None

    @property
    def handlers(self) -> Handlers:
        return Handlers(self._connect, self._message, self._disconnect)

    def kinds(self) -> list[str]:
        """Return the called routes in order."""
        return [event["requestContext"]["routeKey"] for event in self.events]

    def function(self, payload: Any, context: Any) -> None:
        """Record an invocation."""
        self.invoked.append((payload, context))
        self.called.set()

    def _connect(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        self.events.append(event)
        return self.on_connect(event)

    def _message(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        self.events.append(event)
        self.on_message(event)
        return {"statusCode": 200}

    def _disconnect(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        self.events.append(event)
        self.on_disconnect(event)
        return {"statusCode": 200}


class Client:
    """One WebSocket client. `reads` is cleared while it takes nothing."""

    def __init__(self, gateway: SocketGateway, path: str = "/api/v1/ws/courier", query: str = "") -> None:
        self.got: asyncio.Queue[Any] = asyncio.Queue()
        self.reads = asyncio.Event()
        self.reads.set()
        self.lost = False
        self._said: asyncio.Queue[Any] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"user-agent", b"test")],
            "client": ("127.0.0.1", 5),
            "extensions": {WIRE: {"abort": self.lose}},
        }
        self._task = asyncio.ensure_future(gateway(scope, self._said.get, self._take))

    def say(self, text: str) -> None:
        """Send a text."""
        self._said.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self, code: int = 1000) -> None:
        """Disconnect."""
        self._said.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})

    def lose(self) -> None:
        """Lose the connection without a close."""
        self.lost = True
        self.reads.set()
        self.leave(1006)

    async def next(self) -> Any:
        """Return the next message of the gateway."""
        return await asyncio.wait_for(self.got.get(), PATIENCE_S)

    async def served(self) -> None:
        """Wait until the gateway has finished with this client."""
        await asyncio.wait_for(self._task, PATIENCE_S)

    async def _take(self, message: Any) -> None:
        await self.reads.wait()
        if self.lost:
            raise OSError
        self.got.put_nowait(message)
        if message["type"] == "websocket.close":
            self.leave(message["code"])


@dataclass(frozen=True, slots=True)
class Response:
    """A response of a service."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(services: Services, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
    """Send one request to a service; 404 without a body if no service has this address."""
    sent: list[Any] = []
    found = services.find(path)
    if found is None:
        return Response(404, b"")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {"path": found, "method": method, "headers": [(k.encode(), v.encode()) for k, v in named.items()]}

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await services(scope, receive, send)
    return Response(sent[0]["status"], sent[1]["body"])
