"""A line between a client and the server that can die without either side knowing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit


class Line:
    """Forwards bytes in both directions, until it is dead: then it takes them and forwards nothing."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self._ends = (near, far)
        self._dead = Event()
        for source, target in (self._ends, self._ends[::-1]):
            Thread(target=self._forward, args=(source, target), daemon=True).start()

    def die(self) -> None:
        """Forward nothing from now on, and close nothing."""
        self._dead.set()

    def close(self) -> None:
        """Close both ends."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if not self._dead.is_set():
                    target.sendall(data)
            if not self._dead.is_set():
                target.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(base: str) -> Iterator[tuple[Line, socket.socket]]:
    """Open a line to the server at this URL; yield it and the client's end."""
    address = urlsplit(base)
    far = socket.create_connection((address.hostname or "localhost", address.port or 80))
    client, near = socket.socketpair()
    line = Line(near, far)
    try:
        yield line, client
    finally:
        line.close()
        client.close()
