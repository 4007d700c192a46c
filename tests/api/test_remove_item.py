"""Removing items from boxes, and the round trips of packing and removing."""

from urllib.parse import quote

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    box_id,
    calls_of,
    close_box,
    existing,
    line_record,
    loaded,
    meanwhile,
    new_box,
    packed,
    plate_record,
    quantity_in,
    remove_item,
    reopen_box,
    shipment_id,
    shipment_record,
    stored_box,
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


def test_a_removed_item_returns_to_its_plate_and_line(packer: Person, box: str) -> None:
    content = packed(packer, box, 10)
    answer = remove_item(packer, box, content)
    assert (answer.status, answer.text) == (204, "")
    plate, line, shipment = existing(stored_plate()), existing(stored_line()), existing(stored_shipment())
    assert [plate.packed, plate.remaining, line.packed] == [0, 100, 0]
    assert (shipment.lines_packed, shipment.lines_complete, shipment.boxes_empty) == (0, 0, 1)
    assert shipment.status == "packing"
    assert packer.get(f"{PACK}/box/{box}").json["summary"] == {"item_count": 0, "total_weight_est": 0, "items": []}


def test_removing_an_item_keeps_the_others(packer: Person, box: str) -> None:
    first, last = packed(packer, box, 6), packed(packer, box, 4)
    assert remove_item(packer, box, first.upper()).status == 204
    assert [one.content_id for one in stored_contents(box)] == [last]
    shipment, stored = existing(stored_shipment()), existing(stored_box(box))
    assert (shipment.lines_packed, shipment.lines_complete, shipment.boxes_empty) == (1, 0, 0)
    assert [stored.item_count, stored.weight_est] == [1, 1]


def test_removing_the_largest_weight_leaves_exactly_zero(boss: Person, packer: Person) -> None:
    line = line_record(quantity=1, unit_weight=987654321.654321)
    loaded(boss, "shipments", shipment_record("SH-1", line, line_record(2)))
    loaded(boss, "license-plates", plate_record(quantity=999_999_999))
    box = new_box(packer)
    content = packed(packer, box, 123456789.123456)
    assert remove_item(packer, box, content).status == 204
    assert existing(stored_box(box)).weight_est == 0
    listed = packer.get(f"{PACK}/shipments/{shipment_id()}/boxes").text
    assert '"total_weight_est":0}' in listed


def test_an_item_is_removed_once(packer: Person, box: str) -> None:
    content = packed(packer, box, 1)
    assert remove_item(packer, box, content).status == 204
    answer = remove_item(packer, box, content)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_an_unknown_item_is_not_found(packer: Person, box: str) -> None:
    for content in (NOWHERE, "x", "%20", "é" * 200, "x" * 255, "x" * 300):
        answer = remove_item(packer, box, content)
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), content


def test_an_id_too_long_for_a_key_is_not_read(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    calls = calls_of(engine)
    assert remove_item(packer, box, quote("\N{PACKAGE}" * 255)).status == 404
    assert calls[0] == "BatchGetItem"
    assert "GetItem" not in calls


def test_an_item_is_found_only_in_its_own_box_and_organisation(world: World, packer: Person, box: str) -> None:
    content = packed(packer, box, 1)
    assert remove_item(packer, new_box(packer), content).status == 404
    assert remove_item(packer, NOWHERE, content).status == 404
    assert remove_item(world.person("packer", OTHER), box, content).status == 404
    assert len(stored_contents(box)) == 1


def test_items_of_a_closed_box_are_removed_only_after_it_is_reopened(packer: Person, boss: Person, box: str) -> None:
    content = packed(packer, box, 1)
    close_box(packer, box)
    answer = remove_item(packer, box, content)
    assert (answer.status, answer.code) == (400, "BOX_CLOSED")
    assert reopen_box(boss, box).status == 200
    assert remove_item(packer, box, content).status == 204


def test_a_stale_version_of_the_box_is_refused(packer: Person, box: str) -> None:
    content = packed(packer, box, 1)
    version = packer.get(f"{PACK}/box/{box}").headers["ETag"]
    packed(packer, box, 1)
    answer = remove_item(packer, box, content, if_match=version)
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    current = packer.get(f"{PACK}/box/{box}").headers["ETag"]
    assert remove_item(packer, box, content, if_match=current).status == 204


def test_a_version_that_becomes_stale_at_the_same_moment_is_refused(
    packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    content = packed(packer, box, 1)
    version = packer.get(f"{PACK}/box/{box}").headers["ETag"]
    meanwhile(engine, lambda: packed(packer, box, 1))
    answer = remove_item(packer, box, content, if_match=version)
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")


def test_an_invalid_header_is_400(packer: Person, box: str) -> None:
    content = packed(packer, box, 1)
    bad = [{"if_match": value} for value in ("*", '"1', '"1", "2"')] + [{"idempotency_key": "x" * 256}]
    for header in bad:
        answer = remove_item(packer, box, content, **header)
        assert (answer.status, answer.code) == (400, "VALIDATION_ERROR"), header
    assert len(stored_contents(box)) == 1


def test_the_etag_of_a_removal_is_the_new_version_of_the_box(packer: Person, box: str) -> None:
    kept, content = packed(packer, box, 1), packed(packer, box, 1)
    answer = remove_item(packer, box, content)
    assert answer.headers["ETag"] == packer.get(f"{PACK}/box/{box}").headers["ETag"]
    assert remove_item(packer, box, kept, if_match=answer.headers["ETag"]).status == 204


def test_a_repeated_idempotency_key_removes_the_item_once(packer: Person, box: str) -> None:
    content = packed(packer, box, 1)
    answers = [remove_item(packer, box, content, idempotency_key="k") for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_box_closed_at_the_same_moment_keeps_its_items(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    content = packed(packer, box, 1)
    meanwhile(engine, lambda: close_box(packer, box))
    assert remove_item(packer, box, content).code == "BOX_CLOSED"
    assert quantity_in(stored_contents(box)) == 1


def test_removing_the_last_two_items_at_once_leaves_an_empty_box(
    packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    first, last = packed(packer, box, 4), packed(packer, box, 6)
    meanwhile(engine, lambda: remove_item(packer, box, last))
    assert remove_item(packer, box, first).status == 204
    shipment = existing(stored_shipment())
    assert (shipment.lines_packed, shipment.lines_complete, shipment.boxes_empty) == (0, 0, 1)


def test_removal_has_one_audit_row_with_the_content(world: World, packer: Person, box: str) -> None:
    content = packed(packer, box, 4)
    remove_item(packer, box, content)
    changed = diff(audit_row(world, box, "ITEM_REMOVED"))
    assert changed[f"box_content/{content}.quantity"] == [4, None]
    assert all(name.startswith(f"box_content/{content}.") for name in changed)
    remove_item(packer, box_id(), content)
    assert audit_row(world, box, "ITEM_REMOVED", "NOT_FOUND").payload_diff is None


def test_round_trips_do_not_grow_with_the_contents_of_the_box(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    packed(packer, box, 1)
    calls = calls_of(engine)
    content = packed(packer, box, 1)
    # The admission reads shipment, box, plate and line as well; the query reads the sums.
    assert calls == ["BatchGetItem", "Query", "TransactWriteItems"]
    calls.clear()
    remove_item(packer, box, content)
    assert calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
