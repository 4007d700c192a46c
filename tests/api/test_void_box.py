"""Voiding empty boxes."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    cancel_shipment,
    close_box,
    complete_shipment,
    create_box,
    existing,
    loaded,
    meanwhile,
    new_box,
    pack_item,
    packed,
    plate_record,
    remove_item,
    reopen_box,
    shipment_id,
    shipment_record,
    stored_box,
    stored_shipment,
    void_box,
)
from tests.builders.packing_truth import checked
from tests.builders.world import OTHER, Person, World

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, after importing SH-1 with ten of product 1, and a plate of a hundred."""
    boss = world.person("supervisor")
    loaded(boss, "shipments", shipment_record())
    loaded(boss, "license-plates", plate_record())
    return boss


@pytest.fixture
def packer(world: World, boss: Person) -> Person:
    """A packer."""
    return world.person("packer")


def numbers(packer: Person, query: str = "") -> list[int]:
    listed = packer.get(f"{PACK}/shipments/{shipment_id()}/boxes{query}").json
    assert listed["total"] == len(listed["data"])
    return [box["box_number"] for box in listed["data"]]


def test_a_voided_box_is_in_no_count_and_its_number_is_not_used_again(world: World, packer: Person) -> None:
    boxes = [new_box(packer) for _ in range(2)]
    answer = void_box(packer, boxes[1])
    assert (answer.status, answer.json["id"], answer.json["status"]) == (200, boxes[1], "voided")
    [listed] = packer.get(f"{PACK}/shipments").json["data"]
    assert (listed["boxes_count"], numbers(packer), numbers(packer, "?voided=true")) == (1, [1], [1, 2])
    assert create_box(packer).json["box_number"] == 3
    assert numbers(packer) == [1, 3]
    assert diff(audit_row(world, boxes[1], "BOX_VOIDED")) == {"status": ["open", "voided"]}
    checked()


def test_voiding_twice_changes_nothing_more(packer: Person) -> None:
    box = new_box(packer)
    first, again = void_box(packer, box), void_box(packer, box)
    assert (again.status, again.json) == (200, first.json)
    assert existing(stored_shipment()).boxes_count == 0
    checked()


def test_only_an_empty_box_can_be_voided(packer: Person, boss: Person) -> None:
    box = new_box(packer)
    content = packed(packer, box, 2)
    answer = void_box(packer, box)
    assert (answer.status, answer.code) == (400, "BOX_NOT_EMPTY")
    details = {"state": "open", "action": "void", "allowed": ["close", "pack", "remove", "void"]}
    assert answer.json["error"]["details"] == {**details, "missing": ["removal of the contents"]}
    close_box(packer, box)
    assert void_box(packer, box).code == "BOX_NOT_EMPTY"
    reopen_box(boss, box)
    remove_item(packer, box, content)
    assert void_box(packer, box).status == 200
    checked()


def test_nothing_is_packed_into_a_voided_box(packer: Person, boss: Person) -> None:
    box = new_box(packer)
    void_box(packer, box)
    assert pack_item(packer, box).code == "BOX_CLOSED"
    assert close_box(packer, box).code == "ALREADY_CLOSED"
    assert reopen_box(boss, box).code == "BOX_CLOSED"
    assert packer.get(f"{PACK}/box/{box}").json["box"]["status"] == "voided"


def test_a_shipment_of_voided_boxes_has_no_boxes(packer: Person) -> None:
    void_box(packer, new_box(packer))
    assert complete_shipment(packer, allow_partial=True).code == "NO_BOXES"


def test_no_box_of_a_packed_or_cancelled_shipment_is_voided(packer: Person, boss: Person) -> None:
    full, empty = new_box(packer), new_box(packer)
    packed(packer, full, 10)
    close_box(packer, full)
    complete_shipment(packer, allow_partial=True)
    answer = void_box(packer, empty)
    assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")
    cancel_shipment(boss)
    assert void_box(packer, empty).status == 200
    checked()


def test_a_box_is_not_voided_while_something_is_packed_into_it(packer: Person, engine: EmbeddedEngine) -> None:
    box = new_box(packer)
    meanwhile(engine, lambda: packed(packer, box))
    assert void_box(packer, box).code == "BOX_NOT_EMPTY"
    checked()


def test_nothing_is_packed_into_a_box_that_is_voided_at_the_same_moment(packer: Person, engine: EmbeddedEngine) -> None:
    box = new_box(packer)
    meanwhile(engine, lambda: void_box(packer, box))
    assert pack_item(packer, box).code == "BOX_CLOSED"
    checked()


def test_a_stale_version_is_refused(packer: Person) -> None:
    box = new_box(packer)
    remove_item(packer, box, packed(packer, box))
    assert void_box(packer, box, if_match="1").code == "VERSION_CONFLICT"
    assert void_box(packer, box, if_match=packer.get(f"{PACK}/box/{box}").headers["ETag"]).status == 200


def test_a_box_of_a_shipment_of_an_earlier_version_keeps_its_number(world: World, packer: Person) -> None:
    boxes = [new_box(packer) for _ in range(2)]
    shipment = existing(stored_shipment())
    world.run(lambda work: work.update(shipment, {"last_box_number": None}))
    void_box(packer, boxes[1])
    assert create_box(packer).json["box_number"] == 3
    checked()


def test_unknown_boxes_and_those_of_others_are_not_found(world: World, packer: Person) -> None:
    box = new_box(packer)
    assert void_box(packer, NOWHERE).status == 404
    assert void_box(world.person("packer", OTHER), box).status == 404
    assert existing(stored_box(box)).status == "open"
