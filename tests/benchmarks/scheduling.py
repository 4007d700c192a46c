"""One occurrence of a schedule, with few and many schedules in the table: what its work order costs."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core import aws
from chalicelib.maintenance.schedules.sweep import OccurrenceOutcome, make_scheduled_orders
from chalicelib.maintenance.schedules.tables import Schedule, schedule_key
from tests.benchmarks.capacity import Units
from tests.benchmarks.metered import MeteredEngine, in_sequence, total
from tests.benchmarks.report import Report, mark
from tests.benchmarks.stage import Stage
from tests.builders.maintenance import Park
from tests.builders.schedules import scheduled, stored_schedule

MAX_TRIPS, MAX_READ, MAX_WRITE = 14, 32, 40
"""Round trips of a pass with one occurrence, and units for making it. Writes are those of routing a work order and of
the schedule with its two indexes, and those of the notice to one lead, who is found by the roles of the organisation.
The notice has 8 of the trips, 22 of the read units and 13 of the write units."""
_DAY_S = 86_400

HEADER = ("schedules in the table", "trips", "RU", "WU", "RU, nothing due")


def run(report: Report, engine: MeteredEngine, *, counts: Sequence[int]) -> None:
    """Measure a pass with one occurrence, and one with nothing due, over tables of these sizes."""
    report.title(
        "Occurrence of a schedule",
        f"Budget: {MAX_TRIPS} round trips in sequence, {MAX_READ} RU and {MAX_WRITE} WU, whatever the number of",
        "schedules.",
    )
    rows = [(count, *_measure(engine, count)) for count in counts]
    report.table(
        HEADER,
        [
            (f"{n:,}", str(trips), f"{made.read:g}", f"{made.write:g}", f"{idle.read:g}")
            for n, trips, made, idle in rows
        ],
    )
    report.say()
    for count, trips, made, _ in rows:
        hit = trips <= MAX_TRIPS and made.read <= MAX_READ and made.write <= MAX_WRITE
        figure = f"{trips} trips, {made.read:g} RU, {made.write:g} WU"
        report.judge(f"occurrence among {count:,} schedules", hit=hit, figure=figure)
        report.say(f"occurrence among {count:,} schedules: {figure}  {mark(hit=hit)}")


def _measure(engine: MeteredEngine, count: int) -> tuple[int, Units, Units]:
    """Return the round trips and units of an occurrence among so many schedules, and the units with nothing due."""
    engine.use(f"{count} schedules", aws.client("dynamodb"))
    stage = Stage(engine)
    schedule = stored_schedule(scheduled(Park(stage.world), startsOn="2026-03-03", leadDays=1)["id"])
    _fill(engine, schedule, count - 1)
    _, idle = _pass(stage, due=0)
    stage.world.clock.advance(seconds=_DAY_S)
    trips, made = _pass(stage, due=1)
    return trips, made, idle


def _pass(stage: Stage, due: int) -> tuple[int, Units]:
    with stage.engine.watch(calm_s=0.02) as notebook:
        outcomes = make_scheduled_orders(stage.world.parts.dependencies, "a-sweep", lambda: 60.0).outcomes
    if outcomes.total() != outcomes[OccurrenceOutcome.MADE] or outcomes.total() != due:
        raise RuntimeError(f"{due} schedules were due and the sweep made of them: {outcomes}")
    calls = notebook.of(delivery=False)
    return len(in_sequence(calls)), total(calls)


def _fill(engine: MeteredEngine, like: Schedule, count: int) -> None:
    """Fill in copies of a schedule that are due in a month."""
    pattern = like.serialize()
    later = {"N": str(int(pattern["make_at"]["N"]) + 30 * _DAY_S * 1000)}
    items = []
    for number in range(count):
        schedule_id = f"schedule-{number}"
        own = {"sk": {"S": schedule_key(like.org_id, schedule_id).sk}, "schedule_id": {"S": schedule_id}}
        items.append({**pattern, **own, "make_at": later})
    engine.fill(Schedule.Meta.table_name, items)
