"""Sockets without a network: what was posted to whom, and gateways that misbehave on request."""

import json
from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from chalicelib.core.work import Recipient
from chalicelib.realtime.sender import Gone, NotNow


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that arrived."""

    event: str
    data: dict[str, Any]


class RecordingSender:
    """Takes every message; connections can be closed, or made to fail a number of times."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Sent]] = defaultdict(list)
        self.closed: set[str] = set()
        self.failing: dict[str, int] = {}
        self._lock = Lock()

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Raises `Gone` for a closed connection and `NotNow` for one that is to fail."""
        with self._lock:
            if connection_id in self.closed:
                raise Gone
            if self.failing.get(connection_id, 0) > 0:
                self.failing[connection_id] -= 1
                raise NotNow
            self.messages[connection_id].append(Sent(**json.loads(message)))

    def events(self, connection_id: str) -> list[str]:
        """The names of the events that arrived at a connection, in order."""
        return [sent.event for sent in self.messages[connection_id]]


class RecordingWaker:
    """Remembers whom it was asked to wake; nothing is delivered until the test says so."""

    def __init__(self) -> None:
        self.woken: list[Recipient] = []

    def wake(self, recipient: Recipient) -> None:
        """Only remember."""
        self.woken.append(recipient)
