"""Sockets without a network: records what was posted, and simulates failing gateways."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from chalicelib.core.work import Recipient
from chalicelib.realtime.errors import ConnectionGone, SendFailed


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a connection received."""

    event: str
    data: dict[str, Any]
    id: int | None = None
    at: str | None = field(default=None, compare=False)


class RecordingSender:
    """Records every message; connections can be closed, still opening, or fail a number of times."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Sent]] = defaultdict(list)
        self.closed: set[str] = set()
        self.closes: list[tuple[str, int]] = []
        self.failing: dict[str, int] = {}
        self.opening: dict[str, int] = {}
        self._lock = Lock()

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Record a message. Raise `ConnectionGone` or `SendFailed` for connections that are set up to fail."""
        with self._lock:
            if connection_id in self.closed or _used_up(self.opening, connection_id):
                raise ConnectionGone
            if _used_up(self.failing, connection_id):
                raise SendFailed
            self.messages[connection_id].append(Sent(**json.loads(message)))

    def close(self, endpoint: str, connection_id: str, code: int) -> None:
        """Record that a connection was closed with this code; it is gone from now on."""
        with self._lock:
            self.closes.append((connection_id, code))
            self.closed.add(connection_id)

    def events(self, connection_id: str) -> list[str]:
        """Return the names of the events that a connection received, in order."""
        return [sent.event for sent in self.messages[connection_id]]


def _used_up(times: dict[str, int], connection_id: str) -> bool:
    left = times.get(connection_id, 0)
    times[connection_id] = max(0, left - 1)
    return left > 0


class RecordingDeliveryTrigger:
    """Records the recipients; nothing is delivered until the test starts the delivery."""

    def __init__(self) -> None:
        self.recipients: list[Recipient] = []

    def trigger(self, recipient: Recipient) -> None:
        """Record the recipient."""
        self.recipients.append(recipient)
