"""Posts events to one connection, and says what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import Clock, from_millis, iso
from chalicelib.realtime.errors import ConnectionGone, SendFailed
from chalicelib.realtime.rules import LoggedEvent, OpenConnection
from chalicelib.realtime.sender import Sender


class Outcome(msgspec.Struct, frozen=True):
    """What one connection received: all events up to `number`; `is_complete` if nothing is left for it.

    `failed` if the gateway did not accept an event, `gone` if it says that the connection does not exist.
    """

    number: int
    sent: int = 0
    is_complete: bool = False
    failed: bool = False
    gone: bool = False

    def applied_to(self, connection: OpenConnection, started: int) -> OpenConnection:
        """Return the connection after this outcome of posts that began at `started`."""
        if self.is_complete or self.number > connection.number:
            connection = connection.posted(self.number, started, current_sent=self.is_complete)
        return connection.failed(started) if self.failed else connection


class Poster(msgspec.Struct, frozen=True):
    """Posts to connections. `grace` is the age up to which a connection may seem gone because it is opening still."""

    sender: Sender
    clock: Clock
    grace: timedelta

    def post(
        self,
        connection_id: str,
        connection: OpenConnection,
        events: Sequence[LoggedEvent],
        newest: int,
        until: datetime,
    ) -> Outcome:
        """Post the events in order, until one fails or the time is over. All of them reach up to `newest`."""
        number, sent = connection.number, 0
        for event in events:
            if self.clock.now() >= until:
                return Outcome(number, sent)
            try:
                self.sender.post(connection.endpoint, connection_id, message_of(event))
            except ConnectionGone:
                young = abs(self.clock.now() - from_millis(connection.connected_at)) < self.grace
                return Outcome(number, sent, failed=young, gone=not young)
            except SendFailed:
                observability.log().warning("message not accepted by the gateway", exc_info=True)
                return Outcome(number, sent, failed=True)
            number, sent = max(number, event.number), sent + 1
        return Outcome(newest, sent, is_complete=True)


def message_of(event: LoggedEvent) -> bytes:
    """Return the message of an event; its id rises with every event of the person."""
    message = {
        "event": event.event,
        "data": msgspec.Raw(event.data.encode()),
        "id": event.number,
        "at": iso(from_millis(event.at)),
    }
    return msgspec.json.encode(message)
