"""Mailboxes and connections: the items of one recipient form one item collection.

    HEAD          the state of the mailbox: the number of appended (`tail`) and delivered (`delivered`) events, the ids
                  of the events in between in order (`queue`), the number of wakeups, the delivery lease
    EVENT#<id>    one event
    CONN#<id>     one open connection of the recipient

The head holds only ids, so appending stays cheap while the recipient is not connected. An event's sequence number is
its position in the queue, `delivered + 1 + index`. The transaction that appends assigns it without a read.
"""

from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection

from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, MomentAttribute, index, key, optional, stored_in
from chalicelib.core.work import Recipient

PENDING_SHARDS = Shards(8)
HEAD = "HEAD"
EVENT = "EVENT"
CONNECTION = "CONN"


class MailboxHead(Item):
    """The state of one recipient's mailbox."""

    Meta = stored_in("realtime")
    kind = "mailbox"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    tail = IntAttribute(default=0)
    delivered = IntAttribute(default=0)
    queue = ListAttribute[Any](of=UnicodeAttribute, default=list)
    wakeups = IntAttribute(default=0, attr_name="bell")
    """The number of requests for a delivery; a lease is released only if it has not changed."""
    lease_owner = optional(UnicodeAttribute())
    lease_until = optional(MomentAttribute())
    pending_shard = optional(UnicodeAttribute())
    pending_since = optional(MomentAttribute())
    pending = index(
        IncludeProjection(["org_id", "user_id"]), pending_shard=UnicodeAttribute, pending_since=MomentAttribute
    )
    """Mailboxes with undelivered events, oldest first. The index is sparse, so the sweep reads only pending ones."""


class MailboxEvent(Item):
    """One event; `data` is JSON."""

    Meta = stored_in("realtime")
    kind = "event"

    event = UnicodeAttribute()
    data = UnicodeAttribute()
    at = MomentAttribute()
    expires_at = ExpiryAttribute()


class MailboxConnection(Item):
    """An open connection, in the item collection of its recipient, where delivery reads it."""

    Meta = stored_in("realtime")
    kind = "connection"

    connection_id = UnicodeAttribute()
    endpoint = UnicodeAttribute()
    connected_at = MomentAttribute()
    expires_at = ExpiryAttribute()


class Connection(Item):
    """An open connection by its id, with its user and session, where its own messages read it."""

    Meta = stored_in("realtime")
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
        """Return the recipient."""
        return Recipient(self.org_id, self.user_id)


def mailbox_pk(recipient: Recipient) -> str:
    """Return the partition key of a recipient."""
    return key(recipient.org_id, "MAILBOX", recipient.user_id)


def head_key(recipient: Recipient) -> ItemKey[MailboxHead]:
    """Return the key of a mailbox head."""
    return ItemKey(MailboxHead, mailbox_pk(recipient), HEAD)


def event_key(recipient: Recipient, event_id: str) -> ItemKey[MailboxEvent]:
    """Return the key of an event."""
    return ItemKey(MailboxEvent, mailbox_pk(recipient), key(EVENT, event_id))


def connection_key(connection_id: str) -> ItemKey[Connection]:
    """Return the key of a connection by its id."""
    return ItemKey(Connection, key("CONNECTION", connection_id), CONNECTION)


def mailbox_connection_key(recipient: Recipient, connection_id: str) -> ItemKey[MailboxConnection]:
    """Return the key of a recipient's connection."""
    return ItemKey(MailboxConnection, mailbox_pk(recipient), key(CONNECTION, connection_id))


def pending_shard(recipient: Recipient) -> str:
    """Return the key of a mailbox in the pending index."""
    return PENDING_SHARDS.key_of(recipient.user_id, "PENDING")
