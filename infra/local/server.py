"""Serves everything on one port: the public API, its sockets, the web console, and the AWS services that the app calls.

Uvicorn handles the connections, and the app's functions run in threads. Shutdown has an order: stop the sweeps, close
sockets with 1001, finish running requests, and give background calls a moment. It takes two seconds at most.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn

import app
from chalicelib.core import observability
from chalicelib.core.clock import SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from infra.local.asgi import Receive, Scope, Send
from infra.local.gateway_console import ConsoleGateway
from infra.local.gateway_http import HttpGateway
from infra.local.gateway_objects import OBJECTS_PREFIX, ObjectGateway
from infra.local.gateway_services import Services
from infra.local.gateway_sockets import MAX_MESSAGE_BYTES, Handlers, SocketGateway
from infra.local.messages import PrintedMessages
from infra.local.objects import ObjectService
from infra.local.protocols import HttpProtocol, SocketProtocol
from infra.local.redaction import redact
from infra.local.sweeper import Sweeper
from infra.local.threads import Threads

_KEEP_ALIVE_S = 75
_GRACE_S = 1


@dataclass(frozen=True, slots=True)
class Stack:
    """The parts of the stack; routes each request to its part."""

    threads: Threads
    http: HttpGateway
    sockets: SocketGateway
    services: Services
    objects: ObjectGateway | None
    console: ConsoleGateway | None
    sweepers: Sequence[Sweeper]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route a request."""
        if scope["type"] == "websocket":
            await self.sockets(scope, receive, send)
        elif (service := self.services.find(scope["path"])) is not None:
            await self.services({**scope, "path": service}, receive, send)
        elif self.objects is not None and scope["path"].startswith(f"{OBJECTS_PREFIX}/"):
            await self.objects(scope, receive, send)
        elif self.console is not None and self.console.serves(scope):
            await self.console(scope, receive, send)
        else:
            await self.http(scope, receive, send)

    async def close(self) -> None:
        """Stop the sweeps and close all sockets."""
        stopping = [asyncio.to_thread(sweeper.stop, _GRACE_S) for sweeper in self.sweepers]
        await asyncio.gather(*stopping)
        await self.sockets.close_all(_GRACE_S)


def stack(
    secrets: Mapping[str, str], objects: ObjectService | None = None, console: ConsoleGateway | None = None
) -> Stack:
    """Return the stack for the app of this process. `secrets` are those in the addresses of the AWS services.

    `objects` is the embedded S3, if there is one, and `console` the web console.
    """
    config, clock = settings(), SystemClock()
    redact((logging.getLogger(), logging.getLogger(observability.log().name)))
    app.use(app.compose(config, clock, SystemIds(clock), messages=PrintedMessages()))
    threads = Threads()
    handlers = Handlers(app.websocket_connect, app.websocket_message, app.websocket_disconnect)
    sockets = SocketGateway(handlers, threads)
    functions = {config.function_name("deliver"): app.deliver, config.function_name("send"): app.send}
    return Stack(
        threads=threads,
        http=HttpGateway(app.app, threads, config.max_body_bytes, "" if objects is None else config.s3_endpoint),
        sockets=sockets,
        services=Services(sockets, functions, threads, secrets),
        objects=None if objects is None else ObjectGateway(objects, threads, config.s3_endpoint),
        console=console,
        sweepers=[Sweeper(one_pass, config.sweep_every_s) for one_pass in (app.one_pass, app.maintenance_pass)],
    )


def serve(parts: Stack, listener: socket.socket, ready: Callable[[], None]) -> bool:
    """Serve until SIGINT or SIGTERM; return whether all threads have ended. Call `ready` when listening."""
    config = uvicorn.Config(
        parts,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        **protocols(),
    )
    _Server(config, parts, ready).run([listener])
    return parts.threads.stop(_GRACE_S)


def protocols() -> dict[str, Any]:
    """Return uvicorn's options for HTTP and sockets as at API Gateway."""
    return {
        "http": HttpProtocol,
        "ws": SocketProtocol,
        "ws_max_size": MAX_MESSAGE_BYTES,
        "ws_ping_interval": None,  # API Gateway sends no pings
        "ws_per_message_deflate": False,
    }


class _Server(uvicorn.Server):
    """Uvicorn that reports when it is ready, and closes sockets in order before connections."""

    def __init__(self, config: uvicorn.Config, parts: Stack, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._parts = parts
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for sweeper in self._parts.sweepers:
            sweeper.start()
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Calls that the shutdown interrupts fail, and their errors are not worth a log entry.
        logging.disable(logging.CRITICAL)
        await self._parts.close()
        await super().shutdown(sockets)
