"""The nearest courier against brute force, on the engine, and what a search reads."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import SystemRandom
from threading import Lock
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core.aws import client
from chalicelib.core.store import get, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.duty import set_duty, take
from chalicelib.dispatch.couriers.nearest import CourierCriteria, find_courier
from chalicelib.dispatch.couriers.positions import reported_position, store_position
from chalicelib.dispatch.couriers.presence import CourierPresence
from chalicelib.dispatch.couriers.schemas import CourierPosition
from chalicelib.dispatch.couriers.tables import SIGN_LIFE, Courier, courier_key, free_cell, idle_key, idle_shard
from infra.local.engine import EmbeddedEngine
from tests.builders.time import ManualClock
from tests.builders.world import World
from tests.environment import examples

RADIUS_M = 10_000
MAX_AGE = timedelta(minutes=5)
ORGANISATIONS = count(1)
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Known:
    """A courier of an example: how far from the pickup (None: who never said), and what speaks against them.

    `age_s` is the age of the position, or of the last sign of life of a courier who never said.
    """

    km: float | None
    bearing: float
    age_s: int
    available: bool
    busy: bool
    excluded: bool


couriers = st.builds(
    Known,
    km=st.none() | st.sampled_from([0.0, 0.02, 1.0]) | st.floats(0, 12),
    bearing=st.sampled_from([0.0, 90.0, 225.0]) | st.floats(0, 360),
    age_s=st.sampled_from([0, 60, 299, 300, 301, 599, 600, 601, 900]),
    available=st.sampled_from([True, True, True, False]),
    busy=st.sampled_from([False, False, False, True]),
    excluded=st.sampled_from([False, False, False, True]),
)
pickups = st.sampled_from(
    [(52.37, 4.89), (0.0, 0.0), (0.01, 180.0), (-17.5, -179.99), (66.5, 179.999), (84.95, 20.0), (-85.3, 7.0)]
) | st.tuples(st.floats(-70, 70), st.floats(-180, 180)).map(lambda place: (round(place[0], 9), round(place[1], 9)))


def moved(start: Place, km: float, bearing: float) -> Place:
    """The place so far from another in a direction, by vectors rather than by the code under test."""
    lat, lng, way, angle = (math.radians(x) for x in (*start, bearing, math.degrees(km * 1000 / geo.EARTH_RADIUS_M)))
    up = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(way))
    across = math.atan2(math.sin(way) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(up))
    return round(math.degrees(up), 9), round((math.degrees(lng + across) + 540) % 360 - 180, 9)


def metres(one: Place, other: Place) -> float:
    """How far two places are apart: the angle between their vectors."""
    (a, b, c), (x, y, z) = (_vector(*place) for place in (one, other))
    cross = math.hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return math.atan2(cross, a * x + b * y + c * z) * geo.EARTH_RADIUS_M


def _vector(lat: float, lng: float) -> tuple[float, float, float]:
    up, along = math.radians(lat), math.radians(lng)
    return math.cos(up) * math.cos(along), math.cos(up) * math.sin(along), math.sin(up)


class Example:
    """Couriers in an organisation of their own, each on duty a second after the one before."""

    def __init__(self, world: World, pickup: Place, known: list[Known]) -> None:
        self.org_id = f"org-{next(ORGANISATIONS)}"
        self.now = world.clock.now() + timedelta(hours=1)
        self.known = {f"c{number:02d}": courier for number, courier in enumerate(known)}
        self.places = {
            courier_id: None if courier.km is None else moved(pickup, courier.km, courier.bearing)
            for courier_id, courier in self.known.items()
        }
        for courier_id in self.known:
            self._store(world, courier_id)
            world.clock.advance(seconds=1)

    def _store(self, world: World, courier_id: str) -> None:
        org_id, courier, place = self.org_id, self.known[courier_id], self.places[courier_id]
        if place is not None:
            work = UnitOfWork(self.now - timedelta(seconds=courier.age_s), world.ids)
            reported = reported_position(CourierPosition(*place), work.now)
            store_position(work, None, courier_key(org_id, courier_id), reported)
        if courier.available or courier.busy:
            self._set_duty(world, courier_id, available=True)
        if courier.busy:
            world.run(lambda work: take(work, org_id, courier_id, "some order"), org_id)
        if not courier.available:
            self._set_duty(world, courier_id, available=False)
        if place is None:
            self._give_sign(courier_id)

    def _set_duty(self, world: World, courier_id: str, *, available: bool) -> None:
        stored = get(courier_key(self.org_id, courier_id))
        world.run(lambda work: set_duty(work, self.org_id, courier_id, stored, available=available), self.org_id)

    def _give_sign(self, courier_id: str) -> None:
        key = courier_key(self.org_id, courier_id)
        seen_at = ManualClock(self.now - timedelta(seconds=self.known[courier_id].age_s))
        CourierPresence(seen_at).record(self.org_id, courier_id, get_many([key], seen_at))

    def found(self, pickup: Place | None) -> str | None:
        excluded = frozenset(courier_id for courier_id, courier in self.known.items() if courier.excluded)
        return find_courier(CourierCriteria(self.org_id, pickup, excluded, self.now, MAX_AGE, RADIUS_M), SystemRandom())

    def eligible(self) -> list[str]:
        """Who may get an order at all, longest idle first."""
        return [
            courier_id
            for courier_id, courier in self.known.items()
            if courier.available
            and not courier.busy
            and not courier.excluded
            and courier.age_s <= (SIGN_LIFE if courier.km is None else MAX_AGE).total_seconds()
        ]

    def without_place(self) -> str | None:
        return next((courier_id for courier_id in self.eligible() if self.places[courier_id] is None), None)

    def near(self, pickup: Place) -> dict[str, float]:
        """Distances of the eligible within the radius."""
        placed = {courier_id: self.places[courier_id] for courier_id in self.eligible()}
        distances = {courier_id: metres(pickup, place) for courier_id, place in placed.items() if place is not None}
        return {courier_id: distance for courier_id, distance in distances.items() if distance <= RADIUS_M}


@settings(
    max_examples=examples(40, everyday=1 / 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pickup=pickups, known=st.lists(couriers, max_size=10))
def test_the_choice_is_the_one_that_looking_at_everybody_makes(world: World, pickup: Place, known: list[Known]) -> None:
    example = Example(world, pickup, known)
    assert example.found(None) == next(iter(example.eligible()), None)
    chosen, near = example.found(pickup), example.near(pickup)
    if not near:
        assert chosen == example.without_place()
        return
    assert chosen in near
    least = min(near.values())
    assert near[chosen] <= least + 1e-4
    same_place = [one for one in near if example.places[one] == example.places[chosen]]
    assert chosen == min(same_place)


def crowd(org_id: str, places: list[Place], now: datetime, name: str = "c") -> None:
    """Many free couriers whose last position is of that time, written as they are stored."""
    requests = []
    for number, (lat, lng) in enumerate(places):
        courier_id = f"{name}{number:05d}"
        where, place = courier_key(org_id, courier_id), geo.encode(lat, lng)
        cell, idle = free_cell(org_id, place, now), idle_key(org_id, now, idle_shard(courier_id))
        item = Courier(
            where.pk, where.sk, courier_id=courier_id, org_id=org_id, available=True, home_lat=lat, home_lng=lng
        )
        item.position_at = item.home_at = item.idle_since = now
        item.home_cell, item.home_place, item.home_idle = cell, place, idle
        item.free_cell, item.free_place, item.idle_key = cell, place, idle
        requests.append({"PutRequest": {"Item": item.serialize()}})
    for start in range(0, len(requests), 25):
        client("dynamodb").batch_write_item(RequestItems={Courier.Meta.table_name: requests[start : start + 25]})


def spiral(number: int) -> list[Place]:
    """Places spread evenly over a city of 15 km around the centre."""
    golden = math.degrees(math.pi * (3 - math.sqrt(5)))
    return [moved((52.37, 4.89), 15 * math.sqrt((i + 0.5) / number), i * golden % 360) for i in range(number)]


@pytest.mark.parametrize("number", [10, 100, 1500])
def test_what_a_search_reads_does_not_grow_with_the_number_of_couriers(
    world: World, engine: EmbeddedEngine, number: int
) -> None:
    places = spiral(number)
    world.clock.advance(minutes=10)  # in the first minutes of an hour a search reads the partitions of two hours
    crowd("city", places, world.clock.now())
    calls: Counter[str] = Counter()
    limits: set[int] = set()
    lock = Lock()

    def note(operation: str, request: dict[str, Any]) -> None:
        with lock:
            calls[operation] += 1
            limits.add(request["Limit"])

    pickup = (52.375, 4.9)
    for wanted in (pickup, None):
        calls.clear()
        with engine.before(None, note):
            chosen = find_courier(
                CourierCriteria("city", wanted, frozenset(), world.clock.now(), MAX_AGE, RADIUS_M), SystemRandom()
            )
        assert chosen is not None
        assert set(calls) == {"Query"}
        assert calls["Query"] <= (12 if wanted else 28)
        assert max(limits) <= 24
        if wanted:
            nearest = min(range(number), key=lambda i: metres(pickup, places[i]))
            assert chosen == f"c{nearest:05d}"


def test_couriers_who_went_silent_a_day_ago_do_not_slow_a_search(world: World, engine: EmbeddedEngine) -> None:
    pickup, now = (52.37, 4.89), world.clock.now()
    crowd("silent", [moved(pickup, number / 2_000, number) for number in range(600)], now - timedelta(days=1), "s")
    crowd("silent", [moved(pickup, 2, 90)], now)
    queries: list[str] = []
    with engine.before("Query", lambda operation, _: queries.append(operation)):
        chosen = find_courier(CourierCriteria("silent", pickup, frozenset(), now, MAX_AGE, RADIUS_M), SystemRandom())
    assert chosen == "c00000"
    assert len(queries) <= 24


@pytest.mark.parametrize("minutes", [0, 1, 4, 5, 59])
def test_positions_of_the_last_hour_count_after_the_full_hour(world: World, minutes: int) -> None:
    """The index is partitioned by the hour of the position."""
    pickup = (52.37, 4.89)
    hour = world.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    crowd("hours", [moved(pickup, 1, 90)], hour - timedelta(milliseconds=1))
    criteria = CourierCriteria("hours", pickup, frozenset(), hour + timedelta(minutes=minutes), MAX_AGE, RADIUS_M)
    assert find_courier(criteria, SystemRandom()) == ("c00000" if minutes < 5 else None)
