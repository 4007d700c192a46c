"""Counts the messages of connections: those beyond the limit of a second close the socket.

Most clients send a message every few seconds, so a write for each would be most of its cost. Each process counts in
memory. It adds to the counter that all processes share from the third message of a connection within a second on, so a
client may exceed the limit by two messages a second for each process that serves it.
"""

from datetime import datetime
from threading import Lock

from pynamodb.expressions.update import Action

from chalicelib.core.conditional import write_if
from chalicelib.core.store import get
from chalicelib.core.table import expired
from chalicelib.realtime.tables import Connection, connection_key

UNSHARED = 2
"""Messages of a connection and second that a process does not add to the shared counter unless there are more."""


class MessageRate:
    """The messages that this process has counted in the current second. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._second = 0
        self._counts: dict[str, int] = {}

    def count(self, connection_id: str, now: datetime) -> Connection | None:
        """Count a message and return its connection with the count of this second; None if unknown or expired."""
        second = int(now.timestamp())
        number = self._counted(connection_id, second)
        if number <= UNSHARED:
            connection = get(connection_key(connection_id))
        else:
            connection = _add(connection_id, second, number if number == UNSHARED + 1 else 1)
        if connection is None or expired(connection.expires_at, now):
            return None
        if connection.second != second:
            connection.messages = 0
        return connection

    def _counted(self, connection_id: str, second: int) -> int:
        with self._lock:
            if second != self._second:
                self._second, self._counts = second, {}
            self._counts[connection_id] = self._counts.get(connection_id, 0) + 1
            return self._counts[connection_id]


def _add(connection_id: str, second: int, number: int) -> Connection | None:
    """Add to the shared counter: one write, two for the first one of a second."""
    item = connection_key(connection_id).new()
    further: list[Action] = [Connection.messages.add(number)]
    first: list[Action] = [Connection.second.set(second), Connection.messages.set(number)]
    is_first = Connection.connection_id.exists() & (Connection.second != second)
    is_counted = (
        write_if(lambda: item.update(actions=further, condition=Connection.second == second)) is not None
        or write_if(lambda: item.update(actions=first, condition=is_first)) is not None
    )
    return item if is_counted else None
