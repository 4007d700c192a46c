"""The types and subjects of notifications, and the length of their texts.

All types stand here and not in the domains that send them, because clients are generated from one list. The domains
know when a notification is sent and to whom.
"""

from enum import StrEnum

MAX_TITLE = 120
MAX_BODY = 500
"""In characters. The longest notification stays below the 4 KB limit of push services."""
_ELLIPSIS = "…"


class NoticeType(StrEnum):
    """The reason for a notification. More may be added.

    `WO_ROUTED`: a work order of your game zone needs a technician. `WO_ASSIGNED`: one was assigned to you.
    `WO_REASSIGNED`: yours was assigned to another technician. `WO_DUE_SOON`: yours, or one of your game zone that no
    technician has in hand, is due soon, two hours before unless the organisation has set other hours. `WO_OVERDUE`:
    such a one, or that of a technician whom you lead, is overdue. `WO_ESCALATED`: one of a game zone whose leads report
    to you has been overdue for long. `WO_RETURNED`: a technician has returned one. `WO_COMMENT`: one in
    which you take part, or are mentioned, has a comment.
    """

    WO_ROUTED = "WO_ROUTED"
    WO_ASSIGNED = "WO_ASSIGNED"
    WO_REASSIGNED = "WO_REASSIGNED"
    WO_DUE_SOON = "WO_DUE_SOON"
    WO_OVERDUE = "WO_OVERDUE"
    WO_ESCALATED = "WO_ESCALATED"
    WO_RETURNED = "WO_RETURNED"
    WO_COMMENT = "WO_COMMENT"


class SubjectKind(StrEnum):
    """The kind of entity that a notification is about."""

    WORK_ORDER = "work_order"


def clip(text: str, limit: int) -> str:
    """Return the text on one line, cut to `limit` characters; a text that was cut ends with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS
