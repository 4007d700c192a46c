"""Notifications as clients read them."""

from chalicelib.notices.queries import NotificationList
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticePage, NoticeSubject, NoticeView
from chalicelib.notices.tables import Notification


def notification_view(notification: Notification) -> NoticeView:
    """Return a notification."""
    return NoticeView(
        id=notification.entity_id,
        type=NoticeType(notification.type),
        title=notification.title,
        body=notification.body,
        at=notification.at,
        read=notification.read_at is not None,
        subject=NoticeSubject(SubjectKind(notification.subject_kind), notification.subject_id),
    )


def notification_page_view(listed: NotificationList) -> NoticePage:
    """Return a page of notifications with the number of unread ones."""
    return NoticePage(
        [notification_view(notice) for notice in listed.page.items], listed.unread, listed.page.next_cursor
    )
