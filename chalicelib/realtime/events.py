"""The events that clients may send: `ping` and `ack`, and those that domains register a handler for."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.edge.socket_events import SocketEvent
from chalicelib.realtime.permissions import CHANNEL_PREFIX, CHANNELS
from chalicelib.realtime.schemas import Acknowledgement, SocketError

PING, PONG, ACK, ERROR = "ping", "pong", "ack", "error"

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


_REFUSED = {
    "event": ACK,
    "code": ValidationFailed.code,
    "message": ValidationFailed.summary,
    "details": {},
    "fields": {"data.id": "is required"},
}


def _shared(channel: str) -> Iterator[SocketEvent]:
    """Yield the events of every channel."""
    permission = CHANNEL_PREFIX + channel
    yield SocketEvent(
        channel,
        PING,
        None,
        permission,
        "Keeps the socket open. The response is `pong`.",
        from_client=True,
        replies=(PONG, ERROR),
    )
    yield SocketEvent(
        channel,
        ACK,
        Acknowledgement,
        permission,
        "The client has dealt with all events up to this id; after a reconnect it gets those after it.",
        from_client=True,
        replies=(ERROR,),
        example={"id": 17},
    )
    yield SocketEvent(channel, PONG, None, permission, "The response to `ping`.", is_reply=True)
    yield SocketEvent(
        channel, ERROR, SocketError, permission, "A message was refused.", is_reply=True, example=_REFUSED
    )


SOCKET_EVENTS = tuple(event for channel in CHANNELS for event in _shared(channel))
"""The events of every channel, for the API documents."""


SocketHandler = Callable[[Request[Any, Any, Any], UnitOfWork], None]


class SocketEventHandler(msgspec.Struct, frozen=True):
    """An event that clients may send: its permission, the type of its data, and its handler.

    `resource` makes the key of an item from organisation and user id of the sender; it is read with the authentication
    and may be absent. `own_fields` are fields of the data that may only hold the sender's own user id.
    """

    permission: str
    data: type[msgspec.Struct]
    handler: SocketHandler
    resource: Callable[[str, str], ItemKey[Any]] | None = None
    own_fields: Sequence[str] = ()


class SocketEvents:
    """The events that clients may send, as the domains registered them."""

    def __init__(self) -> None:
        self._events: dict[str, SocketEventHandler] = {}

    def on(self, event: str, **declared: Any) -> Callable[[HandlerT], HandlerT]:
        """Register the handler of an event, which may serve a route as well; `declared` as in `SocketEventHandler`."""

        def register(handler: HandlerT) -> HandlerT:
            self._events[event] = SocketEventHandler(handler=handler, **declared)
            return handler

        return register

    @property
    def names(self) -> Collection[str]:
        """Return the registered events."""
        return self._events.keys()

    def get(self, event: str) -> SocketEventHandler:
        """Return the registration of an event. Raise `ValidationFailed` if it is unknown."""
        if event not in self._events:
            raise ValidationFailed({"event": f"must be one of {', '.join(sorted({PING, ACK, *self._events}))}"})
        return self._events[event]


socket_events = SocketEvents()
