"""The search for the nearest courier, against brute force."""

import bisect
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.dispatch.couriers.geo import COVER, EARTH_RADIUS_M, MIN_PRECISION, PRECISION, encode, great_circle_m
from chalicelib.dispatch.couriers.nearest_search import (
    ROUND_CELLS,
    Candidate,
    CellAnswer,
    LevelMemory,
    NearestSearch,
)

Courier = tuple[str, float, float]
Point = tuple[float, float]

METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M
RADIUS_M = 10_000.0
MOST_ROUNDS = 12
"""Four blocks that shrink, four that grow, and four splits of a cell."""

longitudes = st.floats(-180, 180)
points = st.tuples(st.floats(-90, 90), longitudes)
levels = st.integers(COVER, PRECISION)
awkward = st.sampled_from([(48.2, 16.4), (0.0, 0.0), (-33.9, 179.999), (65.0, -180.0), (51.5, 180.0), (0.0, 90.0)])
polar = st.sampled_from([(89.97, 12.0), (-90.0, 0.0), (90.0, 180.0), (-89.99, -179.9)])


@dataclass
class Store:
    """An index as DynamoDB keeps it: sorted by full geohash, asked by prefix and limit."""

    couriers: Iterable[Courier]
    limit: int
    ineligible: frozenset[str] = frozenset()
    rows: list[tuple[str, Courier]] = field(init=False)
    asked: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.rows = sorted((encode(lat, lng), (name, lat, lng)) for name, lat, lng in self.couriers)

    def answer(self, cell: str) -> CellAnswer:
        """One query; a cell of full precision is paged through, as the search demands."""
        self.asked.append(cell)
        first = bisect.bisect_left(self.rows, (cell,))
        last = bisect.bisect_left(self.rows, (cell + "4",))
        complete = len(cell) == PRECISION or last - first < self.limit
        page = self.rows[first : last if complete else first + self.limit]
        found = [courier for _, courier in page if courier[0] not in self.ineligible]
        return CellAnswer(cell, found, complete)


def run(search: NearestSearch, store: Store) -> int:
    """Play the caller; the number of rounds it took."""
    rounds = 0
    while cells := search.next_cells():
        assert len(cells) <= ROUND_CELLS
        assert not set(cells) & set(store.asked), "no cell is asked for twice"
        search.learn([store.answer(cell) for cell in cells])
        rounds += 1
    return rounds


def brute_force(at: Point, couriers: Iterable[Courier], radius_m: float = RADIUS_M) -> Candidate | None:
    """The definition of nearest: look at everybody."""
    distances = ((great_circle_m(*at, lat, lng), name, lat, lng) for name, lat, lng in couriers)
    within = sorted(row for row in distances if row[0] <= radius_m)
    return Candidate(within[0][1], within[0][2], within[0][3], within[0][0]) if within else None


def moved(at: Point, north_m: float, east_m: float) -> Point:
    """A point some metres away, over the pole and round the world if need be."""
    lat = at[0] + north_m / METRES_PER_DEGREE
    lng = at[1] + east_m / METRES_PER_DEGREE / max(math.cos(math.radians(at[0])), 1e-4)
    if abs(lat) > 90:
        lat, lng = math.copysign(180, lat) - lat, lng + 180
    return lat, (lng + 180) % 360 - 180


@st.composite
def cities(draw: st.DrawFn, centres: st.SearchStrategy[Point]) -> tuple[Point, list[Courier]]:
    """A pickup, and couriers in clusters from one spot to the whole circle, some just alike."""
    pickup = draw(centres)
    couriers: list[Point] = []
    for spread_m in draw(st.lists(st.sampled_from([0, 3, 60, 900, 4_000, 14_000]), max_size=4)):
        metres = st.floats(-spread_m, spread_m)
        middle = moved(pickup, draw(st.floats(-9_000, 9_000)), draw(st.floats(-9_000, 9_000)))
        offsets = draw(st.lists(st.tuples(metres, metres), max_size=12))
        couriers += [moved(middle, north, east) for north, east in offsets]
    names = draw(st.permutations([f"courier{n}" for n in range(len(couriers))]))
    return pickup, [(name, *spot) for name, spot in zip(names, couriers, strict=True)]


def uniform_city(count: int, random_source: random.Random) -> list[Courier]:
    """Couriers spread evenly over a disc 30 km across."""
    couriers: list[Courier] = []
    while len(couriers) < count:
        north, east = random_source.uniform(-15_000, 15_000), random_source.uniform(-15_000, 15_000)
        if math.hypot(north, east) <= 15_000:
            couriers.append((f"courier{len(couriers)}", *moved((48.2, 16.4), north, east)))
    return couriers


class TestNearestSearch:
    @settings(max_examples=300, deadline=None)
    @given(cities(st.one_of(awkward, st.tuples(st.floats(-80, 80), longitudes))), st.integers(1, 9), levels)
    def test_the_nearest_is_the_one_brute_force_finds(
        self, city: tuple[Point, list[Courier]], limit: int, level: int
    ) -> None:
        pickup, couriers = city
        search, store = NearestSearch(*pickup, RADIUS_M, level=level), Store(couriers, limit)
        rounds = run(search, store)
        assert search.nearest() == brute_force(pickup, couriers)
        assert rounds <= MOST_ROUNDS + len(store.asked) // ROUND_CELLS

    @settings(max_examples=20, deadline=None)
    @given(cities(polar), st.integers(1, 9), levels)
    def test_the_nearest_is_found_at_the_poles_too(
        self, city: tuple[Point, list[Courier]], limit: int, level: int
    ) -> None:
        pickup, couriers = city
        search = NearestSearch(*pickup, RADIUS_M, level=level)
        run(search, Store(couriers, limit))
        assert search.nearest() == brute_force(pickup, couriers)

    @settings(deadline=None)
    @given(cities(awkward), st.integers(1, 9), st.sets(st.integers(0, 47)))
    def test_couriers_who_may_not_take_it_hide_nobody_who_may(
        self, city: tuple[Point, list[Courier]], limit: int, out: set[int]
    ) -> None:
        pickup, couriers = city
        ineligible = frozenset(f"courier{n}" for n in out)
        search = NearestSearch(*pickup, RADIUS_M)
        run(search, Store(couriers, limit, ineligible))
        eligible = [courier for courier in couriers if courier[0] not in ineligible]
        assert search.nearest() == brute_force(pickup, eligible)

    @settings(deadline=None)
    @given(cities(awkward), st.floats(0.001, 40_000), levels)
    def test_any_radius_and_any_level_give_the_same_result(
        self, city: tuple[Point, list[Courier]], radius_m: float, level: int
    ) -> None:
        pickup, couriers = city
        search = NearestSearch(*pickup, radius_m, level=level)
        run(search, Store(couriers, 3))
        assert search.nearest() == brute_force(pickup, couriers, radius_m)

    @settings(deadline=None)
    @given(cities(awkward), st.randoms(use_true_random=False))
    def test_answers_may_come_one_by_one_in_any_order(
        self, city: tuple[Point, list[Courier]], random_source: random.Random
    ) -> None:
        pickup, couriers = city
        search, store = NearestSearch(*pickup, RADIUS_M), Store(couriers, 3)
        while cells := search.next_cells():
            search.learn([store.answer(random_source.choice(cells))])
        assert search.nearest() == brute_force(pickup, couriers)

    @pytest.mark.parametrize("names", [("zoe", "ann", "max"), ("ann", "max", "zoe"), ("max", "zoe", "ann")])
    def test_equally_near_couriers_are_decided_by_their_id(self, names: tuple[str, ...]) -> None:
        """Whether they stand in one spot or on two sides of the pickup, and whoever is read first."""
        for couriers in ([(name, 1.0, 0.001) for name in names], [(names[0], 1.0, -0.001), (names[1], 1.0, 0.001)]):
            search = NearestSearch(1.0, 0.0, RADIUS_M)
            for courier in couriers:
                search.learn([CellAnswer(encode(*courier[1:]), [courier], complete=True)])
            nearest = search.nearest()
            assert nearest is not None
            assert nearest.id == min(name for name, _, _ in couriers)

    @settings(deadline=None)
    @given(points, points)
    @example((0.0, 0.0), (85.0, 0.0))
    def test_a_courier_exactly_at_the_radius_is_within(self, pickup: Point, spot: Point) -> None:
        distance_m = great_circle_m(*pickup, *spot)
        search = NearestSearch(*pickup, max(distance_m, 1e-9), level=MIN_PRECISION, cover_level=MIN_PRECISION)
        run(search, Store([("edge", *spot)], 2))
        assert search.nearest() == Candidate("edge", *spot, distance_m)

    def test_a_thousand_couriers_at_one_depot_are_told_apart(self) -> None:
        random_source = random.Random(7)
        depot = [
            (f"courier{n}", *moved((48.25, 16.45), random_source.gauss(0, 20), random_source.gauss(0, 20)))
            for n in range(1_000)
        ]
        for pickup in ((48.2, 16.4), (48.25, 16.45)):
            search, store = NearestSearch(*pickup, RADIUS_M), Store(depot, 50)
            assert run(search, store) <= 6
            assert search.nearest() == brute_force(pickup, depot)
            assert len(store.asked) <= 100

    def test_a_ring_of_couriers_at_the_rim_is_found_in_bounded_rounds(self) -> None:
        """The worst case: everything inside must be proven empty."""
        at = (48.2, 16.4)
        turns = [math.tau * n / 60 for n in range(60)]
        ring = [(f"courier{n}", *moved(at, 9_900 * math.sin(a), 9_900 * math.cos(a))) for n, a in enumerate(turns)]
        search, store = NearestSearch(*at, RADIUS_M), Store(ring, 1)
        assert run(search, store) <= MOST_ROUNDS + len(store.asked) // ROUND_CELLS
        assert search.nearest() == brute_force(at, ring)

    def test_nobody_within_the_radius_is_nobody(self) -> None:
        far = moved((48.2, 16.4), RADIUS_M + 1, 0)
        search = NearestSearch(48.2, 16.4, RADIUS_M)
        assert run(search, Store([("far", *far)], 50)) <= 3
        assert search.nearest() is None

    @pytest.mark.parametrize("level", [COVER, 14, PRECISION])
    def test_the_first_round_is_small_where_people_live(self, level: int) -> None:
        random_source = random.Random(3)
        for _ in range(300):
            at = random_source.uniform(-60, 60), random_source.uniform(-180, 180)
            cells = NearestSearch(*at, RADIUS_M, level=level).next_cells()
            assert len(cells) == len(set(cells)) <= (12 if level == COVER else 4)

    def test_at_the_pole_every_round_is_bounded_and_a_courier_ends_it(self) -> None:
        empty = Store([], 50)
        assert run(NearestSearch(90, 0, RADIUS_M), empty) <= 4_096 / ROUND_CELLS + 3
        near = Store([("santa", 89.9999, 45.0)], 50)
        assert run(NearestSearch(90, 0, RADIUS_M), near) < 4_096 / ROUND_CELLS + 1

    @pytest.mark.parametrize("count", [100, 1_000, 10_000, 100_000])
    def test_few_queries_suffice_in_a_city_of_any_size_at_the_right_level(self, count: int) -> None:
        random_source = random.Random(count)
        store = Store(uniform_city(count, random_source), 24)
        rounds, queries, memory = [], [], LevelMemory()
        for _, lat, lng in uniform_city(220, random_source):
            store.asked.clear()
            search = NearestSearch(lat, lng, RADIUS_M, level=memory.level("org", lat, lng))
            rounds.append(run(search, store))
            queries.append(len(store.asked))
            memory.learn("org", lat, lng, search.nearest())
        assert sum(queries[20:]) / 200 <= 6
        assert sum(rounds[20:]) / 200 <= 1.6

    def test_a_city_of_ten_thousand_gives_the_exact_nearest(self) -> None:
        random_source = random.Random(11)
        couriers = uniform_city(10_000, random_source)
        for limit in (1, 20, 100):
            for _, lat, lng in uniform_city(10, random_source):
                search = NearestSearch(lat, lng, RADIUS_M)
                run(search, Store(couriers, limit))
                assert search.nearest() == brute_force((lat, lng), couriers)

    def test_asking_twice_gives_the_same_cells(self) -> None:
        search = NearestSearch(48.2, 16.4, RADIUS_M)
        assert search.next_cells() == search.next_cells()

    def test_a_smallest_cell_that_was_not_paged_through_is_refused(self) -> None:
        cell = encode(48.2, 16.4)
        with pytest.raises(ValueError, match="page through it"):
            NearestSearch(48.2, 16.4, RADIUS_M).learn([CellAnswer(cell, [], complete=False)])

    @pytest.mark.parametrize("radius_m", [0, -1, math.nan, math.inf])
    def test_a_radius_that_is_no_length_is_refused(self, radius_m: float) -> None:
        with pytest.raises(ValueError, match="radius"):
            NearestSearch(48.2, 16.4, radius_m)

    @pytest.mark.parametrize("level", [10, 19])
    def test_a_level_outside_the_index_is_refused(self, level: int) -> None:
        with pytest.raises(ValueError, match="level"):
            NearestSearch(48.2, 16.4, RADIUS_M, level=level)
