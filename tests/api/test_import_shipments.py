"""Importing shipments: lines are added, changed and removed, but packed items are never contradicted."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws, outcome
from tests.builders.packing import (
    PACK,
    close_box,
    complete_shipment,
    line_id,
    line_record,
    load,
    loaded,
    new_box,
    pack_item,
    packed,
    plate_record,
    shipment_id,
    shipment_record,
    stored_contents,
    stored_line,
    stored_lines,
    stored_plate,
    stored_shipment,
)
from tests.builders.world import OTHER, Person, World

SHIPMENTS, PLATES = "shipments", "license-plates"


def listed(person: Person) -> list[dict[str, Any]]:
    """Return the shipments that can be packed."""
    found: list[dict[str, Any]] = person.get(f"{PACK}/shipments").json["data"]
    return found


def everything(number: str = "SH-1") -> tuple[Any, ...]:
    """Return everything that is stored of a shipment."""
    found = stored_shipment(number)
    return (found and found.attribute_values, [line.attribute_values for line in stored_lines(number)])


@pytest.fixture
def boss(world: World) -> Person:
    return world.person("supervisor")


def test_a_shipment_has_the_values_of_its_record(boss: Person) -> None:
    line = line_record(7, quantity=2.5, uom="KG", unit_weight=1.000001, allergens=["nuts", "milk"])
    values = {"allergen_restrictions": ["Nuts"], "warehouse_id": "wh-1", "promised_ship_date": "2026-11-25"}
    answer = load(boss, SHIPMENTS, shipment_record("SH-1", line, line_record(8), **values))
    assert (answer.status, outcome(answer)) == (200, (1, 0, {}))
    [shown] = listed(boss)
    assert shown == {
        "id": shipment_id(),
        "shipment_number": "SH-1",
        "so_number": "SO-SH-1",
        "customer_name": "Bakkerij Zon",
        "status": "pending",
        "promised_ship_date": "2026-11-25",
        "lines_total": 2,
        "lines_packed": 0,
        "boxes_count": 0,
        "allergen_alert": True,
    }
    assert [one["id"] for one in boss.get(f"{PACK}/shipments?warehouse_id=wh-1").json["data"]] == [shipment_id()]
    found = stored_line(7)
    assert found is not None
    assert (found.sku, found.product_name, found.quantity, found.uom) == ("SKU-7", "Product 7", Decimal("2.5"), "KG")
    assert (found.unit_weight, found.allergens, found.packed) == (Decimal("1.000001"), ["nuts", "milk"], Decimal(0))


def test_omitted_fields_have_defaults(boss: Person) -> None:
    loaded(boss, SHIPMENTS, shipment_record())
    [shown] = listed(boss)
    assert (shown["promised_ship_date"], shown["allergen_alert"]) == (None, False)
    [line] = stored_lines()
    assert (line.uom, line.unit_weight, line.allergens) == ("EA", None, [])


def test_a_record_changes_adds_and_removes_lines(boss: Person) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(1), line_record(2), line_record(3)))
    after = [line_record(1), line_record(2, quantity=4, product_name="Another", sku="S"), line_record(9)]
    answer = load(boss, SHIPMENTS, shipment_record("SH-1", *after, customer_name="Bakker Maan", so_number="SO-9"))
    assert outcome(answer) == (0, 1, {})
    assert [(line.line_number, line.sku, line.quantity, line.version) for line in stored_lines()] == [
        (1, "SKU-1", Decimal(10), 1),
        (2, "S", Decimal(4), 2),
        (9, "SKU-9", Decimal(10), 1),
    ]
    [shown] = listed(boss)
    assert (shown["lines_total"], shown["customer_name"], shown["so_number"]) == (3, "Bakker Maan", "SO-9")
    found = boss.get(f"{PACK}/lookup/SO-9").json
    assert found["data"]["shipment_number"] == "SH-1"
    assert boss.get(f"{PACK}/lookup/SO-SH-1").status == 404


def test_the_same_record_again_changes_nothing(boss: Person) -> None:
    record = shipment_record("SH-1", line_record(1, quantity=0.1, unit_weight=2), promised_ship_date="2026-12-01")
    loaded(boss, SHIPMENTS, record)
    before = everything()
    assert outcome(load(boss, SHIPMENTS, record)) == (0, 1, {})
    assert everything() == before


def test_omitted_fields_stay_and_null_removes_them(boss: Person) -> None:
    values: dict[str, Any] = {
        "allergen_restrictions": ["nuts"],
        "warehouse_id": "wh-1",
        "promised_ship_date": "2026-12-01",
    }
    loaded(boss, SHIPMENTS, shipment_record(**values))
    loaded(boss, SHIPMENTS, shipment_record())
    found = stored_shipment()
    assert found is not None
    assert (found.allergen_restrictions, found.warehouse_id) == (["nuts"], "wh-1")
    loaded(boss, SHIPMENTS, shipment_record(allergen_restrictions=[], warehouse_id=None, promised_ship_date=None))
    [shown] = listed(boss)
    assert (shown["allergen_alert"], shown["promised_ship_date"]) == (False, None)
    assert boss.get(f"{PACK}/shipments?warehouse_id=wh-1").json["total"] == 0


def test_null_removes_every_optional_value(boss: Person) -> None:
    values = line_record(1, uom="KG", unit_weight=2, allergens=["nuts"])
    loaded(boss, SHIPMENTS, shipment_record("SH-1", values, allergen_restrictions=["nuts"]))
    unknown = line_record(1, uom=None, unit_weight=None, allergens=None)
    loaded(boss, SHIPMENTS, shipment_record("SH-1", unknown, allergen_restrictions=None))
    [line], found = stored_lines(), stored_shipment()
    assert found is not None
    assert (line.uom, line.unit_weight, line.allergens, found.allergen_restrictions) == ("EA", None, [], [])
    assert [one["allergen_alert"] for one in listed(boss)] == [False]


def test_every_bad_field_is_named(boss: Person) -> None:
    bad = {"shipment_number": " SH", "so_number": "", "customer_name": 7, "colour": "red", "warehouse_id": "a b"}
    lines = [{"line_number": 0, "quantity": 0, "unit_weight": -1, "sku": "S\nT", "allergens": [""]}]
    assert sorted(flaws(load(boss, SHIPMENTS, {**bad, "lines": lines, "promised_ship_date": "soon"}))) == [
        "colour",
        "customer_name",
        "lines.0.allergens.0",
        "lines.0.line_number",
        "lines.0.product_name",
        "lines.0.quantity",
        "lines.0.sku",
        "lines.0.unit_weight",
        "promised_ship_date",
        "shipment_number",
        "so_number",
        "warehouse_id",
    ]


def test_control_and_format_characters_around_numbers_are_removed(boss: Person) -> None:
    loaded(boss, SHIPMENTS, shipment_record("\ufeffSH-1\n", line_record(sku="\u200eSKU-1\r\n"), so_number="SO-1\x1d"))
    [shown] = listed(boss)
    assert (shown["id"], shown["shipment_number"], shown["so_number"]) == (shipment_id("SH-1"), "SH-1", "SO-1")
    assert [line.sku for line in stored_lines()] == ["SKU-1"]


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "lines"),
        ([line_record(1), line_record(1)], "lines"),
        ([line_record(1, quantity=1e9)], "lines.0.quantity"),
        ([line_record(1, quantity=0.0000001)], "lines.0.quantity"),
        ([line_record(1, quantity="3")], "lines.0.quantity"),
        ([line_record(number) for number in range(1, 1002)], "lines"),
    ],
)
def test_lines_are_required_unique_and_exact(boss: Person, lines: list[dict[str, Any]], field: str) -> None:
    record = {**shipment_record(), "lines": lines}
    assert list(flaws(load(boss, SHIPMENTS, record))) == [field]
    assert stored_shipment() is None


def test_an_invalid_record_does_not_stop_others(boss: Person) -> None:
    answer = load(boss, SHIPMENTS, shipment_record("A"), {"shipment_number": "B"}, shipment_record("C"))
    created, _, rejected = outcome(answer)
    assert (answer.status, created, list(rejected)) == (207, 2, [1])
    assert {one["shipment_number"] for one in listed(boss)} == {"A", "C"}


# --- what is packed stays true -----------------------------------------------------------------------------------


@pytest.fixture
def half_packed(boss: Person) -> Person:
    """Of line 1 (ten of SKU-1) four are packed; of line 2 nothing."""
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(1), line_record(2)))
    loaded(boss, PLATES, plate_record())
    packed(boss, new_box(boss), 4)
    return boss


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity": 3.999999}, "lines.0.quantity"),
        ({"sku": "OTHER"}, "lines.0.sku"),
        ({"uom": "KG"}, "lines.0.uom"),
    ],
)
def test_a_packed_line_keeps_its_product_unit_and_packed_quantity(
    half_packed: Person, line: dict[str, Any], field: str
) -> None:
    before = everything()
    record = shipment_record("SH-1", line_record(1, **line), line_record(3), customer_name="Another")
    assert list(flaws(load(half_packed, SHIPMENTS, record))) == [field]
    assert everything() == before


def test_a_packed_line_cannot_be_removed(half_packed: Person) -> None:
    before = everything()
    assert flaws(load(half_packed, SHIPMENTS, shipment_record("SH-1", line_record(2)))) == {
        "lines": "must have line 1, of which something is packed"
    }
    assert everything() == before


def test_the_order_number_of_a_packed_shipment_cannot_change(half_packed: Person) -> None:
    record = shipment_record("SH-1", line_record(1), line_record(2), so_number="SO-9")
    assert list(flaws(load(half_packed, SHIPMENTS, record))) == ["so_number"]


def test_unpacked_lines_can_change(half_packed: Person) -> None:
    record = shipment_record("SH-1", line_record(1, quantity=4, product_name="Renamed"), line_record(3))
    assert outcome(load(half_packed, SHIPMENTS, record)) == (0, 1, {})
    assert [(line.line_number, int(line.quantity), int(line.packed)) for line in stored_lines()] == [
        (1, 4, 4),
        (3, 10, 0),
    ]
    found = stored_shipment()
    assert found is not None
    assert (found.status, found.lines_total, found.lines_packed, found.lines_complete) == ("packing", 2, 1, 1)


def test_a_raised_line_is_no_longer_complete(half_packed: Person) -> None:
    loaded(half_packed, SHIPMENTS, shipment_record("SH-1", line_record(1, quantity=4)))
    loaded(half_packed, SHIPMENTS, shipment_record("SH-1", line_record(1, quantity=5)))
    found = stored_shipment()
    assert found is not None
    assert (found.lines_total, found.lines_packed, found.lines_complete) == (1, 1, 0)


def test_an_overpacked_line_can_be_imported_unchanged(half_packed: Person) -> None:
    [box] = [one["id"] for one in half_packed.get(f"{PACK}/shipments/{shipment_id()}/boxes").json["data"]]
    packed(half_packed, box, 20)
    assert outcome(load(half_packed, SHIPMENTS, shipment_record("SH-1", line_record(1)))) == (0, 1, {})
    assert list(flaws(load(half_packed, SHIPMENTS, shipment_record("SH-1", line_record(1, quantity=23))))) == [
        "lines.0.quantity"
    ]


def test_a_completed_shipment_cannot_change(half_packed: Person) -> None:
    [box] = [one["id"] for one in half_packed.get(f"{PACK}/shipments/{shipment_id()}/boxes").json["data"]]
    close_box(half_packed, box)
    assert complete_shipment(half_packed, allow_partial=True).status == 200
    before = everything()
    as_it_is = shipment_record("SH-1", line_record(1), line_record(2))
    assert outcome(load(half_packed, SHIPMENTS, as_it_is)) == (0, 1, {})
    for record in (shipment_record("SH-1", line_record(1)), {**as_it_is, "customer_name": "Another"}):
        assert flaws(load(half_packed, SHIPMENTS, record)) == {"record": "is packed and can no longer be changed"}
    assert everything() == before


@pytest.mark.parametrize("line", [{"uom": "KG"}, {"quantity": 2}])
def test_packing_uses_a_line_imported_at_the_same_moment(
    boss: Person, engine: EmbeddedEngine, line: dict[str, Any]
) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(1)))
    loaded(boss, PLATES, plate_record())
    box = new_box(boss)
    after = shipment_record("SH-1", line_record(1, **line))
    engine.before("TransactWriteItems", lambda *_: loaded(boss, SHIPMENTS, after), times=1)
    answer = pack_item(boss, box, 2)
    contents, found, shipment = stored_contents(box), stored_line(), stored_shipment()
    assert found is not None
    assert shipment is not None
    assert (answer.status, [content.uom for content in contents]) == (201, [line.get("uom", "EA")])
    assert shipment.lines_complete == ("quantity" in line)


def test_packing_fails_if_the_line_gets_another_product_at_the_same_moment(
    boss: Person, engine: EmbeddedEngine
) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(1)))
    loaded(boss, PLATES, plate_record())
    box = new_box(boss)
    after = shipment_record("SH-1", line_record(1, sku="OTHER"))
    engine.before("TransactWriteItems", lambda *_: loaded(boss, SHIPMENTS, after), times=1)
    assert (pack_item(boss, box, 2).code, stored_contents(box)) == ("LP_NOT_ALLOCATED", [])


def test_packing_uses_a_plate_imported_at_the_same_moment(boss: Person, engine: EmbeddedEngine) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(1), line_record(2)))
    loaded(boss, PLATES, plate_record())
    box = new_box(boss)
    after = plate_record("LP-1", 1, "SH-1", lot_number="LOT-8", product_name="Renamed")
    engine.before("TransactWriteItems", lambda *_: loaded(boss, PLATES, after), times=1)
    packed(boss, box, 2)
    [content] = stored_contents(box)
    assert (content.lot_number, content.product_name) == ("LOT-8", "Renamed")


# --- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dataset", "record"), [(SHIPMENTS, shipment_record()), (PLATES, plate_record())])
def test_packers_cannot_import(world: World, dataset: str, record: dict[str, Any]) -> None:
    answer = load(world.person("packer"), dataset, record)
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert stored_shipment() is None
    assert stored_plate() is None


def test_each_organisation_has_its_own_shipments_of_one_number(world: World, boss: Person) -> None:
    theirs = world.person("supervisor", OTHER)
    loaded(boss, SHIPMENTS, shipment_record())
    loaded(theirs, SHIPMENTS, shipment_record(customer_name="Theirs"))
    assert [one["customer_name"] for one in listed(boss)] == ["Bakkerij Zon"]
    assert [one["customer_name"] for one in listed(theirs)] == ["Theirs"]
    answer = load(theirs, PLATES, plate_record("LP-1", 1, "SH-1"))
    assert outcome(answer) == (1, 0, {})
    box = new_box(boss)
    refused = pack_item(boss, box, license_plate_id=stored_id(stored_plate("LP-1", OTHER)))
    assert (refused.status, refused.code) == (404, "NOT_FOUND")


def stored_id(plate: Any) -> str:
    assert plate is not None
    return str(plate.plate_id)


def test_every_record_has_an_audit_row(world: World, boss: Person) -> None:
    loaded(boss, SHIPMENTS, shipment_record())
    load(boss, SHIPMENTS, shipment_record("SH-1", line_record(1, quantity=8)), {**shipment_record("SH-2"), "lines": 7})
    rows = [row for row in world.audit() if row.actor_id == boss.user_id and row.entity_type == "shipment"]
    assert Counter((row.entity_id, row.action_type, row.outcome) for row in rows) == {
        (shipment_id(), "SHIPMENT_IMPORTED", "OK"): 2,
        ("SH-2", "SHIPMENT_IMPORTED", "VALIDATION_ERROR"): 1,
    }
    assert any(f'"so_line/{line_id()}.quantity":[10,8]' in str(row.payload_diff) for row in rows)
