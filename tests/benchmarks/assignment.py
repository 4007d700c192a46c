"""Assignment with a hundred to a hundred thousand couriers: time, calls, rounds and read units must not grow.

Each crowd has its own set of tables, and the orders go to them in turns, each with its own pickup somewhere in the
city, so that all sizes meet the same machine and no lucky pickup decides. What an order changes is put back.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from chalicelib.core import aws
from chalicelib.core.settings import settings
from infra.tables import definitions
from tests.benchmarks import crowds
from tests.benchmarks.capacity import Item
from tests.benchmarks.metered import MeteredEngine, Notebook, in_sequence, total
from tests.benchmarks.pricing import Place
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Hit, Stage, Stopwatch
from tests.builders import dispatch
from tests.builders.world import Person

CITY_KM = 30
FLAT = 1.5
_PICKUPS_KM = 0.6
_WATCHED = 6
_WARM_UP = 3

HEADER = ("free couriers", "city km", "per km²", "calls", "rounds", "search RU", "own ms", "time ms", "wall ms")


@dataclass
class City:
    """A number of couriers in their own tables, and the measurements of orders there."""

    name: str
    count: int
    city_km: float
    stage: Stage
    customer: Person
    items: dict[Place, Item]
    calls: list[int] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)
    units: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    time: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def event(self, random_source: Random) -> dict[str, Any]:
        """Return an order from a random place in the inner city."""
        lat, lng = crowds.somewhere(random_source, self.city_km * _PICKUPS_KM)
        body = dispatch.order_body(pickup_lat=lat, pickup_lng=lng)
        return Hit("POST", "/v1/orders", self.customer, body).event()

    def watched(self, event: dict[str, Any]) -> None:
        """Place one order and record the calls of the search."""
        with self.stage.engine.watch() as notebook:
            self._order(event, notebook)
        search = [call for call in notebook.of(delivery=False) if call.operation == "Query"]
        self.stage.engine.put_back(notebook.calls, self.items)
        self.calls.append(len(search))
        self.rounds.append(len(in_sequence(search)))
        self.units.append(total(search).read)

    def timed(self, event: dict[str, Any], *, counts: bool) -> None:
        """Place one order, and record the time until the commit if it counts."""
        with self.stage.engine.note() as notebook, Stopwatch() as watch:
            self._order(event, notebook)
        self.stage.engine.put_back(notebook.calls, self.items)
        whole, delivery = watch.took, self.stage.outbox.took
        if counts:
            time = whole.cpu - delivery.cpu
            self.own.append(time - sum(call.engine_s for call in notebook.of(delivery=False)))
            self.time.append(time)
            self.wall.append(whole.wall - delivery.wall)

    def _order(self, event: dict[str, Any], notebook: Notebook) -> None:
        self.stage.enter()
        with self.stage.outbox.listening(notebook):
            self.stage.answer(event, 201)


def run(report: Report, engine: MeteredEngine, *, rounds: int, counts: Sequence[int], widths: Sequence[float]) -> None:
    """Measure numbers of couriers in one city, and one number in cities of these widths."""
    report.title(
        "Assignment of a courier (POST /v1/orders)",
        f"Flat: the slowest takes at most {FLAT} times the quickest, in time and in read units. {rounds} orders with",
        f"pickups all over the inner city, lower quartiles; calls, rounds and units of the search: {_WATCHED}, means.",
        "Times are processor times; own, which is judged: without the engine, whose answers grow up to their limit.",
    )
    sizes = [_city(engine, count, CITY_KM) for count in counts]
    densities = [_city(engine, counts[-2], width) for width in widths]
    gc.collect()
    gc.freeze()
    _measure(engine, [*sizes, *densities], rounds)
    report.table(HEADER, [_row(city) for city in (*sizes, *densities)])
    report.say()
    for label, cities in (("number of couriers", sizes), ("density", densities)):
        _judge(report, f"assignment time by {label}", [typical(city.own) for city in cities])
        _judge(report, f"assignment read units by {label}", [_mean(city.units) for city in cities])
    gc.unfreeze()


def _city(engine: MeteredEngine, count: int, city_km: float) -> City:
    name = f"{count} couriers in {city_km} km"
    engine.use(name, aws.client("dynamodb"))
    stage = Stage(engine)
    customer = stage.person("customer")
    items = engine.everything([table.name for table in definitions(settings().stage)])
    items |= crowds.free_couriers(engine, stage.world.clock, count, city_km)
    return City(name, count, city_km, stage, customer, items)


def _measure(engine: MeteredEngine, cities: Sequence[City], rounds: int) -> None:
    random_source = Random(7)
    for number in range(_WATCHED + _WARM_UP + rounds):
        for city in cities:
            engine.use(city.name, None)
            if number < _WATCHED:
                city.watched(city.event(random_source))
            else:
                city.timed(city.event(random_source), counts=number >= _WATCHED + _WARM_UP)


def _row(city: City) -> Sequence[str]:
    return (
        f"{city.count:,}",
        f"{city.city_km:g}",
        f"{city.count / city.city_km**2:.1f}",
        f"{_mean(city.calls):.1f}",
        f"{_mean(city.rounds):.1f}",
        f"{_mean(city.units):.1f}",
        f"{typical(city.own) * 1000:.1f}",
        f"{typical(city.time) * 1000:.1f}",
        f"{typical(city.wall) * 1000:.1f}",
    )


def _judge(report: Report, what: str, figures: Sequence[float]) -> None:
    spread = max(figures) / min(figures)
    report.judge(what, hit=spread <= FLAT, figure=f"{spread:.2f} times (flat: {FLAT})")
    report.say(f"{what}: most over least {spread:.2f}  {mark(hit=spread <= FLAT)}")


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures)
