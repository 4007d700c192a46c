"""The socket handlers: `$connect`, `$disconnect`, and messages from clients.

A client connects with its token (`Authorization: Bearer` or `?token=`) to the channel of its role. Messages have the
form `{"event": ..., "data": ...}` in both directions. Domains register handlers of client events (`SocketEvents.on`). A
refused message is answered with `{"event": "error", "data": {"event", "code", "message", "details", "fields"?}}`.

API Gateway's own socket URL has no paths, so there the token's role decides. Where a path exists (locally, and behind a
custom domain), the gateway passes its last part as the query parameter `channel`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from chalice.app import Response as ChaliceResponse

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, AuthRequired, BatonError, InternalError, ValidationFailed
from chalicelib.core.store import get_many, store_errors
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.dependencies import Credentials, Dependencies
from chalicelib.edge.http import encoder, error_body, error_response
from chalicelib.edge.pipeline import bearer
from chalicelib.edge.validation import decode_body
from chalicelib.realtime import connections
from chalicelib.realtime.delivery_trigger import DeliveryTrigger
from chalicelib.realtime.errors import ConnectionGone, SendFailed
from chalicelib.realtime.permissions import CHANNEL_PREFIX
from chalicelib.realtime.sender import Sender
from chalicelib.realtime.tables import Connection

CHANNELS = ("courier", "customer", "staff")
_PROTOCOL = "sec-websocket-protocol"

DataT = TypeVar("DataT", bound=msgspec.Struct)


class SocketEventHandler(msgspec.Struct, frozen=True):
    """An event that clients may send: its permission, the type of its data, and its handler."""

    permission: str
    data: type[msgspec.Struct]
    handler: Callable[[Any, Actor, Dependencies], None]


class SocketEvents:
    """The events that clients may send, as the domains registered them."""

    def __init__(self) -> None:
        self._events: dict[str, SocketEventHandler] = {}

    def on(
        self, event: str, *, permission: str, data: type[DataT]
    ) -> Callable[[Callable[[DataT, Actor, Dependencies], None]], Callable[[DataT, Actor, Dependencies], None]]:
        """Register the handler of an event."""

        def register(
            handler: Callable[[DataT, Actor, Dependencies], None],
        ) -> Callable[[DataT, Actor, Dependencies], None]:
            self._events[event] = SocketEventHandler(permission, data, handler)
            return handler

        return register

    def get(self, event: str) -> SocketEventHandler:
        """Return the registration of an event. Raise `ValidationFailed` if it is unknown."""
        if event not in self._events:
            raise ValidationFailed({"event": f"must be one of ping, {', '.join(sorted(self._events))}"})
        return self._events[event]


socket_events = SocketEvents()


class SocketMessage(msgspec.Struct, frozen=True):
    """A message from a client."""

    event: str
    data: dict[str, Any] | None = None


class Sockets(msgspec.Struct, frozen=True):
    """The three socket handlers."""

    dependencies: Dependencies
    sender: Sender
    delivery_trigger: DeliveryTrigger

    def connect(self, event: Mapping[str, Any]) -> ChaliceResponse:
        """Accept a connection: 200, or 401/403 before the socket opens."""
        context = event["requestContext"]
        request_id = str(context.get("requestId") or context["connectionId"])
        with observability.measured(request_id=request_id, operation="socket_connect"):
            try:
                with store_errors():
                    return self._connect(event)
            except BatonError as error:
                return error_response(error, request_id)
            except Exception:  # noqa: BLE001 - the handshake needs a response, whatever the error is
                observability.log().exception("connect crashed")
                return error_response(InternalError(), request_id)

    def disconnect(self, event: Mapping[str, Any]) -> None:
        """Delete a connection."""
        now = self.dependencies.clock.now()
        connection = connections.find_connection(event["requestContext"]["connectionId"], now)
        if connection is not None:
            connections.delete_connection(connection)

    def message(self, event: Mapping[str, Any]) -> None:
        """Handle a message; errors are sent to its sender."""
        context = event["requestContext"]
        connection_id = context["connectionId"]
        with observability.measured(request_id=str(context.get("requestId")), operation="socket_message"):
            name = "?"
            try:
                with store_errors():
                    message = decode_body((event.get("body") or "").encode(), SocketMessage)
                    name = message.event
                    self._handle(message, connection_id, _endpoint(context))
            except BatonError as error:
                self._reply(_endpoint(context), connection_id, "error", _error_data(error, name))
            except Exception:  # noqa: BLE001 - the sender gets an error, whatever it is
                observability.log().exception("message crashed")
                self._reply(_endpoint(context), connection_id, "error", _error_data(InternalError(), name))

    def _connect(self, event: Mapping[str, Any]) -> ChaliceResponse:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        query = event.get("queryStringParameters") or {}
        token = query.get("token") or bearer(headers.get("authorization"))
        actor = self._authenticate(self.dependencies.authenticator.verify(token))
        _check_channel(actor, query.get("channel"))
        self.delivery_trigger.trigger(self._store_connection(event["requestContext"], actor))
        offered = headers.get(_PROTOCOL, "").split(",")[0].strip()
        return ChaliceResponse("", {"Sec-WebSocket-Protocol": offered} if offered else {}, 200)

    def _store_connection(self, context: Mapping[str, Any], actor: Actor) -> Recipient:
        lifetime = timedelta(seconds=self.dependencies.settings.connection_life_s)
        connection_id, endpoint = context["connectionId"], _endpoint(context)
        actor = msgspec.structs.replace(actor, request_id=connection_id)

        def decide(work: UnitOfWork) -> Recipient:
            return connections.store_connection(work, connection_id, endpoint, actor, lifetime)

        return self.dependencies.runner.run(actor, decide)

    def _handle(self, message: SocketMessage, connection_id: str, endpoint: str) -> None:
        if message.event == "ping":
            self._reply(endpoint, connection_id, "pong", {})
            return
        event = socket_events.get(message.event)
        connection = connections.find_connection(connection_id, self.dependencies.clock.now())
        if connection is None:
            raise AuthRequired("This connection is unknown. Connect again.")
        actor = self._authenticate(self._credentials(connection))
        actor.require(event.permission)
        event.handler(_decode_data(message, event), actor, self.dependencies)

    def _credentials(self, connection: Connection) -> Credentials:
        """Return the credentials of an open connection: session and role are checked with every message."""
        authenticator = self.dependencies.authenticator
        return authenticator.resume(connection.org_id, connection.user_id, connection.role, connection.session_id)

    def _authenticate(self, credentials: Credentials) -> Actor:
        return credentials.authenticate(get_many(credentials.keys(), self.dependencies.clock), "")

    def _reply(self, endpoint: str, connection_id: str, event: str, data: Mapping[str, Any]) -> None:
        try:
            self.sender.post(endpoint, connection_id, encoder.encode({"event": event, "data": data}))
        except (ConnectionGone, SendFailed):
            observability.log().info("reply not sent", extra={"connection_id": connection_id})


def _decode_data(message: SocketMessage, event: SocketEventHandler) -> Any:
    try:
        return decode_body(msgspec.json.encode(message.data or {}), event.data)
    except ValidationFailed as error:
        raise ValidationFailed({f"data.{name}": problem for name, problem in error.fields.items()}) from error


def _check_channel(actor: Actor, channel: str | None) -> None:
    if channel is None:
        allowed = any(actor.scope(CHANNEL_PREFIX + name) for name in CHANNELS)
    else:
        allowed = channel in CHANNELS and actor.scope(CHANNEL_PREFIX + channel) is not None
    if not allowed:
        raise AccessDenied("Your role does not have access to this channel.")


def _endpoint(context: Mapping[str, Any]) -> str:
    return f"https://{context['domainName']}/{context['stage']}"


def _error_data(error: BatonError, event: str) -> dict[str, Any]:
    body = error_body(error)
    fields = {"fields": body["fields"]} if "fields" in body else {}
    return {"event": event, **body["error"], **fields}
