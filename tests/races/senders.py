"""A gateway that notices what must never happen: two posts to one socket at the same time."""

from collections import defaultdict
from select import select
from threading import Lock

from tests.builders.sockets import RecordingSender


class WatchfulSender(RecordingSender):
    """Lets another thread run in the middle of each post, and writes down every overlap."""

    def __init__(self) -> None:
        super().__init__()
        self.overlaps: list[str] = []
        self._busy: dict[str, Lock] = defaultdict(Lock)

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """As its base does, between a beginning and an end."""
        busy = self._busy[connection_id]
        if not busy.acquire(blocking=False):
            self.overlaps.append(connection_id)
            return
        try:
            select([], [], [], 0)  # gives way to another thread, if one wants to run
            super().post(endpoint, connection_id, message)
        finally:
            busy.release()
