"""Audit rows of refused requests: one a second and person, with the number of those that have none."""

import pytest

from chalicelib.audit.tables import AuditRow
from chalicelib.audit.trail import Trail
from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied
from chalicelib.edge.endpoint import AuditTarget
from infra.local.engine import EmbeddedEngine
from tests.builders.world import DEMO, Person, World

ANNA, EVA = Actor(DEMO, "anna", "r1"), Actor(DEMO, "eva", "r2")


def refuse(process: Trail, actor: Actor = ANNA, times: int = 1) -> None:
    """Refuse requests of a person in a process."""
    for _ in range(times):
        process.refused(actor, AuditTarget("thing", "THING_MOVED"), "t1", AccessDenied())


def rows(world: World, actor: Actor = ANNA) -> list[AuditRow]:
    """The rows of a person, oldest first."""
    return [row for row in world.audit() if row.actor_id == actor.user_id]


def repeated(world: World, actor: Actor = ANNA) -> list[int | None]:
    """The numbers of further refusals in a person's rows."""
    return [row.repeated for row in rows(world, actor)]


@pytest.fixture
def processes(world: World) -> list[Trail]:
    """Two processes."""
    return [Trail(world.clock, world.ids) for _ in range(2)]


def test_further_refusals_within_a_second_are_counted_in_the_next_row(world: World, processes: list[Trail]) -> None:
    process = processes[0]
    refuse(process, times=5)
    world.clock.advance(milliseconds=999)
    refuse(process, times=2)
    assert repeated(world) == [None]
    world.clock.advance(milliseconds=1)
    refuse(process)
    world.clock.advance(hours=1)
    refuse(process)
    assert repeated(world) == [None, 6, None]


def test_processes_share_the_limit_and_the_count(world: World, processes: list[Trail]) -> None:
    one, other = processes
    refuse(one)
    world.clock.advance(milliseconds=500)
    refuse(other, times=3)
    assert repeated(world) == [None]
    world.clock.advance(milliseconds=500)
    refuse(one)
    assert repeated(world) == [None, 1], "the other two are known to the other process only"
    world.clock.advance(seconds=2)
    refuse(other)
    assert repeated(world) == [None, 1, 2]


def test_each_person_has_their_own_rows(world: World, processes: list[Trail]) -> None:
    refuse(processes[0], ANNA)
    refuse(processes[0], EVA)
    assert (repeated(world, ANNA), repeated(world, EVA)) == ([None], [None])


def test_a_flood_of_refusals_causes_two_writes(world: World, processes: list[Trail], engine: EmbeddedEngine) -> None:
    seen: list[str] = []
    engine.before(None, lambda operation, _: seen.append(operation))
    refuse(processes[0], times=100)
    assert seen == ["UpdateItem", "PutItem"]
    refuse(processes[1], times=100)
    assert seen[2:] == ["UpdateItem", "UpdateItem"], "the condition fails, then the refusal is counted"


def test_clients_read_how_often_requests_were_refused(world: World) -> None:
    admin, courier = world.person("SYSTEM_ADMIN"), world.person("courier")
    for _ in range(3):
        assert courier.post("/v1/orders", {}).status == 403
    world.clock.advance(seconds=1)
    last = courier.post("/v1/orders", {}, user_agent="phone/1")
    found = _found(admin, courier)
    assert [row["repeated"] for row in found] == [2, 0]
    assert found[0]["client"] == {"address": "127.0.0.1", "userAgent": "phone/1"}
    assert found[0]["entity_id"] == found[0]["request_id"] == last.headers["X-Request-Id"]


def _found(admin: Person, person: Person) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = admin.get(f"/v1/audit?actorId={person.user_id}").json["data"]
    return rows
