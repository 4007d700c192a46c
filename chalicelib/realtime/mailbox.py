"""The reads and conditional writes of a mailbox.

    append   in the transaction that causes the events: adds them to the end of the queue, without a read
    read     the whole head, decoded
    save     replaces connections, moves queued events to the log, sets when the sweep should come; one conditional
             write that fails if any of this was changed by another writer since the head was read

Every append and every connect counts one wakeup. A delivery that has nothing left to do ends with a `save` that
requires the number of wakeups that it read. So a writer that appends and then sees that another delivery holds the
connections may leave: that delivery cannot end without having seen the event.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

import msgspec
from pynamodb.constants import ALL_NEW
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.conditional import write_if
from chalicelib.core.store import Query, get, store_errors
from chalicelib.core.structs import decoder_of
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.http import encoder
from chalicelib.realtime.rules import LoggedEvent, OpenConnection
from chalicelib.realtime.tables import (
    MailboxEvent,
    MailboxHead,
    event_key,
    event_sk,
    head_key,
    mailbox_pk,
    pending_shard,
)

H = MailboxHead
_FIELDS = tuple(field.name for field in fields(OpenConnection))


class QueuedEvent(msgspec.Struct, frozen=True, array_like=True):
    """An event as it stands in the queue; `data` is JSON, `at` milliseconds."""

    event: str
    data: str
    at: int


class Mailbox(msgspec.Struct, frozen=True):
    """The head of a mailbox as it was read."""

    recipient: Recipient
    numbered: int
    queue: tuple[LoggedEvent, ...]
    connections: Mapping[str, OpenConnection]
    revision: int
    wakeups: int
    is_pending: bool

    @property
    def newest(self) -> int:
        """Return the number of the newest event."""
        return self.numbered + len(self.queue)

    def is_caught_up(self) -> bool:
        """Return whether no connection waits for anything and no delivery is at work."""
        return all(not c.is_new and c.number >= self.newest and not c.lease_owner for c in self.connections.values())


def append(work: UnitOfWork) -> None:
    """Stage the published events, and a wakeup of each mailbox of which sessions end."""
    by_recipient = sorted(work.published, key=lambda p: (p.recipient.org_id, p.recipient.user_id))
    appended = {recipient: list(group) for recipient, group in groupby(by_recipient, key=lambda p: p.recipient)}
    for recipient in work.recipients:
        queued = [
            encoder.encode(QueuedEvent(p.event, encoder.encode(p.data).decode(), to_millis(work.now))).decode()
            for p in appended.get(recipient, ())
        ]
        actions = [H.queue.set((H.queue | []).append(queued))] if queued else []
        work.update_unread(head_key(recipient), actions=[*actions, *signal(recipient, work.now)], audited=False)


def signal(recipient: Recipient, now: datetime) -> list[Action]:
    """Return the actions of a wakeup: a delivery at work has to read again, and the sweep looks after the mailbox."""
    return [
        H.wakeups.add(1),
        H.org_id.set(recipient.org_id),
        H.user_id.set(recipient.user_id),
        H.pending_shard.set(pending_shard(recipient)),
        H.pending_since.set(now),
    ]


def read(recipient: Recipient) -> Mailbox | None:
    """Return the mailbox, or None if nothing was ever appended and no socket was opened."""
    head = get(head_key(recipient))
    return None if head is None else decode(recipient, head)


def decode(recipient: Recipient, head: MailboxHead) -> Mailbox:
    """Return the decoded form of a head."""
    queue = (decoder_of(QueuedEvent).decode(text) for text in head.queue or ())
    return Mailbox(
        recipient=recipient,
        numbered=head.numbered,
        queue=tuple(LoggedEvent(n, e.event, e.data, e.at) for n, e in enumerate(queue, head.numbered + 1)),
        connections=decode_connections(head.connections or "{}"),
        revision=head.revision,
        wakeups=head.wakeups,
        is_pending=head.pending_shard is not None,
    )


def encode_connections(connections: Mapping[str, OpenConnection]) -> str:
    """Return the stored form of connections: without names of fields, since every append rewrites them."""
    return encoder.encode({name: [getattr(c, field) for field in _FIELDS] for name, c in connections.items()}).decode()


def decode_connections(text: str) -> dict[str, OpenConnection]:
    """Return the connections of a stored form."""
    rows: dict[str, list[Any]] = msgspec.json.decode(text)
    named = {name: dict(zip(_FIELDS, row, strict=True)) for name, row in rows.items()}
    return {name: OpenConnection(**{**row, "checkpoints": _pairs(row["checkpoints"])}) for name, row in named.items()}


def _pairs(rows: Iterable[Iterable[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((at, number) for at, number in rows)


def replace_connections(
    mailbox: Mailbox | None, connections: Mapping[str, OpenConnection]
) -> tuple[Condition, list[Action]]:
    """Return the condition and the actions that replace the connections of a mailbox that was read."""
    revision = 0 if mailbox is None else mailbox.revision
    unchanged: Condition = H.revision == revision
    condition = unchanged if revision else unchanged | H.revision.does_not_exist()
    return condition, [H.revision.set(revision + 1), H.connections.set(encode_connections(connections))]


class Changes(msgspec.Struct):
    """What a `save` changes: connections (None: removed), queued events that are in the log now, the sweep's time."""

    connections: dict[str, OpenConnection | None] = msgspec.field(default_factory=dict)
    logged: int = 0
    is_finished: bool = False
    """Whether the mailbox leaves the pending index; only if there was no wakeup since the head was read."""
    due_at: int | None = None
    """When the sweep should look after it."""


def save(mailbox: Mailbox, changes: Changes) -> Mailbox | None:
    """Write the changes; return the mailbox as it is now, or None if another writer has changed it."""
    conditions: list[Condition] = []
    actions: list[Action] = []
    if changes.connections:
        after = {**mailbox.connections, **changes.connections}
        condition, actions = replace_connections(mailbox, {n: c for n, c in after.items() if c is not None})
        conditions.append(condition)
    if changes.logged:
        conditions.append(_is_numbered(mailbox.numbered))
        actions.append(H.numbered.set(mailbox.numbered + changes.logged))
        # The highest index first, for all engines alike.
        actions += [H.queue[index].remove() for index in reversed(range(changes.logged))]
    if changes.is_finished:
        conditions.append(H.wakeups == mailbox.wakeups)
        actions += [H.pending_shard.remove(), H.pending_since.remove()]
    elif changes.due_at is not None:
        actions += [
            H.pending_shard.set(pending_shard(mailbox.recipient)),
            H.pending_since.set(from_millis(changes.due_at)),
        ]
    return _update(mailbox.recipient, actions, conditions) if actions else mailbox


def _is_numbered(number: int) -> Condition:
    unchanged: Condition = H.numbered == number
    return unchanged if number else unchanged | H.numbered.does_not_exist()


def _update(recipient: Recipient, actions: list[Action], conditions: list[Condition]) -> Mailbox | None:
    key, condition = head_key(recipient), H.wakeups.exists()
    for each in conditions:
        condition &= each
    table = MailboxHead.table()
    answer = write_if(
        lambda: table.update_item(key.pk, range_key=key.sk, actions=actions, condition=condition, return_values=ALL_NEW)
    )
    return None if answer is None else decode(recipient, MailboxHead.from_raw_data(answer["Attributes"]))


def log_writes(mailbox: Mailbox, retention: timedelta) -> list[Callable[[], None]]:
    """Return the calls that write the queued events to the log.

    Their numbers are settled, so several deliveries may write the same items.
    """
    return [partial(_write_event, mailbox.recipient, event, retention) for event in mailbox.queue]


def _write_event(recipient: Recipient, event: LoggedEvent, retention: timedelta) -> None:
    at = from_millis(event.at)
    item = event_key(recipient, event.number).new(event=event.event, data=event.data, at=at, expires_at=at + retention)
    with store_errors():
        item.save()


def read_log(recipient: Recipient, after: int, upto: int, expired_before: int) -> list[LoggedEvent]:
    """Return the events of the log with these numbers, in order, without expired ones."""
    between = MailboxEvent.sk.between(event_sk(after + 1), event_sk(upto))
    if after >= upto:
        return []
    events = [
        LoggedEvent(int(item.sk.rsplit("#", 1)[-1]), item.event, item.data, to_millis(item.at))
        for item in Query(MailboxEvent, mailbox_pk(recipient), range_condition=between).all()
    ]
    return [event for event in events if event.at > expired_before]
