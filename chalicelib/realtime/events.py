"""The events that clients may send: `ping` and `ack`, and those that domains register a handler for."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.socket_events import SocketEvent
from chalicelib.realtime.permissions import CHANNEL_PREFIX, CHANNELS
from chalicelib.realtime.schemas import Acknowledgement, SocketError

PING, PONG, ACK, ERROR = "ping", "pong", "ack", "error"

DataT = TypeVar("DataT", bound=msgspec.Struct)


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
