"""The part of the protocol that all channels share, declared for the AsyncAPI document."""

from collections.abc import Iterable

import msgspec

from chalicelib.core.settings import Settings
from chalicelib.edge.socket_events import CloseCode, SocketEvent, SocketProtocol
from chalicelib.realtime.events import SOCKET_EVENTS
from chalicelib.realtime.permissions import CHANNELS
from chalicelib.realtime.rules import MAX_DURATION_MS, REPLAY_MS, STALE_MS
from chalicelib.realtime.sender import (
    CHANNEL_DENIED,
    MESSAGE_TOO_BIG,
    POLICY_VIOLATION,
    SESSION_ENDED,
    TOO_MANY_CONNECTIONS,
)

_IDLE_S = 600
"""API Gateway closes a socket without messages after this time."""
_DESCRIPTION = """\
The events of Baton, on WebSockets. The API over HTTP has a document of its own, `/api/v1/openapi.json`.

**Directions.** The actions are those of the server: it *sends* events to clients and *receives* messages from them.

**Opening.** Each channel is a path, for the roles that have its permission. Authenticate with the access token as
`Authorization: Bearer`; where headers cannot be set, as in browsers, with `?ticket=` from `POST /api/v1/ws/tickets` (30
seconds, once) or with `?token=`. Refused before the socket opens: 401 for an invalid token or ticket, 403 without the
permission or with a one-time password that has to be changed, 404 for an unknown channel, 422 for an invalid `after`.
API Gateway's own address (`wss://<id>.execute-api.<region>.amazonaws.com/api`) has no paths; there the role decides
which events arrive.

**Ids.** `id` rises with every event of a person, the same on all of their devices. `at` is the time of the change that
caused the event. Replies (`pong`, `error`) have neither. `courier.location` has no `id`: it is sent to the sockets that
are open at that moment, and not kept. An event can arrive twice: ignore an `id` that you have.

**After a reconnect.** Each session has its own place in the events of its person, and receives what came after it:
after `?after=<id>` if that is given, else after the last `ack`, else after what was sent to its last socket; if that
socket was lost or is still open, what it was sent in its last minute is sent again. A new session begins with the
offers that stand and the newest status of active orders. Events are kept for 24 hours, at most 500 per person; of those
older than ten minutes only the newest per event and order is sent.

**Errors.** A message that is refused is answered with `error`; the socket stays open, except at the limits.

**Limits.** 20 messages a second and 32 KB a message, ten sockets per person. API Gateway closes a socket after ten
minutes without messages (send `ping`) and after two hours.

**Close codes.** {codes}. Any other code: the line was lost; connect again after a pause that grows. API Gateway cannot
be given a code: behind it, sockets that Baton closes end with a code of its own, and the next attempt to connect is
refused with the reason.
"""

CLOSE_CODES = (
    CloseCode(1001, "The socket was idle or two hours old, or the server stops.", "Connect again."),
    CloseCode(POLICY_VIOLATION, "The client sent more than 20 messages in a second.", "Send less."),
    CloseCode(MESSAGE_TOO_BIG, "The client sent a message above 32 KB.", "Send smaller messages."),
    CloseCode(SESSION_ENDED, "The session has ended.", "Sign in again."),
    CloseCode(CHANNEL_DENIED, "The role may not receive this channel any more.", "Ask an administrator."),
    CloseCode(TOO_MANY_CONNECTIONS, "The person opened an eleventh socket; this was the oldest.", "Do nothing."),
)

_CHANNELS = {
    "courier": "Offers to a courier, and what becomes of them.",
    "customer": "The status of a customer's orders.",
    "staff": "The notifications of everybody else.",
}


class ConnectQuery(msgspec.Struct, frozen=True):
    """The query parameters of the handshake."""

    ticket: str | None = None
    """A ticket from `POST /v1/ws/tickets`. It opens one socket within 30 seconds."""
    token: str | None = None
    """An access token, for clients that can send neither headers nor a ticket."""
    after: int | None = None
    """The id of the last event that the client has. Later ones are sent; with 0 all that are kept."""


def describe_sockets(settings: Settings, events: Iterable[SocketEvent]) -> SocketProtocol:
    """Return the protocol with the events of the domains and those of every channel."""
    codes = " ".join(f"{one.code}: {one.meaning} {one.action}" for one in CLOSE_CODES).removesuffix(".")
    return SocketProtocol(
        description=_DESCRIPTION.format(codes=codes),
        channels={name: _CHANNELS[name] for name in CHANNELS},
        events=(*events, *SOCKET_EVENTS),
        query=ConnectQuery,
        close_codes=CLOSE_CODES,
        limits={
            "messagesPerSecond": settings.socket_messages_per_s,
            "messageBytes": settings.socket_message_bytes,
            "socketsPerPerson": settings.connection_limit,
            "idleSeconds": _IDLE_S,
            "durationSeconds": MAX_DURATION_MS // 1000,
            "eventsKept": settings.mailbox_limit,
            "keptSeconds": settings.mailbox_retention_s,
            "sentAgainSeconds": REPLAY_MS // 1000,
            "condensedAfterSeconds": STALE_MS // 1000,
        },
    )
