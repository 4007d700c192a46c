"""Notifications as clients read them, on the socket and in the list."""

from datetime import datetime

import msgspec

from chalicelib.core.pagination import CursorRequest
from chalicelib.notices.rules import NoticeType, SubjectKind


class NoticeSubject(msgspec.Struct, frozen=True):
    """The entity that a notification is about, for the app to open."""

    kind: SubjectKind
    """The kind of the entity."""
    id: str
    """The id of the entity."""


class NoticeView(msgspec.Struct, frozen=True):
    """A notification."""

    id: str
    """The id of the notification."""
    type: NoticeType
    """The reason for the notification."""
    title: str
    """One line of at most 120 characters for people to read; longer text is cut and ends with an ellipsis."""
    body: str
    """One line of at most 500 characters for people to read; longer text is cut and ends with an ellipsis."""
    at: datetime
    """When the notification was sent, in UTC."""
    read: bool
    """Whether it was marked as read. It is deleted 30 days after that; unread ones are kept."""
    subject: NoticeSubject
    """The entity that the notification is about."""


class NoticeQuery(CursorRequest, frozen=True):
    """The part of the list to return."""

    unread: bool = False
    """Whether to return only unread notifications."""


class NoticePage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of notifications, newest first, and the total number of unread ones.

    A page may hold fewer items than requested and still not be the last.
    """

    items: list[NoticeView]
    """The notifications of this page."""
    unread: int
    """The number of unread notifications on all pages, also if the list shows other ones."""
    next_cursor: str | None
    """The `cursor` of the next page. Null at the end of the list."""
