"""Open connections: remembered at `$connect`, forgotten at `$disconnect` or when the gateway says they are gone.

The two items of a connection and the ring of the bell are one unit of work, so no delivery can look between them, and
a mailbox that is being written to at the same moment delays a connection and never refuses it. Nobody answers for a
connection: there is no audit row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query, get, store_errors
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime.mailbox import rung
from chalicelib.realtime.tables import (
    CONNECTION,
    Connection,
    MailboxConnection,
    connection_key,
    head_key,
    mailbox_connection_key,
    mailbox_pk,
)


def remember(work: UnitOfWork, connection_id: str, endpoint: str, actor: Actor, life: timedelta) -> Recipient:
    """Stage a connection and the ring of its mailbox's bell, so that what was missed is delivered to it."""
    recipient = Recipient(actor.org_id, actor.user_id)
    mine, theirs = connection_key(connection_id), mailbox_connection_key(recipient, connection_id)
    known: dict[str, Any] = {
        "connection_id": connection_id,
        "endpoint": endpoint,
        "connected_at": work.now,
        "expires_at": work.now + life,
    }
    connection = Connection(
        mine.pk,
        mine.sk,
        org_id=actor.org_id,
        user_id=actor.user_id,
        role=actor.role,
        session_id=actor.session_id,
        **known,
    )
    work.create(connection, audited=False)
    work.create(MailboxConnection(theirs.pk, theirs.sk, **known), audited=False)
    work.update_unread(head_key(recipient), actions=rung(recipient, work.now), audited=False)
    return recipient


def find(connection_id: str, now: datetime) -> Connection | None:
    """The connection, unless it is unknown or its time is over."""
    connection = get(connection_key(connection_id))
    return None if connection is None or expired(connection.expires_at, now) else connection


def open_of(recipient: Recipient, now: datetime) -> Sequence[MailboxConnection]:
    """The recipient's open connections, oldest first."""
    prefix = MailboxConnection.sk.startswith(CONNECTION)
    found = Query(MailboxConnection, mailbox_pk(recipient), range_condition=prefix).all()
    return sorted((c for c in found if not expired(c.expires_at, now)), key=lambda c: c.connected_at)


def forget(connection: MailboxConnection | Connection) -> None:
    """Remove both items of a connection, whichever of them is at hand."""
    with store_errors():
        known = get(connection_key(connection.connection_id))
        if known is not None:
            place = mailbox_connection_key(known.recipient, known.connection_id)
            MailboxConnection(place.pk, place.sk).delete()
            known.delete()
        elif isinstance(connection, MailboxConnection):
            connection.delete()
