"""The socket handlers: `$connect`, `$disconnect`, and messages from clients.

A client connects to the channel of its role with its access token (`Authorization: Bearer` or `?token=`) or with a
ticket (`?ticket=`). Messages have the form `{"event": ..., "data": ...}` in both directions. Domains register handlers
of client events (`events.py`). A refused message is answered with `{"event": "error", "data": {"event", "code",
"message", "details", "fields"?}}`. A connection that sends too much gets an error and is closed.

API Gateway's own socket URL has no paths, so there the token's role decides. Where a path exists (locally, and behind a
custom domain), the gateway passes its last part as the query parameter `channel`.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, TypeVar

import msgspec
from chalice.app import Response as ChaliceResponse

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.deadline import deadline
from chalicelib.core.errors import (
    AccessDenied,
    AuthRequired,
    BatonError,
    InternalError,
    RateLimited,
    RouteNotFound,
    ValidationFailed,
)
from chalicelib.core.store import ItemKey, ReadResult, get, get_many, store_errors
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.checks import check_own_fields
from chalicelib.edge.dependencies import Credentials, Dependencies
from chalicelib.edge.http import encoder, error_response
from chalicelib.edge.pipeline import bearer
from chalicelib.edge.request import ClientInfo, Empty, Request
from chalicelib.edge.validation import decode_body
from chalicelib.realtime import connections, service
from chalicelib.realtime.connections import NewConnection
from chalicelib.realtime.delivery_trigger import DeliveryTrigger
from chalicelib.realtime.errors import ConnectionGone, SendFailed
from chalicelib.realtime.events import ACK, ERROR, PING, PONG, SocketEventHandler, socket_events
from chalicelib.realtime.message_rate import MessageRate
from chalicelib.realtime.permissions import CHANNEL_PREFIX, CHANNELS, may_listen
from chalicelib.realtime.schemas import Acknowledgement, SocketError
from chalicelib.realtime.sender import MESSAGE_TOO_BIG, POLICY_VIOLATION, Sender
from chalicelib.realtime.tables import Connection, Ticket, connection_key

_UNNAMED = "?"
_PROTOCOL = "sec-websocket-protocol"

DataT = TypeVar("DataT", bound=msgspec.Struct)


class SocketMessage(msgspec.Struct, frozen=True):
    """A message from a client."""

    event: str
    data: dict[str, Any] | None = None


class Sockets(msgspec.Struct, frozen=True):
    """The three socket handlers."""

    dependencies: Dependencies
    sender: Sender
    delivery_trigger: DeliveryTrigger
    message_rate: MessageRate = msgspec.field(default_factory=MessageRate)

    def connect(self, event: Mapping[str, Any]) -> ChaliceResponse:
        """Accept a connection: 200, or 401, 403 or 422 before the socket opens."""
        context = event["requestContext"]
        request_id = str(context.get("requestId") or context["connectionId"])
        with observability.measured(request_id=request_id, operation="socket_connect"):
            try:
                with self._deadline(), store_errors():
                    return self._connect(event)
            except BatonError as error:
                return error_response(error, request_id)
            except Exception:  # noqa: BLE001 - the handshake needs a response, whatever the error is
                observability.log().exception("connect crashed")
                return error_response(InternalError(), request_id)

    def disconnect(self, event: Mapping[str, Any]) -> None:
        """Remove a connection; its session goes on later where it was, or a minute before after an unclean end."""
        context, now = event["requestContext"], self.dependencies.clock.now()
        connection = get(connection_key(context["connectionId"]))
        if connection is not None:
            code = int(context.get("disconnectStatusCode") or 0)
            connections.end_connection(connection, code, now, self.dependencies.settings)

    def message(self, event: Mapping[str, Any]) -> None:
        """Handle a message; errors are sent to its sender."""
        context = event["requestContext"]
        connection_id, endpoint = context["connectionId"], self._endpoint(context)
        with observability.measured(request_id=str(context.get("requestId")), operation="socket_message"):
            body = (event.get("body") or "").encode()
            try:
                with self._deadline(), store_errors():
                    connection = self._admit(connection_id, endpoint, body)
                    if connection is not None:
                        message = decode_body(body, SocketMessage)
                        self._handle(message, connection)
            except BatonError as error:
                self._reply(endpoint, connection_id, ERROR, error_data(error, _name_in(body)))
            except Exception:  # noqa: BLE001 - the sender gets an error, whatever it is
                observability.log().exception("message crashed")
                self._reply(endpoint, connection_id, ERROR, error_data(InternalError(), _name_in(body)))

    def _connect(self, event: Mapping[str, Any]) -> ChaliceResponse:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        query = event.get("queryStringParameters") or {}
        channel, context = query.get("channel"), event["requestContext"]
        if channel is not None and channel not in CHANNELS:
            raise RouteNotFound
        ticket = service.find_ticket(query["ticket"], self.dependencies.clock) if query.get("ticket") else None
        if ticket is not None:
            credentials = self._resume(ticket)
        else:
            token = query.get("token") or bearer(headers.get("authorization"))
            credentials = self.dependencies.authenticator.verify(token)
        actor, _ = self._authenticate(credentials)
        if not may_listen(actor.permissions, channel or ""):
            details = {"permission": CHANNEL_PREFIX + (channel or "*")}
            raise AccessDenied("Your role does not have access to this channel.", details=details)
        actor.require_own_password()
        new = NewConnection(context["connectionId"], self._endpoint(context), channel or "", _after(query))
        self.delivery_trigger.trigger(self._store_connection(new, actor, ticket))
        offered = headers.get(_PROTOCOL, "").split(",")[0].strip()
        return ChaliceResponse("", {"Sec-WebSocket-Protocol": offered} if offered else {}, 200)

    def _store_connection(self, new: NewConnection, actor: Actor, ticket: Ticket | None) -> Recipient:
        actor = msgspec.structs.replace(actor, request_id=new.connection_id)

        def decide(work: UnitOfWork) -> Recipient:
            if ticket is not None:
                service.use_ticket(work, ticket)
            return connections.store_connection(work, new, actor, self.sender)

        return self.dependencies.runner.run(actor, decide)

    def _admit(self, connection_id: str, endpoint: str, body: bytes) -> Connection | None:
        """Return the connection of a message that is within the limits; None if it was closed because it is not."""
        settings = self.dependencies.settings
        if len(body) > settings.socket_message_bytes:
            connections.close_socket(self.sender, endpoint, connection_id, MESSAGE_TOO_BIG)
            return None
        connection = self.message_rate.count(connection_id, self.dependencies.clock.now())
        if connection is None:
            raise AuthRequired("This connection is unknown. Connect again.")
        if connection.messages > settings.socket_messages_per_s:
            self._reply(endpoint, connection_id, ERROR, error_data(RateLimited(1), _UNNAMED))
            connections.close_socket(self.sender, endpoint, connection_id, POLICY_VIOLATION)
            return None
        return connection

    def _handle(self, message: SocketMessage, connection: Connection) -> None:
        if message.event == PING:
            self._reply(connection.endpoint, connection.connection_id, PONG, {})
            self._record_presence(connection)
            return
        if message.event == ACK:
            self._authenticate(self._resume(connection))
            connections.acknowledge(connection, _decode_data(message, Acknowledgement).id)
            return
        self._handle_event(socket_events.get(message.event), message, connection)

    def _handle_event(self, event: SocketEventHandler, message: SocketMessage, connection: Connection) -> None:
        """Check the message of a domain as the pipeline checks a request, and run its handler as a unit of work."""
        key = None if event.resource is None else event.resource(connection.org_id, connection.user_id)
        actor, found = self._authenticate(self._resume(connection), [] if key is None else [key])
        actor = msgspec.structs.replace(actor, request_id=connection.connection_id)
        actor.require(event.permission)
        actor.require_own_password()
        data = _decode_data(message, event.data)
        check_own_fields(event.own_fields, data, actor)
        client = ClientInfo(connection.connection_id, locate=str)
        resource = found.get(key) if key else None
        request = Request[Any, Any, Any](client, {}, data, Empty(), resource=resource, signed_in=actor)
        self.dependencies.runner.run(actor, partial(event.handler, request))

    def _resume(self, of: Connection | Ticket) -> Credentials:
        """Return the credentials of an open connection: session and role are checked with every message."""
        return self.dependencies.authenticator.resume(of.org_id, of.user_id, of.role, of.session_id)

    def _authenticate(self, credentials: Credentials, keys: Sequence[ItemKey[Any]] = ()) -> tuple[Actor, ReadResult]:
        """Return the sender, and what was read of the keys with one batch read."""
        org_id, user_id, presence = credentials.org_id, credentials.user_id, self.dependencies.presence
        presence_keys = presence.keys(org_id, user_id, credentials.role)
        found = get_many([*credentials.keys(), *presence_keys, *keys], self.dependencies.clock)
        actor = credentials.authenticate(found, "")
        presence.record(org_id, user_id, found)
        presence.learn(org_id, credentials.role, actor.permissions)
        return actor, found

    def _record_presence(self, connection: Connection) -> None:
        """Record that the client of a connection has sent a ping, which needs no authentication."""
        presence = self.dependencies.presence
        keys = presence.keys(connection.org_id, connection.user_id, connection.role)
        if keys:
            presence.record(connection.org_id, connection.user_id, get_many(keys, self.dependencies.clock))

    def _reply(self, endpoint: str, connection_id: str, event: str, data: Mapping[str, Any] | SocketError) -> None:
        try:
            self.sender.post(endpoint, connection_id, encoder.encode({"event": event, "data": data}))
        except (ConnectionGone, SendFailed):
            observability.log().info("reply not sent", extra={"connection_id": connection_id})

    def _deadline(self) -> AbstractContextManager[None]:
        return deadline(self.dependencies.clock, self.dependencies.settings.request_deadline_s)

    def _endpoint(self, context: Mapping[str, Any]) -> str:
        """Return the management API of the gateway where the socket is."""
        return self.dependencies.settings.sockets_endpoint or f"https://{context['domainName']}/{context['stage']}"


def _after(query: Mapping[str, Any]) -> int | None:
    """Return the number of the last event that the client has. Raise `ValidationFailed`."""
    text = query.get("after")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,30}", str(text)):
        raise ValidationFailed({"after": "must be the id of an event"})
    return int(text)


def _decode_data(message: SocketMessage, data: type[DataT]) -> DataT:
    try:
        return decode_body(msgspec.json.encode(message.data or {}), data)
    except ValidationFailed as error:
        raise ValidationFailed({f"data.{name}": problem for name, problem in error.fields.items()}) from error


def _name_in(body: bytes) -> str:
    """Return the name of the event in a message that is otherwise invalid, or `?`."""
    try:
        name = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get("event")
        return str(msgspec.json.decode(name, type=str)) if name is not None else _UNNAMED
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _UNNAMED


def error_data(error: BatonError, event: str) -> SocketError:
    """Return the data of `error` for a message of this event."""
    return SocketError(event, error.code, error.message, error.details, dict(error.fields) or None)
