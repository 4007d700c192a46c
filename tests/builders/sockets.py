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
    """Takes every message; connections can be closed, still opening, or made to fail a number of times."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Sent]] = defaultdict(list)
        self.closed: set[str] = set()
        self.failing: dict[str, int] = {}
        self.opening: dict[str, int] = {}
        self._lock = Lock()

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Raises `Gone` for a connection that is closed or still opening, and `NotNow` for one that is to fail."""
        with self._lock:
            if connection_id in self.closed or _used_up(self.opening, connection_id):
                raise Gone
            if _used_up(self.failing, connection_id):
                raise NotNow
            self.messages[connection_id].append(Sent(**json.loads(message)))

    def events(self, connection_id: str) -> list[str]:
        """The names of the events that arrived at a connection, in order."""
        return [sent.event for sent in self.messages[connection_id]]


def _used_up(times: dict[str, int], connection_id: str) -> bool:
    left = times.get(connection_id, 0)
    times[connection_id] = max(0, left - 1)
    return left > 0


class RecordingWaker:
    """Remembers whom it was asked to wake; nothing is delivered until the test says so."""

    def __init__(self) -> None:
        self.woken: list[Recipient] = []

    def wake(self, recipient: Recipient) -> None:
        """Only remember."""
        self.woken.append(recipient)
