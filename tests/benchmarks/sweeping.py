"""The sweep with few and many orders in the table: the cost depends on the due offers only."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.dispatch.orders.sweep import OfferOutcome, reassign_due
from infra.tables import definitions
from tests.benchmarks import crowds
from tests.benchmarks.capacity import Item, Units
from tests.benchmarks.metered import MeteredEngine, total
from tests.benchmarks.pricing import Place
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Stage, Stopwatch
from tests.builders import dispatch

FLAT = 1.5
DUE = 10
COURIERS = 300
CITY_KM = 30
_IDLE_PASSES = 5
_LIFE_S = 16

HEADER = ("orders in the table", "due", "RU per pass", "RU, nothing due", "time ms per due offer", "ms, nothing due")


@dataclass
class Town:
    """A table of orders, a few of them with expired offers."""

    name: str
    orders: int
    stage: Stage
    items: dict[Place, Item]
    units: Units = field(default_factory=Units)
    idle_units: Units = field(default_factory=Units)
    per_due: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)

    def watched(self) -> None:
        """Run one pass of each kind and record its units."""
        self.idle_units = self._sweep(due=0, priced=True)[1]
        self.units = self._sweep(due=DUE, priced=True)[1]

    def timed(self) -> None:
        """Run one pass of each kind and record its time."""
        self.idle += [self._sweep(due=0)[0] for _ in range(_IDLE_PASSES)]
        self.per_due.append(self._sweep(due=DUE)[0] / DUE)

    def _sweep(self, *, due: int, priced: bool = False) -> tuple[float, Units]:
        engine, world = self.stage.engine, self.stage.world
        life = _LIFE_S if due else 0
        world.clock.advance(seconds=life)
        with engine.watch(calm_s=0) if priced else engine.note() as notebook, Stopwatch() as watch:
            outcomes = reassign_due(world.parts.dependencies, "a-sweep").outcomes
        world.clock.advance(seconds=-life)
        engine.put_back(notebook.calls, self.items)
        if outcomes.total() != outcomes[OfferOutcome.REASSIGNED] or outcomes.total() != due:
            raise RuntimeError(f"{due} offers were due and the sweep made of them: {outcomes}")
        return watch.took.cpu, total(notebook.calls)


def run(report: Report, engine: MeteredEngine, *, passes: int, counts: Sequence[int]) -> None:
    """Measure the sweep over tables of these sizes."""
    report.title(
        "Sweep over due offers",
        f"Flat: the slowest takes at most {FLAT} times the quickest. Lower quartiles of {passes} passes with {DUE}",
        "offers due, each handed on, audited, and told to three people; and of passes with nothing due.",
        "Times are processor times, engine included.",
    )
    towns = [_town(engine, count) for count in counts]
    gc.collect()
    gc.freeze()
    for number in range(passes + 2):
        for town in towns:
            engine.use(town.name, None)
            town.stage.enter()
            town.timed() if number > 1 else town.watched()
    gc.unfreeze()
    report.table(HEADER, [_row(town) for town in towns])
    report.say()
    _judge(report, "sweep time per due offer", [typical(town.per_due) for town in towns])
    _judge(report, "sweep read units", [town.units.read for town in towns])
    _judge(report, "sweep time with nothing due", [typical(town.idle) for town in towns])


def _town(engine: MeteredEngine, orders: int) -> Town:
    name = f"{orders} orders"
    engine.use(name, aws.client("dynamodb"))
    stage = Stage(engine)
    crowds.free_couriers(engine, stage.world.clock, COURIERS, CITY_KM)
    customer, random_source = stage.person("customer"), Random(3)
    for _ in range(DUE):
        lat, lng = crowds.somewhere(random_source, CITY_KM / 2)
        dispatch.order(customer, pickup_lat=lat, pickup_lng=lng)
    items = engine.everything([table.name for table in definitions(settings().stage)])
    crowds.past_orders(engine, stage.world.clock, orders - DUE)  # no sweep writes these, so no snapshot holds them
    return Town(name, orders, stage, items)


def _row(town: Town) -> Sequence[str]:
    return (
        f"{town.orders:,}",
        str(DUE),
        f"{town.units.read:g}",
        f"{town.idle_units.read:g}",
        f"{typical(town.per_due) * 1000:.1f}",
        f"{typical(town.idle) * 1000:.1f}",
    )


def _judge(report: Report, what: str, figures: Sequence[float]) -> None:
    spread = max(figures) / min(figures)
    report.judge(what, hit=spread <= FLAT, figure=f"{spread:.2f} times (flat: {FLAT})")
    report.say(f"{what}: most over least {spread:.2f}  {mark(hit=spread <= FLAT)}")
