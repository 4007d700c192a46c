"""The socket event of a notification: the notification as it stands in the list."""

from chalicelib.edge.socket_events import SocketEvent
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeView

NOTICE = "notice"

NOTICE_EXAMPLE = {
    "id": "019ceb1b-2248-707d-9540-07d540ab40ab",
    "type": NoticeType.WO_ASSIGNED,
    "title": "WO-CL-2041-1 was assigned to you (HIGH)",
    "body": "Carousel: Lamp 12 is broken",
    "at": "2026-03-14T09:26:53.589Z",
    "read": False,
    "subject": {"kind": SubjectKind.WORK_ORDER, "id": "019ceb1b-2248-7f00-9aa1-1f00aa1b40ab"},
}
"""An example for the API documents."""

SOCKET_EVENTS = (
    SocketEvent(
        "staff",
        NOTICE,
        NoticeView,
        "realtime.channel.staff",
        "A new notification; it is also in the list of notifications.",
        example=NOTICE_EXAMPLE,
    ),
)
"""All events, for the description of the API."""
