"""The endpoints of maintenance, in a zone with two dozen open work orders, most of them of one technician."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders.maintenance import CHECKLIST, ITEMS, RIDE, Park, stored
from tests.builders.schedules import PATH as SCHEDULES
from tests.builders.schedules import schedule_body, scheduled
from tests.builders.world import Person

SITUATION = "repairs"
ASSIGNED, DONE = 15, 10
_PART = {"name": "Latch LB-4", "quantity": 2, "unitCost": 18.95, "currency": "EUR"}


@cache
def _zone(stage: Stage) -> tuple[Park, dict[str, str]]:
    """A zone, and an order in each state in which a step can begin; all users have sockets."""
    park = Park(stage.world)
    other = park.person("TECH")
    for person in (park.tech, other, park.lead):
        person.socket("staff")
    for number in range(ASSIGNED):
        park.assigned(item=ITEMS[number % 3], priority="LOW" if number % 2 else "CRITICAL")
    for _ in range(DONE):
        park.finish(park.started(photo=True))
    orders = {
        "routed": str(park.routed()["id"]),
        "assigned": park.assigned(),
        "in_progress": park.started(),
        "other": park.started(other),
        "with_photo": park.started(photo=True),
        "returned": park.started(),
        "on_hold": park.started(),
        "outsourced": park.outsourced(photo=True),
        "done": park.done(),
    }
    park.give_back(orders["returned"])
    park.hold(orders["on_hold"])
    return park, orders


def _asked(stage: Stage, path: str, role: str = "tech", state: str | None = None) -> Hit:
    park, orders = _zone(stage)
    names = {"work_order_id": orders["with_photo"], "checklist_ref": CHECKLIST, "ride_code": RIDE}
    params = {name: value for name, value in names.items() if f"{{{name}}}" in path}
    query = {} if state is None else {"state": state}
    person: Person = getattr(park, role)
    return Hit("GET", path, person, params=params, query=query)


def _routed(stage: Stage) -> Hit:
    park, _ = _zone(stage)
    return Hit("POST", "/v1/work-orders", park.ops, park.finding(), status=201)


def _handed(stage: Stage, address: str, state: str) -> Hit:
    park, orders = _zone(stage)
    bodies = {
        "/assign": {"technicianId": park.tech.user_id},
        "/outsource": {"vendor": "Vekoma"},
        "/vendor-done": {"fixNote": "Motor replaced", "cost": 480, "currency": "EUR"},
        "/hold": {"reason": "PARTS"},
        "/cancel": {"reason": "Not needed"},
        "/reopen": {"reason": "It broke again"},
        "": {"priority": "LOW"},
    }
    params = {"work_order_id": orders[state]}
    return Hit("PATCH", f"/v1/work-orders/{{work_order_id}}{address}", park.lead, bodies.get(address), params)


@cache
def _recorded(stage: Stage) -> tuple[str, str, str]:
    """An order with fifty comments of six people, labour and parts; its id, and those of the last labour and part."""
    park, _ = _zone(stage)
    order_id = park.started()
    path = f"/v1/work-orders/{order_id}"
    people = [park.ops, park.lead, park.tech, *(park.person("OPS_TL") for _ in range(3))]
    for number in range(50):
        people[number % 6].post(f"{path}/comments", {"text": f"The latch of row {number} is worn too."})
    added = {
        kind: [str(park.tech.post(f"{path}/{kind}", body).json["id"]) for _ in range(10)]
        for kind, body in (("labour", {"minutes": 25, "note": "Fetched the latch"}), ("parts", _PART))
    }
    return order_id, added["labour"][-1], added["parts"][-1]


def _recording(stage: Stage, method: str, address: str = "", body: object = None, role: str = "tech") -> Hit:
    """A call on the order with comments, labour and parts."""
    park, _ = _zone(stage)
    order_id, labour_id, part_id = _recorded(stage)
    params = {"work_order_id": order_id, "labour_id": labour_id, "part_id": part_id}
    path = f"/v1/work-orders/{{work_order_id}}{address}"
    status = {"POST": 201, "DELETE": 204, "GET": 200}[method]
    named = {name: value for name, value in params.items() if f"{{{name}}}" in path}
    return Hit(method, path, getattr(park, role), body, named, status=status)


def _step(stage: Stage, address: str, state: str, *, key: str | None = None) -> Hit:
    park, orders = _zone(stage)
    bodies = {"done": {"fixNote": "Latch replaced"}, "return": {"reason": "Needs a lift"}}
    headers = {"if-match": str(stored(orders[state]).version)} | ({"idempotency-key": key} if key else {})
    params = {"work_order_id": orders[state]}
    path = f"/v1/work-orders/{{work_order_id}}/{address}"
    return Hit("PATCH", path, park.tech, bodies.get(address), params, headers=headers)


@cache
def _schedule_id(stage: Stage) -> str:
    return str(scheduled(_zone(stage)[0], rrule="FREQ=MONTHLY;BYDAY=1MO", leadDays=3)["id"])


def _scheduled(stage: Stage, method: str, address: str = "", body: object = None, status: int = 200) -> Hit:
    """A call on a schedule; without an address on all of them."""
    schedule_id = _schedule_id(stage)
    params = {"schedule_id": schedule_id} if address else {}
    return Hit(method, f"{SCHEDULES}{address}", _zone(stage)[0].lead, body, params, status=status)


def _new_schedule(stage: Stage) -> Hit:
    park, _ = _zone(stage)
    return Hit("POST", SCHEDULES, park.ops, schedule_body(park, rrule="FREQ=MONTHLY;BYDAY=1MO"), status=201)


def _report(stage: Stage, role: str) -> Hit:
    park, _ = _zone(stage)
    now = stage.world.clock.now().date()
    query = {"from": str(now - timedelta(days=365)), "to": str(now), "by": "technician"}
    person: Person = getattr(park, role)
    return Hit("GET", "/v1/reports/work-orders", person, query=query)


REPAIRS: dict[str, Callable[[Stage], Hit]] = {
    "GET me/dashboard": partial(_asked, path="/v1/me/dashboard"),
    "GET me/work-orders": partial(_asked, path="/v1/me/work-orders"),
    "GET me/work-orders, overdue": partial(_asked, path="/v1/me/work-orders", state="overdue"),
    "GET work-orders, of a zone": partial(_asked, path="/v1/work-orders", role="lead"),
    "GET work-orders, of all": partial(_asked, path="/v1/work-orders", role="manager", state="assigned"),
    "GET technicians": partial(_asked, path="/v1/technicians", role="lead"),
    "GET work-orders/{id}": partial(_asked, path="/v1/work-orders/{work_order_id}"),
    "GET work-orders/{id}, with comments": partial(_recording, method="GET"),
    "GET work-orders/comments": partial(_recording, method="GET", address="/comments"),
    "GET work-orders/people": partial(_recording, method="GET", address="/people"),
    "POST work-orders/comments": partial(
        _recording, method="POST", address="/comments", body={"text": "Which latch?"}, role="lead"
    ),
    "POST work-orders/labour": partial(_recording, method="POST", address="/labour", body={"minutes": 25}),
    "DELETE work-orders/labour": partial(_recording, method="DELETE", address="/labour/{labour_id}"),
    "POST work-orders/parts": partial(_recording, method="POST", address="/parts", body=_PART),
    "DELETE work-orders/parts": partial(_recording, method="DELETE", address="/parts/{part_id}"),
    "GET checklists/{ref}": partial(_asked, path="/v1/checklists/{checklist_ref}", role="ops"),
    "GET rides": partial(_asked, path="/v1/rides", role="lead"),
    "GET checklists": partial(_asked, path="/v1/checklists", role="lead"),
    "GET rides/{code}/work-orders": partial(_asked, path="/v1/rides/{ride_code}/work-orders", role="lead"),
    "GET reports/work-orders, of a zone, 366 days": partial(_report, role="lead"),
    "GET reports/work-orders, of all, 366 days": partial(_report, role="manager"),
    "POST work-orders": _routed,
    "GET schedules": partial(_scheduled, method="GET"),
    "GET schedules/{id}": partial(_scheduled, method="GET", address="/{schedule_id}"),
    "GET schedules/{id}/preview": partial(_scheduled, method="GET", address="/{schedule_id}/preview"),
    "POST schedules": _new_schedule,
    "PATCH schedules/{id}": partial(
        _scheduled, method="PATCH", address="/{schedule_id}", body={"rrule": "FREQ=WEEKLY;BYDAY=MO"}
    ),
    "DELETE schedules/{id}": partial(_scheduled, method="DELETE", address="/{schedule_id}", status=204),
    "PATCH work-orders/assign": partial(_handed, address="/assign", state="routed"),
    "PATCH work-orders/assign, returned": partial(_handed, address="/assign", state="returned"),
    "PATCH work-orders/assign, in progress": partial(_handed, address="/assign", state="other"),
    "PATCH work-orders/outsource": partial(_handed, address="/outsource", state="routed"),
    "PATCH work-orders/vendor-done": partial(_handed, address="/vendor-done", state="outsourced"),
    "PATCH work-orders/recall": partial(_handed, address="/recall", state="outsourced"),
    "PATCH work-orders/hold": partial(_handed, address="/hold", state="in_progress"),
    "PATCH work-orders/resume": partial(_handed, address="/resume", state="on_hold"),
    "PATCH work-orders/cancel": partial(_handed, address="/cancel", state="assigned"),
    "PATCH work-orders/reopen": partial(_handed, address="/reopen", state="done"),
    "PATCH work-orders": partial(_handed, address="", state="assigned"),
    "PATCH work-orders/start": partial(_step, address="start", state="assigned"),
    "PATCH work-orders/done": partial(_step, address="done", state="with_photo"),
    "PATCH work-orders/done, with a key": partial(_step, address="done", state="with_photo", key="a-key"),
    "PATCH work-orders/return": partial(_step, address="return", state="in_progress"),
}

TRIPS = {
    "POST work-orders": 8,
    "PATCH work-orders/recall": 7,
    "PATCH work-orders/reopen": 8,
    "GET technicians": 3,
    "GET work-orders/people": 3,
    "GET rides": 3,
    "GET checklists": 3,
    "GET rides/{code}/work-orders": 3,
}
"""The round trips of steps with those of the follow-up that tells the leads, of which the commit comes before its
delivery. Lists of users by what they may do read the roles first; lists from the index of keys read the items last."""

WRITES = {
    "POST work-orders/comments": 48,
    "PATCH work-orders/assign": 20,
    "PATCH work-orders/assign, returned": 20,
    "PATCH work-orders/hold": 12,
    "PATCH work-orders/resume": 12,
}
"""The write units of some steps, without delivery. The comment is told to five people, at seven units each."""
