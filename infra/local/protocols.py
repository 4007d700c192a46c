"""Uvicorn's two protocols with what the local gateways need: one error body everywhere, and control over the wire.

Requests that uvicorn refuses itself get Baton's error body: malformed HTTP and handshakes that are none. A refused
handshake is no error of the server and leaves no line in its log. Sockets get an extension to cut the wire
(`infra.local.gateway_connection`), and a line that is lost without a close ends with 1006.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import uuid4

import h11
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


class RequestTimedOut(MalformedRequest):
    """The request did not arrive completely in time."""

    status, summary = 408, "The request did not arrive completely in time."


class HttpProtocol(H11Protocol):
    """HTTP/1.1 whose refusals have the error body. A connection whose request does not arrive in time is closed."""

    header_s: ClassVar[float] = 10
    """The time for the line and the headers of a request, from its first byte or the beginning of the connection."""
    body_s: ClassVar[float] = 30
    """The time for the body of a request."""
    _awaited: object = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Handle data, and wait for what is missing of a request."""
        super().data_received(data)
        self._await_request()

    def on_response_complete(self) -> None:
        """Wait for what is missing of a request that arrived in part during the response."""
        super().on_response_complete()
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._await(None, 0)
        super().connection_lost(exc)

    def _await_request(self) -> None:
        """Start the time of what is missing, unless it runs; between two requests uvicorn has a time of its own."""
        state, is_first = self.conn.their_state, self.cycle is None
        if self.transport.get_protocol() is not self:  # a WebSocket now
            self._await(None, 0)
        elif state is h11.SEND_BODY:
            self._await(self.cycle, self.body_s)
        elif state is h11.IDLE and (is_first or self.conn.trailing_data[0]):
            self._await("header", self.header_s)
        else:
            self._await(None, 0)

    def _await(self, awaited: object, seconds: float) -> None:
        if awaited is self._awaited:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._awaited = awaited
        self._timer = None if awaited is None else self.loop.call_later(seconds, self._time_out)

    def _time_out(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_response(RequestTimedOut()).serialize())
        self.transport.close()
        self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)

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
