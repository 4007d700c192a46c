"""The declarations of the sockets' protocol: events, close codes and limits.

Domains list their events; `chalicelib.realtime.protocol` has what all channels share. `app.py` passes both in
`Dependencies`. The AsyncAPI document is generated from them, and this module is cheap to import.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class SocketEvent(msgspec.Struct, frozen=True):
    """An event of a channel: its payload (None: an empty object), and the permission to receive or send it."""

    channel: str
    event: str
    data: Any
    permission: str
    summary: str
    from_client: bool = False
    is_reply: bool = False
    """Whether it answers a message of the client. Replies have neither `id` nor `at` and are not sent again."""
    is_live: bool = False
    """Whether it is sent to sockets that are open at that moment only. Such events have no `id`."""
    replies: tuple[str, ...] = ()
    """The names of the events that may answer this one."""
    example: Mapping[str, Any] | None = None
    """The data in the example of the document; by default one is generated."""


class CloseCode(msgspec.Struct, frozen=True):
    """A code with which the server closes sockets."""

    code: int
    meaning: str
    action: str
    """What the client does then."""


class SocketProtocol(msgspec.Struct, frozen=True):
    """The protocol of the sockets."""

    description: str
    channels: Mapping[str, str]
    """The description of each channel by name."""
    events: Sequence[SocketEvent]
    query: type[msgspec.Struct]
    """The query parameters of the handshake."""
    close_codes: Sequence[CloseCode]
    limits: Mapping[str, int]
