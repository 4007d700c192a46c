"""Pages of lists and periods of reports: what a request asks for, and what a response says about the page.

Console lists take `page` and `pageSize` and answer `meta`; other lists take `limit` and an opaque `cursor`
(`chalicelib.core.cursors`) and answer the next cursor.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core.errors import ValidationFailed

T = TypeVar("T")

DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_ROW = 10_000
"""The last row that a numbered page may begin at."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a list, and the cursor of the next ones (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None


class CursorRequest(msgspec.Struct, frozen=True):
    """The part of a list to return: at most `limit` items, from `cursor` on."""

    limit: Annotated[int, Meta(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE
    cursor: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None


class PageMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The number and size of this page, and the number of items on all pages."""

    total_count: int
    page: int
    page_size: int


class PageRequest(msgspec.Struct, frozen=True, rename="camel"):
    """The page of a list to return, from 1, and its size."""

    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Meta(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE

    @property
    def start(self) -> int:
        """Return the number of items before the page."""
        return (self.page - 1) * self.page_size

    @property
    def stop(self) -> int:
        """Return the number of items up to the end of the page."""
        return self.start + self.page_size

    def meta(self, total: int) -> PageMeta:
        """Return what the response says about the page; `total` is the number of items on all pages."""
        return PageMeta(total, self.page, self.page_size)


class Period(NamedTuple):
    """Days, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Return the days in their order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def period_of(since: date | None, until: date | None, today: date, *, default_days: int, max_days: int) -> Period:
    """Return the period from `since` to `until`: without `until` to today, without `since` of `default_days`.

    Raise `ValidationFailed` if it ends before it begins, or has more than `max_days`.
    """
    last = until or today
    first = since or date.fromordinal(max(1, last.toordinal() - default_days + 1))
    if first > last:
        raise ValidationFailed({"from": "must not be after to, or after today"})
    if (last - first).days >= max_days:
        raise ValidationFailed({"from": f"must be at most {max_days - 1} days before to"})
    return Period(first, last)


def check_period(present: Mapping[str, Any]) -> Mapping[str, str]:
    """Return `{"to": ...}` if `to` is before `from`; for use as a struct's `cross_check`."""
    since, until = present.get("from"), present.get("to")
    return {"to": "must not be before from"} if since and until and until < since else {}


def check_page_depth(present: Mapping[str, object]) -> Mapping[str, str]:
    """Return `{"page": ...}` if the page begins beyond row 10,000; for use as a struct's `cross_check`.

    A large page number could otherwise cause a large read.
    """
    page, size = present.get("page", 1), present.get("pageSize", DEFAULT_SIZE)
    if not isinstance(page, int) or not isinstance(size, int) or (page - 1) * size < MAX_ROW:
        return {}
    return {"page": f"must not begin beyond row {MAX_ROW:,}; use filters"}
