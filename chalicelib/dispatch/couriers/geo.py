"""Great-circle geometry, and the grid of cells in which couriers are found. The module is pure.

The grid is the binary geohash (geohash.org: Z-order, a longitude bit first) written in base 4. One digit is one
longitude and one latitude bit, so every cell splits into four, and `begins_with` on the sort key selects a cell of any
size. The partition key holds the first `COVER` digits (9.8 km high, 19.6 km wide at the equator), the sort key all
`PRECISION` digits (76 m by 153 m).

Beyond `POLAR_LAT` the columns of the geohash are too narrow to be of use: a small circle around a pole would touch all
of them. There a cell is a whole ring around the pole, written as the one of the first column.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of GRS 80 (Moritz, Geodetic Reference System 1980, Journal of Geodesy 74, 2000)."""

PRECISION = 18
COVER = 11
MIN_PRECISION = 5
"""The rows of larger cells would be partly polar."""
_POLAR_ROWS = 1 << MIN_PRECISION
"""Of all rows, the share of one in so many at each pole is polar."""
POLAR_LAT = 90.0 - 180.0 / _POLAR_ROWS

_LNG_BITS = str.maketrans("0123", "0011")
_LAT_BITS = str.maketrans("0123", "0101")
_ROUNDING_M = 1e-6
_ROUNDING_H = 1 - 1e-14
MARGIN_DEG = 1e-6


class CellBounds(NamedTuple):
    """The edges of a cell in degrees; south and west belong to it, north and east do not."""

    south: float
    west: float
    north: float
    east: float


def great_circle_m(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Return the metres between two points (degrees) on a sphere of `EARTH_RADIUS_M`, by the haversine."""
    aside = math.radians(lng2 - lng1)
    return _arc_m(_haversine(math.radians(lat1), math.radians(lat2), aside))


def encode(lat: float, lng: float, precision: int = PRECISION) -> str:
    """Return the cell of a point, `precision` (5 to 18) digits long. Raise `ValueError` for a point out of range.

    Latitude 90 belongs to the last row; longitude 180 is -180.
    """
    if not MIN_PRECISION <= precision <= PRECISION:
        raise ValueError(f"precision {precision} is not between {MIN_PRECISION} and {PRECISION}")
    column, row = _column(lng, precision), _row(lat, precision)
    return _cell(0 if _is_polar(row, precision) else column, row, precision)


def bounds(cell: str) -> CellBounds:
    """Return the edges of a cell, exact in floating point. Raise `ValueError` if it is not a cell."""
    high, wide = 180.0 / (1 << len(cell)), 360.0 / (1 << len(cell))
    row = int(cell.translate(_LAT_BITS), 2)
    south = row * high - 90.0
    west = int(cell.translate(_LNG_BITS), 2) * wide - 180.0
    return CellBounds(south, west, south + high, 180.0 if _is_polar(row, len(cell)) else west + wide)


def children(cell: str) -> list[str]:
    """Return the cells into which a cell splits: four, or two rings."""
    is_ring = _is_polar(int(cell.translate(_LAT_BITS), 2), len(cell))
    return [cell + digit for digit in ("01" if is_ring else "0123")]


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


def cells_reached(lat: float, lng: float, radius_m: float, precision: int) -> list[tuple[float, str]]:
    """Return all cells of that precision within the radius with their distances, nearest first."""
    reach = math.degrees(radius_m / EARTH_RADIUS_M) + MARGIN_DEG
    lowest, highest = max(lat - reach, -90.0), min(lat + reach, 90.0)
    rows = range(_row(lowest, precision), _row(highest, precision) + 1)
    rings = [row for row in rows if _is_polar(row, precision)]
    others = [row for row in rows if not _is_polar(row, precision)]
    columns = _columns(lat, lng, reach, precision) if others else ()
    cells = [_cell(0, row, precision) for row in rings]
    cells += [_cell(column, row, precision) for column in columns for row in others]
    near = [(distance_to_cell_m(lat, lng, cell), cell) for cell in cells]
    return sorted(pair for pair in near if pair[0] <= radius_m)


def cells_within(lat: float, lng: float, radius_m: float, precision: int) -> list[str]:
    """Return all cells of that precision within the radius, nearest first."""
    return [cell for _, cell in cells_reached(lat, lng, radius_m, precision)]


def block(lat: float, lng: float, precision: int) -> list[str]:
    """Return the 2 by 2 cells around a point: its own, and its neighbours on the closer sides; near a pole, the rings.

    The block reaches half a cell at least in every direction, across the 180th meridian too.
    """
    count = 1 << precision
    column, row = (index >> 1 for index in (_column(lng, precision + 1), _row(lat, precision + 1)))
    aside = 1 if _column(lng, precision + 1) & 1 else -1
    up = 1 if _row(lat, precision + 1) & 1 else -1
    rows = [y for y in (row, row + up) if 0 <= y < count]
    columns = dict.fromkeys((column, (column + aside) % count))
    return [_cell(x, y, precision) for y in rows for x in ((0,) if _is_polar(y, precision) else columns)]


def cell_height_m(precision: int) -> float:
    """Return the height of the cells of a precision in metres."""
    return math.pi * EARTH_RADIUS_M / (1 << precision)


def number_within(lat: float, radius_m: float, precision: int) -> int:
    """Return about how many cells of a precision a circle touches, at most."""
    reach = math.degrees(radius_m / EARTH_RADIUS_M) + MARGIN_DEG
    rows = 2 * radius_m / cell_height_m(precision) + 2
    if abs(lat) - reach >= POLAR_LAT:
        return math.ceil(rows)
    narrowest = math.cos(math.radians(min(abs(lat) + reach, POLAR_LAT)))
    columns = radius_m / cell_height_m(precision) / narrowest + 2
    return math.ceil(rows * min(columns, 1 << precision))


def _is_polar(row: int, precision: int) -> bool:
    """Return whether the cells of a row are one ring."""
    count = 1 << precision
    return min(row, count - 1 - row) < count // _POLAR_ROWS


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
