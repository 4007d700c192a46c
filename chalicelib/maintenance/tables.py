"""The index that lists rides, checklists, and the work orders of a ride.

These lists are long-lived and seldom read, so the index holds keys only: a change of what is listed costs it nothing.
A page is a query of the index and a batch read of the items.
"""

from collections.abc import Sequence
from typing import TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import KeysOnlyProjection

from chalicelib.core.clock import Clock
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import ItemKey, Query, get_many
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
    query = Query(
        model, list_key, index=InList.in_list.Meta.index_name, range_condition=within, newest_first=newest_first
    )
    rows = query.page(page.limit, page.cursor)
    keys: Sequence[ItemKey[L]] = [ItemKey(model, row.pk, row.sk) for row in rows.items]
    stored = get_many(keys, clock)
    return Page([item for item in map(stored.get, keys) if item is not None], rows.next_cursor)
