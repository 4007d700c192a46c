"""Creating boxes."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    box_id,
    close_box,
    complete_shipment,
    create_box,
    existing,
    line_record,
    loaded,
    meanwhile,
    new_box,
    packed,
    plate_record,
    shipment_id,
    shipment_record,
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


def test_boxes_are_numbered_from_one(packer: Person) -> None:
    answer = create_box(packer)
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    assert answer.json == {
        "id": box_id(1),
        "box_number": 1,
        "status": "open",
        "weight": None,
        "dimensions": UNMEASURED,
    }
    assert [create_box(packer).json["box_number"] for _ in range(3)] == [2, 3, 4]
    shipment = existing(stored_shipment())
    assert (shipment.status, shipment.boxes_count, shipment.boxes_open, shipment.boxes_empty) == ("pending", 4, 4, 4)


def test_a_box_needs_a_shipment_that_can_be_packed(world: World, packer: Person, box: str) -> None:
    for answer in (
        packer.post(f"{PACK}/box/create", {"shipment_id": NOWHERE}),
        world.person("packer", OTHER).post(f"{PACK}/box/create", {"shipment_id": shipment_id()}),
    ):
        assert (answer.status, answer.code) == (404, "SHIPMENT_NOT_FOUND")
    close_box(packer, box)
    complete_shipment(packer, allow_partial=True)
    answer = create_box(packer)
    assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")
    assert answer.json["error"]["message"] == "Cannot create a box for a shipment in state packed."
    assert answer.json["error"]["details"] == {
        "state": "packed",
        "action": "create",
        "allowed": ["cancel", "reopen"],
    }


def test_the_input_of_a_new_box_is_validated(packer: Person) -> None:
    answer = packer.post(f"{PACK}/box/create", {"shipment_id": "x", "box_number": 7})
    assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"shipment_id", "box_number"})
    assert packer.post(f"{PACK}/box/create", {}).fields == {"shipment_id": "is required"}
    also = {"shipment_id": shipment_id(), "box_number": 7}
    assert packer.post(f"{PACK}/box/create", also).fields == {"box_number": "is not expected here"}
    assert packer.post(f"{PACK}/box/create", {**also, "shipment_id": NOWHERE}).code == "VALIDATION_ERROR"


def test_a_repeated_idempotency_key_creates_one_box(world: World, packer: Person) -> None:
    first, again = (create_box(packer, idempotency_key="k") for _ in range(2))
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (201, first.text, "true")
    assert existing(stored_shipment()).boxes_count == 1
    row = audit_row(world, first.json["id"], "BOX_CREATED")
    assert (row.entity_type, diff(row)[f"shipment/{shipment_id()}.boxes_count"]) == ("box", [0, 1])


def test_two_boxes_created_at_once_get_different_numbers(packer: Person, engine: EmbeddedEngine) -> None:
    meanwhile(engine, lambda: create_box(packer))
    assert create_box(packer).json["box_number"] == 2
