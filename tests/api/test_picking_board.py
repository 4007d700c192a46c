"""What the picking board reads beside assignments: queues in the order of claims, zones with counts, and pickers."""

from typing import Any

import pytest

from chalicelib.picking.ledger.assignment_lane import MAX_EVENTS_AT_ONCE
from infra.local.engine import EmbeddedEngine
from tests.builders.lists import read_pages
from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    close,
    line,
    load,
    record,
    release,
    stored,
)
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Person, World

QUEUE, ZONES, PICKERS = "/v1/picking/queue", "/v1/picking/zones", "/v1/picking/pickers"


@pytest.fixture
def supervisor(world: World) -> Person:
    return world.person("supervisor", full_name="Ines")


def queue(person: Person, query: str = "", limit: int = 2) -> list[str]:
    """Return the ids of the waiting assignments, read in pages."""
    rows = read_pages(person, f"{QUEUE}?{query}" if query else QUEUE, limit)
    return [row["assignment_id"] for row in rows]


def zones(person: Person, limit: int = 100) -> dict[str, tuple[int, int]]:
    """Return how many assignments wait and are picked in each zone."""
    return {row["zone"]: (row["queued"], row["active"]) for row in read_pages(person, ZONES, limit)}


def pickers(person: Person, limit: int = 2) -> dict[str, dict[str, Any]]:
    """Return the pickers by name."""
    return {row["name"]: row for row in read_pages(person, PICKERS, limit)}


@pytest.mark.parametrize("limit", [1, 2, 20])
def test_queue_is_listed_in_the_order_of_claims(world: World, supervisor: Person, limit: int) -> None:
    priorities = {"late": 5, "first": 0, "last": 9999, "later": 5, "operative": 3}
    for ref, priority in priorities.items():
        world.clock.advance(seconds=1)
        load(world, record(ref, priority=priority, role="operative" if ref == "operative" else "picker"))
    assert queue(supervisor, limit=limit) == ["first", "operative", "late", "later", "last"]
    assert queue(supervisor, "role=picker", limit) == ["first", "late", "later", "last"]
    assert claim(world.person("picker"))["assignment_id"] == "first"
    assert queue(supervisor, "role=picker", limit) == ["late", "later", "last"]
    assert supervisor.patch("/v1/assignments/last", {"priority": 1}).status == 200
    assert queue(supervisor, limit=limit) == ["last", "operative", "late", "later"]


def test_queue_of_a_zone_leaves_out_other_zones_and_what_can_only_be_joined(world: World, supervisor: Person) -> None:
    scanner = Scanner(world, at_work(world, zone="Cold"))
    scanner.send_event("shared_pick")
    for number in range(4):
        load(world, record(f"PA-1{number}", zone="Cold" if number % 2 else "Ambient"))
    assert queue(supervisor, "zone=Cold", 1) == ["PA-11", "PA-13"]
    assert queue(supervisor, "zone=cold", 1) == []


def test_queue_shows_what_lists_show(world: World, supervisor: Person) -> None:
    load(world, record())
    assert supervisor.get(QUEUE).json["assignments"] == supervisor.get("/v1/assignments").json["assignments"]


def test_zones_count_assignments_through_all_their_states(world: World, supervisor: Person) -> None:
    load(world, record("PA-1", priority=1, lines=[line(1, 1)]), record("PA-2", zone="Cold"), record("PA-3", zone=None))
    assert zones(supervisor) == {"": (1, 0), "Ambient": (1, 0), "Cold": (1, 0)}
    anna = world.person("picker")
    claim(anna)
    assert zones(supervisor)["Ambient"] == (0, 1)
    release(anna, "PA-1")
    assert zones(supervisor)["Ambient"] == (1, 0)
    command = {"user_id": anna.user_id}
    assert supervisor.post("/v1/assignments/PA-1/assign", command).status == 200
    assert zones(supervisor)["Ambient"] == (0, 1)
    scanner = Scanner(world, anna, "PA-1")
    scanner.send_scans(1)
    assert (stored("PA-1").status, zones(supervisor)["Ambient"]) == ("completed", (0, 0))
    scanner.send_event("undo")
    assert (stored("PA-1").status, zones(supervisor)["Ambient"]) == ("active", (0, 1))
    close(anna, "PA-1")
    close(supervisor, "PA-2")
    assert zones(supervisor) == {"": (1, 0), "Ambient": (0, 0), "Cold": (0, 0)}
    check_replay(world, "PA-1", "PA-2", "PA-3")


def test_import_that_changes_the_zone_moves_the_count(world: World, supervisor: Person) -> None:
    at_work(world)
    load(world, record(zone="Cold"))
    load(world, record(zone="Cold", customer="Another"))
    assert zones(supervisor) == {"Ambient": (0, 0), "Cold": (0, 1)}
    check_replay(world)


def test_assignment_that_was_not_counted_is_counted_with_its_next_change(world: World, supervisor: Person) -> None:
    load(world, record("PA-1"), record("PA-2", zone="Cold"))
    [assignment] = [stored("PA-1")]
    world.clock.advance(seconds=1)
    assignment.update(actions=[type(assignment).counted_as.remove()])
    before = zones(supervisor)["Ambient"]
    load(world, record("PA-1", priority=1))
    assert zones(supervisor)["Ambient"] == (before[0] + 1, 0)


def test_completion_by_eight_holders_is_counted(world: World, supervisor: Person) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    scanner.send_event("shared_pick")
    for _ in range(7):
        claim(world.person("picker"))
    assert zones(supervisor)["Ambient"] == (0, 1)
    scanner.send_scans(1)
    assert (stored().status, zones(supervisor)["Ambient"]) == ("completed", (0, 0))
    assert stored().counted_as is None
    check_replay(world)


def test_completion_by_eight_holders_in_a_large_batch_is_counted_once(world: World, supervisor: Person) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    scanner.send_event("shared_pick")
    for _ in range(7):
        claim(world.person("picker"))
    load(world, record("PA-2"))
    claim(world.person("picker"))
    assert zones(supervisor)["Ambient"] == (0, 2)
    scanner.send_scans(2 * MAX_EVENTS_AT_ONCE)
    assert zones(supervisor)["Ambient"] == (0, 1)
    check_replay(world)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_zones_are_listed_once_in_pages(world: World, supervisor: Person, limit: int) -> None:
    names = ["A", "A B", "A#", "Ünterlager", "z"]
    for number in range(20):
        load(world, record(f"PA-{number}", zone=names[number % 5]))
    assert zones(supervisor, limit) == dict.fromkeys(names, (4, 0))
    assert len(read_pages(supervisor, ZONES, limit)) == 5


def test_pickers_are_listed_with_what_they_hold(world: World, supervisor: Person) -> None:
    anna = at_work(world, full_name="Anna")
    world.person("operative", full_name="Otto")
    world.person("packer", full_name="Pim")
    world.person("SYSTEM_ADMIN", full_name="Ada")
    listed = pickers(supervisor, 1)
    assert {"Anna", "Ines", "Otto"} <= set(listed)
    assert not {"Pim", "Ada"} & set(listed)
    assert listed["Anna"] == {
        "user_id": anna.user_id,
        "name": "Anna",
        "role_name": "Picker",
        "assignment_ids": [REF],
    }
    assert (listed["Otto"]["role_name"], listed["Otto"]["assignment_ids"]) == ("Warehouse operative", [])
    assert listed["Ines"]["role_name"] == "Warehouse supervisor"


def test_each_listed_picker_who_holds_nothing_can_be_given_an_assignment(world: World, supervisor: Person) -> None:
    world.person("picker", full_name="Bert")
    free = list(pickers(supervisor).values())
    for picker in free:
        load(world, record(picker["user_id"]))
        command = {"user_id": picker["user_id"]}
        assert supervisor.post(f"/v1/assignments/{picker['user_id']}/assign", command).status == 200
    held = {picker["user_id"]: picker["assignment_ids"] for picker in pickers(supervisor).values()}
    assert all(held[picker["user_id"]] == [picker["user_id"]] for picker in free)


def test_disabled_users_are_no_pickers_and_roles_of_the_organisation_are(world: World, supervisor: Person) -> None:
    admin, gone = world.person("SYSTEM_ADMIN"), world.person("picker", full_name="Gone")
    granted = [{"code": "picking.event.send", "scope": "own"}]
    role = {"code": "temp", "name": "Temporary picker", "permissions": granted}
    assert admin.post("/v1/roles", role).status == 201
    world.person("temp", full_name="Tess")
    user = admin.get(f"/v1/users/{gone.user_id}").json["data"]
    disabled = admin.patch(f"/v1/users/{gone.user_id}", {"status": "DISABLED"}, if_match=str(user["version"]))
    assert disabled.status == 200
    listed = pickers(supervisor)
    assert "Gone" not in listed
    assert listed["Tess"]["role_name"] == "Temporary picker"


def test_board_is_for_leads_of_the_same_organisation(world: World) -> None:
    picker = at_work(world)
    load(world, record("PA-2"))
    stranger = world.person("supervisor", OTHER, full_name="Strange")
    for path in (QUEUE, ZONES, PICKERS):
        assert picker.get(path).code == "ACCESS_DENIED"
        assert world.call("GET", path).status == 401
    assert (queue(stranger), zones(stranger), list(pickers(stranger))) == ([], {}, ["Strange"])


@pytest.mark.parametrize("path", [QUEUE, ZONES, PICKERS])
def test_cursor_of_another_list_is_refused(world: World, supervisor: Person, path: str) -> None:
    for number in range(3):
        load(world, record(f"PA-{number}", zone=f"Zone {number}"))
        world.person("picker")
    cursors = {one: supervisor.get(f"{one}?limit=1").json["next_cursor"] for one in (QUEUE, ZONES, PICKERS)}
    for other, cursor in cursors.items():
        answer = supervisor.get(f"{path}?cursor={cursor}")
        assert answer.status == (200 if other == path else 422)


def test_round_trips_of_the_board(world: World, supervisor: Person, engine: EmbeddedEngine) -> None:
    at_work(world)
    load(world, record("PA-2"))
    for path, trips in ((QUEUE, 2), (f"{QUEUE}?zone=Ambient", 2), (ZONES, 2), (PICKERS, 4)):
        with counted_trips(engine) as made:
            assert supervisor.get(path).status == 200
        assert len(made) == trips, path
