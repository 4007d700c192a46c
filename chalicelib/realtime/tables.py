"""Mailboxes, their logs, and connections: the items of one person form one item collection.

    HEAD             the state of the mailbox: events that were appended and are not in the log yet (`queue`), the
                     number of events in the log (`numbered`), the open connections, when it is due for the sweep
    EVENT#<number>   one event of the log, numbered from 1
    PLACE#<session>  where a session without an open connection goes on

The transaction that causes events appends them to the queue, which needs no read and gives them their order: the
number of an event is `numbered + 1 + index`, and does not change when it moves to the log. Every delivery moves them,
also without a connection, so the queue is short and appending costs the same however many events wait.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection

from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, MomentAttribute, index, key, optional, stored_in
from chalicelib.core.work import Recipient

PENDING_SHARDS = Shards(8)
HEAD = "HEAD"
EVENT = "EVENT"
PLACE = "PLACE"
CONNECTION = "CONN"
TICKET = "TICKET"


class MailboxHead(Item):
    """The state of one person's mailbox. `queue` and `connections` hold JSON (`mailbox.py`)."""

    Meta = stored_in("realtime")
    kind = "mailbox"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    queue = ListAttribute[Any](of=UnicodeAttribute, attr_name="appended", default=list)
    numbered = IntAttribute(default=0)
    connections = optional(UnicodeAttribute())
    revision = IntAttribute(default=0)
    """The number of changes of `connections`; each requires the one that was read."""
    wakeups = IntAttribute(default=0)
    """The number of appends and connects; a delivery ends only if it has not changed since the head was read."""
    pending_shard = optional(UnicodeAttribute())
    pending_since = optional(MomentAttribute())
    pending = index(
        IncludeProjection(["org_id", "user_id"]), pending_shard=UnicodeAttribute, pending_since=MomentAttribute
    )
    """Mailboxes with something to deliver, by the time at which the sweep should look after them. Sparse."""


class MailboxEvent(Item):
    """One event of the log; `data` is JSON."""

    Meta = stored_in("realtime")
    kind = "event"

    event = UnicodeAttribute()
    data = UnicodeAttribute()
    at = MomentAttribute()
    expires_at = ExpiryAttribute()


class Place(Item):
    """Where a session goes on in its mailbox, left by the last of its connections that ended."""

    Meta = stored_in("realtime")
    kind = "place"

    number = IntAttribute()
    is_new = BooleanAttribute(default=False)
    connected_at = MomentAttribute()
    """When the connection that left it was opened; an earlier one that ends later changes nothing."""
    expires_at = ExpiryAttribute()


class Connection(Item):
    """An open connection by its id, where its own messages find its user and session.

    `messages` counts those of the second `second` (since the epoch), as far as processes share them (`message_rate`).
    """

    Meta = stored_in("realtime")
    kind = "connection"

    connection_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    role = UnicodeAttribute()
    session_id = UnicodeAttribute()
    endpoint = UnicodeAttribute()
    connected_at = MomentAttribute()
    second = IntAttribute(default=0)
    messages = IntAttribute(default=0)
    expires_at = ExpiryAttribute()

    @property
    def recipient(self) -> Recipient:
        """Return the recipient."""
        return Recipient(self.org_id, self.user_id)


class Ticket(Item):
    """The right of a session to open one socket, by the hash of its secret."""

    Meta = stored_in("realtime")
    kind = "ticket"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    role = UnicodeAttribute()
    session_id = UnicodeAttribute()
    expires_at = ExpiryAttribute()


def mailbox_pk(recipient: Recipient) -> str:
    """Return the partition key of a recipient."""
    return key(recipient.org_id, "MAILBOX", recipient.user_id)


def head_key(recipient: Recipient) -> ItemKey[MailboxHead]:
    """Return the key of a mailbox head."""
    return ItemKey(MailboxHead, mailbox_pk(recipient), HEAD)


def event_sk(number: int) -> str:
    """Return the sort key of an event."""
    return key(EVENT, f"{number:012d}")


def event_key(recipient: Recipient, number: int) -> ItemKey[MailboxEvent]:
    """Return the key of an event."""
    return ItemKey(MailboxEvent, mailbox_pk(recipient), event_sk(number))


def place_key(recipient: Recipient, session_id: str) -> ItemKey[Place]:
    """Return the key of the place of a session."""
    return ItemKey(Place, mailbox_pk(recipient), key(PLACE, session_id))


def connection_key(connection_id: str) -> ItemKey[Connection]:
    """Return the key of a connection by its id."""
    return ItemKey(Connection, key("CONNECTION", connection_id), CONNECTION)


def ticket_key(token_hash: str) -> ItemKey[Ticket]:
    """Return the key of a ticket, by the hash of its secret."""
    return ItemKey(Ticket, key("TICKET", token_hash), TICKET)


def pending_shard(recipient: Recipient) -> str:
    """Return the key of a mailbox in the pending index."""
    return PENDING_SHARDS.key_of(recipient.user_id, "PENDING")
