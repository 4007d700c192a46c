"""A gateway that detects concurrent posts to one socket, which must not happen."""

from collections import defaultdict
from select import select
from threading import Lock

from tests.builders.sockets import RecordingSender


class WatchfulSender(RecordingSender):
    """Yields to other threads during each post, and records overlaps."""

    def __init__(self) -> None:
        super().__init__()
        self.overlaps: list[str] = []
        self._busy: dict[str, Lock] = defaultdict(Lock)

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Post, and record start and end."""
        busy = self._busy[connection_id]
        if not busy.acquire(blocking=False):
            self.overlaps.append(connection_id)
            return
        try:
            select([], [], [], 0)  # gives way to another thread, if one wants to run
            super().post(endpoint, connection_id, message)
        finally:
            busy.release()
