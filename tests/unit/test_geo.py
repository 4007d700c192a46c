"""Great-circle geometry and cells, against their definitions."""

import math
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.dispatch.couriers.geo import (
    COVER,
    EARTH_RADIUS_M,
    MIN_PRECISION,
    POLAR_LAT,
    PRECISION,
    block,
    bounds,
    cells_within,
    children,
    distance_to_cell_m,
    encode,
    great_circle_m,
)

Point = tuple[float, float]

BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M
RADIUS_M = 10_000.0

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
points = st.tuples(latitudes, longitudes)
precisions = st.integers(MIN_PRECISION, PRECISION)
awkward = st.sampled_from([(48.2, 16.4), (0.0, 0.0), (-33.9, 179.999), (65.0, -180.0), (51.5, 180.0), (0.0, 90.0)])
polar = st.sampled_from([(89.97, 12.0), (-90.0, 0.0), (90.0, 180.0), (-89.99, -179.9)])


def moved(at: Point, north_m: float, east_m: float) -> Point:
    """A point some metres away, over the pole and round the world if need be."""
    lat = at[0] + north_m / METRES_PER_DEGREE
    lng = at[1] + east_m / METRES_PER_DEGREE / max(math.cos(math.radians(at[0])), 1e-4)
    if abs(lat) > 90:
        lat, lng = math.copysign(180, lat) - lat, lng + 180
    return lat, (lng + 180) % 360 - 180


class TestDistance:
    def test_distances_match_published_ones(self) -> None:
        """A quarter of the globe, and the classic example of Nashville to Los Angeles."""
        assert great_circle_m(0, 0, 90, 0) == pytest.approx(math.pi / 2 * EARTH_RADIUS_M)
        assert great_circle_m(36.12, -86.67, 33.94, -118.40) == pytest.approx(2_886_448, rel=1e-5)

    def test_the_way_over_the_180th_meridian_is_short(self) -> None:
        assert great_circle_m(0, 179.5, 0, -179.5) == pytest.approx(METRES_PER_DEGREE)

    def test_the_way_over_the_pole_is_short(self) -> None:
        assert great_circle_m(89.5, 0, 89.5, 180) == pytest.approx(METRES_PER_DEGREE)

    @settings(deadline=None)
    @given(points, points)
    def test_distance_is_the_same_both_ways(self, here: Point, there: Point) -> None:
        assert great_circle_m(*here, *there) == pytest.approx(great_circle_m(*there, *here))


class TestCells:
    @pytest.mark.parametrize(
        ("geohash", "lat", "lng"),
        [
            ("ezs42", 42.605, -5.603),
            ("u4pruydqqvj", 57.64911, 10.40744),
            ("6gkzwgjzn820", -25.382708, -49.265506),
        ],
    )
    def test_cells_are_published_geohashes_bit_by_bit(self, geohash: str, lat: float, lng: float) -> None:
        bits = "".join(f"{BASE32.index(character):05b}" for character in geohash)
        pairs = [bits[n : n + 2] for n in range(0, min(len(bits) - 1, 2 * PRECISION), 2)]
        assert encode(lat, lng, len(pairs)) == "".join(str(int(pair, 2)) for pair in pairs)

    @settings(deadline=None)
    @given(points, precisions)
    @example((-1e-20, -1e-20), 18)
    @example((-5e-324, -5e-324), MIN_PRECISION)
    def test_a_point_lies_in_its_own_cell(self, point: Point, precision: int) -> None:
        lat, lng = point[0], -180.0 if point[1] == 180 else point[1]
        south, west, north, east = bounds(encode(lat, lng, precision))
        assert south <= lat
        assert lat < north or lat == north == 90
        assert west <= lng < east

    def test_the_last_point_before_an_edge_is_not_past_it(self) -> None:
        random_source = random.Random(2)
        for _ in range(500):
            south, west, _, _ = bounds(encode(random_source.uniform(-84, 84), random_source.uniform(-179, 179)))
            before = bounds(encode(math.nextafter(south, -90), math.nextafter(west, -180)))
            assert (before.north, before.east) == (south, west)

    @settings(deadline=None)
    @given(points, precisions)
    def test_a_cell_is_found_again_from_its_corner_and_its_middle(self, point: Point, precision: int) -> None:
        cell = encode(*point, precision)
        south, west, north, east = bounds(cell)
        assert encode(south, west, precision) == cell
        assert encode((south + north) / 2, (west + east) / 2, precision) == cell

    @settings(deadline=None)
    @given(points, precisions)
    def test_a_shorter_cell_is_the_beginning_of_a_longer_one(self, point: Point, precision: int) -> None:
        assert encode(*point).startswith(encode(*point, precision))

    def test_the_ends_of_the_world_belong_to_a_cell(self) -> None:
        assert bounds(encode(90, 0)).north == 90
        assert bounds(encode(-90, 0)).south == -90
        assert encode(12, 180) == encode(12, -180)

    @pytest.mark.parametrize(
        ("lat", "lng", "precision"),
        [(90.1, 0, 11), (math.nan, 0, 11), (0, 180.1, 11), (0, math.inf, 11), (0, 0, 0), (0, 0, 4), (0, 0, 21)],
    )
    def test_what_is_not_on_earth_is_refused(self, lat: float, lng: float, precision: int) -> None:
        with pytest.raises(ValueError, match="is not between"):
            encode(lat, lng, precision)

    @pytest.mark.parametrize("cell", ["", "0124", "u4pr"])
    def test_what_is_not_a_cell_has_no_bounds(self, cell: str) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            bounds(cell)

    @settings(deadline=None)
    @given(st.tuples(st.floats(-80, 80), longitudes), st.integers(6, PRECISION), st.floats(0, 0.49), st.floats(0, 360))
    def test_a_block_reaches_half_a_cell_in_every_direction(
        self, point: Point, precision: int, share: float, bearing: float
    ) -> None:
        south, west, north, east = bounds(encode(*point, precision))
        up = share * (north - south) * math.sin(math.radians(bearing))
        aside = share * (east - west) * math.cos(math.radians(bearing))
        spot = point[0] + up, (point[1] + aside + 180) % 360 - 180
        assert encode(*spot, precision) in block(*point, precision)

    @settings(deadline=None)
    @given(points, st.integers(MIN_PRECISION, PRECISION - 1))
    def test_a_cell_splits_into_the_cells_of_its_points(self, point: Point, precision: int) -> None:
        assert encode(*point, precision + 1) in children(encode(*point, precision))

    @pytest.mark.parametrize("sign", [1, -1])
    def test_beyond_the_polar_latitude_a_cell_is_a_ring(self, sign: int) -> None:
        inside, outside = sign * (POLAR_LAT + 1e-9), sign * (POLAR_LAT - 1e-9)
        assert encode(inside, -170) == encode(inside, 99)
        assert encode(outside, -170) != encode(outside, 99)
        assert bounds(encode(inside, 99))[1::2] == (-180, 180)
        assert (len(children(encode(inside, 99, 11))), len(children(encode(outside, 99, 11)))) == (2, 4)

    def test_a_block_is_two_by_two_round_the_world_and_rings_at_the_pole(self) -> None:
        assert len(set(block(48.2, 16.4, 14))) == 4
        assert encode(0.0, -179.9999, 14) in block(0.0, 179.9999, 14)
        assert block(90, 0, 14) == [encode(90, 0, 14)]
        assert len(block(89, 0, 14)) == 2
        assert sorted(block(0, 0, 1)) == ["0", "1", "2", "3"]


class TestDistanceToCell:
    @settings(deadline=None)
    @given(points, points, precisions, st.floats(0, 1), st.floats(0, 1))
    @example((60.0, 0.0), (60.0, 100.0), 2, 0.5, 1.0)
    @example((10.0, 0.0), (-10.0, -180.0), 18, 0.0, 0.0)
    @example((89.9, 0.0), (89.95, 120.0), 11, 1.0, 1.0)
    def test_no_point_of_a_cell_is_closer_than_the_bound(
        self, point: Point, inside: Point, precision: int, up: float, across: float
    ) -> None:
        cell = encode(*inside)[:precision]
        south, west, north, east = bounds(cell)
        spot = (south + up * (north - south), west + across * (east - west))
        bound = distance_to_cell_m(*point, cell)
        assert bound <= great_circle_m(*point, *spot)
        assert bound <= great_circle_m(*point, *inside)

    @pytest.mark.parametrize(
        ("point", "corner"),
        [
            ((-24.470192719765514, -114.19760520195986), (24.521484375, 65.91796875)),
            ((2.1984286194931677, -116.29796332025951), (-2.109375, 63.80859375)),
            ((-22.023904455834835, -67.9936755229847), (21.97265625, 112.1484375)),
        ],
    )
    def test_the_bound_holds_where_the_haversine_is_at_its_worst(self, point: Point, corner: Point) -> None:
        """Near the antipode it is off by more than the micrometre that is taken off everywhere."""
        lats, lngs = ((degrees, math.nextafter(degrees, -180)) for degrees in corner)
        touching = {encode(lat, lng, COVER) for lat in lats for lng in lngs}
        assert len(touching) == 4
        for cell in touching:
            assert distance_to_cell_m(*point, cell) <= great_circle_m(*point, *corner)

    @settings(max_examples=60, deadline=None)
    @given(points, points, precisions)
    @example((60.0, 0.0), (60.0, 100.0), 2)
    @example((85.0, 0.0), (20.0, 95.0), 3)
    def test_the_bound_is_tight(self, point: Point, inside: Point, precision: int) -> None:
        """Some point of the edge is as close as the bound says, up to how finely we look."""
        cell = encode(*inside)[:precision]
        bound = distance_to_cell_m(*point, cell)
        south, west, north, east = bounds(cell)
        steps, high = 400, north - south
        lats = [south + high * n / steps for n in range(steps + 1)]
        lats.append(min(max(point[0], south), north))
        lngs = [west, east, *([point[1]] if west <= point[1] <= east else [])]
        closest = min(great_circle_m(*point, lat, lng) for lat in lats for lng in lngs)
        missed_m = high / steps * METRES_PER_DEGREE
        assert closest - bound <= min(missed_m, missed_m**2 / max(closest, 1)) + 2

    @pytest.mark.parametrize("spread", [1e-5, 1e-3, 0.1, 1.0])
    def test_the_bound_is_tight_to_a_hair_nearby(self, spread: float) -> None:
        """The cell's own best point, found by ternary search on each edge, is the bound."""
        random_source = random.Random(spread)
        for _ in range(200):
            point = (random_source.uniform(-89.9, 89.9), random_source.uniform(-180, 180))
            inside = moved(point, *(random_source.gauss(0, spread * METRES_PER_DEGREE) for _ in "12"))
            cell = encode(*inside, random_source.randint(9, PRECISION))
            assert distance_to_cell_m(*point, cell) == pytest.approx(closest_on_edges(point, cell), abs=1e-4)

    def test_inside_is_no_distance(self) -> None:
        assert distance_to_cell_m(48.2, 16.4, encode(48.2, 16.4)) == 0
        assert distance_to_cell_m(90, 77, encode(90, -100, COVER)) == 0

    def test_the_closest_point_of_a_side_edge_is_not_at_the_same_latitude(self) -> None:
        cell = encode(80.1, 100, MIN_PRECISION)
        sideways = great_circle_m(70, 0, 70, bounds(cell).west)
        assert distance_to_cell_m(70, 0, cell) < sideways - 100_000

    def test_the_180th_meridian_is_no_wall(self) -> None:
        assert distance_to_cell_m(0, 179.999, encode(0, -179.99, COVER)) == pytest.approx(
            0.001 * METRES_PER_DEGREE, abs=1e-4
        )


def closest_on_edges(point: Point, cell: str) -> float:
    """The distance to a cell by searching its outline; near enough for distance to be unimodal."""
    south, west, north, east = bounds(cell)
    if south <= point[0] <= north and west <= point[1] <= east:
        return 0.0
    if (west, east) == (-180, 180):
        return min(great_circle_m(*point, lat, point[1]) for lat in (south, north))
    along = [((south, lng), (north, lng)) for lng in (west, east)]
    along += [((lat, west), (lat, east)) for lat in (south, north)]
    return min(closest_on_line(point, start, end) for start, end in along)


def closest_on_line(point: Point, start: Point, end: Point) -> float:
    """Ternary search between two corners."""

    def distance(share: float) -> float:
        lat = start[0] + share * (end[0] - start[0])
        return great_circle_m(*point, lat, start[1] + share * (end[1] - start[1]))

    low, high = 0.0, 1.0
    for _ in range(100):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if distance(left) < distance(right) else (left, high)
    return min(distance(low), distance(0), distance(1))


class TestCellsWithin:
    @settings(deadline=None)
    @given(st.one_of(awkward, points, polar), st.floats(0, 1), st.floats(0, 360))
    def test_wherever_you_go_within_the_radius_you_are_in_one_of_the_cells(
        self, centre: Point, share: float, bearing: float
    ) -> None:
        radius_m = 60_000.0
        way = (share * radius_m * math.cos(bearing), share * radius_m * math.sin(bearing))
        spot = moved(centre, *way)
        if great_circle_m(*centre, *spot) <= radius_m:
            assert encode(*spot, 8) in cells_within(*centre, radius_m, 8)

    def test_a_cell_that_begins_exactly_at_the_radius_is_one_of_the_cells(self) -> None:
        random_source = random.Random(6)
        for _ in range(200):
            lat, lng = random_source.uniform(-60, 60), random_source.uniform(-180, 180)
            cell = encode(*moved((lat, lng), random_source.uniform(2_000, 9_000), 0), 14)
            radius_m = great_circle_m(lat, lng, bounds(cell).south, lng)
            assert cell in cells_within(lat, lng, radius_m, 14)

    @settings(deadline=None)
    @given(st.one_of(polar, st.tuples(st.floats(86, 90), longitudes)))
    def test_ten_kilometres_around_a_pole_touch_four_rings_at_most(self, point: Point) -> None:
        assert len(cells_within(*point, RADIUS_M, COVER)) <= 4

    def test_a_radius_beyond_the_world_brings_in_every_cell(self) -> None:
        assert len(cells_within(10, 20, 4 * EARTH_RADIUS_M, MIN_PRECISION)) == 30 * 32 + 2

    @settings(deadline=None)
    @given(st.floats(-60, 60), longitudes)
    def test_ten_kilometres_touch_twelve_cells_at_most_where_people_live(self, lat: float, lng: float) -> None:
        assert 4 <= len(cells_within(lat, lng, RADIUS_M, COVER)) <= 12

    def test_the_nearest_cell_comes_first(self) -> None:
        cells = cells_within(48.2, 16.4, RADIUS_M, COVER)
        distances = [distance_to_cell_m(48.2, 16.4, cell) for cell in cells]
        assert distances == sorted(distances)
        assert cells[0] == encode(48.2, 16.4, COVER)
