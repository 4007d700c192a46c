"""Notices as they are read, on the socket as in the list."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.edge.types import Cursor, Limit
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.tables import Notice


class NoticeSubject(msgspec.Struct, frozen=True):
    """The thing that a notice is about, for the app to open."""

    kind: SubjectKind
    id: str


class NoticeView(msgspec.Struct, frozen=True):
    """Something one was told."""

    id: str
    type: NoticeType
    title: str
    body: str
    at: datetime
    read: bool
    subject: NoticeSubject


class NoticeQuery(msgspec.Struct, frozen=True):
    """How much of the list, from where on, and whether only what is `unread`."""

    limit: Limit = 20
    cursor: Cursor | None = None
    unread: bool = False


class NoticePage(msgspec.Struct, frozen=True, rename="camel"):
    """Some notices, newest first, and how many are unread in all.

    `nextCursor` is null at the end of the list; a page may hold fewer than asked for, or none, and still go on.
    """

    items: list[NoticeView]
    unread: int
    next_cursor: str | None


def notice_view(notice: Notice) -> NoticeView:
    """A notice as it is read."""
    return NoticeView(
        id=notice.entity_id,
        type=NoticeType(notice.type),
        title=notice.title,
        body=notice.body,
        at=notice.at,
        read=notice.read_at is not None,
        subject=NoticeSubject(SubjectKind(notice.subject_kind), notice.subject_id),
    )
