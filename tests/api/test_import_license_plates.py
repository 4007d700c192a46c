"""Importing license plates and their allocations; packed items are never contradicted."""

from decimal import Decimal
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws, outcome
from tests.builders.packing import (
    PACK,
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
    shipment_id,
    shipment_record,
    stored_plate,
)
from tests.builders.world import OTHER, Person, World

SHIPMENTS, PLATES = "shipments", "license-plates"


def looked_up(person: Person, number: str = "LP-1", shipment: str = "SH-1") -> dict[str, Any]:
    answer = person.get(f"{PACK}/lookup/{number}?shipment_id={shipment_id(shipment)}")
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.json["data"]
    return found


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, after importing SH-1 with two lines and SH-2 with one."""
    person = world.person("supervisor")
    loaded(person, SHIPMENTS, shipment_record("SH-1", line_record(1), line_record(2)), shipment_record("SH-2"))
    return person


def test_a_plate_has_the_values_of_its_record(boss: Person) -> None:
    answer = load(boss, PLATES, plate_record(quantity=12.5))
    assert (answer.status, outcome(answer)) == (200, (1, 0, {}))
    found = looked_up(boss)
    assert found["lp"] == {
        "id": plate_id(),
        "lp_number": "LP-1",
        "product_id": found["lp"]["product_id"],
        "product_name": "Product 1",
        "quantity": 12.5,
        "lot_number": "LOT-7",
        "expiry": None,
        "uom": "EA",
        "allergens": [],
    }
    assert (found["allocated"], found["so_line_id"], found["available_qty"]) == (True, line_id(1), 12.5)
    assert (looked_up(boss, shipment="SH-2")["allocated"]) is False


def test_plates_of_one_product_share_its_id(boss: Person) -> None:
    loaded(boss, PLATES, plate_record("A"), plate_record("B"), plate_record("C", 2))
    ids = [looked_up(boss, number)["lp"]["product_id"] for number in ("A", "B", "C")]
    assert ids[0] == ids[1] != ids[2]


def test_a_plate_may_be_allocated_to_several_shipments_or_to_none(boss: Person) -> None:
    loaded(boss, PLATES, plate_record("LP-1", 1, "SH-1", "SH-2"), {**plate_record("LP-2"), "allocations": []})
    assert [looked_up(boss, "LP-1", number)["so_line_id"] for number in ("SH-1", "SH-2")] == [
        line_id(1, "SH-1"),
        line_id(1, "SH-2"),
    ]
    assert looked_up(boss, "LP-2")["allocated"] is False


def test_an_unpacked_plate_may_get_another_product(boss: Person) -> None:
    loaded(boss, PLATES, plate_record())
    record = plate_record("LP-1", 2, "SH-1", quantity=7, lot_number=None)
    assert outcome(load(boss, PLATES, record)) == (0, 1, {})
    found = looked_up(boss)
    assert (found["lp"]["product_name"], found["lp"]["lot_number"]) == ("Product 2", None)
    assert (found["so_line_id"], found["available_qty"]) == (line_id(2), 7)


def test_omitted_fields_stay(boss: Person) -> None:
    loaded(boss, PLATES, plate_record())
    record = plate_record(quantity=50)
    del record["lot_number"], record["allocations"]
    loaded(boss, PLATES, record)
    found = looked_up(boss)
    assert (found["lp"]["lot_number"], found["allocated"], found["available_qty"]) == ("LOT-7", True, 50)


def test_the_same_record_again_changes_nothing(boss: Person) -> None:
    loaded(boss, PLATES, plate_record())
    before = stored_plate()
    assert before is not None
    assert outcome(load(boss, PLATES, plate_record())) == (0, 1, {})
    after = stored_plate()
    assert after is not None
    assert after.attribute_values == before.attribute_values


def test_every_bad_field_is_named(boss: Person) -> None:
    bad = {"lp_number": "LP 1 ", "sku": "", "quantity": -1, "lot_number": "", "colour": "red"}
    allocations = [{"shipment_number": "SH-1", "line_number": "1"}, {"line_number": 0}]
    assert sorted(flaws(load(boss, PLATES, {**bad, "allocations": allocations}))) == [
        "allocations.0.line_number",
        "allocations.1.line_number",
        "allocations.1.shipment_number",
        "colour",
        "lot_number",
        "lp_number",
        "product_name",
        "quantity",
        "sku",
    ]


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"allocations": [{"shipment_number": "SH-9", "line_number": 1}]}, "allocations.0.shipment_number"),
        ({"allocations": [{"shipment_number": "SH-1", "line_number": 9}]}, "allocations.0.line_number"),
        ({"allocations": [{"shipment_number": "SH-1", "line_number": 2}]}, "allocations.0.line_number"),
        ({"allocations": [{"shipment_number": "SH-1", "line_number": 1}] * 2}, "allocations"),
        ({"quantity": 0.1234567}, "quantity"),
    ],
)
def test_a_plate_is_allocated_to_existing_lines_of_its_product(boss: Person, fields: dict[str, Any], flaw: str) -> None:
    assert list(flaws(load(boss, PLATES, plate_record(**fields)))) == [flaw]
    assert stored_plate() is None


def test_shipments_of_another_organisation_do_not_exist(world: World, boss: Person) -> None:
    theirs = world.person("supervisor", OTHER)
    assert list(flaws(load(theirs, PLATES, plate_record()))) == ["allocations.0.shipment_number"]


# --- what is packed stays true -----------------------------------------------------------------------------------


@pytest.fixture
def half_packed(boss: Person) -> tuple[Person, str, str]:
    """The supervisor, a box and a content: forty of a plate of a hundred are packed."""
    loaded(boss, PLATES, plate_record("LP-1", 1, "SH-1", "SH-2"))
    box = new_box(boss)
    return boss, box, packed(boss, box, 40)


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"quantity": 39.999999}, "quantity"),
        ({"sku": "OTHER", "allocations": []}, "sku"),
        ({"lot_number": "LOT-8"}, "lot_number"),
        ({"lot_number": None}, "lot_number"),
        ({"allocations": [{"shipment_number": "SH-2", "line_number": 1}]}, "allocations"),
        ({"allocations": []}, "allocations"),
    ],
)
def test_a_packed_plate_keeps_its_product_lot_and_packed_quantity(
    half_packed: tuple[Person, str, str], fields: dict[str, Any], flaw: str
) -> None:
    boss, _, _ = half_packed
    before = stored_plate()
    assert flaw in flaws(load(boss, PLATES, plate_record("LP-1", 1, "SH-1", "SH-2", **fields)))
    after = stored_plate()
    assert before is not None
    assert after is not None
    assert after.attribute_values == before.attribute_values


def test_the_remaining_quantity_follows_the_quantity(half_packed: tuple[Person, str, str]) -> None:
    boss, box, content = half_packed
    loaded(boss, SHIPMENTS, shipment_record("SH-3"))
    record = plate_record("LP-1", 1, "SH-1", "SH-2", "SH-3", quantity=40, product_name="Renamed")
    assert outcome(load(boss, PLATES, record)) == (0, 1, {})
    found = stored_plate()
    assert found is not None
    assert (found.quantity, found.packed, found.remaining) == (Decimal(40), Decimal(40), Decimal(0))
    assert pack_item(boss, box, 0.000001).code == "QUANTITY_EXCEEDS_AVAILABLE"
    assert remove_item(boss, box, content).status == 204
    assert looked_up(boss)["available_qty"] == 40
    assert looked_up(boss, shipment="SH-3")["allocated"] is True


def test_a_packed_plate_may_be_allocated_to_further_lines(half_packed: tuple[Person, str, str]) -> None:
    boss, box, _ = half_packed
    loaded(boss, SHIPMENTS, shipment_record("SH-3"))
    assert outcome(load(boss, PLATES, plate_record("LP-1", 1, "SH-1", "SH-3"))) == (0, 1, {})
    assert looked_up(boss, shipment="SH-2")["allocated"] is False
    assert looked_up(boss, shipment="SH-3")["allocated"] is True
    assert packed(boss, box, 1)


def test_a_removed_line_may_be_omitted_from_the_allocations(half_packed: tuple[Person, str, str]) -> None:
    boss, _, _ = half_packed
    loaded(boss, SHIPMENTS, shipment_record("SH-2", line_record(7)))
    assert outcome(load(boss, PLATES, plate_record("LP-1", 1, "SH-1"))) == (0, 1, {})


def test_a_line_packed_at_the_last_moment_stays_allocated(
    half_packed: tuple[Person, str, str], engine: EmbeddedEngine
) -> None:
    boss, _, _ = half_packed
    box = new_box(boss, "SH-2")
    fields = {"shipment_id": shipment_id("SH-2"), "so_line_id": line_id(1, "SH-2")}
    meanwhile(engine, lambda: packed(boss, box, 1, **fields))
    assert list(flaws(load(boss, PLATES, plate_record("LP-1", 1, "SH-1")))) == ["allocations"]
    assert looked_up(boss, shipment="SH-2")["allocated"] is True


def test_a_plate_whose_items_were_all_removed_may_get_another_product(half_packed: tuple[Person, str, str]) -> None:
    boss, box, content = half_packed
    remove_item(boss, box, content)
    assert outcome(load(boss, PLATES, plate_record("LP-1", 2, "SH-1"))) == (0, 1, {})


def test_a_plate_with_another_product_needs_new_allocations(boss: Person) -> None:
    loaded(boss, PLATES, plate_record())
    record = plate_record("LP-1", 2)
    del record["allocations"]
    assert list(flaws(load(boss, PLATES, record))) == ["sku"]
