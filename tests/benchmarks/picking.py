"""Events of a scanner one by one and in batches: events per second, and the cost of each.

One assignment with one holder, so nothing runs in parallel. Events are new in each round. The ledger grows during the
measurement, which must have no effect, since a batch reads the state and not the ledger.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.core import aws
from chalicelib.core.clock import iso
from tests.benchmarks.capacity import Units
from tests.benchmarks.metered import MeteredEngine, in_sequence, total
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Hit, Stage, Stopwatch
from tests.builders.picking import BATCH, EAN, Scanner, at_work, line

SIZES = (1, 25, 100, 500)
MAX_EVENTS, MAX_TRIPS = 100, 3
"""The budget: this many events of an assignment take this many round trips after the authentication."""
_LINES, _QUANTITY = 40, 900_000
_LOOKS = 2
LEDGERS = (100, 10_000)
MAX_GROWTH = 1.3
"""The budget: an event costs at most so many times as much in the longest ledger as in the shortest."""
LATE_S = 5
_GROWING = 25
_WARM_UP = 3
_LEAST_ROUNDS = 5

HEADER = (
    "events at once", "trips", "per event", "RU per event", "WU per event", "own ms", "time ms", "events/s, own",
    "events/s", "over one by one",
)  # fmt: skip


@dataclass
class BatchSize:
    """A scanner that sends batches of one size, and its measurements; times in seconds per batch."""

    size: int
    stage: Stage
    scanner: Scanner
    trips: int = 0
    units: Units = field(default_factory=Units)
    own: list[float] = field(default_factory=list)
    time: list[float] = field(default_factory=list)

    def watched(self) -> None:
        """Send one batch and record its calls."""
        hit = self._hit()
        with self.stage.engine.watch() as notebook:
            self.stage.answer(hit.event(), hit.status)
        trips = len(in_sequence(notebook.calls))
        self.trips, self.units = min(trips, self.trips or trips), total(notebook.calls)

    def timed(self) -> None:
        """Send one batch and measure its time."""
        event = self._hit().event()
        with self.stage.engine.note() as notebook, Stopwatch() as watch:
            self.stage.answer(event, 200)
        self.time.append(watch.took.cpu)
        self.own.append(watch.took.cpu - sum(call.engine_s for call in notebook.calls))

    def _hit(self) -> Hit:
        self.stage.world.clock.advance(seconds=1)
        codes = (EAN, "SKU-2", "SKU-3", "SKU-4")
        events = [self.scanner.scan(codes[number % len(codes)]) for number in range(self.size)]
        return Hit("POST", BATCH, self.scanner.person, {"events": events})


def run(report: Report, engine: MeteredEngine, *, events: int) -> None:
    """Measure each size, with this number of events."""
    report.title(
        "Events of a pick scanner (POST /events/batch)",
        f"One assignment. Budget: {MAX_EVENTS} events take {MAX_TRIPS} round trips after authentication. {events} new",
        "events of each size; lower quartiles of processor times of a batch; own: without the engine. Events/s: of",
        "one processor.",
    )
    sizes = [_batch_size(engine, size) for size in SIZES]
    gc.collect()
    for batch in sizes:
        engine.use(_name(batch.size), None)
        batch.stage.enter()
        for _ in range(_LOOKS):
            batch.watched()
        for _ in range(_WARM_UP):
            batch.timed()
        batch.own, batch.time = [], []
        for _ in range(max(_LEAST_ROUNDS, events // batch.size)):
            batch.timed()
    report.table(HEADER, [_row(batch, sizes[0]) for batch in sizes])
    report.say()
    for batch in sizes:
        if batch.size <= MAX_EVENTS:
            trips = batch.trips - 1
            hit = trips <= MAX_TRIPS
            report.judge(f"{batch.size} events, round trips", hit=hit, figure=f"{trips} of {MAX_TRIPS}")
            report.say(f"{batch.size} events: {trips} round trips after authentication  {mark(hit=hit)}")
    _placed(report, engine, rounds=max(_LEAST_ROUNDS, events // 10))


@dataclass
class PlacedEvent:
    """Events of one kind in a ledger of one length: read units and own processor times (seconds) of each."""

    read: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)


def _placed(report: Report, engine: MeteredEngine, *, rounds: int) -> None:
    """Measure what an event costs by the length of the ledger."""
    report.title(
        "Placing one event in a ledger",
        f"An event in order, one that is {LATE_S} s late, and an undo, {rounds} times each; own: processor time",
        f"without the engine, lower quartile. Budget: {MAX_GROWTH} times as long in {LEDGERS[-1]:,} entries.",
    )
    measured = {entries: _placed_in(engine, entries, rounds) for entries in LEDGERS}
    rows = [
        (kind, f"{entries:,}", f"{sum(one.read) / len(one.read):.1f}", f"{typical(one.own) * 1000:.2f}")
        for kind in ("in order", "late", "undo")
        for entries, kinds in measured.items()
        for one in [kinds[kind]]
    ]
    report.table(("event", "entries", "RU", "own ms"), rows)
    report.say()
    for kind in ("in order", "late", "undo"):
        short, long = (typical(measured[entries][kind].own) for entries in (LEDGERS[0], LEDGERS[-1]))
        hit = long <= MAX_GROWTH * short
        report.judge(f"{kind} in a long ledger", hit=hit, figure=f"{long / short:.2f} times of {MAX_GROWTH}")
        report.say(f"{kind}: {long / short:.2f} times as long in {LEDGERS[-1]:,} entries  {mark(hit=hit)}")


def _placed_in(engine: MeteredEngine, entries: int, rounds: int) -> dict[str, PlacedEvent]:
    """Return the measurements in a ledger of about so many entries, which grows meanwhile."""
    engine.use(f"ledger of {entries}", aws.client("dynamodb"))
    stage = Stage(engine)
    world = stage.world
    person = at_work(world, lines=[line(number, _QUANTITY) for number in range(1, _LINES + 1)])
    scanner = Scanner(world, person)
    for _ in range(entries // _GROWING):
        events = []
        for _ in range(_GROWING):
            world.clock.advance(seconds=0.1)  # 10,000 of them happen before the token expires
            events.append(scanner.scan())
        scanner.send(*events)
    kinds = {kind: PlacedEvent() for kind in ("in order", "late", "undo")}
    gc.collect()
    gc.freeze()  # the items of the embedded engine are no part of what is measured
    for number in range(_LOOKS + rounds):
        for kind, placed in kinds.items():
            world.clock.advance(seconds=1)
            at = iso(world.clock.now() - timedelta(seconds=LATE_S if kind == "late" else 0))
            event = scanner.event("undo") if kind == "undo" else scanner.scan(created_at=at)
            hit = Hit("POST", BATCH, person, {"events": [event]})
            watched = number < _LOOKS
            with engine.watch() if watched else engine.note() as notebook, Stopwatch() as watch:
                stage.answer(hit.event(), 200)
            if watched:
                placed.read.append(total(notebook.calls).read)
            else:
                placed.own.append(watch.took.cpu - sum(call.engine_s for call in notebook.calls))
    gc.unfreeze()
    return kinds


def _name(size: int) -> str:
    return f"{size} events at once"


def _batch_size(engine: MeteredEngine, size: int) -> BatchSize:
    engine.use(_name(size), aws.client("dynamodb"))
    stage = Stage(engine)
    person = at_work(stage.world, lines=[line(number, _QUANTITY) for number in range(1, _LINES + 1)])
    return BatchSize(size, stage, Scanner(stage.world, person))


def _row(batch: BatchSize, first: BatchSize) -> Sequence[str]:
    own, time = typical(batch.own) / batch.size, typical(batch.time) / batch.size
    return (
        f"{batch.size}",
        str(batch.trips),
        f"{batch.trips / batch.size:.3g}",
        f"{batch.units.read / batch.size:.2f}",
        f"{batch.units.write / batch.size:.2f}",
        f"{typical(batch.own) * 1000:.2f}",
        f"{typical(batch.time) * 1000:.2f}",
        f"{1 / own:,.0f}",
        f"{1 / time:,.0f}",
        f"{typical(first.time) / time:.1f}",
    )
