"""Looking into the audit trail: by thing, by actor, by time, newest first, in pages.

Rows are found under a thing or an actor in an index, and by time in the table itself, where a day is spread over
shards: the shards of a day are read at once and merged. All three are sorted by the same key, time and then id, so one
kind of cursor serves: the key of the last row told. A row that is written meanwhile is newer and comes before, so
pages never skip or repeat.

What a page costs is bounded. By thing or actor it is one read. By time it is one read of the newest day's shards at
once; days that do not fill the page are followed by twice as many earlier ones at once, 31 days at most, then the page
ends early with a cursor that goes on from there. With both thing and actor, the thing's rows are read, up to 1 MB three
times, and filtered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from chalicelib.audit.tables import SHARDS, AuditRow, ByActor, ByEntity, day_key
from chalicelib.core import cursors
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.store import Page, Query, parallel
from chalicelib.core.table import key

WINDOW = timedelta(days=30)
"""How far back a look by time alone goes when it is not told since when."""
MAX_DAYS = 31
_AHEAD = timedelta(minutes=1)
"""How far ahead of ours the clock of whoever wrote a row may be."""
_FILTERED_READS = 3
_SHAPE = {"sk": "S"}
_POSITION = re.compile(r"[0-9]{13}(?:#[A-Za-z0-9-]{1,64})?")


class Wanted(msgspec.Struct, frozen=True):
    """Which rows: of a thing, of an actor, from and to a moment (both included)."""

    entity_id: str | None = None
    actor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """Keys of rows from `low` on and below `high`."""

    low: str
    high: str

    @property
    def empty(self) -> bool:
        return self.low >= self.high

    def query(self, hash_key: str, index: str | None, actor_key: str | None = None) -> Query[AuditRow]:
        between = AuditRow.sk.between(self.low, self.high)
        chosen = None if actor_key is None else AuditRow.actor_key == actor_key
        return Query(AuditRow, hash_key, index, between, filter_condition=chosen, newest_first=True)

    def has(self, row: AuditRow) -> bool:
        """Whether a row is inside; the store's own range includes its upper end."""
        return row.sk < self.high


def look(org_id: str, wanted: Wanted, limit: int, cursor: str | None, now: datetime) -> Page[AuditRow]:
    """A page of rows, newest first. Raises `ValidationFailed` for a cursor that is not one of this list."""
    name = key(org_id, "AUDIT", wanted.entity_id or "", wanted.actor_id or "")
    span = _span(wanted, _position(cursor, name), now)
    if span.empty:
        return Page([], None)
    if wanted.entity_id is None and wanted.actor_id is None:
        rows, stopped = _by_time(org_id, span, limit + 1, now)
    else:
        rows, stopped = _by_index(org_id, wanted, span, limit + 1)
    position = rows[limit - 1].sk if len(rows) > limit else stopped
    return Page(rows[:limit], cursors.encode({"sk": {"S": position}}, name) if position else None)


def _position(cursor: str | None, name: str) -> str | None:
    if cursor is None:
        return None
    position = cursors.decode(cursor, name, _SHAPE)["sk"]["S"]
    if not _POSITION.fullmatch(position):
        raise cursors.refused()
    return position


def _span(wanted: Wanted, position: str | None, now: datetime) -> _Span:
    """The keys that the filters and the cursor leave."""
    until = wanted.until or now + _AHEAD
    since = wanted.since
    if since is None and wanted.entity_id is None and wanted.actor_id is None:
        since = until - WINDOW
    low = _from(to_millis(since)) if since is not None else _from(0)
    high = _from(to_millis(until) + 1)
    return _Span(low, min(high, position) if position else high)


def _from(millis: int) -> str:
    """The lowest key of rows at this moment; times outside of what keys can say are cut."""
    return f"{min(max(millis, 0), 10**13 - 1):013d}"


def _by_index(org_id: str, wanted: Wanted, span: _Span, count: int) -> tuple[list[AuditRow], str | None]:
    """Rows of a thing or an actor, and where to go on if the reading was given up before `count` were found."""
    actor_key = None if wanted.actor_id is None else key(org_id, "ACTOR", wanted.actor_id)
    if wanted.entity_id is None:
        query, both = span.query(str(actor_key), ByActor.Meta.index_name), False
    else:
        entity_key = key(org_id, "ENTITY", wanted.entity_id)
        query, both = span.query(entity_key, ByEntity.Meta.index_name, actor_key), actor_key is not None
    rows: list[AuditRow] = []
    start = None
    for _ in range(_FILTERED_READS):
        answer = query.raw(None if both else count + 1, start)
        rows += [row for row in map(AuditRow.from_raw_data, answer["Items"]) if span.has(row)]
        start = answer.get("LastEvaluatedKey")
        if len(rows) >= count or not start:
            return rows[:count], None
    return rows, str(start["sk"]["S"]) if start else None


def _by_time(org_id: str, span: _Span, count: int, now: datetime) -> tuple[list[AuditRow], str | None]:
    """Rows of all shards, and where to go on if as many days were looked at as one page may."""
    newest = min(from_millis(int(span.high[:13])), now + _AHEAD).date()
    oldest = from_millis(int(span.low)).date()
    rows: list[AuditRow] = []
    for days in _waves(newest, oldest):
        rows += _of_days(org_id, days, span, count)
        if len(rows) >= count:
            return rows[:count], None
    last = newest - timedelta(days=MAX_DAYS - 1)
    return rows, _from(_day_ms(last)) if last > oldest else None


def _waves(newest: date, oldest: date) -> Iterator[list[date]]:
    """The days from the newest back to the oldest, `MAX_DAYS` at most: one, two, four, ..."""
    days = [newest - timedelta(days=back) for back in range(min(MAX_DAYS, (newest - oldest).days + 1))]
    size = 1
    while days:
        yield days[:size]
        days, size = days[size:], size * 2


def _of_days(org_id: str, days: Sequence[date], span: _Span, count: int) -> list[AuditRow]:
    """The newest rows of some days, merged; all their shards are read at once."""
    queries = [span.query(day_key(org_id, day.isoformat(), shard), None) for day in days for shard in range(SHARDS)]
    answers = parallel([partial(query.raw, count + 1) for query in queries])
    rows = [AuditRow.from_raw_data(item) for answer in answers for item in answer["Items"]]
    return sorted(filter(span.has, rows), key=lambda row: row.sk, reverse=True)


def _day_ms(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000
