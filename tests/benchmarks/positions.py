"""Positions of a fleet over sockets and REST: units, round trips and time of each, its cost, and the busiest index key.

Half of the couriers have an order. Of those three quarters ride and the rest wait at a door, of the others a quarter
rides; so half of all positions are of couriers who ride. They ride at 18 km/h, and each device reports every 5 seconds
with an error of some metres. Every second customer has the app open and follows the courier. All are in one city.
"""

from __future__ import annotations

import gc
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from chalicelib.core import aws
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from tests.benchmarks.capacity import Item, Units, index_units
from tests.benchmarks.costing import REST_REQUEST, SOCKET_MESSAGE, TRIP_MS, Cost, cost, function_ms
from tests.benchmarks.metered import MeteredEngine, Notebook, in_sequence, total
from tests.benchmarks.pricing import Place, indexes
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Hit, Stage, Stopwatch
from tests.builders import dispatch
from tests.builders.world import Person

ORG = "0190d7f0-5a1b-7c3d-8e4f-0123456789ab"
EVERY_S = 5
PER_DELIVERY = 400
"""Positions that a courier sends for each delivery, waits between deliveries included: 33 minutes."""
MAX_WRITES, MAX_COST, MAX_KEY = 2.3, 1250, 600
FLEET = 10_000
"""Couriers for whom the busiest index key is reckoned, from the fleet that is measured."""
_CALM_S = 0.004
"""Calls within so many seconds are made at the same time."""
_RIDE_M = 25.0
_ERROR_M = 3.0
_METRE = 360 / 40_030_000
_WINDOW = 6
"""Rounds over which the units of an index key are averaged: half a minute."""
_SOCKET_MB, _REST_MB = 512, 1024
HEADER = ("courier", "positions", "trips", "RU", "WU", "of it courier", "messages")
COST_HEADER = (
    "a position",
    "trips",
    "RU",
    "WU",
    "own ms",
    "function ms",
    "USD per million",
    "USD per million deliveries",
)


@dataclass
class Rider:
    """A courier with their device: where they are and where they ride."""

    person: Person
    socket: str
    busy: bool
    followed: bool
    riding: bool
    lat: float
    lng: float
    course: float

    @property
    def kind(self) -> str:
        """What the courier does."""
        does = f"{'busy' if self.busy else 'free'}, {'rides' if self.riding else 'waits'}"
        return f"{does}, followed" if self.followed else does

    def body(self, random_source: Random) -> dict[str, float]:
        """Ride on, and return what the device reports."""
        if self.riding:
            self.course += random_source.gauss(0, 0.1)
            self._move(math.cos(self.course) * _RIDE_M, math.sin(self.course) * _RIDE_M)
        north, east = (random_source.gauss(0, _ERROR_M) * _METRE for _ in range(2))
        return {"latitude": round(self.lat + north, 6), "longitude": round(self.lng + east, 6), "accuracy_m": 8.5}

    def _move(self, north: float, east: float) -> None:
        self.lat += north * _METRE
        self.lng += east * _METRE / math.cos(math.radians(self.lat))


@dataclass
class Tally:
    """What the positions of one kind cost."""

    positions: int = 0
    trips: int = 0
    posts: int = 0
    units: Units = field(default_factory=Units)
    of_courier: float = 0.0

    def add(self, notebook: Notebook, posts: int) -> None:
        """Count one position, and the messages to sockets that followed from it."""
        calls = notebook.calls
        self.positions += 1
        self.posts += posts
        self.trips += len(in_sequence(calls))
        self.units += total(calls)
        self.of_courier += sum(call.units.write for call in calls if Courier.Meta.table_name in str(call.body))

    def each(self) -> tuple[float, float, float, float, float]:
        """Return the trips, read and write units, write units of the courier, and messages, for one position."""
        every = (self.trips, self.units.read, self.units.write, self.of_courier, self.posts)
        trips, read, write, own, posts = (figure / self.positions for figure in every)
        return trips, read, write, own, posts


class Fleet:
    """Couriers who report their positions."""

    def __init__(self, engine: MeteredEngine, name: str, number: int) -> None:
        engine.use(name, aws.client("dynamodb"))
        self.engine, self.stage, self.random_source = engine, Stage(engine, ORG), Random(7)
        # The nearest courier to each pickup is the one who is to have the order: the others are busy, or come later.
        self.riders = [self._rider(rider, busy=busy) for busy in (True, False) for rider in range(number // 2)]

    def _rider(self, number: int, *, busy: bool) -> Rider:
        world, random_source = self.stage.world, self.random_source
        person = world.person("courier")
        north, east = (random_source.gauss(0, 4_000) * _METRE for _ in range(2))
        lat, lng = dispatch.LAT + north, dispatch.LNG + east
        dispatch.on_duty(person, lat, lng)
        followed = busy and number % 2 == 0
        if busy:
            customer = world.person("customer")
            dispatch.carried(person, dispatch.order(customer, pickup_lat=lat, pickup_lng=lng), "accepted")
            if followed:
                customer.socket("customer")
        riding = number // 2 % 4 < (3 if busy else 1)
        course = random_source.uniform(0, 2 * math.pi)
        return Rider(person, person.socket("courier"), busy, followed, riding, lat, lng, course)

    def send(self, rider: Rider, *, by_socket: bool) -> Callable[[], object]:
        """Return the call that sends the next position of a courier."""
        body = rider.body(self.random_source)
        if by_socket:
            message = json.dumps({"event": "location.update", "data": body})
            return lambda: self.stage.world.say(rider.socket, message)
        event = Hit("POST", "/v1/courier/location", rider.person, body).event()
        return lambda: self.stage.answer(event, 204)

    def rounds(self, number: int) -> Iterator[Iterator[Rider]]:
        """Yield the couriers, again every five seconds."""
        for _ in range(number):
            self.stage.world.clock.advance(seconds=EVERY_S)
            yield iter(self.riders)

    def place(self, rider: Rider) -> Place:
        """Return the key of a courier."""
        key = courier_key(ORG, rider.person.user_id)
        return Courier.Meta.table_name, key.pk, key.sk


def run(report: Report, engine: MeteredEngine, *, couriers: int, rounds: int) -> None:
    """Measure a fleet over sockets, then over REST."""
    report.title(
        "Positions",
        f"{couriers} couriers in one city report every {EVERY_S} s, {rounds} times; half of them ride. Units of all",
        f"calls; own: processor time without the engine. A delivery has {PER_DELIVERY} positions. Budget:",
        f"{MAX_WRITES} WU of the courier a position, USD {MAX_COST} per million deliveries over sockets, and with",
        f"{FLEET:,} couriers {MAX_KEY} WU a second for each index key (the mean of {_WINDOW * EVERY_S} s).",
    )
    priced = {}
    for way, by_socket in (("socket", True), ("REST", False)):
        fleet = Fleet(engine, f"positions by {way}", couriers)
        tallies, keys = _units(fleet, rounds if by_socket else max(rounds // 4, 1), by_socket=by_socket)
        if by_socket:
            _report_kinds(report, tallies, keys, couriers)
        priced[way] = _price(fleet, tallies, by_socket=by_socket)
    report.say()
    report.table(COST_HEADER, [(f"by {way}", *row) for way, (row, _) in priced.items()])
    report.say()
    _judge(report, "USD per million deliveries by socket", priced["socket"][1] * PER_DELIVERY, MAX_COST)


def _units(fleet: Fleet, rounds: int, *, by_socket: bool) -> tuple[dict[str, Tally], Counter[tuple[str, str, int]]]:
    """Return what positions cost by kind, and the write units of each index key in each window."""
    tallies: dict[str, Tally] = {}
    keys: Counter[tuple[str, str, int]] = Counter()
    for number, riders in enumerate(fleet.rounds(rounds)):
        for rider in riders:
            send, place = fleet.send(rider, by_socket=by_socket), fleet.place(rider)
            before, posts = fleet.engine.item(place), fleet.stage.sender.posts
            with fleet.engine.watch(_CALM_S) as notebook:
                send()
            tallies.setdefault(rider.kind, Tally()).add(notebook, fleet.stage.sender.posts - posts)
            for name, key, units in _by_key(before, fleet.engine.item(place)):
                keys[name, key, number // _WINDOW] += units
    return tallies, keys


def _by_key(before: Item | None, after: Item | None) -> Iterator[tuple[str, str, int]]:
    """Yield the write units of a change by index and index key."""
    for index in indexes()[Courier.Meta.table_name]:
        for key, units in index_units(index.entry(before), index.entry(after), index):
            yield index.keys[0], key, units


def _report_kinds(
    report: Report, tallies: dict[str, Tally], keys: Counter[tuple[str, str, int]], couriers: int
) -> None:
    rows = []
    for kind in sorted(tallies):
        figures = (f"{figure:.2f}" for figure in tallies[kind].each())
        rows.append((kind, str(tallies[kind].positions), *figures))
    report.table(HEADER, rows)
    report.say()
    whole = _whole(tallies)
    _judge(report, "WU of the courier a position", whole.each()[3], MAX_WRITES)
    busiest: dict[str, float] = {}
    for (name, _, _), units in keys.items():
        rate = units / (_WINDOW * EVERY_S) * FLEET / couriers
        busiest[name] = max(busiest.get(name, 0.0), rate)
    for name, rate in sorted(busiest.items()):
        _judge(report, f"WU a second of the busiest {name}", rate, MAX_KEY)


def _whole(tallies: dict[str, Tally]) -> Tally:
    whole = Tally()
    for tally in tallies.values():
        whole.positions += tally.positions
        whole.trips += tally.trips
        whole.posts += tally.posts
        whole.units += tally.units
        whole.of_courier += tally.of_courier
    return whole


def _price(fleet: Fleet, tallies: dict[str, Tally], *, by_socket: bool) -> tuple[tuple[str, ...], float]:
    """Return the cost of a position as a row, and in USD per million."""
    trips, read, write, _, posts = _whole(tallies).each()
    own: list[float] = []
    gc.collect()
    for riders in fleet.rounds(2):
        for rider in riders:
            send = fleet.send(rider, by_socket=by_socket)
            with fleet.engine.note() as notebook, Stopwatch() as watch:
                send()
            own.append(watch.took.cpu - sum(call.engine_s for call in notebook.calls))
    memory_mb = _SOCKET_MB if by_socket else _REST_MB
    took_ms = function_ms(typical(own), 0, memory_mb) + trips * TRIP_MS
    gateway = (SOCKET_MESSAGE if by_socket else REST_REQUEST) + posts * SOCKET_MESSAGE
    priced: Cost = cost(Units(read, write), took_ms, memory_mb, gateway)
    figures = (f"{trips:.2f}", f"{read:.2f}", f"{write:.2f}", f"{typical(own) * 1000:.2f}", f"{took_ms:.0f}")
    return (*figures, f"{priced.total:.2f}", f"{priced.total * PER_DELIVERY:,.0f}"), priced.total


def _judge(report: Report, what: str, figure: float, limit: float) -> None:
    report.judge(what, hit=figure <= limit, figure=f"{figure:,.2f} of {limit:,g}")
    report.say(f"{what}: {figure:,.2f}, at most {limit:,g}  {mark(hit=figure <= limit)}")
