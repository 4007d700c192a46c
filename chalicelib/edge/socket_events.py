"""The declaration of a socket event. Domains list theirs; `app.py` passes all of them in `Dependencies`."""

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
