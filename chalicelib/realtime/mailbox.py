"""The mailbox's own steps: append, take the lease, move the cursor, let go. Each is one conditional write.

    append    in the transaction that causes the events: ids to the end of the queue, `tail` up, the bell rung
    take      the lease, if nobody holds it or its time is over; the answer is the whole head
    advance   what was delivered leaves the queue, the lease is prolonged; only for who holds it
    let go    only if the bell has not been rung since the head was read: else there is something to look at

Whoever wants a delivery rings the bell first and then tries for the lease; who does not get it may leave, because the
holder cannot let go without having seen the ring. Only the holder removes ids, and only from the front, so appending
never conflicts with it.

    pending   a mailbox is in the sparse index from the append until the holder lets go
    parked    let go with events left because nobody is connected: out of the index until the bell is rung again
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
from pynamodb.constants import ALL_NEW
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.store import store_errors
from chalicelib.core.work import Published, Recipient, UnitOfWork
from chalicelib.edge.http import encoder
from chalicelib.realtime.tables import MailboxEvent, MailboxHead, event_key, head_key, pending_shard

H = MailboxHead


def append(work: UnitOfWork, retention: timedelta) -> None:
    """Stage what was published: the events, and one change of each recipient's head."""
    by_recipient = sorted(work.published, key=lambda p: (p.recipient.org_id, p.recipient.user_id))
    for recipient, published in groupby(by_recipient, key=lambda p: p.recipient):
        ids = [_stage_event(work, one, retention) for one in published]
        work.update_unread(head_key(recipient), actions=_appended(recipient, ids, work.now), audited=False)


def _stage_event(work: UnitOfWork, published: Published, retention: timedelta) -> str:
    event_id = work.ids.new()
    where = event_key(published.recipient, event_id)
    event = MailboxEvent(
        where.pk,
        where.sk,
        event=published.event,
        data=encoder.encode(published.data).decode(),
        at=work.now,
        expires_at=work.now + retention,
    )
    work.create(event, audited=False)
    return event_id


def _appended(recipient: Recipient, ids: Sequence[str], now: datetime) -> list[Action]:
    queue = (H.queue | []).append(list(ids))
    return [H.queue.set(queue), H.tail.add(len(ids)), *rung(recipient, now)]


def rung(recipient: Recipient, now: datetime) -> list[Action]:
    """Ring the bell: whoever delivers has to look again, and the sweep will if nobody does."""
    return [
        H.bell.add(1),
        H.org_id.set(recipient.org_id),
        H.user_id.set(recipient.user_id),
        H.pending_shard.set(pending_shard(recipient)),
        H.pending_since.set(H.pending_since | now),
    ]


class Lease(msgspec.Struct, frozen=True):
    """The right to deliver one mailbox, until `until`."""

    recipient: Recipient
    owner: str
    until: datetime
    head: MailboxHead

    @property
    def queue(self) -> Sequence[str]:
        """The ids of the events that wait, in order."""
        return self.head.queue or ()


def take(recipient: Recipient, owner: str, now: datetime, life: timedelta) -> Lease | None:
    """The lease, or None if somebody else holds it. Not a made-up mailbox: one that was never rung has no lease."""
    until = now + life
    # One's own already: the client sent this again because the first answer was lost.
    free = H.lease_until.does_not_exist() | (H.lease_until < now) | (H.lease_owner == owner)
    condition = H.bell.exists() & free
    head = _update(recipient, [H.lease_owner.set(owner), H.lease_until.set(until)], condition)
    return None if head is None else Lease(recipient, owner, until, head)


def advance(lease: Lease, count: int, now: datetime, life: timedelta) -> Lease | None:
    """Move the cursor over `count` events and keep the lease; None if it was lost meanwhile, or moved already."""
    until = now + life
    actions = [*_moved(count), H.lease_until.set(until)]
    head = _update(lease.recipient, actions, (H.lease_owner == lease.owner) & _unmoved(lease))
    return None if head is None else Lease(lease.recipient, lease.owner, until, head)


def let_go(lease: Lease, count: int = 0) -> bool:
    """Move the cursor over `count` events and give the lease back, out of the pending index.

    False, and nothing done, if the bell was rung since the head was read (or the lease was lost).
    """
    actions = [
        *_moved(count),
        H.lease_owner.remove(),
        H.lease_until.remove(),
        H.pending_shard.remove(),
        H.pending_since.remove(),
    ]
    held = (H.lease_owner == lease.owner) & (H.bell == lease.head.bell)
    return _update(lease.recipient, actions, held) is not None


def leave_pending(lease: Lease, count: int = 0) -> None:
    """Move the cursor and give the lease back, but stay in the index: the sweep will try again."""
    actions = [*_moved(count), H.lease_owner.remove(), H.lease_until.remove()]
    _update(lease.recipient, actions, H.lease_owner == lease.owner)


def _moved(count: int) -> list[Action]:
    """Take the first `count` ids off the queue; the highest index first, which every engine reads alike."""
    if count == 0:
        return []
    return [H.delivered.add(count), *(H.queue[index].remove() for index in reversed(range(count)))]


def _unmoved(lease: Lease) -> Condition:
    """That the cursor is where it was read: a client that sends a move again, its answer lost, must not move twice."""
    delivered = lease.head.delivered
    same: Condition = H.delivered == delivered
    return same if delivered else same | H.delivered.does_not_exist()


def _update(recipient: Recipient, actions: list[Action], condition: Condition) -> MailboxHead | None:
    where = head_key(recipient)
    try:
        with store_errors():
            answer = MailboxHead.table().update_item(
                where.pk, range_key=where.sk, actions=actions, condition=condition, return_values=ALL_NEW
            )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return None
        raise
    return MailboxHead.from_raw_data(answer["Attributes"])
