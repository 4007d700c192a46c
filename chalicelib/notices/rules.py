"""What a notice can be about, and how long its texts may be.

The kinds stand here and not with the domains that send them, because clients are generated from one list of them; what
they mean, and who gets them, the domains know.
"""

from __future__ import annotations

from enum import StrEnum

MAX_TITLE = 120
MAX_BODY = 500
"""Characters. With the longest ones a notification stays below the 4 KB that phones take."""
_ELLIPSIS = "…"


class NoticeType(StrEnum):
    """Why somebody is told."""

    WO_ASSIGNED = "WO_ASSIGNED"
    WO_REASSIGNED = "WO_REASSIGNED"
    WO_DUE_SOON = "WO_DUE_SOON"
    WO_OVERDUE = "WO_OVERDUE"
    WO_RETURNED = "WO_RETURNED"


class SubjectKind(StrEnum):
    """What kind of thing a notice is about."""

    WORK_ORDER = "work_order"


def clip(text: str, most: int) -> str:
    """The text on one line, cut to so many characters; one that was cut says so by its last character."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + _ELLIPSIS
