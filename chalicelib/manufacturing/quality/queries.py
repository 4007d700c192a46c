"""Reads of dispositions and tests: pages that are bounded by their number and by their bytes.

200 measurements may have 70 KB, and a pack may have been quarantined hundreds of times, while a Lambda responds with at
most 6 MB. So a page ends before `limit` if it would be longer than `MAX_BYTES`.
"""

from collections.abc import Sequence
from typing import TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.core import cursors
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import Query, RawItem
from chalicelib.core.table import Item, key
from chalicelib.manufacturing.quality.tables import DISPOSITION, DispositionRecord
from chalicelib.manufacturing.tables import Pack

RecordT = TypeVar("RecordT", bound=Item)

MAX_BYTES = 600_000
"""The most that the records of a page have in the store; a detail with two lists stays below 3 MB with them."""
NEWEST = 20
"""The number of dispositions in the detail of a pack, and of tests in that of a unit."""
_SHAPE = {"sk": "S"}

_AFTER_DISPOSITIONS = DISPOSITION.replace("#", "$")
_MIN_RECORDS = 10
"""The records that are read even if an answer of the store ends before; the first may be that of the start."""


def read_dispositions_from(pack_pk: str, start: str) -> tuple[list[DispositionRecord], bool]:
    """Return dispositions of a pack from a sort key on, up to 1 MB, and whether there are no more."""
    low = min(max(start, DISPOSITION), _AFTER_DISPOSITIONS)
    between = DispositionRecord.sk.between(low, _AFTER_DISPOSITIONS)
    rows = Query(DispositionRecord, pack_pk, range_condition=between).read(max_reads=1, min_items=_MIN_RECORDS)
    return [DispositionRecord.from_raw_data(item) for item in rows.items], rows.is_complete


def newest_dispositions(pack_pk: str) -> list[DispositionRecord]:
    """Return the newest dispositions of a pack, oldest first."""
    return newest_records(DispositionRecord, pack_pk, DISPOSITION)


def list_dispositions(pack: Pack, query: CursorRequest) -> Page[DispositionRecord]:
    """Return a page of the dispositions of a pack, newest first."""
    return list_records(DispositionRecord, pack.pk, DISPOSITION, query)


def newest_records(model: type[RecordT], unit_pk: str, prefix: str) -> list[RecordT]:
    """Return the newest records of a unit whose sort keys have this prefix, oldest first."""
    page = list_records(model, unit_pk, prefix, CursorRequest(NEWEST))
    return list(reversed(page.items))


def list_records(
    model: type[RecordT], unit_pk: str, prefix: str, query: CursorRequest, only: Condition | None = None
) -> Page[RecordT]:
    """Return a page of such records, newest first. Raise `ValidationFailed` if the cursor is not one of this list.

    With the filter `only` a page is what matches in one answer of the store, 1 MB of records, and may be empty.
    """
    list_name = key(unit_pk, prefix)
    start: RawItem | None = None
    if query.cursor is not None:
        last = cursors.decode(query.cursor, list_name, _SHAPE)
        if not last["sk"]["S"].startswith(prefix):
            raise cursors.refused()
        start = {"pk": {"S": unit_pk}, **last}
    in_list = model.sk.startswith(prefix)
    records = Query(model, unit_pk, range_condition=in_list, filter_condition=only, newest_first=True)
    items: list[RawItem] = []
    while True:
        rows = records.read(query.limit + 1 - len(items), start, max_reads=1)
        items, start = [*items, *rows.items], rows.next_key
        page = items[: _number_within(items[: query.limit])]
        if len(page) < len(items) or start is None or only is not None:
            break
    next_key = page[-1] if len(page) < len(items) else start
    cursor = None if next_key is None else cursors.encode({"sk": next_key["sk"]}, list_name)
    return Page([model.from_raw_data(item) for item in page], cursor)


def _number_within(items: Sequence[RawItem]) -> int:
    """Return how many of the items, at least one, fit on a page."""
    size = 0
    for number, item in enumerate(items):
        size += sum(len(str(value).encode()) for attribute in item.values() for value in attribute.values())
        if size > MAX_BYTES:
            return max(1, number)
    return len(items)
