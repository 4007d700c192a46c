"""The socket handlers: `$connect`, `$disconnect`, and messages that clients send.

A client connects with its token (`Authorization: Bearer` or `?token=`) to the channel of its role. Messages are
`{"event": ..., "data": ...}` both ways. Domains register the events that they take (`SocketEvents.on`); a message
that is refused is answered with `{"event": "error", "data": {"event", "code", "message", "details", "fields"?}}`.

API Gateway's own socket URL has no paths, so there the token's role alone decides; where a path exists (locally, and
behind a custom domain) the gateway in front passes its last part on as the query parameter `channel`.
"""

from __future__ import annotations

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
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.http import encoder, error_body, error_response
from chalicelib.edge.pipeline import bearer
from chalicelib.edge.validation import decode_body
from chalicelib.realtime import connections
from chalicelib.realtime.delivery_trigger import DeliveryTrigger
from chalicelib.realtime.sender import Gone, NotNow, Sender
from chalicelib.realtime.tables import Connection

CHANNELS = ("courier", "customer", "staff")
_PERMISSION = "realtime.channel."
_PROTOCOL = "sec-websocket-protocol"

DataT = TypeVar("DataT", bound=msgspec.Struct)
Take = Callable[[Any, Actor, Dependencies], None]


class Taken(msgspec.Struct, frozen=True):
    """An event that clients may send: who may, what it carries, and what it does."""

    permission: str
    data: type[msgspec.Struct]
    take: Take


class SocketEvents:
    """The events that clients may send, as the domains registered them."""

    def __init__(self) -> None:
        self._taken: dict[str, Taken] = {}

    def on(
        self, event: str, *, permission: str, data: type[DataT]
    ) -> Callable[[Callable[[DataT, Actor, Dependencies], None]], Callable[[DataT, Actor, Dependencies], None]]:
        """Register the function that takes an event."""

        def register(
            take: Callable[[DataT, Actor, Dependencies], None],
        ) -> Callable[[DataT, Actor, Dependencies], None]:
            self._taken[event] = Taken(permission, data, take)
            return take

        return register

    def get(self, event: str) -> Taken:
        """What is registered for an event. Raises `ValidationFailed` naming it if there is nothing."""
        if event not in self._taken:
            raise ValidationFailed({"event": f"must be one of ping, {', '.join(sorted(self._taken))}"})
        return self._taken[event]


socket_events = SocketEvents()


class Message(msgspec.Struct, frozen=True):
    """What a client sends."""

    event: str
    data: dict[str, Any] | None = None


class Sockets(msgspec.Struct, frozen=True):
    """The three handlers over a runtime, a sender and a waker."""

    dependencies: Dependencies
    sender: Sender
    delivery_trigger: DeliveryTrigger

    def connect(self, event: Mapping[str, Any]) -> ChaliceResponse:
        """Let a client in: 200, or 401/403 before the socket opens."""
        context = event["requestContext"]
        request_id = str(context.get("requestId") or context["connectionId"])
        with observability.measured(request_id=request_id, operation="socket_connect"):
            try:
                with store_errors():
                    return self._let_in(event)
            except BatonError as error:
                return error_response(error, request_id)
            except Exception:  # noqa: BLE001 - whatever it is, the handshake gets an answer
                observability.log().exception("connect crashed")
                return error_response(InternalError(), request_id)

    def disconnect(self, event: Mapping[str, Any]) -> None:
        """Forget a connection."""
        connection = connections.find(event["requestContext"]["connectionId"], self.dependencies.clock.now())
        if connection is not None:
            connections.forget(connection)

    def message(self, event: Mapping[str, Any]) -> None:
        """Take a message; whatever is wrong with it is told to its sender."""
        context = event["requestContext"]
        connection_id = context["connectionId"]
        with observability.measured(request_id=str(context.get("requestId")), operation="socket_message"):
            name = "?"
            try:
                with store_errors():
                    message = decode_body((event.get("body") or "").encode(), Message)
                    name = message.event
                    self._take(message, connection_id, _endpoint(context))
            except BatonError as error:
                self._tell(_endpoint(context), connection_id, "error", _refusal(error, name))
            except Exception:  # noqa: BLE001 - whatever it is, the sender is told
                observability.log().exception("message crashed")
                self._tell(_endpoint(context), connection_id, "error", _refusal(InternalError(), name))

    def _let_in(self, event: Mapping[str, Any]) -> ChaliceResponse:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        query = event.get("queryStringParameters") or {}
        actor = self._admit_token(headers, query)
        _check_channel(actor, query.get("channel"))
        self.delivery_trigger.trigger(self._remember(event["requestContext"], actor))
        offered = headers.get(_PROTOCOL, "").split(",")[0].strip()
        return ChaliceResponse("", {"Sec-WebSocket-Protocol": offered} if offered else {}, 200)

    def _remember(self, context: Mapping[str, Any], actor: Actor) -> Recipient:
        life = timedelta(seconds=self.dependencies.settings.connection_life_s)
        connection_id, endpoint = context["connectionId"], _endpoint(context)
        actor = msgspec.structs.replace(actor, request_id=connection_id)

        def decide(work: UnitOfWork) -> Recipient:
            return connections.remember(work, connection_id, endpoint, actor, life)

        return self.dependencies.runner.run(actor, decide)

    def _admit_token(self, headers: Mapping[str, str], query: Mapping[str, str]) -> Actor:
        token = query.get("token") or bearer(headers.get("authorization"))
        credentials = self.dependencies.authenticator.verify(token)
        return credentials.authenticate(get_many(credentials.keys(), self.dependencies.clock), "")

    def _take(self, message: Message, connection_id: str, endpoint: str) -> None:
        if message.event == "ping":
            self._tell(endpoint, connection_id, "pong", {})
            return
        taken = socket_events.get(message.event)
        connection = connections.find(connection_id, self.dependencies.clock.now())
        if connection is None:
            raise AuthRequired("This connection is not known; connect again.")
        actor = self._admit_again(connection)
        actor.require(taken.permission)
        data = _typed(message, taken)
        taken.take(data, actor, self.dependencies)

    def _admit_again(self, connection: Connection) -> Actor:
        """A socket lives for hours: every message is held against the session and the role as they are now."""
        gate = self.dependencies.authenticator
        credentials = gate.resume(connection.org_id, connection.user_id, connection.role, connection.session_id)
        return credentials.authenticate(get_many(credentials.keys(), self.dependencies.clock), "")

    def _tell(self, endpoint: str, connection_id: str, event: str, data: Mapping[str, Any]) -> None:
        try:
            self.sender.post(endpoint, connection_id, encoder.encode({"event": event, "data": data}))
        except (Gone, NotNow):
            observability.log().info("a reply could not be sent", extra={"connection_id": connection_id})


def _typed(message: Message, taken: Taken) -> Any:
    try:
        return decode_body(msgspec.json.encode(message.data or {}), taken.data)
    except ValidationFailed as error:
        raise ValidationFailed({f"data.{name}": problem for name, problem in error.fields.items()}) from error


def _check_channel(actor: Actor, channel: str | None) -> None:
    if channel is None:
        allowed = any(actor.scope(_PERMISSION + name) for name in CHANNELS)
    else:
        allowed = channel in CHANNELS and actor.scope(_PERMISSION + channel) is not None
    if not allowed:
        raise AccessDenied("Your role has no such channel.")


def _endpoint(context: Mapping[str, Any]) -> str:
    return f"https://{context['domainName']}/{context['stage']}"


def _refusal(error: BatonError, event: str) -> dict[str, Any]:
    body = error_body(error)
    fields = {"fields": body["fields"]} if "fields" in body else {}
    return {"event": event, **body["error"], **fields}
