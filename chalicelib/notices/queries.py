"""Lists of a user's notifications."""

from functools import partial

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.store import Query, get, parallel_pair_reads
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient
from chalicelib.notices.schemas import NoticeQuery
from chalicelib.notices.tables import NOTIFICATION_PREFIX, Notification, head_key, notifications_pk


class NotificationList(msgspec.Struct, frozen=True):
    """A page of notifications, and the total number of unread ones."""

    page: Page[Notification]
    unread: int


def list_notifications(actor: Actor, query: NoticeQuery, clock: Clock) -> NotificationList:
    """Return a page of the caller's notifications, newest first. Raise `ValidationFailed` for an invalid cursor."""
    recipient = Recipient(actor.org_id, actor.user_id)
    notifications = unread_notifications(recipient) if query.unread else _all_notifications(recipient)
    pages = [partial(notifications.page, query.limit, query.cursor)]
    [page], [head] = parallel_pair_reads(pages, [partial(get, head_key(recipient))])
    now = clock.now()
    items = [notification for notification in page.items if not expired(notification.expires_at, now)]
    return NotificationList(Page(items, page.next_cursor), 0 if head is None else head.unread)


def unread_notifications(recipient: Recipient) -> Query[Notification]:
    """Return the query of a user's unread notifications."""
    index = Notification.unread.Meta.index_name
    return Query(Notification, notifications_pk(recipient), index=index, newest_first=True)


def _all_notifications(recipient: Recipient) -> Query[Notification]:
    prefix = Notification.sk.startswith(NOTIFICATION_PREFIX)
    return Query(Notification, notifications_pk(recipient), range_condition=prefix, newest_first=True)
