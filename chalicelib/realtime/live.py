"""Sends events to the sockets that are open now, past the mailbox: they are not kept, numbered or sent again.

For what the next one replaces in a few seconds, such as a position. Sessions are checked as by a delivery. A connection
that has ended or fails is left to the next delivery, which removes it.
"""

from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.clock import iso
from chalicelib.core.parallel import parallel
from chalicelib.core.published import Published
from chalicelib.edge.http import encoder
from chalicelib.realtime import mailbox
from chalicelib.realtime.drain import Parts, ended_connections
from chalicelib.realtime.errors import ConnectionGone, SendFailed
from chalicelib.realtime.rules import OpenConnection


def send_live(parts: Parts, published: Published) -> int:
    """Send an event to the open sockets of its recipient; return to how many. Two reads, or one if none is open."""
    box = mailbox.read(published.recipient)
    if box is None or not box.connections:
        return 0
    ended = ended_connections(parts, box)
    data = msgspec.Raw(encoder.encode(published.data))
    message = msgspec.json.encode({"event": published.event, "data": data, "at": iso(parts.clock.now())})
    is_open = [(name, connection) for name, connection in box.connections.items() if name not in ended]
    return sum(parallel([partial(_post, parts, name, connection, message) for name, connection in is_open], "posts"))


def _post(parts: Parts, name: str, connection: OpenConnection, message: bytes) -> bool:
    try:
        parts.sender.post(connection.endpoint, name, message)
    except (ConnectionGone, SendFailed):
        observability.log().info("live event not sent", extra={"connection_id": name})
        return False
    return True
