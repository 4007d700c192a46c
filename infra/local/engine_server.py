"""Serves an engine over HTTP, with keep-alive and one thread per connection.

It accepts requests of DynamoDB clients only; a `GET` of any path is a health check. moto's own server needs a web
framework, and its HTTP/1.0 and small packets take most of the time of a call.
"""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self
from weakref import WeakSet

from infra.local.engine_patches import patched_moto
from infra.local.engine_response import CONTENT_TYPE, EngineResponse
from infra.local.engine_store import Store

Handle = Callable[[str, bytes | str], EngineResponse]

_READY = "Engine is ready on "


class EngineServer(AbstractContextManager["EngineServer"]):
    """A server in its own thread. It listens when created; port 0 selects a free port, which `url` contains."""

    def __init__(self, handle: Handle, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = _Server((host, port), handle)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.url = f"http://{host}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(host: str, port: int) -> None:
    """Serve an empty engine until Ctrl-C or SIGTERM. Prints its URL in one line."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with patched_moto(), EngineServer(Store().handle, host, port) as server:
        print(_READY + server.url, flush=True)
        stopped.wait()


@contextmanager
def engine_process() -> Iterator[str]:
    """Run an engine in its own process on a free port and yield its URL; for races between processes."""
    command = [sys.executable, "-m", "infra.local.engine", "--port", "0"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout is not None else ""
            if not line.startswith(_READY):
                raise RuntimeError(f"The engine did not start; its output was {line!r}")
            yield line.removeprefix(_READY).strip()
        finally:
            process.terminate()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # a race opens many connections at once

    def __init__(self, address: tuple[str, int], handle: Handle) -> None:
        super().__init__(address, _Connection)
        self.handle_call = handle
        self._open: WeakSet[socket.socket] = WeakSet()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        super().server_close()
        # An open connection would keep its thread alive.
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore disconnected clients; all other errors are returned or logged."""


class _Connection(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body are sent together

    def do_GET(self) -> None:
        self._send(200, b"healthy", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers.get("X-Amz-Target", "").partition(".")[2]
        response = self.server.handle_call(operation, body)
        self._send(response.status, response.body, CONTENT_TYPE)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is the base class's)
        """Do not log; a race makes thousands of calls."""

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
