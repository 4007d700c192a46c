"""Endpoints of one's own notices. There are none for those of others, whatever one's role."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.errors import NotFound
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies, dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response, no_content
from chalicelib.edge.routes import Routes
from chalicelib.notices import service
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticePage, NoticeQuery, notice_view
from chalicelib.notices.tables import Notice, NoticeHead

routes = Routes(__name__, "Notifications")

READ = "notices.notice.read"
_EXAMPLE = {
    "id": "019ceb1b-2248-707d-9540-07d540ab40ab",
    "type": NoticeType.WO_ASSIGNED,
    "title": "WO-CL-2041-1 is yours (HIGH)",
    "body": "Carousel: Lamp 12 is broken",
    "at": "2026-03-14T09:26:53.589Z",
    "read": False,
    "subject": {"kind": SubjectKind.WORK_ORDER, "id": "019ceb1b-2248-7f00-9aa1-1f00aa1b40ab"},
}


@routes.get(
    "/v1/me/notifications",
    permission=READ,
    query=NoticeQuery,
    returns=NoticePage,
    examples={"response": {"items": [_EXAMPLE]}},
)
def list_notifications(request: Request[Empty, NoticeQuery]) -> Response[NoticePage]:
    """What one was told, newest first, and how much of it is unread."""
    asked = request.query
    page, unread = service.list_notices(
        request.actor, dependencies(), asked.limit, asked.cursor, only_unread=asked.unread
    )
    return Response(NoticePage(page.mapped(notice_view), unread, page.next_cursor))


@routes.post(
    "/v1/me/notifications/{notice_id}/read",
    permission=READ,
    status=204,
    errors=[NotFound],
    audit_target=AuditTarget(Notice.kind, "NOTICE_READ", "notice_id"),
)
def read_notification(request: Request[Empty, Empty], work: UnitOfWork) -> Response[None]:
    """Say that one has read a notice; to say it again changes nothing."""
    service.read_one(work, request.actor, request.path["notice_id"], _retention(dependencies()))
    return no_content()


@routes.post(
    "/v1/me/notifications/read-all",
    permission=READ,
    status=204,
    audit_target=AuditTarget(NoticeHead.kind, "NOTICES_READ"),
)
def read_all_notifications(request: Request[Empty, Empty], work: UnitOfWork) -> Response[None]:
    """Say that one has read everything that one was told so far."""
    service.read_all(work, request, dependencies(), _retention(dependencies()))
    return no_content()


def _retention(deps: Dependencies) -> timedelta:
    return timedelta(seconds=deps.settings.notice_retention_s)
