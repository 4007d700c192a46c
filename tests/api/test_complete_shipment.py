"""Completing shipments."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    close_box,
    complete_shipment,
    existing,
    line_id,
    line_record,
    loaded,
    meanwhile,
    new_box,
    packed,
    plate_id,
    plate_record,
    reopen_box,
    shipment_id,
    shipment_record,
    stored_box,
    stored_shipment,
)
from tests.builders.world import OTHER, Person, World

PACKING_ACTIONS = ["cancel", "complete", "create", "pack", "remove", "reopen-box", "void"]


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, who imports."""
    return world.person("supervisor")


@pytest.fixture
def packer(world: World) -> Person:
    """A packer."""
    return world.person("packer")


@pytest.fixture
def box(boss: Person, packer: Person) -> str:
    """The id of the first box of SH-1, an unpacked order of ten of product 1 and five of product 2."""
    loaded(boss, "shipments", shipment_record("SH-1", line_record(1), line_record(2, quantity=5)))
    loaded(boss, "license-plates", plate_record("LP-1"), plate_record("LP-2", 2))
    return new_box(packer)


def second() -> dict[str, str]:
    """Return the ids that pack product 2 for line 2."""
    return {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}


def numbers(person: Person, query: str = "") -> list[str]:
    """Return the numbers of the listed shipments."""
    answer = person.get(f"{PACK}/shipments{query}")
    assert answer.status == 200, answer
    return [one["shipment_number"] for one in answer.json["data"]]


def test_a_shipment_with_everything_in_closed_boxes_is_completed(world: World, packer: Person, box: str) -> None:
    packed(packer, box, 10)
    packed(packer, box, 5, **second())
    close_box(packer, box)
    answer = complete_shipment(packer)
    assert answer.status == 200
    assert answer.json == {
        "id": shipment_id(),
        "shipment_number": "SH-1",
        "status": "packed",
        "lines_total": 2,
        "lines_packed": 2,
        "boxes_count": 1,
    }
    assert answer.headers["ETag"] == f'"{existing(stored_shipment()).version}"'
    assert diff(audit_row(world, shipment_id(), "SHIPMENT_PACKED")) == {"status": ["packing", "packed"]}


def test_refused_completions_have_the_codes_of_the_contract(
    world: World, boss: Person, packer: Person, box: str
) -> None:
    def code(**fields: Any) -> str:
        answer = complete_shipment(packer, **fields)
        assert answer.status == 400, answer
        return answer.code

    loaded(boss, "shipments", shipment_record("SH-2"))
    answer = complete_shipment(packer, "SH-2", allow_partial=True)
    assert (answer.status, answer.code) == (400, "NO_BOXES")
    assert (code(), code(allow_partial=True)) == ("OPEN_BOXES", "UNPACKED_ITEMS")
    packed(packer, box, 10)
    assert (code(), code(allow_partial=True)) == ("OPEN_BOXES", "OPEN_BOXES")
    close_box(packer, box)
    assert (code(), code(allow_partial=False)) == ("UNPACKED_ITEMS", "UNPACKED_ITEMS")
    details = complete_shipment(packer).json["error"]["details"]
    assert (details["state"], details["action"], details["missing"]) == ("packing", "complete", ["packed items"])
    assert (details["allowed"], details["lines_complete"]) == (PACKING_ACTIONS, 1)
    assert complete_shipment(packer, allow_partial=True).status == 200
    assert (code(), code(allow_partial=True)) == ("SHIPMENT_NOT_PACKABLE", "SHIPMENT_NOT_PACKABLE")
    for person, number in ((packer, "SH-9"), (world.person("packer", OTHER), "SH-1")):
        answer = complete_shipment(person, number)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_a_partial_completion_ignores_boxes_that_were_never_used(packer: Person, box: str) -> None:
    packed(packer, box, 10)
    packed(packer, box, 5, **second())
    empty = new_box(packer)
    close_box(packer, box)
    assert complete_shipment(packer).code == "OPEN_BOXES"
    assert complete_shipment(packer, allow_partial=True).json["status"] == "packed"
    assert existing(stored_box(empty)).status == "open"


def test_the_input_of_a_completion_is_validated(packer: Person, box: str) -> None:
    answer = packer.post(f"{PACK}/complete", {"shipment_id": "x", "allow_partial": "yes"})
    assert (answer.status, set(answer.fields)) == (400, {"shipment_id", "allow_partial"})
    packed(packer, box, 10)
    answer = complete_shipment(packer, allow_partial="yes")
    assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"allow_partial"})
    assert existing(stored_shipment()).status == "packing"


def test_a_repeated_idempotency_key_completes_the_shipment_once(packer: Person, box: str) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    body = {"shipment_id": shipment_id(), "allow_partial": True}
    first, again = (packer.post(f"{PACK}/complete", body, idempotency_key="k") for _ in range(2))
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")
    assert packer.post(f"{PACK}/complete", body).code == "SHIPMENT_NOT_PACKABLE"


def test_a_stale_version_of_the_shipment_is_refused(packer: Person, box: str) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    body = {"shipment_id": shipment_id(), "allow_partial": True}
    answer = packer.post(f"{PACK}/complete", body, if_match="1")
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    version = packer.get(f"{PACK}/shipments/{shipment_id()}/boxes").headers["ETag"]
    assert packer.post(f"{PACK}/complete", body, if_match=version).status == 200


def test_a_shipment_with_a_box_reopened_at_the_same_moment_is_not_completed(
    packer: Person, boss: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    meanwhile(engine, lambda: reopen_box(boss, box))
    assert complete_shipment(packer, allow_partial=True).code == "OPEN_BOXES"
    assert existing(stored_shipment()).status == "packing"


def test_a_box_of_a_shipment_completed_at_the_same_moment_is_not_reopened(
    packer: Person, boss: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    meanwhile(engine, lambda: complete_shipment(packer, allow_partial=True))
    assert reopen_box(boss, box).code == "SHIPMENT_NOT_PACKABLE"
    assert existing(stored_box(box)).status == "closed"
