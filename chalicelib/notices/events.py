"""The socket event of a notice: the notice itself, as it stands in the list."""

from __future__ import annotations

from chalicelib.edge.openapi_socket import SocketEvent
from chalicelib.notices.schemas import NoticeView

NOTICE = "notice"

SOCKET_EVENTS = (
    SocketEvent("staff", NOTICE, NoticeView, "realtime.channel.staff", "One was told something; it is in the list."),
)
"""All of them, for the description of the API."""
