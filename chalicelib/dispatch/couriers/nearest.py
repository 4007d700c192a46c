"""The search for a courier: the nearest free one, else the one who has been idle longest.

The search itself is pure (`NearestSearch` says which cells to query); this module makes the queries. What counts is the
number of queries: their processor time and their read units cost more than another round trip. Four queries in one
round are enough for nearly every search in a city; the couriers who never sent a position are read only if no courier
is near. Each query is limited, so what a search reads does not grow with the number of couriers. Beyond 85 degrees of
latitude, where cells are narrow, a search takes many rounds (64 at the pole).

Orders created at one place at the same time all choose the same courier, and one of them succeeds. If the others all
chose the next one, n orders would take n rounds and many would run out of attempts. So after two conflicts an order
chooses at random among the nearest two, then four, then eight: only in this case may the courier not be the nearest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Any

import msgspec

from chalicelib.core.clock import to_millis
from chalicelib.core.store import Query, RawItem, Rows, get, parallel_pair_reads, parallel_reads
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.nearest_search import CellAnswer, LevelMemory, NearestSearch
from chalicelib.dispatch.couriers.tables import (
    SIGN_LIFE,
    Courier,
    courier_key,
    courier_of,
    free_cells_since,
    idle_keys_at,
    idle_keys_seen_at,
    idle_keys_since,
)

_PER_CELL = 24
"""So many index entries fit into a read of 8 KB, which costs one read unit; most cells hold fewer and cost half."""
_PER_IDLE_KEY = 20
_WIDER_LEVELS = 2
"""An order that met conflicts needs several couriers to choose among, so its search opens with larger cells."""
_LEVELS = LevelMemory()


class CourierCriteria(msgspec.Struct, frozen=True):
    """Which courier an order needs: near which pickup (None: anywhere), who is excluded, how old a position may be."""

    org_id: str
    pickup: tuple[float, float] | None
    excluded: frozenset[str]
    now: datetime
    max_age: timedelta
    radius_m: float
    conflicts: int = 0
    """The number of earlier attempts in which the chosen courier was taken by another order."""

    @property
    def oldest(self) -> datetime:
        """Return the time of the oldest position that is accepted."""
        return self.now - self.max_age

    @property
    def last_seen(self) -> datetime:
        """Return the time of the oldest sign of life that is accepted of a courier without a position."""
        return self.now - SIGN_LIFE

    def is_young_enough(self, courier: Courier) -> bool:
        """Return whether the position of a courier or, without one, the last sign of life is young enough."""
        if courier.position_at is None:
            return courier.seen_at is not None and courier.seen_at >= self.last_seen
        return courier.home_at is not None and courier.home_at >= self.oldest

    def fits(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an index entry by position is of a courier who may get the order."""
        return "home_at" in raw and int(raw["home_at"]["N"]) >= to_millis(self.oldest) and self.may_have(raw)

    def may_have(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an index entry is of a courier who is not excluded."""
        return courier_of(raw) not in self.excluded


def find_courier(
    criteria: CourierCriteria, random_source: Random, beside: Callable[[], object] | None = None
) -> str | None:
    """Return the id of the courier to offer the order to, or None if there is none.

    `beside` is called at the same time as the last queries, before there is none.
    """
    if criteria.pickup is None:
        since = idle_keys_since(criteria.org_id, criteria.now, criteria.oldest)
        return _longest_idle(criteria, random_source, [*since, *_positionless(criteria)], beside)
    near = _near(criteria, criteria.pickup)
    if near:
        return _spread(criteria, random_source, near)
    return _longest_idle(criteria, random_source, _positionless(criteria), beside)


def _near(criteria: CourierCriteria, pickup: tuple[float, float]) -> list[str]:
    """Return the nearest courier and, after conflicts, others that the search has met, the nearest first."""
    level = _LEVELS.level(criteria.org_id, *pickup)
    if criteria.conflicts >= 2:
        level = max(level - _WIDER_LEVELS, geo.COVER)
    search = NearestSearch(*pickup, criteria.radius_m, level=level)
    seen: list[CellAnswer] = []
    while cells := search.next_cells():
        answers = _query_cells(criteria, cells)
        search.learn(answers)
        seen += answers
    nearest = search.nearest()
    _LEVELS.learn(criteria.org_id, *pickup, nearest)
    if nearest is None or criteria.conflicts < 2:
        return [nearest.id] if nearest else []
    return _by_distance(criteria, pickup, seen)


def _by_distance(criteria: CourierCriteria, pickup: tuple[float, float], seen: Sequence[CellAnswer]) -> list[str]:
    """Return the couriers within the radius that a search has read, the nearest first."""
    couriers = {courier for answer in seen for courier in answer.couriers}
    ranked = sorted((geo.great_circle_m(*pickup, lat, lng), courier_id) for courier_id, lat, lng in couriers)
    return [courier_id for distance, courier_id in ranked if distance <= criteria.radius_m]


def _spread(criteria: CourierCriteria, random_source: Random, ranked: Sequence[str]) -> str:
    """Return the first; after two conflicts any of the first two, then of four, of eight."""
    return ranked[random_source.randrange(min(len(ranked), 2 ** max(0, criteria.conflicts - 1)))]


def _positionless(criteria: CourierCriteria) -> list[str]:
    """Return the index keys of couriers without a position who gave a sign of life in the last ten minutes."""
    times = (criteria.last_seen, criteria.now)
    return [idle for seen_at in times for idle in idle_keys_seen_at(criteria.org_id, seen_at)]


def _query_cells(criteria: CourierCriteria, cells: Sequence[str]) -> list[CellAnswer]:
    """Return the couriers of each cell, up to the limit; in the first minutes of an hour two partitions hold them."""
    queries = [
        (cell, free_key)
        for cell in cells
        for free_key in free_cells_since(criteria.org_id, cell, criteria.now, criteria.oldest)
    ]
    reads = parallel_reads([partial(_read_cell, *query) for query in queries])
    of_cells: dict[str, list[Rows]] = {}
    for (cell, _), rows in zip(queries, reads, strict=True):
        of_cells.setdefault(cell, []).append(rows)
    return [_answer(criteria, cell, parts) for cell, parts in of_cells.items()]


def _read_cell(cell: str, free_key: str) -> Rows:
    """Return the entries of a cell in one partition; a cell too small to be split is read to its end."""
    finer = Courier.free_place.startswith(cell) if len(cell) > geo.COVER else None
    query = Query(Courier, free_key, index=Courier.free_by_place.Meta.index_name, range_condition=finer)
    return query.read(None if len(cell) >= geo.PRECISION else _PER_CELL)


def _answer(criteria: CourierCriteria, cell: str, parts: Sequence[Rows]) -> CellAnswer:
    fitting = (raw for rows in parts for raw in rows.items if criteria.fits(raw))
    couriers = [(courier_of(raw), float(raw["home_lat"]["N"]), float(raw["home_lng"]["N"])) for raw in fitting]
    return CellAnswer(cell, couriers, complete=all(rows.is_complete for rows in parts))


def _first_idle(criteria: CourierCriteria, hash_key: str) -> tuple[int, str] | None:
    """Return the longest idle courier of one index key who fits, as (idle since, id).

    The key says only in which minute a position was, or in which ten minutes a sign of life. For the first of them the
    couriers themselves are read, at most those of one page: they went silent so long ago.
    """
    query = Query(Courier, hash_key, index=Courier.idle_longest.Meta.index_name)
    entries: Iterator[RawItem] = (raw for raw in query.raw_items(_PER_IDLE_KEY) if criteria.may_have(raw))
    first = idle_keys_at(criteria.org_id, criteria.oldest), idle_keys_seen_at(criteria.org_id, criteria.last_seen)
    if any(hash_key in keys for keys in first):
        entries = _young_enough(criteria, list(islice(entries, _PER_IDLE_KEY)))
    return next(((int(raw["idle_since"]["N"]), courier_of(raw)) for raw in entries), None)


def _young_enough(criteria: CourierCriteria, entries: Sequence[RawItem]) -> Iterator[RawItem]:
    keys = [courier_key(criteria.org_id, courier_of(raw)) for raw in entries]
    couriers = parallel_reads([partial(get, key) for key in keys])
    for raw, courier in zip(entries, couriers, strict=True):
        if courier is not None and criteria.is_young_enough(courier):
            yield raw


def _longest_idle(
    criteria: CourierCriteria,
    random_source: Random,
    idle_keys: Sequence[str],
    beside: Callable[[], object] | None,
) -> str | None:
    """Return the longest idle courier of these index keys, or None."""
    reads = [partial(_first_idle, criteria, idle) for idle in idle_keys]
    found, _ = parallel_pair_reads(reads, [] if beside is None else [beside])
    ranked = [courier_id for _, courier_id in sorted(courier for courier in found if courier is not None)]
    return _spread(criteria, random_source, ranked) if ranked else None
