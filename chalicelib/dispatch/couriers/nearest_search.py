"""The search for the nearest courier to a point: which cells to query, and when no closer courier can exist.

The module is pure. The caller makes the queries, in parallel, and passes the results back.

A search opens with the 2 by 2 cells around the pickup at a level that the caller guesses from earlier searches:

    a cell held more than a query returns    the next block is smaller, as long as that helps
    no courier was found                     the next block is larger, up to all cells within the radius
    a courier was found                      only cells that are closer than they are queried as well

The result is exact whatever the level is; a wrong level only costs queries. A cell is settled once a query has returned
all of it, or once it is farther away than the nearest courier so far; any other is queried again in smaller cells.

The work grows with couriers who are indexed, not eligible, and nearer than the nearest eligible one, so the index
should hold only free ones whose position is fresh. 10 km touch 4 to 12 cells of the cover up to 60 degrees of latitude,
at most 51 up to 84, and 4 rings around a pole. They are queried nearest first, `ROUND_CELLS` in each round.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chalicelib.dispatch.couriers import geo

ROUND_CELLS = 64
DEFAULT_LEVEL = 13
_STEP = 2
"""The levels by which blocks shrink and grow, and by which a cell is split that held more than its query returned."""
_TILES = 16
"""The cells that may cover the circle around the pickup in which a closer courier could be; else they are larger."""

_USUAL = 1.4
"""Nearly all nearest couriers are within so many times the mean distance."""
_WEIGHT = 0.2
_PLACES = 10_000


class Candidate(NamedTuple):
    """A courier, and the distance to the pickup."""

    id: str
    lat: float
    lng: float
    distance_m: float


class CellAnswer(NamedTuple):
    """The result of the query of one cell.

    `couriers` are the eligible ones as (id, latitude, longitude). `complete` is False if the query, before any filter,
    ended at its limit, so that the cell may hold more.
    """

    cell: str
    couriers: Sequence[tuple[str, float, float]]
    complete: bool


class NearestSearch:
    """Finds the nearest courier to a point within `radius_m`, by rounds of parallel queries.

    while cells := search.next_cells():
        search.learn(the results of the queries of all `cells`)
    search.nearest()

    A cell is queried by partition key `cell[:cover_level]` and sort key prefix `cell`, with a limit. A cell of full
    precision cannot be split, so it has to be read to its end (`complete=True`). The result is exact for what the
    queries returned; a courier who moves meanwhile may be missed.
    """

    def __init__(
        self, lat: float, lng: float, radius_m: float, *, level: int = DEFAULT_LEVEL, cover_level: int = geo.COVER
    ) -> None:
        """Plan a search that opens at a level. Raise `ValueError` for impossible coordinates, levels or radius."""
        if not 0 < radius_m < math.inf:
            raise ValueError(f"radius {radius_m} is not a positive number of metres")
        if not cover_level <= level <= geo.PRECISION:
            raise ValueError(f"level {level} is not between {cover_level} and {geo.PRECISION}")
        self._lat, self._lng = lat, lng
        self._level, self._cover_level = level, cover_level
        self._cover: list[tuple[float, str]] | None = None
        self._may_shrink = True
        self._complete: set[str] = set()
        self._partial: set[str] = set()
        self._best: Candidate | None = None
        self._limit_to(radius_m)

    def next_cells(self) -> list[str]:
        """Return the cells to query now, in parallel; none when `nearest` is final. Calling it again is safe."""
        while True:
            while self._may_shrink and self._is_block_read():
                self._shrink()
            if cells := sorted(self._unsettled(self._roots())):
                return [cell for _, cell in cells[:ROUND_CELLS]]
            if self._best is not None or self._level <= self._cover_level:
                return []
            self._level, self._may_shrink = max(self._cover_level, self._level - _STEP), False

    def learn(self, answers: Iterable[CellAnswer]) -> None:
        """Take results, in any order. Raise `ValueError` for a cell of full precision that was not read to its end."""
        for answer in answers:
            if answer.complete:
                self._complete.add(answer.cell)
            elif len(answer.cell) >= geo.PRECISION:
                raise ValueError(f"cell {answer.cell} cannot be split: page through it")
            else:
                self._partial.add(answer.cell)
            for courier_id, lat, lng in answer.couriers:
                if abs(lat - self._lat) <= self._reach_deg:
                    self._consider(courier_id, lat, lng)

    def nearest(self) -> Candidate | None:
        """Return the nearest courier so far; of equally near ones, that with the smallest id."""
        return self._best

    def _roots(self) -> list[tuple[float, str]]:
        """Return the cells that are to be settled now: a block, or all in which a closer courier could be."""
        if self._level > self._cover_level and (self._best is None or self._may_shrink):
            return self._block()
        level = self._level
        while level > self._cover_level and geo.number_within(self._lat, self._limit_m, level) > _TILES:
            level -= 1
        if level > self._cover_level:
            return geo.cells_reached(self._lat, self._lng, self._limit_m, level)
        if self._cover is None:
            self._cover = geo.cells_reached(self._lat, self._lng, self._limit_m, level)
        return [root for root in self._cover if root[0] <= self._limit_m]

    def _block(self) -> list[tuple[float, str]]:
        return list(self._within_limit(geo.block(self._lat, self._lng, self._level)))

    def _is_block_read(self) -> bool:
        return all(cell in self._partial or self._is_complete(cell) for _, cell in self._block())

    def _shrink(self) -> None:
        """Go to a smaller block if a cell of this one held more."""
        self._may_shrink = self._level + _STEP <= geo.PRECISION and any(
            cell in self._partial for _, cell in self._block()
        )
        if self._may_shrink:
            self._level += _STEP

    def _unsettled(self, roots: Iterable[tuple[float, str]]) -> Iterator[tuple[float, str]]:
        """Return the largest cells, with their distances, that may still hold a closer courier."""
        stack = [(distance, cell, 0) for distance, cell in roots]
        while stack:
            distance, cell, split = stack.pop()
            if self._is_complete(cell):
                continue
            if cell in self._partial:
                split = min(_STEP, geo.PRECISION - len(cell))
            if split > 0:
                parts = self._within_limit(geo.children(cell))
                stack.extend((closest, part, split - 1) for closest, part in parts)
            else:
                yield distance, cell

    def _is_complete(self, cell: str) -> bool:
        return any(cell[:size] in self._complete for size in range(self._cover_level, len(cell) + 1))

    def _within_limit(self, cells: Iterable[str]) -> Iterator[tuple[float, str]]:
        for cell in cells:
            distance = geo.distance_to_cell_m(self._lat, self._lng, cell)
            if distance <= self._limit_m:
                yield distance, cell

    def _consider(self, courier_id: str, lat: float, lng: float) -> None:
        distance = geo.great_circle_m(self._lat, self._lng, lat, lng)
        if distance > self._limit_m:
            return
        if self._best and (self._best.distance_m, self._best.id) <= (distance, courier_id):
            return
        self._best = Candidate(courier_id, lat, lng, distance)
        self._limit_to(distance)

    def _limit_to(self, distance_m: float) -> None:
        """Set the distance beyond which couriers do not count; the latitude alone excludes most of them cheaply."""
        self._limit_m = distance_m
        self._reach_deg = math.degrees(distance_m / geo.EARTH_RADIUS_M) + geo.MARGIN_DEG


class LevelMemory:
    """The level at which searches open, by place: from the mean distance of the nearest couriers found there.

    It is kept by the process. It may be empty or outdated: a search is exact at every level.
    """

    def __init__(self) -> None:
        """Start without any place."""
        self._mean_m: dict[tuple[str, str], float] = {}

    def level(self, org_id: str, lat: float, lng: float) -> int:
        """Return the level for a search: half the height of its cells exceeds most distances of nearest couriers."""
        mean_m = self._mean_m.get((org_id, geo.encode(lat, lng, geo.COVER)))
        if mean_m is None:
            return DEFAULT_LEVEL
        level = math.floor(math.log2(geo.cell_height_m(0) / (2 * _USUAL * max(mean_m, 1.0))))
        return min(max(level, geo.COVER), geo.PRECISION)

    def learn(self, org_id: str, lat: float, lng: float, nearest: Candidate | None) -> None:
        """Take the outcome of a search; without a courier, the next one opens with all cells within the radius."""
        place = (org_id, geo.encode(lat, lng, geo.COVER))
        if len(self._mean_m) >= _PLACES:
            self._mean_m.clear()
        found_m = geo.cell_height_m(geo.COVER) if nearest is None else nearest.distance_m
        known_m = self._mean_m.get(place, found_m)
        self._mean_m[place] = known_m + (found_m - known_m) * _WEIGHT
