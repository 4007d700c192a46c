"""Reminders and notices of work orders as they are really made: routed, assigned, carried out and given back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.maintenance import HOURS, Park
from tests.builders.notices import check_count, listed
from tests.builders.reminders import told
from tests.builders.world import Answer, Person, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def after(park: Park, hours: float) -> None:
    """So much later, with everybody signed in again; then the sweep comes by."""
    park.world.clock.advance(hours=hours)
    for name in ("manager", "ops", "lead", "tech"):
        person: Person = getattr(park, name)
        setattr(park, name, park.world.signed_in(person.org_id, person.user_id, person.role))
    park.world.sweep_maintenance()


@contextmanager
def meanwhile(engine: EmbeddedEngine, park: Park) -> Iterator[None]:
    """Let the sweep run just before the next commit."""
    with engine.before("TransactWriteItems", lambda *_: park.world.sweep_maintenance(), times=1):
        yield


@pytest.mark.parametrize("priority", HOURS)
def test_reminders_keep_to_what_the_priority_allows(park: Park, priority: str) -> None:
    order_id = park.assigned(priority=priority)
    after(park, HOURS[priority] - 2.001)
    assert told(park.tech) == [("WO_ASSIGNED", order_id)]
    after(park, 0.001)
    assert told(park.tech)[1:] == [("WO_DUE_SOON", order_id)]
    after(park, 2)
    assert told(park.tech)[2:] == []
    after(park, 0.001)
    assert told(park.tech)[2:] == told(park.lead)[1:] == [("WO_OVERDUE", order_id)]
    after(park, 1000)
    assert (len(told(park.tech)), told(park.lead)[0], len(told(park.lead))) == (3, ("WO_ROUTED", order_id), 2)
    assert told(park.manager) == [("WO_ESCALATED", order_id)]


def test_what_the_organisation_calls_soon_counts_for_what_is_routed_from_then_on(park: Park) -> None:
    first = park.assigned(item="A-1")
    admin = park.world.person("SYSTEM_ADMIN")
    path = "/v1/organisation/settings/maintenance"
    assert admin.put(path, {"dueSoonHours": 5}, if_match=admin.get(path).headers["ETag"]).status == 200
    second = park.assigned(item="A-2")
    after(park, HOURS["HIGH"] - 5)
    assert told(park.tech)[2:] == [("WO_DUE_SOON", second)]
    after(park, 3)
    assert told(park.tech)[3:] == [("WO_DUE_SOON", first)]


def test_what_was_done_in_time_reminds_nobody(park: Park) -> None:
    order_id = park.started(photo=True)
    assert park.finish(order_id).status == 200
    after(park, HOURS["HIGH"] + 1)
    assert told(park.tech) == [("WO_ASSIGNED", order_id)]


def test_what_was_given_back_tells_the_lead_why_and_reminds_whoever_gets_it(park: Park) -> None:
    order_id = park.started()
    assert park.give_back(order_id, reason="No lift").status == 200
    [item, _] = listed(park.lead)["items"]
    assert (item["type"], item["subject"], item["body"]) == (
        "WO_RETURNED",
        {"kind": "work_order", "id": order_id},
        "No lift",
    )
    assert "Mees van Dijk" in item["title"]
    after(park, HOURS["HIGH"] - 1)
    assert told(park.tech) == [("WO_ASSIGNED", order_id)]
    other = park.person("TECH")
    assert park.assign(order_id, other).status == 200
    after(park, 2)
    assert told(other) == [("WO_ASSIGNED", order_id), ("WO_OVERDUE", order_id)]
    kinds = ["WO_ROUTED", "WO_RETURNED", "WO_DUE_SOON", "WO_OVERDUE"]
    assert told(park.lead) == [(kind, order_id) for kind in kinds]


def test_what_went_to_a_colleague_reminds_the_colleague(park: Park) -> None:
    order_id, other = park.assigned(), park.person("TECH")
    assert park.assign(order_id, other).status == 200
    after(park, HOURS["HIGH"] - 1)
    assert told(park.tech) == [("WO_ASSIGNED", order_id), ("WO_REASSIGNED", order_id)]
    assert told(other) == [("WO_ASSIGNED", order_id), ("WO_DUE_SOON", order_id)]


@pytest.mark.parametrize("step", ["done", "return", "start", "assign"])
def test_a_reminder_in_the_middle_of_a_step_makes_nobody_stale(park: Park, engine: EmbeddedEngine, step: str) -> None:
    order_id = park.assigned() if step in ("start", "assign") else park.started(photo=True)
    park.world.clock.advance(hours=HOURS["HIGH"] - 1)
    for name in ("lead", "tech"):
        person: Person = getattr(park, name)
        setattr(park, name, park.world.signed_in(person.org_id, person.user_id, person.role))
    other = park.person("TECH")
    with meanwhile(engine, park):
        assert take(park, step, order_id, other).status == 200
    park.world.sweep_maintenance()
    assert Counter(told(park.tech))["WO_DUE_SOON", order_id] == 1
    check_count(park.tech)


def take(park: Park, step: str, order_id: str, other: Person) -> Answer:
    """A step on an order, of its technician or to another one."""
    steps: dict[str, Any] = {
        "done": park.finish,
        "return": park.give_back,
        "start": park.start,
        "assign": lambda order_id: park.assign(order_id, other),
    }
    answer: Answer = steps[step](order_id)
    return answer


def test_a_step_that_is_refused_tells_nobody(park: Park) -> None:
    order_id = park.started()
    assert park.finish(order_id).status == 422
    assert park.assign(order_id).status == 409
    assert (told(park.tech), told(park.lead)) == ([("WO_ASSIGNED", order_id)], [("WO_ROUTED", order_id)])


def test_a_repeated_step_tells_once(park: Park) -> None:
    order_id = park.routed()["id"]
    for _ in range(2):
        assert park.assign(order_id, idempotency_key="k").status == 200
    assert told(park.tech) == [("WO_ASSIGNED", order_id)]
    assert check_count(park.tech) == 1
