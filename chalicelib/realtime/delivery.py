"""Delivery: from mailboxes to sockets, in order, by one writer at a time, at least once.

Whoever has the mailbox's lease posts the events in order to all of the recipient's connections, moves the cursor,
and goes on until nothing arrived meanwhile. A connection that answers `410 Gone` is forgotten, unless it is so young
that its `$connect` may not have returned; that one, and one that fails for the moment, is tried again after a short
pause, and then left to the sweep. What was posted to some connections and not to all is posted again to all: at least
once, never out of order.

Nothing here raises to a request: its change is committed, and what cannot be delivered now is in the pending index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from chalicelib.realtime.mailbox import Lease
from chalicelib.realtime.sender import Gone, NotNow, Sender
from chalicelib.realtime.tables import MailboxConnection, MailboxEvent, event_key

BATCH = 25
_TRIES = 6
_FIRST_PAUSE_S = 0.05
_POST_MARGIN = timedelta(seconds=7)


@dataclass(slots=True)
class Line:
    """One connection during one delivery: how many of the batch it has got."""

    connection: MailboxConnection
    sent: int = 0
    gone: bool = False


@dataclass(slots=True)
class Batch:
    """The events at the front of a mailbox, as messages, and the connections that they go to."""

    messages: Sequence[bytes | None]
    lines: list[Line] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """How many events every connection has got."""
        open_lines = [line.sent for line in self.lines if not line.gone]
        return min(open_lines) if open_lines else 0


class Delivery:
    """Appends to mailboxes and empties them; the runner's outbox."""

    def __init__(self, settings: Settings, clock: Clock, ids: Ids, sender: Sender) -> None:
        self._clock = clock
        self._ids = ids
        self._sender = sender
        self._life = timedelta(seconds=settings.delivery_lease_s)
        self._grace = timedelta(seconds=settings.connection_grace_s)
        self._retention = timedelta(seconds=settings.mailbox_retention_s)
        self._most = settings.mailbox_limit

    def stage(self, work: UnitOfWork) -> None:
        """Append what was published to the mailboxes, in the same transaction."""
        mailbox.append(work, self._retention)

    def deliver(self, recipients: list[Recipient]) -> None:
        """Empty these mailboxes as far as can be; failures are logged and left to the sweep."""
        parallel([partial(self.drain, recipient) for recipient in recipients], pool="delivery")

    def drain(self, recipient: Recipient) -> int:
        """Deliver what is in one mailbox; the number of events that every connection got. Never raises."""
        try:
            lease = mailbox.take(recipient, self._ids.new(), self._clock.now(), self._life)
            return 0 if lease is None else self._work_off(lease)
        except Exception:  # noqa: BLE001 - its change is committed; the sweep tries again
            observability.log().exception(
                "delivery failed; the sweep will try again", extra={"user": recipient.user_id}
            )
            return 0

    def _work_off(self, lease: Lease | None) -> int:
        total = 0
        while lease is not None:
            batch = self._load(lease)
            self._post_all(batch, lease.until - _POST_MARGIN)
            total += batch.reached
            observability.count("EventsDelivered", batch.reached)
            lease = self._settle(lease, batch)
        return total

    def _load(self, lease: Lease) -> Batch:
        """The next events and the open connections, in one round trip."""
        ids = list(lease.queue[:BATCH])
        keys = [event_key(lease.recipient, event_id) for event_id in ids]
        now = self._clock.now()

        def events() -> list[bytes | None]:
            found = get_many(keys, self._clock) if keys else None
            return [_message(found.get(where), now) for where in keys] if found else []

        def lines() -> list[Line]:
            return [Line(connection) for connection in connections.open_of(lease.recipient, now)]

        [messages], [opened] = parallel_pair([events], [lines])
        return Batch(messages, opened)

    def _post_all(self, batch: Batch, until: datetime) -> None:
        pause = _FIRST_PAUSE_S
        for attempt in range(_TRIES):
            if attempt:
                self._clock.sleep(pause)
                pause *= 2
            for line in batch.lines:
                self._post_line(line, batch.messages, until)
            if all(line.gone or line.sent == len(batch.messages) for line in batch.lines):
                return
            if self._clock.now() >= until:
                return

    def _post_line(self, line: Line, messages: Sequence[bytes | None], until: datetime) -> None:
        """Post to one connection from where it stands, until it fails or the lease is nearly over."""
        while not line.gone and line.sent < len(messages) and self._clock.now() < until:
            message = messages[line.sent]
            try:
                if message is not None:
                    self._sender.post(line.connection.endpoint, line.connection.connection_id, message)
            except Gone:
                if self._clock.now() - line.connection.connected_at < self._grace:
                    return
                line.gone = True
                connections.forget(line.connection)
                observability.count("ConnectionsGone")
            except NotNow:
                observability.log().warning("the gateway refused a message", exc_info=True)
                return
            else:
                line.sent += 1

    def _settle(self, lease: Lease, batch: Batch) -> Lease | None:
        """Move the cursor; the lease again if there is more to do, None when done or better left to others."""
        open_lines = [line for line in batch.lines if not line.gone]
        reached = batch.reached
        if open_lines and reached < len(batch.messages):
            mailbox.leave_pending(lease, reached)
            return None
        done = reached if open_lines else self._excess(lease)
        finished = done == len(lease.queue) or not open_lines
        if finished and mailbox.let_go(lease, done):
            return None
        return mailbox.advance(lease, done, self._clock.now(), self._life)

    def _excess(self, lease: Lease) -> int:
        """How many of the oldest events of an absent recipient are beyond what is kept; dropped, and said aloud."""
        excess = min(max(0, len(lease.queue) - self._most), BATCH)
        if excess:
            observability.count("EventsDropped", excess)
            observability.log().warning("mailbox is full", extra={"user": lease.recipient.user_id, "dropped": excess})
        return excess


def _message(event: MailboxEvent | None, now: datetime) -> bytes | None:
    """The message on the wire; None for an event whose time is over, which counts as delivered."""
    if event is None or expired(event.expires_at, now):
        return None
    return msgspec.json.encode({"event": event.event, "data": msgspec.Raw(event.data.encode())})
