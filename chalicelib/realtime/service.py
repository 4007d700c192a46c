"""The use cases of socket tickets.

A browser cannot send headers with a WebSocket handshake, and an access token in an address ends up in the logs of
proxies. A ticket may stand there: it opens one socket of the session that made it, within half a minute.
"""

from datetime import timedelta

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AuthInvalid
from chalicelib.core.ids import hash_secret
from chalicelib.core.store import get
from chalicelib.core.table import expired
from chalicelib.core.work import UnitOfWork
from chalicelib.realtime.schemas import SocketTicket
from chalicelib.realtime.tables import Ticket, ticket_key

LIFETIME = timedelta(seconds=30)


def create_ticket(work: UnitOfWork, actor: Actor) -> SocketTicket:
    """Return a new ticket of the caller's session."""
    secret = work.ids.token()
    work.audit("session", actor.session_id, "SOCKET_TICKET_CREATED")
    ticket = ticket_key(hash_secret(secret)).new(
        org_id=actor.org_id,
        user_id=actor.user_id,
        role=actor.role,
        session_id=actor.session_id,
        expires_at=work.now + LIFETIME,
    )
    work.create(ticket, audited=False)
    return SocketTicket(secret, int(LIFETIME.total_seconds()))


def find_ticket(secret: str, clock: Clock) -> Ticket:
    """Return a ticket that can be used. Raise `AuthInvalid`."""
    ticket = get(ticket_key(hash_secret(secret)))
    if ticket is None or expired(ticket.expires_at, clock.now()):
        raise _invalid()
    return ticket


def use_ticket(work: UnitOfWork, ticket: Ticket) -> None:
    """Stage that a ticket is used up; fails with `AuthInvalid` if it is already."""
    work.remove(ticket_key(ticket.entity_id), Ticket.pk.exists(), _invalid())


def _invalid() -> AuthInvalid:
    return AuthInvalid("This ticket is unknown, used or expired. Request a new one.")
