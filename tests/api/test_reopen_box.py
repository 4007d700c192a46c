"""Reopening closed boxes."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    calls_of,
    close_box,
    complete_shipment,
    existing,
    line_record,
    loaded,
    new_box,
    pack_item,
    packed,
    plate_record,
    reopen_box,
    shipment_record,
    stored_box,
    stored_shipment,
)
from tests.builders.world import OTHER, Person, World

NOWHERE = "00000000-0000-4000-8000-000000000000"
UNMEASURED = {"length": None, "width": None, "height": None}


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, after importing SH-1 with ten of product 1, and a plate of a hundred."""
    boss = world.person("supervisor")
    loaded(boss, "shipments", shipment_record("SH-1", line_record(unit_weight=0.3)))
    loaded(boss, "license-plates", plate_record())
    return boss


@pytest.fixture
def packer(world: World, boss: Person) -> Person:
    """A packer."""
    return world.person("packer")


@pytest.fixture
def box(packer: Person) -> str:
    """The id of the first box, with four of product 1 in it."""
    box = new_box(packer)
    packed(packer, box, 4)
    return box


def test_a_reopened_box_has_no_weight_and_dimensions(world: World, packer: Person, boss: Person, box: str) -> None:
    close_box(packer, box, weight=1.25, length=40)
    answer = reopen_box(boss, box, "One too many")
    assert answer.status == 200
    assert answer.json == {
        "id": box,
        "box_number": 1,
        "status": "open",
        "weight": None,
        "dimensions": UNMEASURED,
        "sscc": None,
    }
    assert pack_item(packer, box, 1).status == 201
    assert existing(stored_shipment()).boxes_open == 1
    changed = diff(audit_row(world, box, "BOX_REOPENED"))
    assert changed["reopen_reason"] == [None, "One too many"]
    assert changed["weight"] == [1.25, None]
    assert close_box(packer, box).json["weight"] is None


def test_refused_reopenings_have_the_codes_of_the_contract(
    world: World, packer: Person, boss: Person, box: str, engine: EmbeddedEngine
) -> None:
    answer = reopen_box(boss, box)
    assert (answer.status, answer.code) == (400, "ALREADY_OPEN")
    close_box(packer, box)
    for person, unknown in ((boss, NOWHERE), (world.person("supervisor", OTHER), box)):
        answer = reopen_box(person, unknown)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        answer = reopen_box(person, unknown, "")
        assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"reason"})
    answer = boss.post(f"{PACK}/box/reopen", {"box_id": box, "reason": " "})
    assert (answer.status, set(answer.fields)) == (400, {"reason"})
    complete_shipment(packer, allow_partial=True)
    calls = calls_of(engine)
    answer = reopen_box(boss, box)
    assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")
    assert answer.json["error"]["details"] == {
        "state": "packed",
        "action": "reopen-box",
        "allowed": ["cancel", "reopen"],
    }
    assert calls.count("TransactWriteItems") == 1
    assert existing(stored_box(box)).status == "closed"


def test_packers_cannot_reopen_boxes(packer: Person, box: str) -> None:
    close_box(packer, box)
    answer = reopen_box(packer, box)
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
