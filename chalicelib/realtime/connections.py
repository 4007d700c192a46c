"""Open connections: stored at `$connect`, deleted at `$disconnect` or when the gateway reports them as gone.

The two items of a connection and the wakeup of its mailbox are one unit of work, so no delivery runs between them, and
a concurrent change of the mailbox delays a connection but never refuses it. Connections are not audited.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query, get, store_errors
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime.mailbox import signal
from chalicelib.realtime.tables import (
    CONNECTION,
    Connection,
    MailboxConnection,
    connection_key,
    head_key,
    mailbox_connection_key,
    mailbox_pk,
)


def store_connection(
    work: UnitOfWork, connection_id: str, endpoint: str, actor: Actor, lifetime: timedelta
) -> Recipient:
    """Stage a connection and the wakeup of its mailbox, so that missed events are delivered to it."""
    recipient = Recipient(actor.org_id, actor.user_id)
    key, mailbox_key = connection_key(connection_id), mailbox_connection_key(recipient, connection_id)
    values: dict[str, Any] = {
        "connection_id": connection_id,
        "endpoint": endpoint,
        "connected_at": work.now,
        "expires_at": work.now + lifetime,
    }
    connection = key.new(
        org_id=actor.org_id, user_id=actor.user_id, role=actor.role, session_id=actor.session_id, **values
    )
    work.create(connection, audited=False)
    work.create(mailbox_key.new(**values), audited=False)
    work.update_unread(head_key(recipient), actions=signal(recipient, work.now), audited=False)
    return recipient


def find_connection(connection_id: str, now: datetime) -> Connection | None:
    """Return the connection, or None if it is unknown or expired."""
    connection = get(connection_key(connection_id))
    return None if connection is None or expired(connection.expires_at, now) else connection


def open_connections(recipient: Recipient, now: datetime) -> Sequence[MailboxConnection]:
    """Return the recipient's open connections, oldest first."""
    prefix = MailboxConnection.sk.startswith(CONNECTION)
    connections = Query(MailboxConnection, mailbox_pk(recipient), range_condition=prefix).all()
    return sorted((c for c in connections if not expired(c.expires_at, now)), key=lambda c: c.connected_at)


def delete_connection(connection: MailboxConnection | Connection) -> None:
    """Delete both items of a connection, given either of them."""
    with store_errors():
        stored = get(connection_key(connection.connection_id))
        if stored is not None:
            mailbox_connection_key(stored.recipient, stored.connection_id).new().delete()
            stored.delete()
        elif isinstance(connection, MailboxConnection):
            connection.delete()
