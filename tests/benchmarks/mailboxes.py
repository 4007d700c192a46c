"""Appending an event while few and many wait, and delivering one event to one and to ten connections."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chalicelib.core import aws
from chalicelib.core.work import Recipient, UnitOfWork
from tests.benchmarks.capacity import Units
from tests.benchmarks.metered import Call, MeteredEngine, Notebook, in_sequence, total
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Stage, Stopwatch
from tests.builders.world import Person

FLAT = 1.2
QUEUES = (0, 200, 500)
CONNECTIONS = (1, 10)
_EVENT = {
    "order_id": "0190d7f0-0000-7000-8000-000000000000",
    "status": "assigned",
    "pickup_address": "Dam 1, Amsterdam",
}

APPEND_HEADER = ("append", "waiting", "WU", "WU of the delivery", "trips of the delivery", "time ms")
DELIVERY_HEADER = ("delivery to", "trips", "batch reads", "RU", "WU", "time ms", "time of the request ms")


def run(report: Report, engine: MeteredEngine, *, rounds: int) -> None:
    """Measure both."""
    report.title(
        "Mailboxes",
        f"Flat: an append with 500 events waiting costs at most {FLAT} times one with none. Lower quartiles of",
        f"{rounds} rounds in turns, processor times, engine included; posts themselves take nothing here.",
    )
    engine.use("mailboxes", aws.client("dynamodb"))
    stage = Stage(engine)
    _appends(report, stage, rounds)
    report.say()
    _deliveries(report, stage, rounds)


def _publish(person: Person, work: UnitOfWork) -> None:
    work.publish(Recipient(person.org_id, person.user_id), "order.status", _EVENT)


def _appends(report: Report, stage: Stage, rounds: int) -> None:
    absent = {waiting: stage.world.person("customer") for waiting in QUEUES}
    for waiting, person in absent.items():
        stage.world.hang_up(person.socket())
        for _ in range(waiting):
            stage.world.run(partial(_publish, person))
    watched = {waiting: _watched(stage, person) for waiting, person in absent.items()}
    times: dict[int, list[float]] = {waiting: [] for waiting in QUEUES}
    for _ in range(rounds):
        for waiting, person in absent.items():
            times[waiting].append(_timed(stage, person))
    rows = []
    for waiting in QUEUES:
        commit, delivery = watched[waiting]
        trips = len(in_sequence(delivery))
        units = (f"{total(commit).write:g}", f"{total(delivery).write:g}", str(trips))
        rows.append(("to an absent person", str(waiting), *units, f"{typical(times[waiting]) * 1000:.2f}"))
    report.table(APPEND_HEADER, rows)
    writes = [total(commit).write + total(delivery).write for commit, delivery in watched.values()]
    _judge(report, "write units of an append, 500 waiting over none", writes[-1] / writes[0], FLAT)
    _judge(report, "time of an append, 500 waiting over none", typical(times[500]) / typical(times[0]), FLAT)


def _deliveries(report: Report, stage: Stage, rounds: int) -> None:
    people = {count: stage.world.person("customer") for count in CONNECTIONS}
    for count, person in people.items():
        for _ in range(count):
            person.socket()
    watched = {count: _watched(stage, person)[1] for count, person in people.items()}
    whole: dict[int, list[float]] = {count: [] for count in CONNECTIONS}
    delivering: dict[int, list[float]] = {count: [] for count in CONNECTIONS}
    for _ in range(rounds):
        for count, person in people.items():
            whole[count].append(_timed(stage, person))
            delivering[count].append(stage.outbox.took.cpu)
    rows: list[Sequence[str]] = []
    for count in CONNECTIONS:
        calls = watched[count]
        units: Units = total(calls)
        reads = sum(call.operation == "BatchGetItem" for call in calls)
        rows.append(
            (
                f"{count} connections",
                str(len(in_sequence(calls))),
                str(reads),
                f"{units.read:g}",
                f"{units.write:g}",
                f"{typical(delivering[count]) * 1000:.2f}",
                f"{typical(whole[count]) * 1000:.2f}",
            )
        )
    report.table(DELIVERY_HEADER, rows)


def _watched(stage: Stage, person: Person) -> tuple[list[Call], list[Call]]:
    """Return the calls of a commit and those of its delivery."""
    with stage.engine.watch() as notebook, stage.outbox.listening(notebook):
        stage.world.run(partial(_publish, person))
    return notebook.of(delivery=False), notebook.of(delivery=True)


def _timed(stage: Stage, person: Person) -> float:
    with stage.outbox.listening(Notebook()), Stopwatch() as watch:
        stage.world.run(partial(_publish, person))
    return watch.took.cpu


def _judge(report: Report, what: str, figure: float, limit: float) -> None:
    report.judge(what, hit=figure <= limit, figure=f"{figure:.2f} times (budget: {limit})")
    report.say(f"{what}: {figure:.2f}  {mark(hit=figure <= limit)}")
