"""Packing into boxes of few and of many contents, which has to cost the same."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.core import aws
from chalicelib.core.settings import settings
from infra.tables import definitions
from tests.benchmarks.capacity import Item, Units
from tests.benchmarks.metered import MeteredEngine, in_sequence, total
from tests.benchmarks.pricing import Place
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.scenarios_packing import pack_into
from tests.benchmarks.stage import Hit, Stage, Stopwatch

SIZES = (1, 100, 999)
"""The contents of a box before one is packed; it holds a thousand."""
FLAT = 1.2
"""The budget: packing costs at most so many times as much in the fullest box as in the emptiest."""
_WARM_UP = 12
_BEST = 5

HEADER = ("contents before", "trips", "RU", "WU", "own ms, best", "own ms", "time ms")


@dataclass
class _Trial:
    """Packing into one box again and again, and its processor times in seconds."""

    stage: Stage
    hit: Hit
    trips: int = 0
    units: Units = field(default_factory=Units)
    own: list[float] = field(default_factory=list)
    time: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The average of the best own times."""
        return sum(sorted(self.own)[:_BEST]) / _BEST

    def watched(self, items: Mapping[Place, Item]) -> None:
        """Pack once, record the calls, and restore what was changed."""
        with self.stage.engine.watch() as notebook:
            self.stage.answer(self.hit.event(), self.hit.status)
        self.stage.engine.put_back(notebook.calls, items)
        self.trips, self.units = len(in_sequence(notebook.calls)), total(notebook.calls)

    def timed(self, items: Mapping[Place, Item]) -> None:
        """Pack once, measure the time, and restore what was changed."""
        event = self.hit.event()
        with self.stage.engine.note() as notebook, Stopwatch() as watch:
            self.stage.answer(event, self.hit.status)
        self.stage.engine.put_back(notebook.calls, items)
        self.time.append(watch.took.cpu)
        self.own.append(watch.took.cpu - sum(call.engine_s for call in notebook.calls))

    def row(self) -> list[str]:
        """Return the figures of the table."""
        times = (self.best, typical(self.own), typical(self.time))
        return [
            str(self.trips), f"{self.units.read:g}", f"{self.units.write:g}", *(f"{one * 1000:.2f}" for one in times),
        ]  # fmt: skip


def run(report: Report, engine: MeteredEngine, *, rounds: int) -> None:
    """Measure each size, in turns, and print the table."""
    report.title(
        "Packing into a box",
        f"Flat: packing the thousandth content takes at most {FLAT} times the second, by the average of the {_BEST}",
        f"best of {rounds} rounds in turns. Lower quartiles beside it; processor times, own: without the engine.",
    )
    engine.use("boxes", aws.client("dynamodb"))
    stage = Stage(engine)
    trials = {size: _Trial(stage, pack_into(stage, size)) for size in SIZES}
    items = engine.everything([table.name for table in definitions(settings().stage)])
    for trial in trials.values():
        trial.watched(items)
    for _ in range(_WARM_UP):
        for trial in trials.values():
            trial.timed(items)
    for trial in trials.values():
        trial.own, trial.time = [], []
    gc.collect()
    for _ in range(rounds):
        for trial in trials.values():
            trial.timed(items)
    report.table(HEADER, [(str(size), *trial.row()) for size, trial in trials.items()])
    growth = trials[SIZES[-1]].best / trials[SIZES[0]].best
    what = f"own time of packing, {SIZES[-1]} contents over {SIZES[0]}"
    report.judge(what, hit=growth <= FLAT, figure=f"{growth:.2f} times (budget: {FLAT})")
    report.say(f"{what}: {growth:.2f}  {mark(hit=growth <= FLAT)}")
