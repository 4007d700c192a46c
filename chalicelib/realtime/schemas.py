"""Messages and responses of realtime."""

from typing import Annotated

import msgspec


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client acknowledges: all events up to this one."""

    id: Annotated[int, msgspec.Meta(ge=0)]
    """The `id` of the newest event that the client has dealt with. One above the newest event counts as the newest; a
    lower one than before changes nothing."""


class SocketTicket(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket that opens one socket."""

    ticket: str
    """The ticket, to be sent as `?ticket=` when the socket is opened. It works once."""
    expires_in: int
    """The number of seconds for which the ticket is valid."""
