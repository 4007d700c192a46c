"""Who gets the delivery: the nearest free courier, else the one who has been idle longest.

The search itself is pure (`geo.NearestSearch` says which cells to look into); here is the asking. One parallel round
settles nearly every search: the cells around the pickup at three sizes, and beside them the couriers who never sent a
position, who come next if nobody is near. Each query is limited, so what a search reads does not grow with the number
of couriers. Beyond 85 degrees, where cells are narrow, a search takes many rounds (64 at the very pole): nobody orders
there, and if somebody does the answer is right all the same.

Orders placed at one place in the same moment all want the same courier, and one gets them. Were the others all to want
the next one, and so on, a crowd of n would take n rounds, and many of it would run out of attempts beside couriers who
stand idle. So an order that has lost twice takes any of the nearest two, then of four, of eight. Traded away: in such a
crowd, and only there, somebody may be asked who is not the very nearest.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

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


class Wanted(msgspec.Struct, frozen=True):
    """Whom a delivery looks for: where (None: anywhere), who is out of the question, how fresh a position must be."""

    org_id: str
    pickup: tuple[float, float] | None
    excluded: frozenset[str]
    now: datetime
    max_age: timedelta
    radius_m: float
    lost: int = 0
    """How many couriers this order has already lost to others, in this very moment."""

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
        return _longest_idle(wanted, parallel([partial(_first_idle, wanted, key) for key in keys]))
    search = geo.NearestSearch(*wanted.pickup, wanted.radius_m, fine_levels=_FINE_LEVELS)
    seen: list[geo.CellAnswer] = []
    fallback: list[tuple[int, str] | None] = []
    beside = [partial(_first_idle, wanted, key) for key in _positionless(wanted.org_id)]
    while cells := search.next_cells():
        asked = [partial(_ask_cell, wanted, cell) for cell in cells]
        answers, idle = parallel_pair(asked, beside)
        search.learn(answers)
        seen += answers
        fallback += idle
        beside = []
    nearest = search.nearest()
    if nearest is None:
        return _longest_idle(wanted, fallback)
    return nearest.id if wanted.lost < 2 else _spread(wanted, _by_distance(wanted, wanted.pickup, seen))


def _by_distance(wanted: Wanted, pickup: tuple[float, float], seen: Sequence[geo.CellAnswer]) -> list[str]:
    """Everybody within the radius whom a search came across, the nearest first."""
    found = {one for answer in seen for one in answer.found}
    ranked = sorted((geo.great_circle_m(*pickup, lat, lng), courier_id) for courier_id, lat, lng in found)
    return [courier_id for distance, courier_id in ranked if distance <= wanted.radius_m]


def _spread(wanted: Wanted, ranked: Sequence[str]) -> str:
    """The first; after two lost races any of the first two, then of four, of eight."""
    return random.choice(ranked[: 2 ** max(0, wanted.lost - 1)])  # noqa: S311 - spreads a crowd, no secret


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


def _longest_idle(wanted: Wanted, found: Sequence[tuple[int, str] | None]) -> str | None:
    ranked = [courier_id for _, courier_id in sorted(one for one in found if one is not None)]
    return _spread(wanted, ranked) if ranked else None
