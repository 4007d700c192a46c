"""The endpoint that makes tickets for sockets."""

from typing import Any

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.realtime import permissions, service
from chalicelib.realtime.schemas import SocketTicket

routes = Routes(__name__, "Sockets")


@routes.post(
    "/v1/ws/tickets",
    permission=permissions.CREATE_TICKET,
    returns=SocketTicket,
    status=201,
    audit_target=AuditTarget("session", "SOCKET_TICKET_CREATED"),
)
def create_ticket(request: Request[Empty], work: UnitOfWork) -> Response[Any]:
    """Make a ticket that opens one socket with `?ticket=` within 30 seconds."""
    return Response(service.create_ticket(work, request.actor), 201, incomplete=True)
