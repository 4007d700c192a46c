"""The lines of an assignment, and lines that are closed short."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.lists import read_pages
from tests.builders.picking import (
    EAN,
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    code,
    held_by,
    last_audit_row,
    line,
    load,
    log_messages,
    record,
    release,
    state_of,
    stored,
)
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, Person, World

SHORTS = "/v1/picking/shorts"
REASON = "Two are damaged"
ACCEPTED = "accepted"


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker with two lines."""
    return Scanner(world, at_work(world))


@pytest.fixture
def supervisor(world: World) -> Person:
    return world.person("supervisor", full_name="Ines")


def lines(person: Person, ref: str = REF) -> list[dict[str, Any]]:
    answer = person.get(f"/assignments/{ref}/lines")
    assert answer.status == 200, answer
    return list(answer.json["lines"])


def short(person: Person, number: object = 1, ref: str = REF, **body: Any) -> Answer:
    return person.post(f"/assignments/{ref}/lines/{number}/short", {"reason": REASON, **body})


def shorts(person: Person) -> list[dict[str, Any]]:
    return read_pages(person, SHORTS, 2)


def test_lines_come_in_walking_order_with_what_is_picked(world: World) -> None:
    places = {1: "B-10", 2: "B-9", 3: "A-100", 4: "B-9"}
    anna = at_work(world, lines=[line(number, 5, location=place, uom="each") for number, place in places.items()])
    Scanner(world, anna).send_scans(2)
    shown = lines(anna)
    assert [(one["line_number"], one["location"]) for one in shown] == [
        (3, "A-100"),
        (2, "B-9"),
        (4, "B-9"),
        (1, "B-10"),
    ]
    assert shown[-1] == {
        "line_number": 1,
        "sku": "SKU-1",
        "location": "B-10",
        "quantity": 5,
        "picked": 2,
        "barcodes": [EAN],
        "uom": "each",
    }


def test_short_line_is_closed_with_what_was_counted(world: World, scanner: Scanner) -> None:
    scanner.send_scans(3)
    answer = short(scanner.person)
    assert answer.status == 200, answer
    assert (answer.json["picked"], answer.json["short"]["missing"], answer.json["short"]["reason"]) == (3, 2, REASON)
    assert (answer.json["short"]["user_name"], answer.json["short"]["user_id"]) == ("Anna", scanner.person.user_id)
    assert lines(scanner.person)[0] == answer.json
    assert log_messages(scanner.state())[0] == f"Short: 3 of 5 of SKU-1 at A-01 ({REASON})"
    row = last_audit_row(world, "LINE_CLOSED_SHORT")
    assert (row.actor_id, row.entity_id) == (scanner.person.user_id, REF)
    check_replay(world)


@pytest.mark.parametrize(("quantity", "picked"), [(4, 4), (1, 1), (0, 0), (2.5, 2.5)])
def test_quantity_replaces_what_was_counted(scanner: Scanner, quantity: float, picked: float) -> None:
    scanner.send_scans(3)
    assert short(scanner.person, quantity=quantity).json["picked"] == picked
    assert float(state_of().people[scanner.person.user_id].units) == picked
    check_replay(scanner.world)


def test_assignment_completes_when_all_lines_are_complete_or_short(world: World, scanner: Scanner) -> None:
    scanner.send_scans(3, "SKU-2")
    assert stored().status == "active"
    assert short(scanner.person).status == 200
    assert (stored().status, held_by(scanner.person)) == ("completed", set())
    assert short(scanner.person).status == 200  # repeated
    check_replay(world)


def test_last_scan_after_a_short_line_completes_the_assignment(world: World, scanner: Scanner) -> None:
    short(scanner.person)
    scanner.send_scans(3, "SKU-2")
    assert stored().status == "completed"
    check_replay(world)


def test_scan_of_a_short_line_is_a_warning(scanner: Scanner) -> None:
    short(scanner.person)
    scanner.send_scans(1)
    assert log_messages(scanner.state())[0] == "! Not counted: SKU-1 at A-01 was closed short"
    assert state_of().units == 0
    check_replay(scanner.world)


def test_scan_continues_on_the_next_line_of_the_article(world: World) -> None:
    anna = Scanner(world, at_work(world, lines=[line(1, 5), line(2, 5, sku="SKU-1")]))
    short(anna.person)
    anna.send_scans(1, "SKU-1")
    assert state_of().picked == {2: 1}


def test_undo_opens_a_short_line_again(world: World, scanner: Scanner, supervisor: Person) -> None:
    scanner.send_scans(3)
    scanner.send_scans(3, "SKU-2")
    short(scanner.person, quantity=1)
    assert (stored().status, len(shorts(supervisor))) == ("completed", 1)
    world.clock.advance(seconds=1)
    scanner.send_event("undo")
    assert (stored().status, len(shorts(supervisor))) == ("active", 0)
    assert state_of().picked == {1: 3, 2: 3}
    assert log_messages(scanner.state())[0] == "Undone: the short line of SKU-1 at A-01"
    check_replay(world)


def test_many_short_lines_are_opened_again_at_once(world: World, supervisor: Person) -> None:
    anna = Scanner(world, at_work(world, lines=[line(number, 5) for number in range(1, 9)]))
    for number in range(1, 8):
        world.clock.advance(seconds=1)
        assert short(anna.person, number).status == 200
    assert len(shorts(supervisor)) == 7
    world.clock.advance(seconds=1)
    assert anna.send(*(anna.event("undo") for _ in range(6))) == [ACCEPTED] * 6
    assert [one["line_number"] for one in shorts(supervisor)] == [1]
    check_replay(world)


def test_late_scan_from_before_raises_what_was_picked(world: World, scanner: Scanner, supervisor: Person) -> None:
    offline = scanner.scan()
    world.clock.advance(seconds=5)
    short(scanner.person)
    assert scanner.send(offline) == [ACCEPTED]
    [row] = shorts(supervisor)
    assert (row["picked"], row["missing"]) == (1, 4)
    check_replay(world)


def test_late_scans_that_complete_the_line_leave_no_short(world: World, supervisor: Person) -> None:
    anna = Scanner(world, at_work(world, lines=[line(1, 1), line(2, 1)]))
    offline = anna.scan()
    world.clock.advance(seconds=5)
    short(anna.person)
    assert anna.send(offline) == [ACCEPTED]
    assert shorts(supervisor) == []
    assert state_of().picked == {1: 1}
    check_replay(world)


def test_short_lines_are_listed_the_last_closed_first(world: World, supervisor: Person) -> None:
    anna = at_work(world, lines=[line(number, 5) for number in range(1, 5)])
    for number in (2, 1, 3):
        world.clock.advance(seconds=1)
        short(anna, number, quantity=number)
    rows = shorts(supervisor)
    assert [(row["line_number"], row["picked"], row["missing"]) for row in rows] == [(3, 3, 2), (1, 1, 4), (2, 2, 3)]
    assert rows[0] == {
        "assignment_id": REF,
        "customer": "Zomer & Zoon",
        "order_label": f"SO-{REF}",
        "zone": "Ambient",
        "line_number": 3,
        "sku": "SKU-3",
        "location": "A-03",
        "quantity": 5,
        "picked": 3,
        "missing": 2,
        "reason": REASON,
        "user_id": anna.user_id,
        "user_name": "Anna",
        "at": rows[0]["at"],
    }


def test_supervisor_closes_a_line_of_an_assignment_that_waits(world: World, supervisor: Person) -> None:
    load(world, record())
    assert short(supervisor, quantity=2).status == 200
    assert (stored().status, shorts(supervisor)[0]["user_name"]) == ("queued", "Ines")
    check_replay(world)
    anna = Scanner(world, world.person("picker"))
    claim(anna.person)
    anna.send_scans(3, "SKU-2")
    assert stored().status == "completed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quantity": 5}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 0.1234567}, "quantity"),
        ({"quantity": "3"}, "quantity"),
        ({"reason": " "}, "reason"),
        ({"picked": 3}, "picked"),
    ],
)
def test_invalid_request_is_refused(scanner: Scanner, body: dict[str, Any], field: str) -> None:
    answer = short(scanner.person, **body)
    assert (answer.status, list(answer.fields)) == (422, [field])


@pytest.mark.parametrize("number", ["3", "x", "-1", "²", "99999999999999999999"])
def test_unknown_line_is_not_found(scanner: Scanner, number: str) -> None:
    assert code(short(scanner.person, number)) == (404, "NOT_FOUND")


def test_complete_line_and_finished_assignment_are_conflicts(scanner: Scanner) -> None:
    scanner.send_scans(5)
    assert code(short(scanner.person)) == (409, "WORKFLOW_VIOLATION")
    scanner.send_scans(3, "SKU-2")
    answer = short(scanner.person, 2)
    assert (code(answer), answer.json["error"]["details"]["state"]) == ((409, "WORKFLOW_VIOLATION"), "completed")


def test_only_holders_and_leads_see_and_close_lines(world: World, scanner: Scanner, supervisor: Person) -> None:
    other, stranger = world.person("picker"), world.person("supervisor", OTHER)
    for person in (other, world.person("packer")):
        assert person.get(f"/assignments/{REF}/lines").code == short(person).code == "ACCESS_DENIED"
    assert stranger.get(f"/assignments/{REF}/lines").status == short(stranger).status == 404
    assert scanner.person.get(SHORTS).code == "ACCESS_DENIED"
    assert short(scanner.person).status == 200
    assert (len(shorts(supervisor)), shorts(stranger)) == (1, [])
    release(scanner.person)
    assert scanner.person.get(f"/assignments/{REF}/lines").code == "ACCESS_DENIED"
    assert len(lines(supervisor)) == 2


def test_lists_take_one_and_two_round_trips(scanner: Scanner, supervisor: Person, engine: EmbeddedEngine) -> None:
    with counted_trips(engine) as made:
        lines(scanner.person)
    assert len(made) == 1
    with counted_trips(engine) as made:
        assert supervisor.get(SHORTS).status == 200
    assert len(made) == 2
