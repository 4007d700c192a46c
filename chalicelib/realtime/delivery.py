"""Delivers events from mailboxes to sockets: in order, by one writer at a time, at least once.

The owner of a mailbox's lease posts the events in order to all of the recipient's connections, advances the mailbox,
and continues until nothing new has arrived. A connection that responds `410 Gone` is deleted, unless it is so young
that its `$connect` may not have returned. Such a connection, and one that fails temporarily, is retried after a short
pause and then left to the sweep. Events that reached some connections and not all are posted again to all of them.

No error reaches the request: its change is committed, and undelivered events are in the pending index.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import Clock
from chalicelib.core.ids import Ids
from chalicelib.core.settings import Settings
from chalicelib.core.store import get_many, parallel, parallel_pair
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime import connections, mailbox
from chalicelib.realtime.errors import ConnectionGone, SendFailed
from chalicelib.realtime.mailbox import Lease
from chalicelib.realtime.sender import Sender
from chalicelib.realtime.tables import MailboxConnection, MailboxEvent, event_key

BATCH_SIZE = 25
_ATTEMPTS = 6
_FIRST_PAUSE_S = 0.05
_POST_MARGIN = timedelta(seconds=7)


class ConnectionProgress(msgspec.Struct):
    """One connection during one delivery, and the number of the batch's events that it has received."""

    connection: MailboxConnection
    sent: int = 0
    gone: bool = False


class MailboxBatch(msgspec.Struct):
    """The events at the front of a mailbox, as messages, and the connections that receive them."""

    messages: Sequence[bytes | None]
    connections: list[ConnectionProgress] = msgspec.field(default_factory=list)

    @property
    def reached(self) -> int:
        """Return the number of events that every open connection has received."""
        sent = [connection.sent for connection in self.connections if not connection.gone]
        return min(sent) if sent else 0


class EventDelivery:
    """Appends events to mailboxes and delivers them; the runner's outbox."""

    def __init__(self, settings: Settings, clock: Clock, ids: Ids, sender: Sender) -> None:
        self._clock = clock
        self._ids = ids
        self._sender = sender
        self._lease_lifetime = timedelta(seconds=settings.delivery_lease_s)
        self._grace = timedelta(seconds=settings.connection_grace_s)
        self._retention = timedelta(seconds=settings.mailbox_retention_s)
        self._max_queue = settings.mailbox_limit

    def stage(self, work: UnitOfWork) -> None:
        """Append the published events to the mailboxes, in the same transaction."""
        mailbox.append(work, self._retention)

    def deliver(self, recipients: list[Recipient]) -> None:
        """Deliver these mailboxes; failures are logged and left to the sweep."""
        parallel([partial(self.drain, recipient) for recipient in recipients], pool="delivery")

    def drain(self, recipient: Recipient) -> int:
        """Deliver one mailbox; return the number of events that every connection received. Never raises."""
        try:
            lease = mailbox.acquire(recipient, self._ids.new(), self._clock.now(), self._lease_lifetime)
            return 0 if lease is None else self._deliver_batches(lease)
        except Exception:  # noqa: BLE001 - the change is committed; the sweep tries again
            observability.log().exception(
                "delivery failed; the sweep will try again", extra={"user": recipient.user_id}
            )
            return 0

    def _deliver_batches(self, lease: Lease | None) -> int:
        total = 0
        while lease is not None:
            batch = self._load(lease)
            self._post_all(batch, lease.until - _POST_MARGIN)
            total += batch.reached
            observability.count("EventsDelivered", batch.reached)
            lease = self._settle(lease, batch)
        return total

    def _load(self, lease: Lease) -> MailboxBatch:
        """Return the next events and the open connections, in one round trip."""
        ids = list(lease.queue[:BATCH_SIZE])
        keys = [event_key(lease.recipient, event_id) for event_id in ids]
        now = self._clock.now()

        def events() -> list[bytes | None]:
            stored = get_many(keys, self._clock) if keys else None
            return [_message(stored.get(key), now) for key in keys] if stored else []

        def open_connections() -> list[ConnectionProgress]:
            return [ConnectionProgress(each) for each in connections.open_connections(lease.recipient, now)]

        [messages], [opened] = parallel_pair([events], [open_connections])
        return MailboxBatch(messages, opened)

    def _post_all(self, batch: MailboxBatch, until: datetime) -> None:
        pause = _FIRST_PAUSE_S
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._clock.sleep(pause)
                pause *= 2
            for connection in batch.connections:
                self._post_events(connection, batch.messages, until)
            if all(each.gone or each.sent == len(batch.messages) for each in batch.connections):
                return
            if self._clock.now() >= until:
                return

    def _post_events(self, progress: ConnectionProgress, messages: Sequence[bytes | None], until: datetime) -> None:
        """Post the remaining events to one connection, until it fails or the lease is about to expire."""
        while not progress.gone and progress.sent < len(messages) and self._clock.now() < until:
            message = messages[progress.sent]
            try:
                if message is not None:
                    self._sender.post(progress.connection.endpoint, progress.connection.connection_id, message)
            except ConnectionGone:
                if self._clock.now() - progress.connection.connected_at < self._grace:
                    return
                progress.gone = True
                connections.delete_connection(progress.connection)
                observability.count("ConnectionsGone")
            except SendFailed:
                observability.log().warning("message not accepted by the gateway", exc_info=True)
                return
            else:
                progress.sent += 1

    def _settle(self, lease: Lease, batch: MailboxBatch) -> Lease | None:
        """Advance the mailbox; return the lease if more is to be delivered, None at the end or if the sweep retries."""
        is_connected = any(not each.gone for each in batch.connections)
        reached = batch.reached
        if is_connected and reached < len(batch.messages):
            mailbox.release_pending(lease, reached)
            return None
        done = reached if is_connected else self._excess(lease)
        finished = done == len(lease.queue) or not is_connected
        if finished and mailbox.release(lease, done):
            return None
        return mailbox.advance(lease, done, self._clock.now(), self._lease_lifetime)

    def _excess(self, lease: Lease) -> int:
        """Return how many of an absent recipient's oldest events exceed the limit; they are dropped and logged."""
        excess = min(max(0, len(lease.queue) - self._max_queue), BATCH_SIZE)
        if excess:
            observability.count("EventsDropped", excess)
            observability.log().warning("mailbox is full", extra={"user": lease.recipient.user_id, "dropped": excess})
        return excess


def _message(event: MailboxEvent | None, now: datetime) -> bytes | None:
    """Return the message to send; None for an expired event, which counts as delivered."""
    if event is None or expired(event.expires_at, now):
        return None
    return msgspec.json.encode({"event": event.event, "data": msgspec.Raw(event.data.encode())})
