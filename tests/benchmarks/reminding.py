"""The reminder sweep with few and many work orders in the table: the cost depends on the due ones only."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.sweep import ReminderOutcome, remind_due
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from infra.tables import definitions
from tests.benchmarks.capacity import Item, Units
from tests.benchmarks.metered import MeteredEngine, total
from tests.benchmarks.pricing import Place
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Stage, Stopwatch
from tests.builders.reminders import ZONE, in_hand, stored
from tests.builders.world import Person

FLAT = 1.5
DUE, TECHNICIANS = 40, 8
_LIFE = timedelta(hours=1)

HEADER = (
    "work orders in the table", "due", "RU per pass", "RU, nothing due", "WU per notice", "time ms per notice",
    "ms, nothing due",
)  # fmt: skip


@dataclass
class Park:
    """A table of work orders, of which some become overdue within the hour: two notices each."""

    name: str
    orders: int
    stage: Stage
    items: dict[Place, Item]
    units: Units = field(default_factory=Units)
    idle_units: Units = field(default_factory=Units)
    per_notice: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)

    def watched(self) -> None:
        """Run one pass of each kind and record its units."""
        self.idle_units = self._sweep(due=0, priced=True)[1]
        self.units = self._sweep(due=DUE, priced=True)[1]

    def timed(self) -> None:
        """Run one pass of each kind and record its time."""
        self.idle.append(self._sweep(due=0)[0])
        self.per_notice.append(self._sweep(due=DUE)[0] / (2 * DUE))

    def _sweep(self, *, due: int, priced: bool = False) -> tuple[float, Units]:
        engine, world = self.stage.engine, self.stage.world
        life = _LIFE.total_seconds() if due else 0
        world.clock.advance(seconds=life)
        with engine.watch(calm_s=0) if priced else engine.note() as notebook, Stopwatch() as watch:
            outcomes = remind_due(world.parts.dependencies, "a-sweep", lambda: 60.0).outcomes
        world.clock.advance(seconds=-life)
        engine.put_back(notebook.calls, self.items)
        if outcomes.total() != outcomes[ReminderOutcome.OVERDUE] or outcomes.total() != due:
            raise RuntimeError(f"{due} orders were due and the sweep made of them: {outcomes}")
        return watch.took.cpu, total(notebook.calls)


def run(report: Report, engine: MeteredEngine, *, passes: int, counts: Sequence[int]) -> None:
    """Measure the sweep over tables of these sizes."""
    report.title(
        "Sweep over due dates",
        f"Flat: the slowest takes at most {FLAT} times the quickest. Lower quartiles of {passes} passes in which {DUE}",
        f"orders of {TECHNICIANS} technicians become overdue, each told to technician and lead, audited and delivered;",
        "and of passes with nothing due. Times are processor times, engine included.",
    )
    parks = [_park(engine, count) for count in counts]
    gc.collect()
    gc.freeze()
    for number in range(passes + 2):
        for park in parks:
            engine.use(park.name, None)
            park.stage.enter()
            park.timed() if number > 1 else park.watched()
    gc.unfreeze()
    report.table(HEADER, [_row(park) for park in parks])
    report.say()
    _judge(report, "reminder time per notice", [typical(park.per_notice) for park in parks])
    _judge(report, "reminder read units", [park.units.read for park in parks])


def _park(engine: MeteredEngine, orders: int) -> Park:
    name = f"{orders} work orders"
    engine.use(name, aws.client("dynamodb"))
    stage = Stage(engine)
    world = stage.world
    lead = _listening(stage, "MAINT_TL")
    technicians = [_listening(stage, "TECH") for _ in range(TECHNICIANS)]
    soon = world.clock.now() + _LIFE / 2
    due = [in_hand(world, technicians[number % TECHNICIANS], soon, lead=lead) for number in range(DUE)]
    remind_due(world.parts.dependencies, "a-sweep", lambda: 60.0)  # that they are due soon
    items = engine.everything([table.name for table in definitions(settings().stage)])
    _fill(engine, stored(due[0]), orders - DUE)  # no sweep writes these, so no snapshot holds them
    return Park(name, orders, stage, items)


def _listening(stage: Stage, role: str) -> Person:
    person = stage.world.person(role, game_zone=ZONE)
    person.socket("staff")
    return person


def _fill(engine: MeteredEngine, like: WorkOrder, count: int) -> None:
    """Fill in copies of an order that are done, or due in a week."""
    pattern = like.serialize()
    later = str(int(pattern["due_at"]["N"]) + 7 * 86_400_000)
    items = []
    for number in range(count):
        own = {"pk": {"S": work_order_key(like.org_id, f"order-{number}").pk}, "order_id": {"S": f"order-{number}"}}
        mine = {**pattern, **own}
        if number % 2:
            mine |= {"notice_at": {"N": later}, "due_at": {"N": later}}
        else:
            mine["state"] = {"S": WorkOrderState.DONE.value}
            del mine["notice_shard"]
        items.append(mine)
    engine.fill(WorkOrder.Meta.table_name, items)


def _row(park: Park) -> Sequence[str]:
    return (
        f"{park.orders:,}",
        str(DUE),
        f"{park.units.read:g}",
        f"{park.idle_units.read:g}",
        f"{park.units.write / (2 * DUE):.1f}",
        f"{typical(park.per_notice) * 1000:.1f}",
        f"{typical(park.idle) * 1000:.1f}",
    )


def _judge(report: Report, what: str, figures: Sequence[float]) -> None:
    spread = max(figures) / min(figures)
    report.judge(what, hit=spread <= FLAT, figure=f"{spread:.2f} times (flat: {FLAT})")
    report.say(f"{what}: most over least {spread:.2f}  {mark(hit=spread <= FLAT)}")
