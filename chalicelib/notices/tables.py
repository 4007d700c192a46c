"""Notices as they are stored: all of a person's under one key, the newest last, and beside them how many are unread.

    HEAD           how many notices are unread
    NOTICE#<id>    one notice; ids sort by when they were made

The count is kept by the transactions that make notices and mark them as read, so it is exact. For the same reason what
is unread does not expire: the store drops expired items without telling, and the count would be wrong from then on.
"""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    SEPARATOR,
    ExpiryAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    TableName,
    key,
    optional,
)
from chalicelib.core.work import Recipient

HEAD = "HEAD"
NOTICE = "NOTICE"
FIRST = f"{NOTICE}{SEPARATOR}"
"""What the sort keys of notices begin with."""


class _Meta:
    table_name = TableName("notices")


class Unread(GlobalSecondaryIndex["Notice"]):
    """A person's unread notices; sparse, so that finding them costs nothing for those that were read."""

    class Meta:
        index_name = "unread"
        projection = AllProjection()

    unread_key = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class Notice(Item):
    """Something a person was told. `expires_at` is set when it is read."""

    class Meta(_Meta):
        pass

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
    unread = Unread()

    @property
    def entity_id(self) -> str:
        """The id by which people know it; its key ends with it, also where nothing else was read."""
        return self.sk.rsplit(SEPARATOR, 1)[-1]


class NoticeHead(Item):
    """How many of a person's notices are unread."""

    class Meta(_Meta):
        pass

    kind = "notices"

    unread = IntAttribute(default=0)


def notices_pk(person: Recipient) -> str:
    """The key under which all notices of a person lie; also the key of the unread ones in their index."""
    return key(person.org_id, "NOTICES", person.user_id)


def notice_key(person: Recipient, notice_id: str) -> ItemKey[Notice]:
    """Where a notice of a person is."""
    return ItemKey(Notice, notices_pk(person), key(NOTICE, notice_id))


def head_key(person: Recipient) -> ItemKey[NoticeHead]:
    """Where a person's count of unread notices is."""
    return ItemKey(NoticeHead, notices_pk(person), HEAD)
