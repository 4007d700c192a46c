"""Messages and responses of realtime."""

from typing import Annotated

import msgspec


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data of `ack`: the id of the newest event that the client has dealt with."""

    id: Annotated[int, msgspec.Meta(ge=0)]


class SocketTicket(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket to open one socket with `?ticket=`, within `expiresIn` seconds."""

    ticket: str
    expires_in: int
