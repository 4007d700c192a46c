"""A gateway that notices what must never happen: two posts to one socket at the same time."""

from threading import Lock

from tests.builders.sockets import RecordingSender


class WatchfulSender(RecordingSender):
    """Takes its time over each message, and writes down every overlap."""

    def __init__(self) -> None:
        super().__init__()
        self.overlaps: list[str] = []
        self._busy: dict[str, Lock] = {}
        self._making = Lock()

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """As its base does, and slow enough for another thread to come in between."""
        with self._making:
            mine = self._busy.setdefault(connection_id, Lock())
        if not mine.acquire(blocking=False):
            self.overlaps.append(connection_id)
            return
        try:
            for _ in range(200):
                self._dawdle()
            super().post(endpoint, connection_id, message)
        finally:
            mine.release()

    def _dawdle(self) -> None:
        """Give other threads a chance to run."""
