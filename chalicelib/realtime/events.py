"""The events that clients may send: `ping` and `ack`, and those that domains register a handler for."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.socket_events import SocketEvent
from chalicelib.realtime.permissions import CHANNEL_PREFIX, CHANNELS
from chalicelib.realtime.schemas import Acknowledgement

PING, ACK = "ping", "ack"

DataT = TypeVar("DataT", bound=msgspec.Struct)

SOCKET_EVENTS = tuple(
    SocketEvent(
        channel,
        ACK,
        Acknowledgement,
        CHANNEL_PREFIX + channel,
        "The client has dealt with all events up to this id; after a reconnect it gets those after it. No response.",
        from_client=True,
    )
    for channel in CHANNELS
)
"""What every channel takes, for the description of the API."""


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
            raise ValidationFailed({"event": f"must be one of {', '.join(sorted({PING, ACK, *self._events}))}"})
        return self._events[event]


socket_events = SocketEvents()
