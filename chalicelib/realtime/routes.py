"""The tickets that open sockets."""

from typing import Any

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.realtime import permissions, service
from chalicelib.realtime.schemas import SocketTicket

routes = Routes(__name__, "Sockets")

TICKETS = "/v1/ws/tickets"
"""The one path below that of the sockets that belongs to the REST API."""


@routes.post(
    TICKETS,
    permission=permissions.CREATE_TICKET,
    returns=SocketTicket,
    examples={"response": {"ticket": "q3XvZ0cJp8m1Wc6yE2nTtRk5Hs9uLbGd7fAoVjYiNxM", "expiresIn": 30}},
    status=201,
    audit_target=AuditTarget("session", "SOCKET_TICKET_CREATED"),
)
def create_ticket(request: Request[Empty], work: UnitOfWork) -> Response[Any]:
    """Make a ticket that opens one socket with `?ticket=` within 30 seconds.

    It is for browsers, which can send no headers when they open a WebSocket: unlike an access token, a ticket does no
    harm in the log of a proxy. The socket belongs to the session that made the ticket. Each request returns a new
    ticket, also with the same `Idempotency-Key`.
    """
    return Response(service.create_ticket(work, request.actor), 201, incomplete=True)
