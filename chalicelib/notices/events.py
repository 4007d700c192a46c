"""The socket event of a notification: the notification as it stands in the list."""

from chalicelib.edge.socket_events import SocketEvent
from chalicelib.notices.schemas import NoticeView

NOTICE = "notice"

SOCKET_EVENTS = (
    SocketEvent(
        "staff",
        NOTICE,
        NoticeView,
        "realtime.channel.staff",
        "A new notification; it is also in the list of notifications.",
    ),
)
"""All events, for the description of the API."""
