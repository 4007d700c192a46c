"""Loading what is to be picked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import outcome
from tests.builders.picking import IMPORT, REF, Scanner, at_work, line, load, proven, record, screen, stored, take
from tests.builders.world import OTHER, Answer, Person, World


def loaded(person: Person, *records: object, **headers: str) -> Answer:
    return person.post(IMPORT, {"records": list(records)}, **headers)


def bad(world: World, **fields: Any) -> dict[str, str]:
    """What is wrong with a record of these fields."""
    answer = loaded(world.person("supervisor"), record(**fields))
    assert (answer.status, outcome(answer)[:2]) == (207, (0, 0))
    return outcome(answer)[2][0]


def test_assignments_are_made_and_found_again_by_their_reference(world: World) -> None:
    boss = world.person("supervisor")
    assert outcome(loaded(boss, record("PA-1"), record("PA-2"))) == (2, 0, {})
    assert outcome(loaded(boss, record("PA-2", customer="Winter"), record("PA-3"))) == (1, 1, {})
    assert stored("PA-2").customer == "Winter"
    assert (int(stored("PA-1").quantity), stored("PA-1").locations, stored("PA-1").pallets) == (8, 2, 0)
    proven(world, "PA-1", "PA-2", "PA-3")


def test_the_same_file_can_be_loaded_again(world: World) -> None:
    boss = world.person("supervisor")
    loaded(boss, record())
    before = stored().version
    assert outcome(loaded(boss, record())) == (0, 1, {})
    assert stored().version == before


def test_what_need_not_be_said_need_not_be_said(world: World) -> None:
    load(world, record(zone=None, route=None))
    assert (stored().zone, stored().route, stored().priority) == ("", "", 100)


def test_what_a_record_leaves_out_stays_and_null_takes_it_away(world: World) -> None:
    load(world, record(priority=0))
    load(world, record(zone=None, route=None))
    assert (stored().zone, stored().route, stored().priority) == ("Ambient", "North", 0)
    assert (stored().queue_place or "").startswith("0#0000#")
    loaded(world.person("supervisor"), record() | {"zone": None, "route": "", "priority": None})
    assert (stored().zone, stored().route, stored().priority) == ("", "", 100)
    assert (stored().queue_place or "").startswith("0#0100#")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"ref": "PA 1"}, "assignment_ref"),
        ({"customer": ""}, "customer"),
        ({"order_label": None}, "order_label"),
        ({"role": "packer"}, "role"),
        ({"priority": -1}, "priority"),
        ({"lines": []}, "lines"),
        ({"lines": [line(1), line(1)]}, "lines"),
        ({"lines": [line(1, 0)]}, "lines.0.quantity"),
        ({"lines": [line(1, -2)]}, "lines.0.quantity"),
        ({"lines": [line(1, 1_000_001)]}, "lines.0.quantity"),
        ({"lines": [line(1, 0.1234567)]}, "lines.0.quantity"),
        ({"lines": [line(1) | {"quantity": "5"}]}, "lines.0.quantity"),
        ({"lines": [line(1) | {"quantity": True}]}, "lines.0.quantity"),
        ({"lines": [line(0)]}, "lines.0.line_number"),
        ({"lines": [line(1, sku=" ")]}, "lines.0.sku"),
        ({"lines": [line(1, colour="red")]}, "lines.0.colour"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_record_that_is_not_in_form_says_which_field(world: World, fields: dict[str, Any], named: str) -> None:
    assert named in bad(world, **fields)


def test_lines_that_no_item_could_hold_are_refused(world: World) -> None:
    codes = [f"{number:03}" + "x" * 120 for number in range(20)]
    assert set(bad(world, lines=[line(number, barcodes=codes) for number in range(1, 200)])) == {"lines"}


def test_parts_of_a_unit_can_be_wanted(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 2.5)]))
    scanner.scans(3)
    assert (str(stored().units), stored().status) == ("2.5", "completed")
    assert screen(scanner.person)["metrics"]["total_units"] == 2.5
    proven(world)


def test_once_it_is_taken_its_lines_stay_and_what_people_read_may_change(world: World) -> None:
    anna = at_work(world)
    boss = world.person("supervisor")
    answer = loaded(boss, record(lines=[line(1, 6)]), record(route="South"))
    assert outcome(answer) == (0, 1, {0: {"lines": "cannot be changed once somebody has taken it"}})
    assert take(anna)["route"] == "South"
    Scanner(world, anna).scans(1)
    proven(world)


def test_a_quantity_may_be_written_in_another_way_once_it_is_taken(world: World) -> None:
    at_work(world, lines=[line(1, 5)])
    assert outcome(loaded(world.person("supervisor"), record(lines=[line(1, 5.0)]))) == (0, 1, {})


def test_before_it_is_taken_all_may_change(world: World) -> None:
    load(world, record(), record("PA-2"))
    load(world, record(lines=[line(7, 1)], role="operative", priority=3))
    assert (int(stored().quantity), stored().priority) == (1, 3)
    assert take(world.person("operative"))["assignment_id"] == REF
    proven(world)


@pytest.mark.parametrize("lines", [[line(1, 9)], [line(1), line(2, 3, barcodes=["96385074"])]])
def test_what_is_taken_at_that_moment_keeps_its_lines(
    world: World, engine: EmbeddedEngine, lines: list[dict[str, Any]]
) -> None:
    load(world, record())
    boss, anna = world.person("supervisor"), world.person("picker")
    taken: list[object] = []
    engine.before("TransactWriteItems", lambda *_: taken.append(take(anna)), times=1)
    assert outcome(loaded(boss, record(lines=lines)))[2] == {
        0: {"lines": "cannot be changed once somebody has taken it"}
    }
    proven(world)


def test_what_is_done_does_not_change_any_more(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    scanner.scans(1)
    boss = world.person("supervisor")
    answer = loaded(boss, record(lines=[line(1, 1)], zone="Frozen"))
    assert outcome(answer)[2] == {0: {"assignment_ref": "is completed and cannot be changed"}}
    assert outcome(loaded(boss, record(lines=[line(1, 1)]))) == (0, 1, {})


def test_a_raised_priority_moves_it_forward(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"))
    load(world, record("PA-2", priority=1))
    assert take(world.person("picker"))["assignment_id"] == "PA-2"


def test_each_organisation_has_its_own_references(world: World) -> None:
    load(world, record())
    load(world, record(customer="Others"), org_id=OTHER)
    assert (stored().customer, stored(REF, OTHER).customer) == ("Zomer & Zoon", "Others")


def test_the_trail_says_what_was_loaded_and_not_every_line(world: World) -> None:
    load(world, record())
    [row] = [row for row in world.audit() if row.action_type == "ASSIGNMENT_IMPORTED"]
    diff = json.loads(row.payload_diff or "{}")
    assert (row.entity_type, row.entity_id, diff["customer"]) == ("assignment", REF, [None, "Zomer & Zoon"])
    assert not any("lines" in name for name in diff)


def test_pickers_load_nothing(world: World) -> None:
    answer = loaded(world.person("picker"), record())
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_a_replayed_import_is_answered_as_it_was(world: World) -> None:
    boss = world.person("supervisor")
    first = loaded(boss, record(), idempotency_key="k")
    assert loaded(boss, record(), idempotency_key="k").text == first.text
