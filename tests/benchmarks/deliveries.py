"""A whole delivery: an order is placed, accepted, arrived at, picked up and delivered, with a socket on both sides.

What one delivery costs is the sum of five requests, with the delivery of their events and what follows from them.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator

from chalicelib.core import aws
from tests.benchmarks.capacity import Units
from tests.benchmarks.metered import MeteredEngine, total
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.stage import Hit, Stage, Stopwatch
from tests.builders import dispatch
from tests.builders.world import Person

ORG = "019ceb1b-2248-7b3e-9c41-5f0a7d2e6b18"
"""As long as the id of a real organisation: it is in every key."""
MAX_WRITE_UNITS = 101
MAX_MS = 40.0
OTHERS = 20
_WARM_UP = 15

HEADER = ("request", "calls", "RU", "WU", "")


def run(report: Report, engine: MeteredEngine, *, rounds: int) -> None:
    """Measure whole deliveries and print their cost."""
    stage, customer, courier = _street(engine)
    for _ in range(_WARM_UP):
        _deliver(stage, customer, courier)
    rows, units = [], Units()
    with engine.watch(calm_s=0) as notebook:
        for name in _requests(stage, customer, courier):
            spent = total(notebook.calls)
            rows.append((name, str(len(notebook.calls)), f"{spent.read:g}", f"{spent.write:g}", ""))
            units += spent
            notebook.calls.clear()
    times, own = [], []
    gc.collect()
    for _ in range(rounds):
        with engine.note() as notebook, Stopwatch() as watch:
            _deliver(stage, customer, courier)
        times.append(watch.took.cpu * 1000)
        own.append(times[-1] - 1000 * sum(call.engine_s for call in notebook.calls))
    in_units, in_time = units.write <= MAX_WRITE_UNITS, typical(times) <= MAX_MS
    rows.append(
        ("all", str(sum(int(row[1]) for row in rows)), f"{units.read:g}", f"{units.write:g}", mark(hit=in_units))
    )
    report.title(
        "A whole delivery",
        f"Budget: {MAX_WRITE_UNITS} write units and {MAX_MS:g} ms of processor time with the engine, delivery to the "
        "sockets of customer and courier included.",
        f"Lower quartile of {rounds} deliveries: {typical(times):.1f} ms, {typical(own):.1f} ms without the engine "
        f"({mark(hit=in_time)}).",
    )
    report.table(HEADER, rows)
    report.judge("A whole delivery, write units", hit=in_units, figure=f"{units.write:g} of {MAX_WRITE_UNITS}")
    report.judge("A whole delivery, processor time", hit=in_time, figure=f"{typical(times):.1f} of {MAX_MS:g} ms")


def _street(engine: MeteredEngine) -> tuple[Stage, Person, Person]:
    """A customer, a courier beside the pickup, and others farther away; half past nine, when all is in one hour."""
    engine.use("whole deliveries", aws.client("dynamodb"))
    stage = Stage(engine, ORG)
    stage.world.clock.advance(minutes=30)
    customer = stage.person("customer", full_name="Casey Customer")
    courier = dispatch.on_duty(stage.person("courier"), km=0.5)
    for number in range(OTHERS):
        dispatch.on_duty(stage.world.person("courier"), km=2 + number / 2)
    return stage, customer, courier


def _deliver(stage: Stage, customer: Person, courier: Person) -> None:
    for _ in _requests(stage, customer, courier):
        pass


def _requests(stage: Stage, customer: Person, courier: Person) -> Iterator[str]:
    """Make the requests of one delivery; yield the name of each after it."""
    placed = json.loads(stage.answer(Hit("POST", "/v1/orders", customer, dispatch.order_body()).event(), 201))["order"]
    yield "POST /v1/orders"
    body = {"order_id": placed["id"], "courier_id": courier.user_id}
    for action in dispatch.STEPS:
        stage.answer(Hit("POST", f"/v1/courier/orders/{action}", courier, body).event(), 200)
        yield f"POST courier/orders/{action}"
