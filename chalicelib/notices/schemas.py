"""Notifications as clients read them, on the socket and in the list."""

from datetime import datetime

import msgspec

from chalicelib.core.pagination import CursorRequest
from chalicelib.notices.rules import NoticeType, SubjectKind


class NoticeSubject(msgspec.Struct, frozen=True):
    """The entity that a notification is about, for the app to open."""

    kind: SubjectKind
    id: str


class NoticeView(msgspec.Struct, frozen=True):
    """A notification."""

    id: str
    type: NoticeType
    title: str
    body: str
    at: datetime
    read: bool
    subject: NoticeSubject


class NoticeQuery(CursorRequest, frozen=True):
    """The part of the list to return; with `unread` only unread notifications."""

    unread: bool = False


class NoticePage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of notifications, newest first, and the total number of unread ones.

    `nextCursor` is null at the end of the list. A page may hold fewer items than requested and still have a cursor.
    """

    items: list[NoticeView]
    unread: int
    next_cursor: str | None
