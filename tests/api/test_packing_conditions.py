"""The condition of each change that packing stages: another request changes something between read and write.

Several conditions often fail for the same change, so a test could pass without one of them. Here each test is arranged
so that one condition alone fails: the shipment is in packing, both boxes have contents, and line 1 is overpacked unless
the line itself is meant.
"""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws
from tests.builders.packing import (
    PACK,
    close_box,
    complete_shipment,
    create_box,
    existing,
    line_id,
    line_record,
    load,
    loaded,
    meanwhile,
    new_box,
    pack_item,
    packed,
    plate_id,
    plate_record,
    remove_item,
    reopen_box,
    set_prefix,
    shipment_record,
    stored_box,
    stored_plate,
    stored_shipment,
)
from tests.builders.packing_truth import checked
from tests.builders.world import Person, World

SHIPMENTS, PLATES = "shipments", "license-plates"
SECOND = {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}


@pytest.fixture
def boss(world: World) -> Person:
    """Ten of product 1 and five of product 2 are ordered; there is a plate of a hundred for each."""
    person = world.person("supervisor")
    loaded(person, SHIPMENTS, shipment_record("SH-1", line_record(1), line_record(2, quantity=5)))
    loaded(person, PLATES, plate_record("LP-1"), plate_record("LP-2", 2))
    return person


@pytest.fixture
def boxes(boss: Person) -> tuple[str, str]:
    """Two boxes with one of product 2 in each."""
    first, second = new_box(boss), new_box(boss)
    for box in (first, second):
        packed(boss, box, 1, **SECOND)
    return first, second


def refused(person: Person, dataset: str, record: dict[str, Any]) -> list[str]:
    """Return the fields for which a record is refused."""
    return list(flaws(load(person, dataset, record)))


def test_packing_fails_if_the_plate_was_emptied(boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine) -> None:
    packed(boss, boxes[0], 10)
    meanwhile(engine, lambda: packed(boss, boxes[1], 88))
    assert pack_item(boss, boxes[0], 3).code == "QUANTITY_EXCEEDS_AVAILABLE"
    checked()


def test_packing_fails_if_the_plate_is_no_longer_allocated(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    meanwhile(engine, lambda: loaded(boss, PLATES, plate_record("LP-1", allocations=[])))
    assert pack_item(boss, boxes[0], 1).code == "LP_NOT_ALLOCATED"
    assert existing(stored_plate()).packed == 0


def test_packing_runs_again_if_the_line_was_begun_and_completed(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    meanwhile(engine, lambda: packed(boss, boxes[1], 9))
    packed(boss, boxes[0], 1)
    checked()


def test_removal_runs_again_if_the_line_was_reduced(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    mine, theirs = packed(boss, boxes[0], 4), packed(boss, boxes[1], 6)
    meanwhile(engine, lambda: remove_item(boss, boxes[1], theirs))
    assert remove_item(boss, boxes[0], mine).status == 204
    checked()


def test_packing_runs_again_if_the_box_got_its_first_item(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    packed(boss, boxes[0], 11)
    box = new_box(boss)
    meanwhile(engine, lambda: packed(boss, box, 1))
    packed(boss, box, 1)
    checked()


def test_removal_runs_again_if_the_box_lost_its_other_items(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    packed(boss, boxes[0], 11)
    box = new_box(boss)
    mine, theirs = packed(boss, box, 1), packed(boss, box, 1)
    meanwhile(engine, lambda: remove_item(boss, box, theirs))
    assert remove_item(boss, box, mine).status == 204
    checked()


def test_creating_a_box_fails_if_the_shipment_was_completed(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    for box in boxes:
        close_box(boss, box)
    meanwhile(engine, lambda: complete_shipment(boss, allow_partial=True))
    assert create_box(boss).code == "SHIPMENT_NOT_PACKABLE"
    assert existing(stored_shipment()).boxes_count == 2
    checked()


def test_closing_fails_if_the_box_was_closed(boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine) -> None:
    meanwhile(engine, lambda: close_box(boss, boxes[0], weight=2))
    assert close_box(boss, boxes[0], weight=3).code == "ALREADY_CLOSED"
    assert existing(stored_box(boxes[0])).weight == 2
    checked()


def test_closing_fails_if_the_box_no_longer_has_the_requested_version(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    version = boss.get(f"{PACK}/box/{boxes[0]}").headers["ETag"]
    meanwhile(engine, lambda: packed(boss, boxes[0], 1))
    answer = boss.post(f"{PACK}/box/close", {"box_id": boxes[0]}, if_match=version)
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert existing(stored_box(boxes[0])).status == "open"


def test_reopening_fails_if_the_box_was_reopened(boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine) -> None:
    close_box(boss, boxes[0])
    meanwhile(engine, lambda: reopen_box(boss, boxes[0]))
    assert reopen_box(boss, boxes[0]).code == "ALREADY_OPEN"
    checked()


def test_closing_keeps_an_sscc_given_at_the_same_moment(
    world: World, boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    admin = world.person("SYSTEM_ADMIN")
    set_prefix(admin)
    given: list[str] = []

    def close_and_open() -> None:
        set_prefix(admin, gs1_company_prefix="4012345")  # whose counters are others
        given.append(close_box(boss, boxes[0]).json["sscc"])
        reopen_box(boss, boxes[0])

    meanwhile(engine, close_and_open)
    assert close_box(boss, boxes[0]).json["sscc"] == given[0]
    checked()


def test_an_imported_shipment_is_refused_if_its_packing_began(boss: Person, engine: EmbeddedEngine) -> None:
    box = new_box(boss)
    meanwhile(engine, lambda: packed(boss, box, 1))
    record = shipment_record("SH-1", line_record(1), line_record(2, quantity=5), so_number="SO-NEW")
    assert refused(boss, SHIPMENTS, record) == ["so_number"]
    assert existing(stored_shipment()).status == "packing"
    checked()


def test_an_imported_plate_is_refused_if_its_line_got_another_product(boss: Person, engine: EmbeddedEngine) -> None:
    lines = line_record(1, sku="OTHER"), line_record(2, quantity=5)
    meanwhile(engine, lambda: loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines)))
    assert refused(boss, PLATES, plate_record("LP-1", quantity=50)) == ["allocations.0.line_number"]
    assert existing(stored_plate()).quantity == 100


def test_an_imported_plate_is_refused_if_some_of_it_was_packed(
    boss: Person, boxes: tuple[str, str], engine: EmbeddedEngine
) -> None:
    meanwhile(engine, lambda: packed(boss, boxes[0], 60))
    assert refused(boss, PLATES, plate_record("LP-1", quantity=50)) == ["quantity"]
    checked()
