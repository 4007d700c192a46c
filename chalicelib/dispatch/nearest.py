"""Who gets the delivery: the nearest free courier, else the one who has been idle longest.

The search itself is pure (`geo.NearestSearch` says which cells to look into); here is the asking. One parallel round
settles nearly every search: the cells around the pickup at three sizes, and beside them the couriers who never sent a
position, who come next if nobody is near. Each query is limited, so what a search reads does not grow with the number
of couriers. Beyond 85 degrees, where cells are narrow, a search takes many rounds (64 at the very pole): nobody orders
there, and if somebody does the answer is right all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.core.clock import to_millis
from chalicelib.core.store import Query, parallel, parallel_pair
from chalicelib.dispatch import geo
from chalicelib.dispatch.tables import (
    IDLE_SHARDS,
    Courier,
    FreeByCell,
    Idle,
    courier_of,
    free_cell,
    idle_key,
    idle_keys_since,
)

# With these three sizes of cells beside the coarse ones, and so many couriers read of each, one round settles the
# search in a 30 km city of 100 to 100,000 free couriers, and every query fits into one read unit (4 KB): a flat cost.
_FINE_LEVELS = (17, 15, 13)
_PER_CELL = 24
_PER_IDLE_KEY = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a delivery looks for: where (None: anywhere), who is out of the question, how fresh a position must be."""

    org_id: str
    pickup: tuple[float, float] | None
    excluded: frozenset[str]
    now: datetime
    max_age: timedelta
    radius_m: float

    @property
    def oldest(self) -> datetime:
        """The oldest position that still counts."""
        return self.now - self.max_age

    def fits(self, raw: Mapping[str, Any]) -> bool:
        """Whether an index entry is of a courier who may get it."""
        if courier_of(raw) in self.excluded:
            return False
        position_at = raw.get("position_at")
        return position_at is None or int(position_at["N"]) >= to_millis(self.oldest)


def find_courier(wanted: Wanted) -> str | None:
    """The id of the courier to offer the delivery to, or None if there is nobody."""
    if wanted.pickup is None:
        keys = [*idle_keys_since(wanted.org_id, wanted.now, wanted.oldest), *_positionless(wanted.org_id)]
        return _longest_idle(parallel([partial(_first_idle, wanted, key) for key in keys]))
    search = geo.NearestSearch(*wanted.pickup, wanted.radius_m, fine_levels=_FINE_LEVELS)
    fallback: list[tuple[int, str] | None] = []
    beside = [partial(_first_idle, wanted, key) for key in _positionless(wanted.org_id)]
    while cells := search.next_cells():
        asked = [partial(_ask_cell, wanted, cell) for cell in cells]
        answers, idle = parallel_pair(asked, beside)
        search.learn(answers)
        fallback += idle
        beside = []
    nearest = search.nearest()
    return nearest.id if nearest else _longest_idle(fallback)


def _positionless(org_id: str) -> list[str]:
    return [idle_key(org_id, None, shard) for shard in range(IDLE_SHARDS)]


def _ask_cell(wanted: Wanted, cell: str) -> geo.CellAnswer:
    """What is in one cell, up to the limit; a cell too small to be split is read to its end."""
    finer = Courier.free_place.startswith(cell) if len(cell) > geo.COVER else None
    query = Query(Courier, free_cell(wanted.org_id, cell), index=FreeByCell.Meta.index_name, range_condition=finer)
    answer = query.raw(limit=_PER_CELL)
    items = list(answer["Items"])
    while "LastEvaluatedKey" in answer and len(cell) >= geo.PRECISION:
        answer = query.raw(limit=_PER_CELL, start=answer["LastEvaluatedKey"])
        items += answer["Items"]
    found = [(courier_of(raw), float(raw["lat"]["N"]), float(raw["lng"]["N"])) for raw in items if wanted.fits(raw)]
    return geo.CellAnswer(cell, found, complete="LastEvaluatedKey" not in answer)


def _first_idle(wanted: Wanted, hash_key: str) -> tuple[int, str] | None:
    """The longest idle courier of one index key who fits, as (idle since, id)."""
    query = Query(Courier, hash_key, index=Idle.Meta.index_name)
    start: Mapping[str, Any] | None = None
    while True:
        answer = query.raw(limit=_PER_IDLE_KEY, start=start)
        for raw in answer["Items"]:
            if wanted.fits(raw):
                return int(raw["idle_since"]["N"]), courier_of(raw)
        start = answer.get("LastEvaluatedKey")
        if not start:
            return None


def _longest_idle(found: Sequence[tuple[int, str] | None]) -> str | None:
    candidates = [one for one in found if one is not None]
    return min(candidates)[1] if candidates else None
