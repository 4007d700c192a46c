"""Messages and responses of realtime."""

from typing import Annotated, Any

import msgspec


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client acknowledges: all events up to this one."""

    id: Annotated[int, msgspec.Meta(ge=0)]
    """The `id` of the newest event that the client has dealt with. One above the newest event counts as the newest; a
    lower one than before changes nothing."""


class SocketError(msgspec.Struct, frozen=True, omit_defaults=True):
    """The data of `error`: why a message from the client was refused."""

    event: str
    """The event of the refused message; `?` if the message had none that can be read."""
    code: str
    """The stable code of the error, as in the errors of the API over HTTP."""
    message: str
    """The error in English, for people."""
    details: dict[str, Any]
    """Values for programs, depending on the code; often empty."""
    fields: dict[str, str] | None = None
    """The invalid fields of the message with what is wrong. Absent unless the input was invalid."""


class SocketTicket(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket that opens one socket."""

    ticket: str
    """The ticket, to be sent as `?ticket=` when the socket is opened. It works once."""
    expires_in: int
    """The number of seconds for which the ticket is valid."""
