"""The checker finds errors that were planted into the tables and answers of a small run without faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import httpx
import pytest

from chalicelib.audit.tables import AuditRow
from chalicelib.core.clock import SystemClock
from chalicelib.core.table import Item
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.tables import Customer, Order
from chalicelib.edge.idempotency import IdempotencyRecord
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.manufacturing.tables import Module
from chalicelib.manufacturing.traceability.tables import SerialNumber
from chalicelib.packing.boxes.tables import BoxContent
from chalicelib.packing.plates.tables import Plate
from chalicelib.picking.ledger.tables import EventRecord
from chalicelib.realtime.tables import MailboxEvent
from infra.local import engine_store
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from tests.builders.guard import Guard
from tests.builders.world import World
from tests.faults.calls import Attempt, Journal
from tests.faults.checker import Evidence, check, check_answers
from tests.faults.crew import ORG, Crew
from tests.faults.mail import newest_numbers
from tests.faults.snapshot import Snapshot, taken
from tests.faults.workload import Workload
from tests.races.clocks import StandingClock

pytestmark = pytest.mark.xdist_group("faults-checker")

STEPS = 8


class Wire(httpx.BaseTransport):
    """Carries requests to the application in this process."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        answer = self._world.call(request.method, path, headers=dict(request.headers), raw=request.read() or None)
        return httpx.Response(answer.status, headers=dict(answer.headers), text=answer.text)


@dataclass(frozen=True)
class Played:
    """A run without faults: the engine, its items, and what clients know."""

    engine: engine_store.Snapshot
    found: Snapshot
    known: Evidence


@pytest.fixture(scope="module")
def played(running_engine: EmbeddedEngine, running_objects: EmbeddedObjects, running_guard: Guard) -> Played:
    running_engine.clear()
    world = World(clock=StandingClock(SystemClock().now()), organisations=(ORG,))
    http = httpx.Client(transport=Wire(world), base_url="http://baton.test")
    journal = Journal(lambda: "calm")
    work = Workload(Crew("http://baton.test", http, world, journal), Random(5))
    work.open()
    for _ in range(STEPS):
        for step in work.steps:
            step()
    http.close()
    found = taken(ORG)
    received = {person: [list(range(1, newest + 1))] for person, newest in newest_numbers(found).items()}
    accepted = frozenset(event for picker in work.pickers for event in picker.accepted)
    return Played(running_engine.snapshot(), found, Evidence(journal.changes, journal.bad, accepted, received))


@pytest.fixture
def run(engine: EmbeddedEngine, played: Played) -> Played:
    engine.restore(played.engine)
    return played


def planted(found: Snapshot, model: type[Item], change: Callable[[list[dict[str, Any]]], object]) -> Snapshot:
    """Return the items after a change of those of one table."""
    name = model.Meta.table_name
    items = deepcopy(found.items[name])
    change(items)
    return Snapshot(found.org_id, {**found.items, name: items})


def first(items: list[dict[str, Any]], sk: str, **present: str) -> dict[str, Any]:
    """Return the first item of the organisation with this sort key (or its beginning) and these attributes."""
    for item in items:
        fits = item["pk"]["S"].startswith(f"{ORG}#") or "SERIAL" in item["pk"]["S"]
        has = all(item.get(name, {}).get("S") == value for name, value in present.items())
        if fits and has and (item["sk"]["S"] == sk or (sk.endswith("#") and item["sk"]["S"].startswith(sk))):
            return item
    raise LookupError(sk)


def without(sk: str, **present: str) -> Callable[[list[dict[str, Any]]], object]:
    """Return the change that loses an item."""
    return lambda items: items.remove(first(items, sk, **present))


def with_value(sk: str, attribute: str, value: Mapping[str, Any]) -> Callable[[list[dict[str, Any]]], object]:
    """Return the change that gives an item another value."""
    return lambda items: first(items, sk).update({attribute: value})


def test_a_run_without_faults_has_no_violations(run: Played) -> None:
    assert check(run.found, run.known) == []
    acknowledged = {change.path.split("/")[-1] for change in run.known.acknowledged}
    assert {"orders", "next", "batch", "pack", "work-orders", "bind-cell"} <= acknowledged


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (Order, without("ORDER"), "order .* was acknowledged and is not stored"),
        (Courier, with_value("COURIER", "order_id", {"S": "nobody's"}), "couriers have .* in hand"),
        (Order, with_value("ORDER", "due_at", {"N": "7"}), "order .*: "),
        (Order, with_value("ORDER", "waiting_until", {"N": "4102444800000"}), "area of order .*: "),
        (Customer, with_value("CUSTOMER", "active", {"SS": ["nobody's"]}), "customer .* has .*nobody's.* active"),
        (BoxContent, without("ITEM#"), "box_content .* was acknowledged and is not stored"),
        (BoxContent, with_value("ITEM#", "quantity", {"N": "77"}), "packing: "),
        (Plate, with_value("PLATE", "remaining", {"N": "1000"}), "packing: "),
        (EventRecord, without("EVENT"), "event of picking .* was acknowledged"),
        (WorkOrder, without("WORKORDER"), "work_order .* was acknowledged"),
        (WorkOrder, with_value("COUNTS", "done", {"N": "9"}), "technician .* counts 9 done"),
        (Module, with_value("MODULE", "bound", {"N": "99"}), "counts 99 parts"),
        (SerialNumber, without("SERIAL", used_as="CELL"), "serial numbers registered and used differ"),
        (MailboxEvent, without("EVENT#"), "the mailbox of .* has the events"),
        (IdempotencyRecord, without("RECORD"), "its answer is not stored"),
        (IdempotencyRecord, with_value("RECORD", "body", {"S": "{}"}), "stored with another answer"),
    ],
)
def test_a_planted_error_is_found(
    run: Played, model: type[Item], change: Callable[[list[dict[str, Any]]], object], said: str
) -> None:
    violations = check(planted(run.found, model, change), run.known)
    assert any(re.search(said, violation) for violation in violations), violations


def test_a_change_without_audit_row_or_with_two_is_found(run: Played) -> None:
    rows = {row.request_id: row for row in run.found.all(AuditRow)}
    change = next(one for one in run.known.acknowledged if one.path == "/v1/orders")
    [raw] = [raw for raw in run.found.raw(AuditRow) if raw["request_id"]["S"] == change.request_id]
    assert rows
    lost = planted(run.found, AuditRow, lambda items: items.remove(raw))
    assert "POST /v1/orders has 0 audit rows" in check(lost, run.known)
    twice = planted(run.found, AuditRow, lambda items: items.append({**raw, "sk": {"S": "another"}}))
    assert "POST /v1/orders has 2 audit rows" in check(twice, run.known)


def test_a_change_that_nobody_was_told_of_is_found(run: Played) -> None:
    order = next(one for one in run.known.acknowledged if one.path == "/v1/orders")
    known = replace(run.known, changes=[one for one in run.known.changes if one is not order])
    violations = check(run.found, known)
    assert any(re.search("order .* is stored and was not acknowledged", one) for one in violations)
    assert any(re.search("made .* changes and has .* audit rows", one) for one in violations)


@pytest.mark.parametrize(
    ("connections", "said"),
    [
        ([[2, 3]], "did not receive the events [1]"),
        ([[1, 3, 2]], "received out of order"),
        ([[1, 2], [2, 3]], None),
        ([[1, 2, 1, 2, 3]], None),
    ],
)
def test_received_events_are_compared_with_the_mailbox(
    run: Played, connections: list[list[int]], said: str | None
) -> None:
    person = next(person for person, newest in newest_numbers(run.found).items() if newest >= 3)
    rest = list(range(4, newest_numbers(run.found)[person] + 1))
    received = {**run.known.received, person: [*connections, rest]}
    violations = check(run.found, replace(run.known, received=received))
    assert [said in violation for violation in violations] == [True] if said else violations == []


def test_errors_without_a_way_on_and_late_answers_are_found() -> None:
    fine = Attempt("slow", "GET /", 503, 28.0, "1", "")
    bad = [replace(fine, status=500), replace(fine, retry_after=None), replace(fine, seconds=30.0)]
    assert list(check_answers([fine])) == []
    assert list(check_answers([*bad, bad[0]])) == [
        "slow: GET / took 30.0 s",
        "slow: answered 500: GET / 2 times",
        "slow: answered 503: GET / 1 times",
    ]
