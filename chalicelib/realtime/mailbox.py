"""The operations of a mailbox: append, acquire the lease, advance, release. Each is one conditional write.

    append     in the transaction that causes the events: adds ids to the end of the queue and signals a wakeup
    acquire    takes the lease if it is free or expired, and returns the whole head
    advance    removes delivered events from the queue and renews the lease; only by its owner
    release    gives the lease back, only if no wakeup was signalled since the head was read

A caller that needs a delivery signals a wakeup first and then tries to acquire the lease. If the lease is held, the
caller may leave, because the owner cannot release it without having seen the wakeup. Only the owner removes ids, and
only from the front of the queue, so appending never conflicts with a delivery.

A mailbox is in the sparse pending index from the append until its release. A mailbox that is released with events left,
because its recipient is not connected, leaves the index until the next wakeup.
"""

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
from chalicelib.realtime.tables import MailboxHead, event_key, head_key, pending_shard

H = MailboxHead


def append(work: UnitOfWork, retention: timedelta) -> None:
    """Stage the published events, and one change of each recipient's head."""
    by_recipient = sorted(work.published, key=lambda p: (p.recipient.org_id, p.recipient.user_id))
    for recipient, published in groupby(by_recipient, key=lambda p: p.recipient):
        ids = [_stage_event(work, event, retention) for event in published]
        actions = [H.queue.set((H.queue | []).append(ids)), H.tail.add(len(ids)), *signal(recipient, work.now)]
        work.update_unread(head_key(recipient), actions=actions, audited=False)


def _stage_event(work: UnitOfWork, published: Published, retention: timedelta) -> str:
    event_id = work.ids.new()
    event = event_key(published.recipient, event_id).new(
        event=published.event,
        data=encoder.encode(published.data).decode(),
        at=work.now,
        expires_at=work.now + retention,
    )
    work.create(event, audited=False)
    return event_id


def signal(recipient: Recipient, now: datetime) -> list[Action]:
    """Return the actions that signal a wakeup: the owner of the lease has to read again, and so will the sweep."""
    return [
        H.wakeups.add(1),
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
        """Return the ids of undelivered events, in order."""
        return self.head.queue or ()


def acquire(recipient: Recipient, owner: str, now: datetime, lifetime: timedelta) -> Lease | None:
    """Return the lease, or None if it is held by another owner or the mailbox does not exist."""
    until = now + lifetime
    # The owner may hold it already: the client repeats a request whose response was lost.
    free = H.lease_until.does_not_exist() | (H.lease_until < now) | (H.lease_owner == owner)
    condition = H.wakeups.exists() & free
    head = _update(recipient, [H.lease_owner.set(owner), H.lease_until.set(until)], condition)
    return None if head is None else Lease(recipient, owner, until, head)


def advance(lease: Lease, count: int, now: datetime, lifetime: timedelta) -> Lease | None:
    """Remove `count` delivered events and renew the lease; return None if it was lost or the events were removed."""
    until = now + lifetime
    actions = [*_removed(count), H.lease_until.set(until)]
    head = _update(lease.recipient, actions, (H.lease_owner == lease.owner) & _unchanged(lease))
    return None if head is None else Lease(lease.recipient, lease.owner, until, head)


def release(lease: Lease, count: int = 0) -> bool:
    """Remove `count` delivered events, release the lease and leave the pending index.

    Return False and change nothing if a wakeup was signalled since the head was read, or the lease was lost.
    """
    actions = [
        *_removed(count),
        H.lease_owner.remove(),
        H.lease_until.remove(),
        H.pending_shard.remove(),
        H.pending_since.remove(),
    ]
    held = (H.lease_owner == lease.owner) & (H.wakeups == lease.head.wakeups)
    return _update(lease.recipient, actions, held) is not None


def release_pending(lease: Lease, count: int = 0) -> None:
    """Remove `count` delivered events and release the lease, but stay in the pending index for the sweep."""
    actions = [*_removed(count), H.lease_owner.remove(), H.lease_until.remove()]
    _update(lease.recipient, actions, H.lease_owner == lease.owner)


def _removed(count: int) -> list[Action]:
    """Return the actions that remove the first `count` ids; the highest index first, for all engines alike."""
    if count == 0:
        return []
    return [H.delivered.add(count), *(H.queue[index].remove() for index in reversed(range(count)))]


def _unchanged(lease: Lease) -> Condition:
    """Return the condition that nothing was delivered since the read: a repeated request must have no second effect."""
    delivered = lease.head.delivered
    unchanged: Condition = H.delivered == delivered
    return unchanged if delivered else unchanged | H.delivered.does_not_exist()


def _update(recipient: Recipient, actions: list[Action], condition: Condition) -> MailboxHead | None:
    key = head_key(recipient)
    try:
        with store_errors():
            answer = MailboxHead.table().update_item(
                key.pk, range_key=key.sk, actions=actions, condition=condition, return_values=ALL_NEW
            )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return None
        raise
    return MailboxHead.from_raw_data(answer["Attributes"])
