"""Open connections: stored at `$connect`, removed at `$disconnect`, when they are gone, or when their session ends.

A connection stands in the head of its person's mailbox, where deliveries find it, and as an item by its id, where its
own messages find it. When one ends, it leaves the place at which its session goes on. A concurrent change of the
mailbox delays a connection but never refuses it. Connections are not audited.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.conditional import write_if
from chalicelib.core.settings import Settings
from chalicelib.core.store import get_many, store_errors
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime import mailbox
from chalicelib.realtime.errors import SendFailed
from chalicelib.realtime.mailbox import Changes, Mailbox
from chalicelib.realtime.rules import MailboxPosition, OpenConnection, is_clean_end, starts_at
from chalicelib.realtime.sender import TOO_MANY_CONNECTIONS, Sender
from chalicelib.realtime.tables import Connection, Place, connection_key, head_key, place_key

_ATTEMPTS = 10


class NewConnection(msgspec.Struct, frozen=True):
    """A connection that a client opens; `after` is the number of the last event that the client says it has.

    `channel` is empty where the gateway has no paths.
    """

    connection_id: str
    endpoint: str
    channel: str = ""
    after: int | None = None


def store_connection(work: UnitOfWork, new: NewConnection, actor: Actor, sender: Sender) -> Recipient:
    """Stage a connection and a wakeup of its mailbox, so that missed events are delivered to it.

    Beyond the limit of connections per person the oldest ones are removed, and closed after the commit.
    """
    recipient = Recipient(actor.org_id, actor.user_id)
    place_of_session = place_key(recipient, actor.session_id)
    stored = get_many([head_key(recipient), place_of_session], work.clock)
    head, place = stored.get(head_key(recipient)), stored.get(place_of_session)
    box = None if head is None else mailbox.decode(recipient, head)
    opened = _opened(work, new, actor, box, place)
    remaining = {} if box is None else dict(box.connections)
    for oldest in _beyond_limit(remaining, work.settings.connection_limit):
        work.after_commit.append(partial(_close_removed, recipient, oldest, remaining.pop(oldest), work, sender))
    condition, actions = mailbox.replace_connections(box, {**remaining, new.connection_id: opened})
    actions += mailbox.signal(recipient, work.now)
    work.update_unread(head_key(recipient), condition=condition, actions=actions, audited=False)
    item = connection_key(new.connection_id).new(
        connection_id=new.connection_id,
        org_id=actor.org_id,
        user_id=actor.user_id,
        role=actor.role,
        session_id=actor.session_id,
        endpoint=new.endpoint,
        connected_at=work.now,
        expires_at=from_millis(opened.expires_at),
    )
    work.create(item, audited=False)
    return recipient


def end_connection(connection: Connection, code: int, now: datetime, settings: Settings) -> None:
    """Remove a connection that has ended with this close code; its session goes on where it was."""
    recipient, name = connection.recipient, connection.connection_id
    is_clean = is_clean_end(code, to_millis(connection.connected_at), to_millis(now))
    for _ in range(_ATTEMPTS):
        box = mailbox.read(recipient)
        if box is None or name not in box.connections:
            break
        leave_place(recipient, box.connections[name], now, settings, is_clean=is_clean)
        if mailbox.save(box, Changes(connections={name: None})) is not None:
            break
    delete_connections([name])


def acknowledge(connection: Connection, number: int) -> None:
    """Record that the client of a connection has all events up to this number; more than the newest is the newest."""
    for _ in range(_ATTEMPTS):
        box = mailbox.read(connection.recipient)
        opened = None if box is None else box.connections.get(connection.connection_id)
        if box is None or opened is None:
            return
        confirmed = opened.confirmed(min(number, box.newest))
        if confirmed == opened or mailbox.save(box, Changes(connections={connection.connection_id: confirmed})):
            return


def leave_place(
    recipient: Recipient, connection: OpenConnection, now: datetime, settings: Settings, *, is_clean: bool
) -> None:
    """Store where the session of an ended connection goes on, unless a later connection of it has left its place."""
    position = connection.resumes_at(to_millis(now), is_clean=is_clean)
    connected_at = from_millis(connection.connected_at)
    expires_at = now + timedelta(seconds=settings.session_s)
    place = place_key(recipient, connection.session_id).new(
        number=position.number, is_new=position.is_new, connected_at=connected_at, expires_at=expires_at
    )
    is_latest = Place.pk.does_not_exist() | (Place.connected_at <= connected_at)
    write_if(lambda: place.save(condition=is_latest))


def delete_connections(names: Iterable[str]) -> None:
    """Delete the items of connections that were removed from their mailbox."""
    for name in names:
        with store_errors():
            connection_key(name).new().delete()


def close_socket(sender: Sender, endpoint: str, name: str, code: int) -> None:
    """Close a socket. A failure is logged: the connection is refused or removed as well."""
    try:
        sender.close(endpoint, name, code)
    except SendFailed:
        observability.log().warning("socket not closed", extra={"connection_id": name}, exc_info=True)


def close_connection(sender: Sender, connection: OpenConnection, name: str, code: int) -> None:
    """Close the socket of a connection that is removed from its mailbox."""
    close_socket(sender, connection.endpoint, name, code)
    observability.count("ConnectionsClosed")


def _opened(
    work: UnitOfWork, new: NewConnection, actor: Actor, box: Mailbox | None, place: Place | None
) -> OpenConnection:
    now = to_millis(work.now)
    left = None if place is None or expired(place.expires_at, work.now) else MailboxPosition(place.number, place.is_new)
    others = [] if box is None else [c for c in box.connections.values() if c.session_id == actor.session_id]
    position = starts_at(others, left, 0 if box is None else box.newest, now, new.after)
    return OpenConnection(
        session_id=actor.session_id,
        role=actor.role,
        channel=new.channel,
        endpoint=new.endpoint,
        connected_at=now,
        expires_at=now + work.settings.connection_life_s * 1000,
        began_at=position.number,
        number=position.number,
        is_new=position.is_new,
        checkpoints=((now, position.number),),
    )


def _beyond_limit(connections: Mapping[str, OpenConnection], limit: int) -> list[str]:
    """Return the oldest connections that have to go before one more may be opened."""
    by_age = sorted(connections, key=lambda name: connections[name].connected_at)
    return by_age[: max(0, len(by_age) + 1 - limit)]


def _close_removed(
    recipient: Recipient, name: str, connection: OpenConnection, work: UnitOfWork, sender: Sender
) -> None:
    try:
        close_connection(sender, connection, name, TOO_MANY_CONNECTIONS)
        leave_place(recipient, connection, work.now, work.settings, is_clean=False)
        delete_connections([name])
    except Exception:  # noqa: BLE001 - the new connection is open; the old item expires
        observability.log().warning("connection not cleaned up", extra={"connection_id": name}, exc_info=True)
