"""Where is the nearest courier: distances, geohash cells, and a search that never scans.

Lives here: great-circle geometry, the grid of cells, and `NearestSearch`, a plan that says which cells to ask the
store for and stops when no closer courier can exist. It does no I/O, so it is tested against brute force; the caller
asks the store, in parallel, and feeds the answers back.

The grid is the binary geohash (geohash.org: Z-order, a longitude bit first) written in base 4. One digit is one
longitude and one latitude bit, so a cell of any length splits into exactly four and `begins_with` on the sort key is a
cell at any zoom. Partition key: the first `COVER` digits (9.8 km high, 19.6 km wide at the equator). Sort key: all
`PRECISION` digits (19 m by 38 m).

How the search stays exact: the cells of the cover tile the whole search circle. A piece of it is settled once a query
returned all of it, or once it lies farther off than the best courier so far. What is not settled is asked again in
smaller cells. The fine blocks of the first round are only a head start; leaving them out would cost rounds, never the
right answer.

What was traded away: keys are longer than in base 32, Z-order makes circles ragged (some cells more than with S2 or
H3), and round one asks for about 25 cells, most of which turn out unneeded: reads are cheap, round trips are what a
customer waits for. Work grows with couriers who are indexed but not eligible and nearer than the nearest eligible one,
so the index should hold only free ones. Cells get narrow near the poles: 10 km touch 4 to 12 cells of the cover up to
60 degrees, 33 at 85 and 4,096 at the pole. All are asked, nearest first, `ROUND_CELLS` a round, until one settles the
rest.
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
    """A courier and how far the pickup is from them."""

    id: str
    lat: float
    lng: float
    distance_m: float


class CellAnswer(NamedTuple):
    """What the store said about one cell.

    `found` holds the eligible couriers as (id, latitude, longitude). `complete` speaks of the query before any filter:
    False when it hit its limit, so that the cell may hold more.
    """

    cell: str
    found: Sequence[tuple[str, float, float]]
    complete: bool


def great_circle_m(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Metres between two points (degrees) on a sphere of `EARTH_RADIUS_M`, by the haversine."""
    aside = math.radians(lng2 - lng1)
    return _arc_m(_haversine(math.radians(lat1), math.radians(lat2), aside))


def encode(lat: float, lng: float, precision: int = PRECISION) -> str:
    """The cell of a point, `precision` (1 to 20) digits long.

    Latitude 90 belongs to the last row; longitude 180 is -180. ValueError when out of range.
    """
    if not 1 <= precision <= PRECISION:
        raise ValueError(f"precision {precision} is not between 1 and {PRECISION}")
    return _cell(_column(lng, precision), _row(lat, precision), precision)


def bounds(cell: str) -> CellBounds:
    """The edges of a cell, exact in floating point. ValueError when it is not a cell."""
    high, wide = 180.0 / (1 << len(cell)), 360.0 / (1 << len(cell))
    south = int(cell.translate(_LAT_BITS), 2) * high - 90.0
    west = int(cell.translate(_LNG_BITS), 2) * wide - 180.0
    return CellBounds(south, west, south + high, west + wide)


def distance_to_cell_m(lat: float, lng: float, cell: str) -> float:
    """Metres from a point to the closest point of a cell, 0 inside; never an overestimate.

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
    """All cells of that precision that come within the radius, nearest first; very many near a pole (see above)."""
    return [cell for _, cell in _reached(lat, lng, radius_m, precision)]


def neighbourhood(lat: float, lng: float, precision: int) -> list[str]:
    """The 3 by 3 cells around a point, across the 180th meridian but not across a pole."""
    count = 1 << precision
    column, row = _column(lng, precision), _row(lat, precision)
    rows = range(max(row - 1, 0), min(row + 2, count))
    columns = dict.fromkeys((column + step) % count for step in (0, -1, 1))
    return [_cell(x, y, precision) for x in columns for y in rows]


class NearestSearch:
    """The nearest courier to a point within `radius_m`, asked for in rounds of parallel queries.

    while cells := search.next_cells():
        search.learn(ask the store about all of `cells` at once)
    search.nearest()

    A cell is asked for by partition key `cell[:cover_level]` and sort key prefix `cell`, with a limit: with 100, one
    round settles a 30 km city of 100 to 100,000 couriers; with 50 it reads half as much and needs a second round at
    times. A cell of full `PRECISION` cannot be split: page through it and answer with `complete=True`.
    The answer is exact for what the store said; a courier who moves meanwhile may be missed.
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
        """Plan a search; ValueError for impossible coordinates, levels or radius."""
        if not 0 < radius_m < math.inf:
            raise ValueError(f"radius {radius_m} is not a positive number of metres")
        if not all(cover_level <= level <= PRECISION for level in (cover_level, *fine_levels)):
            raise ValueError(f"levels {fine_levels} are not between {cover_level} and {PRECISION}")
        self._lat, self._lng = lat, lng
        self._fine_levels, self._cover_level = fine_levels, cover_level
        self._cover = _reached(lat, lng, radius_m, cover_level)
        self._complete: set[str] = set()
        self._partial: set[str] = set()
        self._asked_within: set[str] = set()
        self._best: Candidate | None = None
        self._limit_to(radius_m)

    def next_cells(self) -> list[str]:
        """The cells to query now, in parallel; empty when `nearest` is final. Asking twice changes nothing."""
        learned = self._complete or self._partial
        cells = (cell for _, cell in sorted(self._unsettled())) if learned else self._opening()
        return list(dict.fromkeys(cells))[:ROUND_CELLS]

    def learn(self, answers: Iterable[CellAnswer]) -> None:
        """Take in answers, in any order. ValueError for a cell of full precision not paged through."""
        for answer in answers:
            self._mark(answer.cell, complete=answer.complete)
            for courier_id, lat, lng in answer.found:
                if abs(lat - self._lat) <= self._reach_deg:
                    self._consider(courier_id, lat, lng)

    def nearest(self) -> Candidate | None:
        """The nearest courier learned of, the smallest id among equally near ones."""
        return self._best

    def _opening(self) -> Iterator[str]:
        for level in self._fine_levels:
            yield from (cell for _, cell in self._within_limit(neighbourhood(self._lat, self._lng, level)))
        yield from (cell for _, cell in self._cover)

    def _unsettled(self) -> Iterator[tuple[float, str]]:
        """Walk down from the cover to the largest cells that may still hide someone closer.

        Below a cell that overflowed the walk skips `SPLIT_LEVELS` levels, to save rounds.
        """
        stack = [(distance, cell, 0) for distance, cell in self._cover if distance <= self._limit_m]
        while stack:
            distance, cell, split = stack.pop()
            if cell in self._complete:
                continue
            if cell in self._partial:
                split = min(SPLIT_LEVELS, PRECISION - len(cell))
            if split > 0 or cell in self._asked_within:
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
        self._asked_within.update(cell[:size] for size in range(self._cover_level, len(cell)))

    def _consider(self, courier_id: str, lat: float, lng: float) -> None:
        distance = great_circle_m(self._lat, self._lng, lat, lng)
        if distance > self._limit_m:
            return
        if self._best and (self._best.distance_m, self._best.id) <= (distance, courier_id):
            return
        self._best = Candidate(courier_id, lat, lng, distance)
        self._limit_to(distance)

    def _limit_to(self, distance_m: float) -> None:
        """Nothing farther counts; the latitude alone rules most couriers out without a sine."""
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
    """Which step of the grid; exact, even where the quotient is too small for a float and becomes zero."""
    step = span / (1 << precision)
    slot = math.floor(degrees / step)
    return slot - (slot * step > degrees) + (1 << precision - 1)


def _cell(column: int, row: int, precision: int) -> str:
    """Interleave the bits without a loop: binary digits read as decimal add up to 0..3 each."""
    return str(2 * int(f"{column:b}") + int(f"{row:b}")).zfill(precision)


def _columns(lat: float, lng: float, reach: float, precision: int) -> Iterable[int]:
    """The columns that a circle of `reach` degrees touches: all of them when it holds a pole."""
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
