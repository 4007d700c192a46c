"""Mailboxes and connections: the items of one recipient lie together under one key.

    HEAD          where the mailbox stands: how many events came in (`tail`), how many went out (`delivered`), the ids
                  of those in between in order (`queue`), the bell, the delivery lease
    EVENT#<id>    one event
    CONN#<id>     one open connection of the recipient

The head holds ids only, so appending to it stays cheap while somebody is away. An event's sequence number is its
place in the queue: `delivered + 1 + index`. It is assigned by the transaction that appends, which needs no read.
"""

from __future__ import annotations

import zlib
from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, MomentAttribute, TableName, key, optional
from chalicelib.core.work import Recipient

PENDING_SHARDS = 8
HEAD = "HEAD"
EVENT = "EVENT"
CONNECTION = "CONN"


class _Meta:
    table_name = TableName("realtime")


class Pending(GlobalSecondaryIndex["MailboxHead"]):
    """Mailboxes with something to deliver, oldest first; sparse, so the sweep pays only for what is pending."""

    class Meta:
        index_name = "pending"
        projection = IncludeProjection(["org_id", "user_id"])

    pending_shard = UnicodeAttribute(hash_key=True)
    pending_since = MomentAttribute(range_key=True)


class MailboxHead(Item):
    """Where one recipient's mailbox stands."""

    class Meta(_Meta):
        pass

    kind = "mailbox"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    tail = IntAttribute(default=0)
    delivered = IntAttribute(default=0)
    queue = ListAttribute[Any](of=UnicodeAttribute, default=list)
    bell = IntAttribute(default=0)
    lease_owner = optional(UnicodeAttribute())
    lease_until = optional(MomentAttribute())
    pending_shard = optional(UnicodeAttribute())
    pending_since = optional(MomentAttribute())
    pending = Pending()

    @property
    def recipient(self) -> Recipient:
        """Whose it is."""
        return Recipient(self.org_id, self.user_id)


class MailboxEvent(Item):
    """One event; `data` is JSON."""

    class Meta(_Meta):
        pass

    kind = "event"

    event = UnicodeAttribute()
    data = UnicodeAttribute()
    at = MomentAttribute()
    expires_at = ExpiryAttribute()


class MailboxConnection(Item):
    """An open connection, as delivery finds it in the recipient's mailbox."""

    class Meta(_Meta):
        pass

    kind = "connection"

    connection_id = UnicodeAttribute()
    endpoint = UnicodeAttribute()
    connected_at = MomentAttribute()
    expires_at = ExpiryAttribute()


class Connection(Item):
    """An open connection, as its own messages find it: whose it is, and by which session."""

    class Meta(_Meta):
        pass

    kind = "connection"

    connection_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    role = UnicodeAttribute()
    session_id = UnicodeAttribute()
    endpoint = UnicodeAttribute()
    connected_at = MomentAttribute()
    expires_at = ExpiryAttribute()

    @property
    def recipient(self) -> Recipient:
        """Whose it is."""
        return Recipient(self.org_id, self.user_id)


def mailbox_pk(recipient: Recipient) -> str:
    """The key under which everything of a recipient lies."""
    return key(recipient.org_id, "MAILBOX", recipient.user_id)


def head_key(recipient: Recipient) -> ItemKey[MailboxHead]:
    """Where the head of a mailbox is."""
    return ItemKey(MailboxHead, mailbox_pk(recipient), HEAD)


def event_key(recipient: Recipient, event_id: str) -> ItemKey[MailboxEvent]:
    """Where an event of a mailbox is."""
    return ItemKey(MailboxEvent, mailbox_pk(recipient), key(EVENT, event_id))


def connection_key(connection_id: str) -> ItemKey[Connection]:
    """Where a connection is, by its id."""
    return ItemKey(Connection, key("CONNECTION", connection_id), CONNECTION)


def mailbox_connection_key(recipient: Recipient, connection_id: str) -> ItemKey[MailboxConnection]:
    """Where a connection of a recipient is."""
    return ItemKey(MailboxConnection, mailbox_pk(recipient), key(CONNECTION, connection_id))


def pending_shard(recipient: Recipient) -> str:
    """Which shard of the pending index a mailbox is in."""
    return key("PENDING", zlib.crc32(recipient.user_id.encode()) % PENDING_SHARDS)
