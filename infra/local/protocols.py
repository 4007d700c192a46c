"""Uvicorn's two protocols with what the local gateways need: one error body everywhere, and control over the wire.

Requests that uvicorn refuses itself get Baton's error body: malformed HTTP and handshakes that are none. A refused
handshake is no error of the server and leaves no line in its log. Sockets get an extension to cut the wire
(`infra.local.gateway_connection`), and a line that is lost without a close ends with 1006.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from chalicelib.core.errors import BatonError
from chalicelib.edge.http import error_response
from infra.local.asgi import is_text
from infra.local.gateway_connection import CLOSE_GRACE_S, WIRE

_LOST, _NO_TEXT = 1006, 1007


class MalformedRequest(BatonError):
    """The request is not HTTP, or not a WebSocket handshake."""

    code, status, summary = "VALIDATION_ERROR", 400, "The request is not valid HTTP."


class MalformedHandshake(MalformedRequest):
    """The request asks for a WebSocket, and lacks what its handshake needs."""

    summary = "The request is not a valid WebSocket handshake."


def _response(error: BatonError) -> Response:
    """Return the response of an error, after which the connection is closed."""
    made = error_response(error, str(uuid4())).to_dict()
    body = made["body"].encode()
    headers = Headers({**made["headers"], "Connection": "close", "Content-Length": str(len(body))})
    return Response(made["statusCode"], HTTPStatus(made["statusCode"]).phrase, headers, body)


class HttpProtocol(H11Protocol):
    """HTTP/1.1 whose refusals have the error body."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the name is uvicorn's
        """Refuse what is not HTTP; in the middle of another response only by ending the connection."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        if cycle is None or cycle.response_complete:
            self.transport.write(_response(MalformedRequest()).serialize())
        self.transport.close()


class _Handshake(ServerProtocol):
    """A handshake whose refusals have the error body."""

    def reject(self, status: Any, text: str) -> Response:  # noqa: ARG002 - the names are those of websockets
        """Return the response to a bad handshake, which has one status whatever is wrong with it."""
        return _response(MalformedHandshake())


class SocketProtocol(WebSocketsSansIOProtocol):
    """WebSockets over a wire that can be cut."""

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.conn = _Handshake(max_size=self.config.ws_max_size, logger=logging.getLogger("uvicorn.error"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Report 1006, unless a close came first: uvicorn reports 1005, which is the code of a clean end."""
        if self.handshake_complete:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": _LOST})
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuse what is no handshake at all, such as a request with a body; uvicorn would wait for more of it."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.handshake_initiated = self.handshake_complete = self.close_sent = True
            self.transport.write(_response(MalformedHandshake()).serialize())
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Close with 1007 for a text that is not UTF-8, which uvicorn would log as an error of the server."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not is_text(b"".join(self.frames)):
            self.frames = []
            if self.conn.state is State.OPEN:  # else the client has sent a close with it
                self.conn.send_close(_NO_TEXT)
                self.handle_parser_exception()
            return
        super().send_receive_event_to_app()

    async def run_asgi(self) -> None:
        """Serve the client, and leave no wire open whose client does not answer a close."""
        self.scope["extensions"][WIRE] = {"abort": self.transport.abort}
        await super().run_asgi()
        asyncio.get_running_loop().call_later(CLOSE_GRACE_S, self.transport.abort)

    async def send(self, message: Any) -> None:
        """Send, and mark a refused handshake as finished, which uvicorn would log as an error."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True
