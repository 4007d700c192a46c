"""The local gateways on a real line: clients that do not read, clients that vanish, and requests that are none."""

import json
import logging
import socket as sockets
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse
from threading import Event, Thread
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from infra.local.asgi import AsgiResponse, ClientGone, read_body, respond
from infra.local.gateway_services import Services
from infra.local.gateway_sockets import SocketGateway
from infra.local.protocols import HttpProtocol
from infra.local.server import protocols
from infra.local.threads import Threads
from tests.infra.gateway_clients import CONNECTIONS, PATIENCE_S, SECRETS, App

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = {
    "Host": "localhost",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}


@dataclass
class Line:
    """A server with the test app, and what its clients and its log tell."""

    port: int
    app: App
    http: httpx.Client
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api/v1/ws/courier"

    def manage(self, method: str, connection_id: str, content: bytes = b"", **headers: str) -> int:
        """Call the management API and return the status."""
        url = f"http://127.0.0.1:{self.port}{CONNECTIONS}/{connection_id}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, url, content=content, headers=named).status_code

    def raw(self) -> sockets.socket:
        """Return a TCP connection."""
        return sockets.create_connection(("127.0.0.1", self.port), PATIENCE_S)

    def shaken(self) -> tuple[sockets.socket, str]:
        """Return a TCP connection with an open WebSocket, and its connection id."""
        connection = self.raw()
        connection.sendall(request("GET", "/api/v1/ws/courier", HANDSHAKE))
        assert connection.recv(12) == b"HTTP/1.1 101"
        return connection, self.app.events[-1]["requestContext"]["connectionId"]

    def code(self) -> int:
        """Wait for `$disconnect` and return its code."""
        assert self.ended.wait(PATIENCE_S)
        code: int = self.app.events[-1]["requestContext"]["disconnectStatusCode"]
        return code


def request(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(connection: sockets.socket) -> tuple[int, Any]:
    """Read a response and return its status and body. The server closes the connection afterwards."""
    with connection:
        response = HTTPResponse(connection)
        response.begin()
        body = json.loads(response.read())
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["X-Request-Id"]
        assert connection.recv(1) == b""
        return response.status, body


def read_to_end(connection: sockets.socket) -> bytes:
    """Return all that is sent until the connection ends, in either way."""
    received = bytearray()
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 20):
            received += part
    return bytes(received)


@contextmanager
def serving(parts: Callable[..., Any], **options: Any) -> Iterator[int]:
    """Serve on a free port in a thread, as the stack does; yield the port."""
    listener = sockets.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(parts, lifespan="off", log_config=None, access_log=False, **options))
    thread = Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        listener.close()


@pytest.fixture
def line(caplog: pytest.LogCaptureFixture) -> Iterator[Line]:
    app, threads = App(), Threads(8, 2)
    gateway = SocketGateway(app.handlers, threads)
    services = Services(gateway, {}, threads, SECRETS)

    async def parts(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await gateway(scope, receive, send)
        else:
            await services({**scope, "path": services.find(scope["path"])}, receive, send)

    with serving(parts, **protocols(), timeout_graceful_shutdown=1) as port, httpx.Client(trust_env=False) as http:
        line = Line(port, app, http)
        app.on_disconnect = lambda _: line.ended.set()
        yield line
    assert threads.stop(PATIENCE_S)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_client_that_does_not_read_is_cut_off_by_a_close(line: Line) -> None:
    stuck, connection_id = line.shaken()
    while line.manage("POST", connection_id, b"x" * 100_000) == 200:
        pass
    assert line.manage("POST", connection_id, b"x" * 100_000) == 429
    assert line.manage("DELETE", connection_id, x_close_code="4001") == 204
    assert line.code() == 4001
    with stuck:
        read_to_end(stuck)


def test_client_that_reads_and_does_not_answer_a_close_is_cut_off_too(line: Line) -> None:
    silent, connection_id = line.shaken()
    assert line.manage("DELETE", connection_id, x_close_code="4001") == 204
    assert line.code() == 4001
    with silent:
        assert read_to_end(silent).endswith(b"\x88\x02" + struct.pack("!H", 4001))


def test_a_closed_client_gets_the_code(line: Line) -> None:
    with connect(line.url, proxy=None) as client:
        assert line.manage("DELETE", line.app.events[-1]["requestContext"]["connectionId"], x_close_code="4008") == 204
        with pytest.raises(ConnectionClosed):
            client.recv(PATIENCE_S)
        assert client.close_code == 4008
    assert line.code() == 4008


@pytest.mark.parametrize("code", [1000, 1001])
def test_clean_end_has_the_code_of_the_client(line: Line, code: int) -> None:
    with connect(line.url, proxy=None) as client:
        client.close(code)
    assert line.code() == code


@pytest.mark.parametrize("reset", [False, True])
def test_line_that_ends_without_a_close_has_the_code_1006(line: Line, reset: bool) -> None:
    connection, _ = line.shaken()
    if reset:
        connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert line.code() == 1006


def test_message_of_more_than_32_kb_closes_the_socket(line: Line) -> None:
    with connect(line.url, proxy=None) as client:
        client.send("x" * 32_768)
        client.send("x" * 32_769)
        with pytest.raises(ConnectionClosed):
            client.recv(PATIENCE_S)
        assert client.close_code == 1009
    assert line.code() == 1009


def test_text_that_is_not_utf_8_closes_the_socket(line: Line) -> None:
    with connect(line.url, proxy=None) as client:
        client.send(b"\xff", text=True)
        with pytest.raises(ConnectionClosed):
            client.recv(PATIENCE_S)
        assert client.close_code == 1007
    assert line.code() == 1007
    assert line.app.kinds() == ["$connect", "$disconnect"]


def test_text_that_is_not_utf8_with_a_close_behind_it_is_no_error(line: Line) -> None:
    """The log has no error; the fixture checks it."""
    connection, _ = line.shaken()
    text = bytes([0x81, 0x82, 0, 0, 0, 0]) + b"\xff\xfe"
    close = bytes([0x88, 0x82, 0, 0, 0, 0]) + (1000).to_bytes(2, "big")
    with connection:
        connection.sendall(text + close)
        assert line.code() in (1000, 1007)
    assert line.app.kinds() == ["$connect", "$disconnect"]


def test_refused_handshake_gets_the_response_of_the_app(line: Line) -> None:
    """The log has no error; the fixture checks it."""
    body = '{"success": false}'
    headers = {"Content-Type": "application/json", "X-Request-Id": "r"}
    line.app.on_connect = lambda _: {"statusCode": 403, "headers": headers, "body": body}
    connection = line.raw()
    connection.sendall(request("GET", "/api/v1/ws/courier", HANDSHAKE))
    assert answer(connection) == (403, {"success": False})


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("GET", {"Sec-WebSocket-Key": "short"}),
        ("GET", {"Sec-WebSocket-Version": "8"}),
        ("GET", {"Connection": "close, upgrade", "Sec-WebSocket-Key": ""}),
        ("GET", {"Content-Length": "2"}),
        ("POST", {}),
    ],
)
def test_bad_handshake_gets_the_error_body(line: Line, method: str, change: dict[str, str]) -> None:
    connection = line.raw()
    connection.sendall(request(method, "/api/v1/ws/courier", {**HANDSHAKE, **change}))
    status, body = answer(connection)
    assert (status, body["success"], body["error"]["code"]) == (400, False, "VALIDATION_ERROR")
    assert set(body["error"]) == {"code", "message", "details"}
    assert line.app.events == []


@pytest.mark.parametrize(
    "sent",
    [b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n"],
)
def test_request_that_is_not_http_gets_the_error_body(line: Line, sent: bytes) -> None:
    connection = line.raw()
    connection.sendall(sent)
    status, body = answer(connection)
    assert (status, body["error"]["code"]) == (400, "VALIDATION_ERROR")


class Hurried(HttpProtocol):
    header_s = body_s = 0.05


HALVES = {
    "nothing": b"",
    "half a line": b"GET /api/v1/he",
    "half the headers": b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX-",
    "half a body": b"POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345",
    "half a chunk": b"POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12",
    "half a handshake": request("GET", "/api/v1/ws/courier", HANDSHAKE)[:-10],
}


async def reading(scope: Any, receive: Any, send: Any) -> None:
    """Answer once the body is complete."""
    with suppress(ClientGone):
        await read_body(scope, receive, 100)
        await respond(send, AsgiResponse(200, {"content-type": "application/json"}, b"{}"))


@pytest.fixture(scope="module")
def hurried() -> Iterator[int]:
    with serving(reading, **protocols() | {"http": Hurried}, timeout_graceful_shutdown=1) as port:
        yield port


@pytest.mark.parametrize("sent", HALVES.values(), ids=HALVES)
def test_half_a_request_is_refused_after_a_while(hurried: int, sent: bytes) -> None:
    connection = sockets.create_connection(("127.0.0.1", hurried), PATIENCE_S)
    connection.sendall(sent)
    status, body = answer(connection)
    assert (status, body["error"]["code"]) == (408, "VALIDATION_ERROR")


@pytest.mark.parametrize("sent", list(HALVES.values())[1:], ids=list(HALVES)[1:])
def test_half_a_second_request_is_refused_too(hurried: int, sent: bytes) -> None:
    whole = request("POST", "/api/v1/orders", {"Host": "localhost", "Content-Length": "2"}) + b"{}"
    with sockets.create_connection(("127.0.0.1", hurried), PATIENCE_S) as connection:
        connection.sendall(whole + sent)
        received = read_to_end(connection)
    assert received.startswith(b"HTTP/1.1 200 OK")
    assert received.count(b"HTTP/1.1 408") == 1


def test_header_has_ten_seconds_and_body_thirty() -> None:
    assert (HttpProtocol.header_s, HttpProtocol.body_s) == (10, 30)
