"""The endpoints of the pick scanner: a queue of a hundred assignments of 40 lines, and one with earlier events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from tests.benchmarks.stage import Hit, Stage
from tests.builders.picking import BATCH, EAN, NEXT, STATE, Scanner, claim, claim_body, line, load, record
from tests.builders.world import Person

SITUATION = "picking"
QUEUE, LINES, EARLIER = 100, 40, 60


@cache
def _floor(stage: Stage) -> tuple[Scanner, Person]:
    """Return the scanner of a picker with an assignment, and a picker without one."""
    world = stage.world
    busy, idle = world.person("picker", full_name="Anna"), world.person("picker", full_name="Bo")
    lines = [line(number, 50) for number in range(1, LINES + 1)]
    load(world, record("PA-IN-HAND", lines=lines))
    claim(busy)
    load(world, *(record(f"PA-{number:03d}", lines=lines, priority=number // 20) for number in range(QUEUE)))
    scanner = Scanner(world, busy, "PA-IN-HAND")
    scanner.send_scans(EARLIER, "SKU-7")
    scanner.send_event("wrap")
    world.clock.advance(seconds=60)
    return scanner, idle


def _shown(stage: Stage) -> Hit:
    return Hit("GET", STATE, _floor(stage)[0].person)


def _next(stage: Stage, *, in_hand: bool) -> Hit:
    scanner, idle = _floor(stage)
    person = scanner.person if in_hand else idle
    return Hit("POST", NEXT, person, claim_body(person))


def _listed(stage: Stage, **query: str) -> Hit:
    _floor(stage)
    return Hit("GET", "/v1/assignments", stage.world.person("supervisor"), query=query)


def _opened(stage: Stage) -> Hit:
    _floor(stage)
    return Hit(
        "GET",
        "/v1/assignments/{assignment_id}",
        stage.world.person("supervisor"),
        params={"assignment_id": "PA-IN-HAND"},
    )


def _sent(stage: Stage, events: int, *, again: bool = False, undo: bool = False) -> Hit:
    scanner, _ = _floor(stage)
    batch = [scanner.scan(EAN if number % 2 else "SKU-3") for number in range(events)]
    hit = Hit("POST", BATCH, scanner.person, {"events": [*batch, scanner.event("undo")] if undo else batch})
    if again:
        stage.answer(hit.event(), 200)
    return hit


def _rejected(stage: Stage) -> str:
    """Return the id of an event that was rejected."""
    _, idle = _floor(stage)
    stranger = Scanner(stage.world, idle, "PA-IN-HAND")
    event = stranger.scan()
    assert stranger.send(event) == ["not_your_assignment"]
    return str(event["client_event_id"])


def _reviewed(stage: Stage) -> Hit:
    _rejected(stage)
    return Hit("GET", "/v1/picking/rejected-events", stage.world.person("supervisor"))


def _decided(stage: Stage, decision: str) -> Hit:
    path = f"/v1/picking/rejected-events/{{client_event_id}}/{decision}"
    params = {"client_event_id": _rejected(stage)}
    return Hit("POST", path, stage.world.person("supervisor"), {"note": "Counted on the pallet"}, params)


def _managed(stage: Stage, method: str, path: str, body: Any) -> Hit:
    _floor(stage)
    params = {"assignment_id": "PA-IN-HAND"}
    return Hit(method, f"/v1/assignments/{{assignment_id}}{path}", stage.world.person("supervisor"), body, params)


def _assigned(stage: Stage) -> Hit:
    _, idle = _floor(stage)
    return _managed(stage, "POST", "/assign", {"user_id": idle.user_id})


def _prioritised(stage: Stage) -> Hit:
    return _managed(stage, "PATCH", "", {"priority": 3})


def _lines(stage: Stage) -> Hit:
    path = "/assignments/{assignment_id}/lines"
    return Hit("GET", path, _floor(stage)[0].person, params={"assignment_id": "PA-IN-HAND"})


def _short(stage: Stage) -> Hit:
    path, params = "/assignments/{assignment_id}/lines/{line_number}/short", {"assignment_id": "PA-IN-HAND"}
    return Hit("POST", path, _floor(stage)[0].person, {"reason": "None left"}, {**params, "line_number": "9"})


def _shorts(stage: Stage) -> Hit:
    stage.answer(_short(stage).event(), 200)
    return Hit("GET", "/v1/picking/shorts", stage.world.person("supervisor"))


def _board(stage: Stage, part: str, **query: str) -> Hit:
    _floor(stage)
    return Hit("GET", f"/v1/picking/{part}", stage.world.person("supervisor"), query=query)


def _performance(stage: Stage) -> Hit:
    _floor(stage)
    now = stage.world.clock.now().date()
    query = {"from": str(now - timedelta(days=91)), "to": str(now)}
    return Hit("GET", "/v1/picking/performance", stage.world.person("supervisor"), query=query)


def _ended(stage: Stage, action: str, body: Any = None) -> Hit:
    path = f"/assignments/{{assignment_id}}/{action}"
    return Hit("POST", path, _floor(stage)[0].person, body, {"assignment_id": "PA-IN-HAND"})


PICKING: dict[str, tuple[Callable[[Stage], Hit], int | None]] = {
    "GET scanner/state": (_shown, None),
    "GET assignments": (_listed, None),
    "GET assignments?status=": (partial(_listed, status="queued"), None),
    "GET assignments/{id}": (_opened, None),
    "POST assignments/next": (partial(_next, in_hand=False), None),
    "POST assignments/next, in hand already": (partial(_next, in_hand=True), None),
    "POST events/batch, 1 event": (partial(_sent, events=1), None),
    "POST events/batch, 25 events": (partial(_sent, events=25), None),
    "POST events/batch, 100 events": (partial(_sent, events=100), 4),
    "POST events/batch, 500 events": (partial(_sent, events=500), 8),
    "POST events/batch, 25 and an undo": (partial(_sent, events=25, undo=True), None),
    "POST events/batch, 25 sent again": (partial(_sent, events=25, again=True), None),
    "GET picking/rejected-events": (_reviewed, None),
    "POST picking/rejected-events/accept": (partial(_decided, decision="accept"), None),
    "POST picking/rejected-events/dismiss": (partial(_decided, decision="dismiss"), None),
    "POST assignments/{id}/assign": (_assigned, 4),
    "PATCH assignments/{id}": (_prioritised, None),
    "GET assignments/{id}/lines": (_lines, None),
    "POST assignments/{id}/lines/{n}/short": (_short, None),
    "GET picking/shorts": (_shorts, None),
    "GET picking/queue": (partial(_board, part="queue", limit="100"), None),
    "GET picking/zones": (partial(_board, part="zones"), None),
    "GET picking/pickers": (partial(_board, part="pickers"), 4),
    "GET picking/performance, 92 days": (_performance, None),
    "POST assignments/release": (partial(_ended, action="release"), None),
    "POST assignments/close": (partial(_ended, action="close", body={"reason": "Out of stock"}), None),
}
"""The scenarios, and the round trips that a large batch may take: 84 events fit into one transaction."""
