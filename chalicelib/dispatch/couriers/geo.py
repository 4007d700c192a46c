"""The nearest courier to a point: distances, geohash cells, and a search that never scans.

The module is pure: great-circle geometry, the grid of cells, and `NearestSearch`, which says which cells to query and
stops when no closer courier can exist. The caller makes the queries, in parallel, and passes the results back.

The grid is the binary geohash (geohash.org: Z-order, a longitude bit first) written in base 4. One digit is one
longitude and one latitude bit, so every cell splits into four, and `begins_with` on the sort key selects a cell of any
size. The partition key holds the first `COVER` digits (9.8 km high, 19.6 km wide at the equator), the sort key all
`PRECISION` digits (19 m by 38 m).

The search is exact. The cells of the cover tile the search circle. A cell is settled once a query has returned all of
it, or once it is farther away than the nearest courier so far; any other is queried again in smaller cells. The fine
cells of the first round only save rounds.

Traded away: keys are longer than in base 32, Z-order makes circles ragged (some cells more than with S2 or H3), and the
first round queries about 25 cells, most of them unnecessarily, because reads are cheap and round trips are slow. The
work grows with couriers who are indexed, not eligible, and nearer than the nearest eligible one, so the index should
hold only free ones. Cells are narrow near the poles: 10 km touch 4 to 12 cells of the cover up to 60 degrees of
latitude, 33 at 85 and 4,096 at the pole. They are queried nearest first, `ROUND_CELLS` in each round.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of GRS 80 (Moritz, Geodetic Reference System 1980, Journal of Geodesy 74, 2000)."""

PRECISION = 20
COVER = 11
ROUND_CELLS = 64
SPLIT_LEVELS = 2

_LNG_BITS = str.maketrans("0123", "0011")
_LAT_BITS = str.maketrans("0123", "0101")
_ROUNDING_M = 1e-6
_ROUNDING_H = 1 - 1e-14
_MARGIN_DEG = 1e-6


class CellBounds(NamedTuple):
    """The edges of a cell in degrees; south and west belong to it, north and east do not."""

    south: float
    west: float
    north: float
    east: float


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


def great_circle_m(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Return the metres between two points (degrees) on a sphere of `EARTH_RADIUS_M`, by the haversine."""
    aside = math.radians(lng2 - lng1)
    return _arc_m(_haversine(math.radians(lat1), math.radians(lat2), aside))


def encode(lat: float, lng: float, precision: int = PRECISION) -> str:
    """Return the cell of a point, `precision` (1 to 20) digits long. Raise `ValueError` for a point out of range.

    Latitude 90 belongs to the last row; longitude 180 is -180.
    """
    if not 1 <= precision <= PRECISION:
        raise ValueError(f"precision {precision} is not between 1 and {PRECISION}")
    return _cell(_column(lng, precision), _row(lat, precision), precision)


def bounds(cell: str) -> CellBounds:
    """Return the edges of a cell, exact in floating point. Raise `ValueError` if it is not a cell."""
    high, wide = 180.0 / (1 << len(cell)), 360.0 / (1 << len(cell))
    south = int(cell.translate(_LAT_BITS), 2) * high - 90.0
    west = int(cell.translate(_LNG_BITS), 2) * wide - 180.0
    return CellBounds(south, west, south + high, west + wide)


def distance_to_cell_m(lat: float, lng: float, cell: str) -> float:
    """Return the metres from a point to the closest point of a cell, 0 inside; never an overestimate.

    At any latitude the distance grows with the difference in longitude, so the closest point is on the point's own
    meridian if that crosses the cell, else on the nearer of its two side edges (`aside` away). Along a meridian
    cos(distance) = sin(lat) sin(y) + cos(lat) cos(aside) cos(y), a cosine of y that peaks at `foot`: clamp it to the
    edge. When the peak lies beyond a pole only the ends of the edge can be closest. Rounding is taken off, so the bound
    holds for computed distances too: a micrometre, and what the haversine loses close to the antipode.
    """
    south, west, north, east = bounds(cell)
    aside = 0.0
    if not west <= lng <= east:
        aside = math.radians(min((west - lng) % 360.0, (lng - east) % 360.0))
    origin, low, high = math.radians(lat), math.radians(south), math.radians(north)
    ahead = math.cos(origin) * math.cos(aside)
    if ahead >= 0.0:
        foot = math.atan2(math.sin(origin), ahead)
        h = _haversine(origin, min(max(foot, low), high), aside)
    else:
        h = min(_haversine(origin, low, aside), _haversine(origin, high, aside))
    return max(0.0, _arc_m(h * _ROUNDING_H) - _ROUNDING_M)


def cells_within(lat: float, lng: float, radius_m: float, precision: int) -> list[str]:
    """Return all cells of that precision within the radius, nearest first; near a pole they are very many."""
    return [cell for _, cell in _reached(lat, lng, radius_m, precision)]


def neighbourhood(lat: float, lng: float, precision: int) -> list[str]:
    """Return the 3 by 3 cells around a point, across the 180th meridian but not across a pole."""
    count = 1 << precision
    column, row = _column(lng, precision), _row(lat, precision)
    rows = range(max(row - 1, 0), min(row + 2, count))
    columns = dict.fromkeys((column + step) % count for step in (0, -1, 1))
    return [_cell(x, y, precision) for x in columns for y in rows]


class NearestSearch:
    """Finds the nearest courier to a point within `radius_m`, by rounds of parallel queries.

    while cells := search.next_cells():
        search.learn(the results of the queries of all `cells`)
    search.nearest()

    A cell is queried by partition key `cell[:cover_level]` and sort key prefix `cell`, with a limit: with 100, one
    round is enough for a 30 km city of 100 to 100,000 couriers; with 50 it reads half as much and sometimes needs a
    second round. A cell of full `PRECISION` cannot be split, so it has to be read to its end (`complete=True`).
    The result is exact for what the queries returned; a courier who moves meanwhile may be missed.
    """

    def __init__(
        self,
        lat: float,
        lng: float,
        radius_m: float,
        *,
        fine_levels: Sequence[int] = (17, 14),
        cover_level: int = COVER,
    ) -> None:
        """Plan a search. Raise `ValueError` for impossible coordinates, levels or radius."""
        if not 0 < radius_m < math.inf:
            raise ValueError(f"radius {radius_m} is not a positive number of metres")
        if not all(cover_level <= level <= PRECISION for level in (cover_level, *fine_levels)):
            raise ValueError(f"levels {fine_levels} are not between {cover_level} and {PRECISION}")
        self._lat, self._lng = lat, lng
        self._fine_levels, self._cover_level = fine_levels, cover_level
        self._cover = _reached(lat, lng, radius_m, cover_level)
        self._complete: set[str] = set()
        self._partial: set[str] = set()
        self._queried_within: set[str] = set()
        self._best: Candidate | None = None
        self._limit_to(radius_m)

    def next_cells(self) -> list[str]:
        """Return the cells to query now, in parallel; none when `nearest` is final. Calling it again is safe."""
        learned = self._complete or self._partial
        cells = (cell for _, cell in sorted(self._unsettled())) if learned else self._opening()
        return list(dict.fromkeys(cells))[:ROUND_CELLS]

    def learn(self, answers: Iterable[CellAnswer]) -> None:
        """Take results, in any order. Raise `ValueError` for a cell of full precision that was not read to its end."""
        for answer in answers:
            self._mark(answer.cell, complete=answer.complete)
            for courier_id, lat, lng in answer.couriers:
                if abs(lat - self._lat) <= self._reach_deg:
                    self._consider(courier_id, lat, lng)

    def nearest(self) -> Candidate | None:
        """Return the nearest courier so far; of equally near ones, that with the smallest id."""
        return self._best

    def _opening(self) -> Iterator[str]:
        for level in self._fine_levels:
            yield from (cell for _, cell in self._within_limit(neighbourhood(self._lat, self._lng, level)))
        yield from (cell for _, cell in self._cover)

    def _unsettled(self) -> Iterator[tuple[float, str]]:
        """Return the largest cells, with their distances, that may still hold a closer courier.

        Below a cell that reached its limit `SPLIT_LEVELS` levels are skipped, to save rounds.
        """
        stack = [(distance, cell, 0) for distance, cell in self._cover if distance <= self._limit_m]
        while stack:
            distance, cell, split = stack.pop()
            if cell in self._complete:
                continue
            if cell in self._partial:
                split = min(SPLIT_LEVELS, PRECISION - len(cell))
            if split > 0 or cell in self._queried_within:
                children = self._within_limit(cell + digit for digit in "0123")
                stack.extend((closest, child, split - 1) for closest, child in children)
            else:
                yield distance, cell

    def _within_limit(self, cells: Iterable[str]) -> Iterator[tuple[float, str]]:
        for cell in cells:
            distance = distance_to_cell_m(self._lat, self._lng, cell)
            if distance <= self._limit_m:
                yield distance, cell

    def _mark(self, cell: str, *, complete: bool) -> None:
        if complete:
            self._complete.add(cell)
        elif len(cell) >= PRECISION:
            raise ValueError(f"cell {cell} cannot be split: page through it")
        else:
            self._partial.add(cell)
        self._queried_within.update(cell[:size] for size in range(self._cover_level, len(cell)))

    def _consider(self, courier_id: str, lat: float, lng: float) -> None:
        distance = great_circle_m(self._lat, self._lng, lat, lng)
        if distance > self._limit_m:
            return
        if self._best and (self._best.distance_m, self._best.id) <= (distance, courier_id):
            return
        self._best = Candidate(courier_id, lat, lng, distance)
        self._limit_to(distance)

    def _limit_to(self, distance_m: float) -> None:
        """Set the distance beyond which couriers do not count; the latitude alone excludes most of them cheaply."""
        self._limit_m = distance_m
        self._reach_deg = math.degrees(distance_m / EARTH_RADIUS_M) + _MARGIN_DEG


def _haversine(lat1: float, lat2: float, aside: float) -> float:
    up, across = math.sin((lat2 - lat1) / 2), math.sin(aside / 2)
    return up * up + math.cos(lat1) * math.cos(lat2) * across * across


def _arc_m(h: float) -> float:
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def _row(lat: float, precision: int) -> int:
    if not -90.0 <= lat <= 90.0:
        raise ValueError(f"latitude {lat} is not between -90 and 90")
    return min(_slot(lat, 180.0, precision), (1 << precision) - 1)


def _column(lng: float, precision: int) -> int:
    if not -180.0 <= lng <= 180.0:
        raise ValueError(f"longitude {lng} is not between -180 and 180")
    return _slot(lng, 360.0, precision) % (1 << precision)


def _slot(degrees: float, span: float, precision: int) -> int:
    """Return the step of the grid; exact, even where the quotient is too small for a float and becomes zero."""
    step = span / (1 << precision)
    slot = math.floor(degrees / step)
    return slot - (slot * step > degrees) + (1 << precision - 1)


def _cell(column: int, row: int, precision: int) -> str:
    """Return the cell, its bits interleaved without a loop: binary digits read as decimal add up to 0..3 each."""
    return str(2 * int(f"{column:b}") + int(f"{row:b}")).zfill(precision)


def _columns(lat: float, lng: float, reach: float, precision: int) -> Iterable[int]:
    """Return the columns that a circle of `reach` degrees touches: all of them if it contains a pole."""
    count = 1 << precision
    if abs(lat) + reach >= 90.0:
        return range(count)
    ratio = math.sin(math.radians(reach)) / math.cos(math.radians(lat))
    width = math.degrees(math.asin(min(1.0, ratio)))
    first, last = _slot(lng - width, 360.0, precision), _slot(lng + width, 360.0, precision)
    return (column % count for column in range(first, last + 1))


def _reached(lat: float, lng: float, radius_m: float, precision: int) -> list[tuple[float, str]]:
    reach = math.degrees(radius_m / EARTH_RADIUS_M) + _MARGIN_DEG
    lowest, highest = max(lat - reach, -90.0), min(lat + reach, 90.0)
    rows = range(_row(lowest, precision), _row(highest, precision) + 1)
    columns = _columns(lat, lng, reach, precision)
    cells = [_cell(column, row, precision) for column in columns for row in rows]
    near = [(distance_to_cell_m(lat, lng, cell), cell) for cell in cells]
    return sorted(pair for pair in near if pair[0] <= radius_m)
