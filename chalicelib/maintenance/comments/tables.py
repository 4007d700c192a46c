"""The tables of comments on work orders.

A discussion counts the comments of a work order and has the ids of its commenters and of those they mentioned, so that
who takes part is known without reading the comments. It changes by additions only; comments written at the same moment
do not conflict.
"""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import IntAttribute, Item, MomentAttribute, key, optional, stored_in
from chalicelib.maintenance.workorders.tables import work_order_key


class WorkOrderComment(Item):
    """A comment on a work order; never changed. `mentions` is `[{id, name}]`."""

    Meta = stored_in("maintenance")
    kind = "comment"
    unaudited = frozenset({"comment_id", "author_id", "author_name", "author_role", "at"})

    comment_id = UnicodeAttribute()
    text = UnicodeAttribute()
    mentions = optional(JSONAttribute())
    author_id = UnicodeAttribute()
    author_name = UnicodeAttribute()
    author_role = UnicodeAttribute()
    at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id of the comment."""
        return self.comment_id


class Discussion(Item):
    """How many comments a work order has, and who has commented or was mentioned."""

    Meta = stored_in("maintenance")
    kind = "discussion"

    comments = IntAttribute(default=0)
    participants = optional(UnicodeSetAttribute())


def comment_key(org_id: str, order_id: str, comment_id: str) -> ItemKey[WorkOrderComment]:
    """Return the key of a comment, which has the `pk` of its work order; comments sort by time."""
    return ItemKey(WorkOrderComment, work_order_key(org_id, order_id).pk, key("COMMENT", comment_id))


def discussion_key(org_id: str, order_id: str) -> ItemKey[Discussion]:
    """Return the key of the discussion of a work order."""
    return ItemKey(Discussion, work_order_key(org_id, order_id).pk, "DISCUSSION")
