"""The index that lists rides, checklists, and the work orders of a ride.

These lists are long-lived and seldom read, so the index holds keys only: a change of what is listed costs it nothing.
A page is a query of the index and a batch read of the items.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import KeysOnlyProjection

from chalicelib.core.clock import Clock
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import ItemKey, Query, ReadResult, get_many, parallel_reads
from chalicelib.core.table import Entity, index, optional

L = TypeVar("L", bound="InList")


class InList(Entity):
    """An entity that is in one list, at a place that gives its order there."""

    list_key = optional(UnicodeAttribute())
    place = optional(UnicodeAttribute())
    in_list = index(KeysOnlyProjection(), list_key=UnicodeAttribute, place=UnicodeAttribute)


def read_list(
    model: type[L],
    list_key: str,
    page: CursorRequest,
    clock: Clock,
    *,
    within: Condition | None = None,
    newest_first: bool = False,
) -> Page[L]:
    """Return a page of a list. Raise `ValidationFailed` if the cursor does not belong to it."""
    rows = _rows(model, list_key, page, within, newest_first=newest_first)
    return _listed(model, rows, get_many(_keys(model, rows), clock))


def read_list_beside(
    model: type[L],
    list_key: str,
    page: CursorRequest,
    clock: Clock,
    *,
    other: Callable[[str], ItemKey[Any]],
    within: Condition | None = None,
) -> tuple[Page[L], ReadResult]:
    """Return a page of a list, and the other items that its places name, which are read at the same time."""
    rows = _rows(model, list_key, page, within)
    others = {other(str(row.place)) for row in rows.items}
    found, beside = parallel_reads([partial(get_many, keys, clock) for keys in (_keys(model, rows), others)])
    return _listed(model, rows, found), beside


def _rows(
    model: type[L], list_key: str, page: CursorRequest, within: Condition | None, *, newest_first: bool = False
) -> Page[L]:
    index = InList.in_list.Meta.index_name
    query = Query(model, list_key, index=index, range_condition=within, newest_first=newest_first)
    return query.page(page.limit, page.cursor)


def _keys(model: type[L], rows: Page[L]) -> Sequence[ItemKey[L]]:
    return [ItemKey(model, row.pk, row.sk) for row in rows.items]


def _listed(model: type[L], rows: Page[L], found: ReadResult) -> Page[L]:
    items = map(found.get, _keys(model, rows))
    return Page([item for item in items if item is not None], rows.next_cursor)
