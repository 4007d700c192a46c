"""Per endpoint: round trips, units, processor time, and time against the floor.

Each round asks the endpoint once and then makes the same calls of the store again by bare botocore, on the same items:
after each of the two, all that was written is put back. So both meet the same machine a moment apart, and the quicker
rounds of both are compared.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core import aws
from chalicelib.core.settings import settings
from infra.tables import definitions
from tests.benchmarks.capacity import Item, Units
from tests.benchmarks.floor import Floor
from tests.benchmarks.metered import MeteredEngine, Notebook, in_sequence, total
from tests.benchmarks.pricing import Place
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.scenarios import SCENARIOS
from tests.benchmarks.stage import Hit, Scenario, Stage, Stopwatch

MUTATION_TRIPS, READ_TRIPS = 3, 2
MAX_OVER_FLOOR = 1.5
_WARM_UP = 3
_LOOKS = 2
_HABIT = 12
"""Requests before the first measurement: a search for a courier remembers how far couriers were in earlier ones."""

HEADER = (
    "endpoint", "trips", "budget", "RU", "WU", "own ms", "time ms", "floor ms", "ratio", "", "wall ms",
    "delivery: trips", "RU", "WU", "ms",
)  # fmt: skip


@dataclass
class Figures:
    """The measurements of one endpoint; times in seconds, one per round."""

    trips: list[int]
    units: Units
    delivery_trips: int
    delivery_units: Units
    own: list[float] = field(default_factory=list)
    time: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """The ratio of time to floor; None without calls to DynamoDB."""
        return typical(self.time) / typical(self.floor) if self.trips else None


@dataclass
class Trial:
    """One scenario, which can be repeated from the same situation."""

    stage: Stage
    hit: Hit
    items: dict[Place, Item]
    floor: Floor
    outside: Callable[[], object] | None

    def watched(self) -> Figures:
        """Send the request once and record the calls."""
        with self.stage.engine.watch() as notebook:
            self._ask(notebook, self.hit.event())
        calls, after = notebook.of(delivery=False), notebook.of(delivery=True)
        self.stage.engine.put_back(notebook.calls, self.items)
        trips = [len(one) for one in in_sequence(calls)]
        return Figures(trips, total(calls), len(in_sequence(after)), total(after))

    def unmeasured(self) -> None:
        """Send the request once."""
        with self.stage.engine.note() as notebook:
            self._ask(notebook, self.hit.event())
        self.stage.engine.put_back(notebook.calls, self.items)

    def once(self, figures: Figures) -> None:
        """Send the request once, then make the same calls with plain botocore."""
        engine, event = self.stage.engine, self.hit.event()
        with engine.note() as notebook, Stopwatch() as whole:
            self._ask(notebook, event)
        engine.put_back(notebook.calls, self.items)
        calls, delivery = notebook.of(delivery=False), self.stage.outbox.took
        ready = self.floor.prepare(calls, figures.trips)
        with Stopwatch() as bare:
            self.floor.replay(ready)
            if self.outside is not None:
                self.outside()
        engine.put_back(notebook.calls, self.items)
        time = whole.took.cpu - delivery.cpu
        figures.time.append(time)
        figures.own.append(time - sum(call.engine_s for call in calls))
        figures.floor.append(bare.took.cpu)
        figures.wall.append(whole.took.wall - delivery.wall)
        figures.delivery.append(delivery.cpu)

    def _ask(self, notebook: Notebook, event: dict[str, Any]) -> None:
        with self.stage.outbox.listening(notebook):
            self.stage.answer(event, self.hit.status)


def run(report: Report, engine: MeteredEngine, *, rounds: int) -> None:
    """Measure all endpoints and print the table."""
    report.title(
        "Endpoints",
        f"Budget: {MUTATION_TRIPS} round trips in sequence for a mutation, {READ_TRIPS} for a read; time at most "
        f"{MAX_OVER_FLOOR} times the floor.",
        f"Lower quartiles of {rounds} rounds. Times are processor times of this process, engine included, so that",
        "other programs hardly count; own: without the engine; floor: the same calls by bare botocore (and, to sign",
        "in, one bare argon2 check). Delivery comes after the commit and stands beside the budget.",
    )
    report.table(HEADER, [_row(report, *measured) for measured in each(engine, rounds)])


def each(engine: MeteredEngine, rounds: int) -> Iterator[tuple[Scenario, Hit, Figures]]:
    """Yield every scenario with its request and measurements."""
    client = aws.client("dynamodb")
    floor = Floor()
    stages: dict[str, Stage] = {}
    for scenario in SCENARIOS:
        name = scenario.situation or scenario.name
        engine.use(name, client)
        if name not in stages:
            stages[name] = Stage(engine, scenario.org_id)
        yield scenario, *_measured(stages[name], scenario, floor, rounds)


def _measured(stage: Stage, scenario: Scenario, floor: Floor, rounds: int) -> tuple[Hit, Figures]:
    stage.enter()
    hit = scenario.prepare(stage)
    items = stage.engine.everything([table.name for table in definitions(settings().stage)])
    trial = Trial(stage, hit, items, floor, scenario.outside)
    for _ in range(_HABIT):
        trial.unmeasured()
    figures = _steadiest([trial.watched() for _ in range(_LOOKS)])
    warm = Figures(figures.trips, figures.units, 0, Units())
    for _ in range(_WARM_UP):
        trial.once(warm)
    gc.collect()
    for _ in range(rounds):
        trial.once(figures)
    return hit, figures


def _steadiest(looks: Sequence[Figures]) -> Figures:
    """Return the measurement with the fewest round trips: a thread that starts late looks like another one."""
    best = min(looks, key=lambda look: len(look.trips))
    best.delivery_trips = min(look.delivery_trips for look in looks)
    return best


def _row(report: Report, scenario: Scenario, hit: Hit, figures: Figures) -> Sequence[str]:
    name, budget = scenario.name, scenario.trips or (READ_TRIPS if hit.method == "GET" else MUTATION_TRIPS)
    trips, ratio = len(figures.trips), figures.ratio
    in_trips, in_time = trips <= budget, ratio is None or ratio <= MAX_OVER_FLOOR
    in_writes = scenario.writes is None or figures.units.write <= scenario.writes
    report.judge(f"{name}, round trips", hit=in_trips, figure=f"{trips} of {budget}")
    if scenario.writes is not None:
        report.judge(f"{name}, write units", hit=in_writes, figure=f"{figures.units.write:g} of {scenario.writes}")
    if ratio is not None:
        report.judge(f"{name}, time", hit=in_time, figure=f"{ratio:.2f} times the floor")
    return (
        name,
        str(trips),
        str(budget),
        f"{figures.units.read:g}",
        f"{figures.units.write:g}",
        _ms(figures.own),
        _ms(figures.time),
        _ms(figures.floor) if trips else "",
        "" if ratio is None else f"{ratio:.2f}",
        mark(hit=in_trips and in_time and in_writes),
        _ms(figures.wall),
        str(figures.delivery_trips or ""),
        f"{figures.delivery_units.read:g}" if figures.delivery_trips else "",
        f"{figures.delivery_units.write:g}" if figures.delivery_trips else "",
        _ms(figures.delivery) if figures.delivery_trips else "",
    )


def _ms(seconds: Sequence[float]) -> str:
    return f"{typical(seconds) * 1000:.2f}"
