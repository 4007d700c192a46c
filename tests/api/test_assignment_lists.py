"""What supervisors see of picking: all assignments, filtered and in pages; one with its pickers and log."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.lists import read_pages
from tests.builders.picking import EAN, REF, Scanner, at_work, claim, line, load, record
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Person, World

LIST = "/v1/assignments"
STATUSES = ("queued", "active", "completed", "closed")


@pytest.fixture
def supervisor(world: World) -> Person:
    return world.person("supervisor")


def rows(person: Person, query: str = "", limit: int = 2) -> list[dict[str, Any]]:
    """All rows of the list, read in pages."""
    return read_pages(person, f"{LIST}?{query}" if query else LIST, limit)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["assignment_id"] for one in found]


def loaded_in_turn(world: World, number: int, **fields: Any) -> list[str]:
    """The ids of so many imported assignments, newest first, a second apart."""
    refs = [f"PA-{index}" for index in range(number)]
    for ref in refs:
        world.clock.advance(seconds=1)
        load(world, record(ref, **fields))
    return refs[::-1]


@pytest.mark.parametrize("limit", [1, 3, 7, 20])
def test_all_assignments_are_listed_once_the_last_imported_first(world: World, supervisor: Person, limit: int) -> None:
    refs = loaded_in_turn(world, 7)
    claim(world.person("picker"))
    assert ids(rows(supervisor, limit=limit)) == refs


def test_a_listed_assignment_shows_progress_and_holders(world: World, supervisor: Person) -> None:
    picker = at_work(world, priority=7)
    Scanner(world, picker).send_scans(3)
    [row] = rows(supervisor)
    assert {name: row[name] for name in row if not name.endswith("_at")} == {
        "assignment_id": REF,
        "status": "active",
        "customer": "Zomer & Zoon",
        "order_label": f"SO-{REF}",
        "role": "picker",
        "zone": "Ambient",
        "route": "North",
        "priority": 7,
        "qty": 8,
        "picked_qty": 3,
        "progress_pct": 37,
        "locations": 2,
        "holders": [picker.user_id],
    }
    assert row["created_at"] <= row["started_at"] < row["updated_at"]


def test_an_assignment_is_listed_in_its_status_and_in_no_other(world: World, supervisor: Person) -> None:
    loaded_in_turn(world, 2, lines=[line(1, 1)])
    first, second = world.person("picker"), world.person("picker")
    done = claim(first)["assignment_id"]
    Scanner(world, first, done).send_scans(1)
    active = claim(second)["assignment_id"]
    for ref in ("PA-7", "PA-8"):
        world.clock.advance(seconds=1)
        load(world, record(ref))
    assert {
        status: ids(rows(supervisor, f"status={status}")) for status in ("queued", "active", "completed", "closed")
    } == {
        "queued": ["PA-8", "PA-7"],
        "active": [active],
        "completed": [done],
        "closed": [],
    }
    third = world.person("picker")
    closed = claim(third)["assignment_id"]
    [waiting] = {"PA-7", "PA-8"} - {closed}
    assert third.post(f"/assignments/{closed}/close", {"reason": "Out of stock"}).status == 200
    [row] = rows(supervisor, "status=closed")
    assert (row["assignment_id"], row["close_reason"], row["holders"]) == (closed, "Out of stock", [])
    assert ids(rows(supervisor, "status=queued")) == [waiting]
    assert second.post(f"/assignments/{active}/release").status == 200
    assert ids(rows(supervisor, "status=active")) == []
    assert set(ids(rows(supervisor, "status=queued"))) == {active, waiting}


def test_assignments_are_listed_by_role_zone_and_holder_together(world: World, supervisor: Person) -> None:
    load(world, record("PA-1", zone="Cold"), record("PA-2"), record("PA-3", role="operative", zone="Cold"))
    picker, operative = world.person("picker"), world.person("operative")
    held = claim(picker)["assignment_id"]
    claim(operative)
    assert set(ids(rows(supervisor, "role=picker", 1))) == {"PA-1", "PA-2"}
    assert set(ids(rows(supervisor, "zone=Cold", 1))) == {"PA-1", "PA-3"}
    assert ids(rows(supervisor, "zone=Cold&role=operative", 1)) == ["PA-3"]
    assert ids(rows(supervisor, f"holder={picker.user_id}")) == [held]
    assert rows(supervisor, f"holder={picker.user_id}&role=operative") == []
    assert ids(rows(supervisor, f"holder={operative.user_id}&status=active&zone=Cold")) == ["PA-3"]
    assert rows(supervisor, f"holder={supervisor.user_id}") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status"),
        ("role=packer", "role"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("holder=x&cursor=x", "cursor"),
        ("person=x", "person"),
    ],
)
def test_a_wrong_filter_is_refused_by_its_name(supervisor: Person, query: str, field: str) -> None:
    answer = supervisor.get(f"{LIST}?{query}")
    assert (answer.status, list(answer.json["fields"])) == (422, [field])


def test_one_assignment_shows_its_pickers_with_rates_and_its_log(world: World, supervisor: Person) -> None:
    picker = at_work(world, full_name="Anna")
    scanner = Scanner(world, picker)
    scanner.send_scans(3)
    scanner.send(scanner.event("break_toggle"))
    world.clock.advance(minutes=5)
    answer = supervisor.get(f"{LIST}/{REF}")
    assert answer.status == 200
    shown = answer.json
    assert shown["pickers"] == [
        {
            "user_id": picker.user_id,
            "name": "Anna",
            "holds": True,
            "units": 3,
            "worked_seconds": 63,
            "rate": 171.4,
            "score_pct": shown["pickers"][0]["score_pct"],
            "pause": "break",
        }
    ]
    assert (shown["breaks"], shown["wraps"], shown["delays"], shown["shared"]) == (1, 0, 0, False)
    assert shown["log"][0]["message"] == "Break started"
    assert {name: shown[name] for name in rows(supervisor)[0]} == rows(supervisor)[0]


def test_who_left_an_assignment_is_still_among_its_pickers(world: World, supervisor: Person) -> None:
    anna = at_work(world, full_name="Anna")
    Scanner(world, anna).send_scans(1)
    assert anna.post(f"/assignments/{REF}/release").status == 200
    bert = world.person("picker", full_name="Bert")
    claim(bert)
    pickers = supervisor.get(f"{LIST}/{REF}").json["pickers"]
    assert [(one["name"], one["holds"], one["units"]) for one in pickers] == [("Bert", True, 0), ("Anna", False, 1)]


def test_the_lists_are_for_leads_of_the_same_organisation(world: World) -> None:
    picker = at_work(world)
    for person in (picker, world.person("packer")):
        for path in (LIST, f"{LIST}/{REF}"):
            assert person.get(path).code == "ACCESS_DENIED"
    stranger = world.person("supervisor", OTHER)
    assert rows(stranger) == []
    assert rows(stranger, f"holder={picker.user_id}") == []
    assert stranger.get(f"{LIST}/{REF}").status == 404
    assert world.call("GET", LIST).status == 401


def test_a_role_with_a_narrower_scope_does_not_see_the_list(world: World) -> None:
    admin, viewer = world.person("SYSTEM_ADMIN"), world.person("VIEW_ONLY")
    narrow = {"permissions": [{"code": "picking.assignment.read", "scope": "own"}]}
    assert admin.put("/v1/roles/VIEW_ONLY", narrow).status == 200
    assert viewer.get(LIST).code == "ACCESS_DENIED"


def test_a_list_takes_two_round_trips(world: World, supervisor: Person, engine: EmbeddedEngine) -> None:
    picker = at_work(world)
    Scanner(world, picker).send_scans(1, EAN)
    for query in ("", "?status=active", f"?holder={picker.user_id}"):
        with counted_trips(engine) as made:
            assert supervisor.get(f"{LIST}{query}").status == 200
        assert len(made) == 2, query
    with counted_trips(engine) as made:
        assert supervisor.get(f"{LIST}/{REF}").status == 200
    assert len(made) == 1
