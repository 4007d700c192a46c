"""Lists of the audit trail: by entity, actor or time, newest first, in pages; an entity's changes, oldest first.

Rows of an entity or an actor are read from an index. By time they are read from the table itself, where a day is spread
over shards; the shards of a day are read in parallel and merged. All three are sorted by the same key, time and then
id, so one kind of cursor serves: the key of the last row of the page. A newer row comes before the cursor, so pages
neither skip nor repeat rows.

The cost of a page is bounded. By entity or actor it is one read. By time it is one read of the shards of the newest
day; if a page is not full, twice as many earlier days are read at once, up to 31 days, then the page ends early with a
cursor. By entity and actor, up to 1 MB of the entity's rows are read three times and filtered. The changes of an entity
are one read of `limit` rows, of which those that changed nothing are left out.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from chalicelib.audit import permissions
from chalicelib.audit.schemas import AuditQuery
from chalicelib.audit.tables import AUDIT_SHARDS, AuditRow
from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.sharding import merge
from chalicelib.core.store import Query, parallel_reads
from chalicelib.core.table import key

WINDOW = timedelta(days=30)
"""The length of a list by time alone that has no `from`."""
MAX_DAYS = 31
_MAX_SKEW = timedelta(minutes=1)
"""The largest assumed difference between the clocks of two writers."""
_FILTERED_READS = 3
_SHAPE = {"sk": "S"}
_POSITION = re.compile(r"[0-9]{13}(?:#[A-Za-z0-9-]{1,64})?")


class _KeyRange(msgspec.Struct, frozen=True):
    """Sort keys from `low` (included) to `high` (excluded)."""

    low: str
    high: str

    @property
    def is_empty(self) -> bool:
        return self.low >= self.high

    def query(self, hash_key: str, index: str | None, actor_key: str | None = None) -> Query[AuditRow]:
        between = AuditRow.sk.between(self.low, self.high)
        by_actor = None if actor_key is None else AuditRow.actor_key == actor_key
        return Query(AuditRow, hash_key, index, between, filter_condition=by_actor, newest_first=True)

    def contains(self, row: AuditRow) -> bool:
        """Return whether a row is in the range; the store's own range includes `high`."""
        return row.sk < self.high


def list_audit_rows(actor: Actor, query: AuditQuery, now: datetime) -> Page[AuditRow]:
    """Return a page of rows. Raise `AccessDenied`, or `ValidationFailed` if the cursor belongs to another list."""
    actor.require_reach(permissions.READ)
    name = key(actor.org_id, "AUDIT", query.entity_id or "", query.actor_id or "")
    keys = _key_range(query, _position(query.cursor, name), now)
    if keys.is_empty:
        return Page([], None)
    if query.entity_id is None and query.actor_id is None:
        rows, stopped_at = _by_time(actor.org_id, keys, query.limit + 1, now)
    else:
        rows, stopped_at = _by_index(actor.org_id, query, keys, query.limit + 1)
    position = rows[query.limit - 1].sk if len(rows) > query.limit else stopped_at
    return Page(rows[: query.limit], cursors.encode({"sk": {"S": position}}, name) if position else None)


def list_changes(org_id: str, entity_type: str, entity_id: str, query: CursorRequest) -> Page[AuditRow]:
    """Return a page of an entity's changes, oldest first, without requests that were refused or changed nothing.

    Those count for the limit, so a page may be short and still have a cursor: however often a caller repeats a refused
    request, a page is one read of `limit` rows. For domains, whose own permissions decide: the caller has checked that
    the reader may see the entity, and shows only the fields that the reader may see.
    """
    by_entity = AuditRow.by_entity.Meta.index_name
    page = Query(AuditRow, key(org_id, "ENTITY", entity_id), by_entity).page(query.limit, query.cursor)
    changes = [row for row in page.items if row.entity_type == entity_type and row.made_changes]
    return Page(changes, page.next_cursor)


def _position(cursor: str | None, name: str) -> str | None:
    if cursor is None:
        return None
    position = cursors.decode(cursor, name, _SHAPE)["sk"]["S"]
    if not _POSITION.fullmatch(position):
        raise cursors.refused()
    return position


def _key_range(query: AuditQuery, position: str | None, now: datetime) -> _KeyRange:
    """Return the sort keys that the filters and the cursor select."""
    until = query.until or now + _MAX_SKEW
    since = query.since
    if since is None and query.entity_id is None and query.actor_id is None:
        since = until - WINDOW
    low = _lowest_key(to_millis(since)) if since is not None else _lowest_key(0)
    high = _lowest_key(to_millis(until) + 1)
    return _KeyRange(low, min(high, position) if position else high)


def _lowest_key(millis: int) -> str:
    """Return the lowest sort key at this time; times that keys cannot express are clamped."""
    return f"{min(max(millis, 0), 10**13 - 1):013d}"


def _by_index(org_id: str, query: AuditQuery, keys: _KeyRange, count: int) -> tuple[list[AuditRow], str | None]:
    """Return rows of an entity or actor, and the sort key where reading stopped before `count` rows matched."""
    actor_key = None if query.actor_id is None else key(org_id, "ACTOR", query.actor_id)
    if query.entity_id is None:
        index_query, max_reads = keys.query(str(actor_key), AuditRow.by_actor.Meta.index_name), None
    else:
        entity_key = key(org_id, "ENTITY", query.entity_id)
        index_query = keys.query(entity_key, AuditRow.by_entity.Meta.index_name, actor_key)
        max_reads = None if actor_key is None else _FILTERED_READS
    read = index_query.read(count + 1, max_reads=max_reads)
    rows = list(filter(keys.contains, map(AuditRow.from_raw_data, read.items)))
    if len(rows) >= count or read.next_key is None:
        return rows[:count], None
    return rows, str(read.next_key["sk"]["S"])


def _by_time(org_id: str, keys: _KeyRange, count: int, now: datetime) -> tuple[list[AuditRow], str | None]:
    """Return rows of all shards, and the sort key where reading stopped at the limit of days for one page."""
    newest = min(from_millis(int(keys.high[:13])), now + _MAX_SKEW).date()
    oldest = from_millis(int(keys.low)).date()
    rows: list[AuditRow] = []
    for days in _day_groups(newest, oldest):
        rows += _of_days(org_id, days, keys, count)
        if len(rows) >= count:
            return rows[:count], None
    last = newest - timedelta(days=MAX_DAYS - 1)
    return rows, _lowest_key((last - date(1970, 1, 1)).days * 86_400_000) if last > oldest else None


def _day_groups(newest: date, oldest: date) -> Iterator[list[date]]:
    """Return the days from the newest to the oldest, at most `MAX_DAYS`, in groups of one, two, four, ..."""
    days = [newest - timedelta(days=back) for back in range(min(MAX_DAYS, (newest - oldest).days + 1))]
    size = 1
    while days:
        yield days[:size]
        days, size = days[size:], size * 2


def _of_days(org_id: str, days: Sequence[date], keys: _KeyRange, count: int) -> list[AuditRow]:
    """Return the newest rows of some days, merged; all their shards are read in parallel."""
    shards = [shard for day in days for shard in AUDIT_SHARDS.keys(org_id, "AUDIT", day.isoformat())]
    reads = parallel_reads([partial(keys.query(shard, None).read, count + 1) for shard in shards])
    return list(filter(keys.contains, map(AuditRow.from_raw_data, merge(reads, "sk", newest_first=True))))
