"""The search for a courier: the nearest free one, else the one who has been idle longest.

The search itself is pure (`geo.NearestSearch` says which cells to query); this module makes the queries. One parallel
round is enough for nearly every search: the cells around the pickup at three sizes, and the couriers who never sent a
position, who come next if no courier is near. Each query is limited, so what a search reads does not grow with the
number of couriers. Beyond 85 degrees of latitude, where cells are narrow, a search takes many rounds (64 at the pole).

Orders created at one place at the same time all choose the same courier, and one of them succeeds. If the others all
chose the next one, n orders would take n rounds and many would run out of attempts. So after two conflicts an order
chooses at random among the nearest two, then four, then eight: only in this case may the courier not be the nearest.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import msgspec

from chalicelib.core.clock import to_millis
from chalicelib.core.store import Query, parallel_pair_reads, parallel_reads
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.tables import IDLE_SHARDS, Courier, courier_of, free_cell, idle_key, idle_keys_since

# With these three sizes of cells beside the coarse ones, and so many couriers read of each, one round settles the
# search in a 30 km city of 100 to 100,000 free couriers, and every query fits into one read unit (4 KB): a flat cost.
_FINE_LEVELS = (17, 15, 13)
_PER_CELL = 24
_PER_IDLE_KEY = 20


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

    def fits(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an index entry is of a courier who may get the order."""
        if courier_of(raw) in self.excluded:
            return False
        position_at = raw.get("position_at")
        return position_at is None or int(position_at["N"]) >= to_millis(self.oldest)


def find_courier(criteria: CourierCriteria, random_source: Random) -> str | None:
    """Return the id of the courier to offer the order to, or None if there is none."""
    if criteria.pickup is None:
        keys = [*idle_keys_since(criteria.org_id, criteria.now, criteria.oldest), *_positionless(criteria.org_id)]
        return _longest_idle(
            criteria, random_source, parallel_reads([partial(_first_idle, criteria, key) for key in keys])
        )
    search = geo.NearestSearch(*criteria.pickup, criteria.radius_m, fine_levels=_FINE_LEVELS)
    seen: list[geo.CellAnswer] = []
    fallback: list[tuple[int, str] | None] = []
    beside = [partial(_first_idle, criteria, key) for key in _positionless(criteria.org_id)]
    while cells := search.next_cells():
        calls = [partial(_query_cell, criteria, cell) for cell in cells]
        answers, idle = parallel_pair_reads(calls, beside)
        search.learn(answers)
        seen += answers
        fallback += idle
        beside = []
    nearest = search.nearest()
    if nearest is None:
        return _longest_idle(criteria, random_source, fallback)
    return (
        nearest.id
        if criteria.conflicts < 2
        else _spread(criteria, random_source, _by_distance(criteria, criteria.pickup, seen))
    )


def _by_distance(criteria: CourierCriteria, pickup: tuple[float, float], seen: Sequence[geo.CellAnswer]) -> list[str]:
    """Return the couriers within the radius that a search has read, the nearest first."""
    couriers = {courier for answer in seen for courier in answer.couriers}
    ranked = sorted((geo.great_circle_m(*pickup, lat, lng), courier_id) for courier_id, lat, lng in couriers)
    return [courier_id for distance, courier_id in ranked if distance <= criteria.radius_m]


def _spread(criteria: CourierCriteria, random_source: Random, ranked: Sequence[str]) -> str:
    """Return the first; after two conflicts any of the first two, then of four, of eight."""
    return ranked[random_source.randrange(min(len(ranked), 2 ** max(0, criteria.conflicts - 1)))]


def _positionless(org_id: str) -> list[str]:
    return [idle_key(org_id, None, shard) for shard in range(IDLE_SHARDS.count)]


def _query_cell(criteria: CourierCriteria, cell: str) -> geo.CellAnswer:
    """Return the couriers of one cell, up to the limit; a cell too small to be split is read to its end."""
    finer = Courier.free_place.startswith(cell) if len(cell) > geo.COVER else None
    query = Query(
        Courier, free_cell(criteria.org_id, cell), index=Courier.free_by_cell.Meta.index_name, range_condition=finer
    )
    rows = query.read(None if len(cell) >= geo.PRECISION else _PER_CELL)
    fitting = (raw for raw in rows.items if criteria.fits(raw))
    couriers = [(courier_of(raw), float(raw["lat"]["N"]), float(raw["lng"]["N"])) for raw in fitting]
    return geo.CellAnswer(cell, couriers, complete=rows.is_complete)


def _first_idle(criteria: CourierCriteria, hash_key: str) -> tuple[int, str] | None:
    """Return the longest idle courier of one index key who fits, as (idle since, id)."""
    query = Query(Courier, hash_key, index=Courier.idle.Meta.index_name)
    for raw in query.raw_items(_PER_IDLE_KEY):
        if criteria.fits(raw):
            return int(raw["idle_since"]["N"]), courier_of(raw)
    return None


def _longest_idle(
    criteria: CourierCriteria, random_source: Random, couriers: Sequence[tuple[int, str] | None]
) -> str | None:
    ranked = [courier_id for _, courier_id in sorted(courier for courier in couriers if courier is not None)]
    return _spread(criteria, random_source, ranked) if ranked else None
