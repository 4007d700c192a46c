"""Clients on sockets: each records what it receives, and is as bad at staying connected as phones are.

acknowledging   confirms what it has received
resuming        names the last event that it has when it connects again
plain           does neither; its session goes on where the server is sure that it was
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from threading import Event, Thread
from time import monotonic

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.faults.calls import Caller

STYLES = ("acknowledging", "resuming", "plain")
_WAIT_S = 0.5
_OPEN_S = 30.0
_ERROR = "error"


@dataclass
class Listener:
    """One session's device. `connections` holds the ids of the events of each connection, in order."""

    caller: Caller
    channel: str
    style: str
    random_source: Random
    base: str
    connections: list[list[int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: int = 0
    is_last: Event = field(default_factory=Event)
    """Set to let it connect a last time and then stay connected."""
    ended: Event = field(default_factory=Event)

    @property
    def received(self) -> set[int]:
        """Return the ids of all events that it has."""
        return {number for connection in list(self.connections) for number in list(connection)}

    def has_all(self, newest: int) -> bool:
        """Say whether it has every event up to this number."""
        return set(range(1, newest + 1)) <= self.received

    def start(self) -> Thread:
        """Start it in a thread of its own."""
        thread = Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while not self.ended.is_set():
            try:
                self._connected()
            except (OSError, WebSocketException, TimeoutError):
                self.refused += 1
                self.ended.wait(_WAIT_S)

    def _connected(self) -> None:
        """Open one connection and listen until it ends, or until this client has enough of it."""
        is_last = self.is_last.is_set()
        query = f"?after={max(self.received, default=0)}" if self.style == "resuming" else ""
        url = f"{self.base.replace('http', 'ws', 1)}/v1/ws/{self.channel}{query}"
        headers = {"Authorization": f"Bearer {self.caller.token}"}
        options = {"proxy": None, "open_timeout": _OPEN_S, "close_timeout": 10, "max_size": None, "ping_interval": None}
        with connect(url, additional_headers=headers, **options) as connection:  # type: ignore[arg-type]
            events: list[int] = []
            self.connections.append(events)
            leaves_at = monotonic() + self.random_source.uniform(5, 30)
            while not self.ended.is_set():
                self._listen(connection, events)
                if (self.is_last.is_set() and not is_last) or (monotonic() > leaves_at and not is_last):
                    break
            if self.random_source.random() < 0.5 and not self.ended.is_set():
                connection.socket.close()  # the line is lost
            else:
                connection.close()
                self._drain(connection, events)

    def _listen(self, connection: ClientConnection, events: list[int]) -> None:
        """Receive for a moment, and confirm it if that is this client's style."""
        began, number = monotonic(), len(events)
        with suppress(TimeoutError):
            while monotonic() - began < _WAIT_S:
                self._receive(connection, _WAIT_S, events)
        if self.style == "acknowledging" and len(events) > number:
            connection.send(json.dumps({"event": "ack", "data": {"id": max(self.received)}}))

    def _drain(self, connection: ClientConnection, events: list[int]) -> None:
        """Receive what had arrived before the connection was closed: whoever closes it in order has read it."""
        with suppress(ConnectionClosed):
            while True:
                self._receive(connection, 0, events)

    def _receive(self, connection: ClientConnection, timeout_s: float, events: list[int]) -> None:
        message = json.loads(connection.recv(timeout_s))
        if message.get("id") is not None:
            events.append(message["id"])
        elif message["event"] == _ERROR:
            self.errors.append(json.dumps(message["data"]))
