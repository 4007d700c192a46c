"""Notifications as they are stored: one item collection per user, oldest first, with the count of unread ones.

    HEAD           the number of unread notifications
    NOTICE#<id>    one notification; ids sort by creation time

The count is maintained by the transactions that create notifications and mark them as read, so it is exact. For this
reason unread notifications do not expire: the store deletes expired items silently, and the count would become wrong.
"""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection

from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    SEPARATOR,
    ExpiryAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)
from chalicelib.core.work import Recipient

HEAD = "HEAD"
NOTICE = "NOTICE"
NOTIFICATION_PREFIX = f"{NOTICE}{SEPARATOR}"
"""The prefix of the sort keys of notifications."""


class Notification(Item):
    """A notification to one user. `expires_at` is set when it is read."""

    Meta = stored_in("notices")
    kind = "notice"

    type = UnicodeAttribute()
    title = UnicodeAttribute()
    body = UnicodeAttribute()
    subject_kind = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    at = MomentAttribute()
    read_at = optional(MomentAttribute())
    expires_at = optional(ExpiryAttribute())
    unread_key = optional(UnicodeAttribute())
    unread = index(AllProjection(), unread_key=UnicodeAttribute, sk=UnicodeAttribute)
    """A user's unread notifications. The index is sparse, so a read costs nothing for notifications that were read."""

    @property
    def entity_id(self) -> str:
        """Return the id that clients use, from the sort key, so that it works for items that were not read."""
        return self.sk.rsplit(SEPARATOR, 1)[-1]


class NotificationHead(Item):
    """The number of a user's unread notifications."""

    Meta = stored_in("notices")
    kind = "notices"

    unread = IntAttribute(default=0)


def notifications_pk(recipient: Recipient) -> str:
    """Return the partition key of a user's notifications; also the key of the index of unread ones."""
    return key(recipient.org_id, "NOTICES", recipient.user_id)


def notification_key(recipient: Recipient, notification_id: str) -> ItemKey[Notification]:
    """Return the key of a notification."""
    return ItemKey(Notification, notifications_pk(recipient), key(NOTICE, notification_id))


def head_key(recipient: Recipient) -> ItemKey[NotificationHead]:
    """Return the key of a user's count of unread notifications."""
    return ItemKey(NotificationHead, notifications_pk(recipient), HEAD)
