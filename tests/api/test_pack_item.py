"""Packing items into boxes."""

from decimal import Decimal
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    calls_of,
    close_box,
    complete_shipment,
    existing,
    line_id,
    line_record,
    loaded,
    meanwhile,
    new_box,
    pack_body,
    pack_item,
    packed,
    plate_id,
    plate_record,
    quantity_in,
    shipment_id,
    shipment_record,
    stored_contents,
    stored_line,
    stored_plate,
    stored_shipment,
)
from tests.builders.world import OTHER, Person, World

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, after importing SH-1 with ten of product 1 and five of product 2, and plates of a hundred."""
    boss = world.person("supervisor")
    lines = [line_record(1, unit_weight=0.25, allergens=["Nuts"]), line_record(2, quantity=5, allergens=["milk"])]
    first = shipment_record("SH-1", *lines, allergen_restrictions=["nuts", "Milk"])
    loaded(boss, "shipments", first, shipment_record("SH-2", line_record(1)))
    loaded(boss, "license-plates", plate_record("LP-1"), plate_record("LP-2", 2), plate_record("LP-3", 1, "SH-2"))
    return boss


@pytest.fixture
def packer(world: World, boss: Person) -> Person:
    """A packer."""
    return world.person("packer")


@pytest.fixture
def box(packer: Person) -> str:
    """The first box of SH-1."""
    return new_box(packer)


def second(**fields: Any) -> dict[str, Any]:
    """Return the ids that pack product 2 for line 2."""
    return {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2), **fields}


def test_the_response_shows_the_item_its_box_and_its_line(packer: Person, box: str) -> None:
    answer = pack_item(packer, box, 4, notes="Two are dented")
    assert answer.status == 201
    content = answer.json["box_content"]["id"]
    assert answer.json == {
        "box_content": {"id": content, "quantity": 4, "product_name": "Product 1", "lot_number": "LOT-7"},
        "box_summary": {
            "item_count": 1,
            "total_weight_est": 1,
            "items": [{"product_name": "Product 1", "quantity": 4, "uom": "EA"}],
        },
        "so_line_status": {"packed_qty": 4, "remaining_qty": 6, "status": "partial"},
        "allergen_warning": {"matches": ["nuts"], "customer_name": "Bakkerij Zon", "product_name": "Product 1"},
    }
    (stored,) = stored_contents(box)
    assert (stored.content_id, stored.notes, stored.packed_by) == (content, "Two are dented", packer.user_id)


def test_packing_changes_plate_line_box_and_shipment(packer: Person, box: str) -> None:
    packed(packer, box, 4)
    plate, line, shipment = existing(stored_plate()), existing(stored_line()), existing(stored_shipment())
    assert [plate.quantity, plate.packed, plate.remaining] == [100, 4, 96]
    assert line.packed == 4
    assert (shipment.status, shipment.lines_packed, shipment.lines_complete) == ("packing", 1, 0)
    assert (shipment.boxes_open, shipment.boxes_empty) == (1, 0)
    packed(packer, box, 6)
    shipment = existing(stored_shipment())
    assert (shipment.lines_packed, shipment.lines_complete) == (1, 1)


def test_contents_are_summed_by_product_in_packing_order(packer: Person, box: str) -> None:
    packed(packer, box, 1)
    packed(packer, box, 2, **second())
    summary = pack_item(packer, box, 3).json["box_summary"]
    assert summary == {
        "item_count": 3,
        "total_weight_est": 1,
        "items": [
            {"product_name": "Product 1", "quantity": 4, "uom": "EA"},
            {"product_name": "Product 2", "quantity": 2, "uom": "EA"},
        ],
    }


def test_fractions_are_exact(packer: Person, box: str) -> None:
    for quantity in (0.1, 0.2, 0.000001):
        packed(packer, box, quantity)
    answer = packer.get(f"{PACK}/box/{box}")
    assert '"items":[{"product_name":"Product 1","quantity":0.300001,"uom":"EA"}]' in answer.text
    plate = existing(stored_plate())
    assert plate.remaining == Decimal("99.699999")


def test_a_line_may_be_overpacked_up_to_the_quantity_of_the_plate(packer: Person, box: str) -> None:
    states = [pack_item(packer, box, quantity).json["so_line_status"] for quantity in (9, 1, 90)]
    assert states == [
        {"packed_qty": 9, "remaining_qty": 1, "status": "partial"},
        {"packed_qty": 10, "remaining_qty": 0, "status": "complete"},
        {"packed_qty": 100, "remaining_qty": 0, "status": "complete"},
    ]


def test_the_allergen_warning_covers_everything_in_the_box(packer: Person, boss: Person, box: str) -> None:
    warned = pack_item(packer, box, 1, **second()).json["allergen_warning"]
    assert warned == {"matches": ["Milk"], "customer_name": "Bakkerij Zon", "product_name": "Product 2"}
    assert pack_item(packer, box, 1).json["allergen_warning"]["matches"] == ["nuts", "Milk"]
    other = new_box(packer)
    loaded(boss, "shipments", shipment_record("SH-3", line_record(3), line_record(4, allergens=["SOY"])))
    loaded(boss, "license-plates", plate_record("LP-4", 4, "SH-3"))
    assert pack_item(packer, other, 1).json["allergen_warning"]["matches"] == ["nuts"]
    free = {"shipment_id": shipment_id("SH-3"), "license_plate_id": plate_id("LP-4"), "so_line_id": line_id(4, "SH-3")}
    assert pack_item(packer, new_box(packer, "SH-3"), 1, **free).json["allergen_warning"] is None


def test_ids_may_be_in_upper_case(packer: Person, box: str) -> None:
    body = {name: value.upper() if isinstance(value, str) else value for name, value in pack_body(box).items()}
    assert packer.post(PACK, body).status == 201
    assert len(packer.get(f"{PACK}/box/{box.upper()}").json["contents"]) == 1


@pytest.mark.parametrize("field", ["shipment_id", "box_id", "license_plate_id"])
def test_unknown_shipment_box_or_plate_is_not_found_if_the_body_is_valid(packer: Person, box: str, field: str) -> None:
    answer = pack_item(packer, box, 1, **{field: NOWHERE})
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    answer = pack_item(packer, box, -1, **{field: NOWHERE})
    assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"quantity"})


def test_another_organisation_cannot_pack_into_a_box(world: World, box: str) -> None:
    stranger = world.person("packer", OTHER)
    answer = stranger.post(PACK, pack_body(box))
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_refused_packing_has_the_codes_of_the_contract(packer: Person, boss: Person, box: str) -> None:
    def code(**fields: Any) -> str:
        answer = pack_item(packer, box, fields.pop("quantity", 1), **fields)
        assert answer.status == 400, answer
        return answer.code

    assert code(license_plate_id=plate_id("LP-3")) == "LP_NOT_ALLOCATED"
    assert code(so_line_id=line_id(2)) == "SO_LINE_MISMATCH"
    assert code(so_line_id=NOWHERE) == "SO_LINE_MISMATCH"
    assert code(box_id=new_box(packer, "SH-2")) == "BOX_MISMATCH"
    assert code(quantity=100.000001) == "QUANTITY_EXCEEDS_AVAILABLE"
    packed(packer, box, 10)
    assert close_box(packer, box).status == 200
    assert code() == "BOX_CLOSED"
    assert code(quantity=-1) == "VALIDATION_ERROR"
    assert complete_shipment(packer, allow_partial=True).status == 200
    assert code() == "SHIPMENT_NOT_PACKABLE"


def test_a_plate_is_not_allocated_to_a_removed_line(packer: Person, boss: Person, box: str) -> None:
    loaded(boss, "shipments", shipment_record("SH-1", line_record(2, quantity=5)))
    answer = pack_item(packer, box, 1)
    assert (answer.status, answer.code) == (400, "LP_NOT_ALLOCATED")


def test_the_error_of_a_too_large_quantity_shows_the_available_quantity(packer: Person, box: str) -> None:
    packed(packer, box, 99.5)
    answer = pack_item(packer, box, 1)
    assert (answer.code, answer.json["error"]["details"]) == ("QUANTITY_EXCEEDS_AVAILABLE", {"available_qty": 0.5})
    assert packed(packer, box, 0.5)
    assert pack_item(packer, box, 0.000001).code == "QUANTITY_EXCEEDS_AVAILABLE"


def test_all_invalid_fields_are_reported_at_once(packer: Person) -> None:
    body = {
        "shipment_id": "SH-1",
        "license_plate_id": 7,
        "so_line_id": None,
        "quantity": 0,
        "notes": "n" * 501,
        "lot": "x",
    }
    answer = packer.post(PACK, body)
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert set(answer.fields) == {*body, "box_id"}
    assert answer.fields["shipment_id"] == "must be a UUID"


def test_each_field_has_bounds(packer: Person, box: str) -> None:
    bad: list[tuple[str, Any]] = [
        *(("quantity", value) for value in (0, -1, 1_000_000_000, 0.0000001, "5", True, None)),
        *(("notes", value) for value in ("x" * 501, 1)),
        *(("shipment_id", value) for value in ("", "550e8400e29b41d4a716446655440001")),
        ("box_id", "550e8400-e29b-41d4-a716-44665544000g"),
        ("license_plate_id", "550e8400-e29b-41d4-a716-446655440001\n"),
        ("so_line_id", " 550e8400-e29b-41d4-a716-446655440001"),
    ]
    for field, value in bad:
        answer = packer.post(PACK, pack_body(box) | {field: value})
        assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {field}), value
    assert stored_contents(box) == []


def test_notes_are_optional(packer: Person, box: str) -> None:
    for notes in (None, "", "x" * 500):
        assert pack_item(packer, box, 1, notes=notes).status == 201
    assert [one.notes for one in stored_contents(box)] == [None, None, "x" * 500]


def test_a_repeated_idempotency_key_packs_the_item_once(packer: Person, box: str) -> None:
    first = packer.post(PACK, pack_body(box, 4), idempotency_key="k")
    again = packer.post(PACK, pack_body(box, 4), idempotency_key="k")
    assert (first.status, again.status, again.text) == (201, 201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert quantity_in(stored_contents(box)) == 4
    other = packer.post(PACK, pack_body(box, 5), idempotency_key="k")
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_packing_has_one_audit_row_with_the_content(world: World, packer: Person, box: str) -> None:
    content = packed(packer, box, 4, notes="Dented")
    row = audit_row(world, box, "ITEM_PACKED")
    assert (row.entity_type, row.actor_id) == ("box", packer.user_id)
    audited = {
        "plate_id": plate_id(),
        "line_id": line_id(),
        "lp_number": "LP-1",
        "lot_number": "LOT-7",
        "sku": "SKU-1",
        "uom": "EA",
        "quantity": 4,
        "notes": "Dented",
    }
    given = {f"box_content/{content}.{name}": [None, value] for name, value in audited.items()}
    assert diff(row) == {**given, f"shipment/{shipment_id()}.status": ["pending", "packing"]}


def test_refused_packing_has_an_audit_row_with_its_code(world: World, packer: Person, box: str) -> None:
    pack_item(packer, box, 101)
    assert audit_row(world, box, "ITEM_PACKED", "QUANTITY_EXCEEDS_AVAILABLE").payload_diff is None


def test_a_plate_emptied_at_the_same_moment_is_not_overpacked(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    meanwhile(engine, lambda: packed(packer, box, 98))
    answer = pack_item(packer, box, 3)
    assert (answer.status, answer.code) == (400, "QUANTITY_EXCEEDS_AVAILABLE")
    assert quantity_in(stored_contents(box)) == 98


def test_nothing_is_packed_into_a_box_closed_at_the_same_moment(
    packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 1)
    meanwhile(engine, lambda: close_box(packer, box))
    answer = pack_item(packer, box, 1)
    assert (answer.status, answer.code) == (400, "BOX_CLOSED")
    assert len(stored_contents(box)) == 1


def test_nothing_is_packed_into_a_shipment_completed_at_the_same_moment(
    packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    empty = new_box(packer)
    meanwhile(engine, lambda: complete_shipment(packer, allow_partial=True))
    answer = pack_item(packer, empty, 1)
    assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")


def test_two_people_who_pack_one_line_at_the_same_moment_read_different_sums(
    packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 1)
    sums: list[float] = []
    meanwhile(engine, lambda: sums.append(pack_item(packer, box, 2).json["so_line_status"]["packed_qty"]))
    sums.append(pack_item(packer, box, 3).json["so_line_status"]["packed_qty"])
    assert sums == [3, 6]
    assert existing(stored_line()).packed == 6


def test_people_who_pack_different_lines_into_one_box_do_not_block_each_other(
    packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 1)
    packed(packer, box, 1, **second())
    calls = calls_of(engine)
    meanwhile(engine, lambda: packed(packer, box, 2, **second()))
    packed(packer, box, 3)
    assert calls.count("TransactWriteItems") == 1
    assert [existing(stored_line(number)).packed for number in (1, 2)] == [4, 3]


def test_a_line_begun_by_two_people_at_once_counts_once(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    meanwhile(engine, lambda: packed(packer, new_box(packer), 9))
    assert pack_item(packer, box, 1).json["so_line_status"]["status"] == "complete"
    shipment = existing(stored_shipment())
    assert (shipment.lines_packed, shipment.lines_complete, shipment.boxes_empty) == (1, 1, 0)
