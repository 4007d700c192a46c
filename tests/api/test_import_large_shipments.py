"""Importing shipments with more lines than fit into one transaction: all lines appear at once, or none."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import TRY_AGAIN
from chalicelib.packing.shipments.tables import ShipmentDraft, draft_key
from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PACK,
    create_box,
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
    stored_boxes,
    stored_line,
    stored_lines,
    stored_shipment,
)
from tests.builders.world import DEMO, Answer, Person, World

SHIPMENTS, PLATES = "shipments", "license-plates"
COMMIT = "TransactWriteItems"
LINES = 200


def lines(count: int = LINES, **fields: Any) -> list[dict[str, Any]]:
    return [line_record(number, **fields) for number in range(1, count + 1)]


def rejected(answer: Answer) -> list[dict[str, str]]:
    return [one["fields"] for one in answer.json["data"]["rejected"]]


def seen(person: Person) -> list[str]:
    """Return the shipments that can be packed."""
    return [one["shipment_number"] for one in person.get(f"{PACK}/shipments").json["data"]]


def draft() -> Any:
    return get(draft_key(DEMO, shipment_id()))


def fails_at(number: int) -> Callable[[str, Any], None]:
    """Make the store unavailable for lines from this commit on."""
    calls = 0

    def fail(_: str, request: Any) -> None:
        nonlocal calls
        calls += 1
        if calls >= number and "LINE#" in json.dumps(request):
            raise EndpointConnectionError(endpoint_url="the store")

    return fail


@pytest.fixture
def boss(world: World) -> Person:
    return world.person("supervisor")


def test_a_new_shipment_is_hidden_until_all_lines_are_written(boss: Person, engine: EmbeddedEngine) -> None:
    looks: list[tuple[int, list[str], int]] = []

    def look(*_: object) -> None:
        looks.append((len(stored_lines()), seen(boss), boss.get(f"{PACK}/lookup/SH-1").status))

    with engine.before(COMMIT, look):
        assert load(boss, SHIPMENTS, shipment_record("SH-1", *lines(500))).status == 200
    assert len(looks) > 3
    assert max(there for there, _, _ in looks) > 100
    assert all((numbers, status) == ([], 404) for _, numbers, status in looks[:-1])
    assert [line.line_number for line in stored_lines()] == list(range(1, 501))
    found = stored_shipment()
    assert found is not None
    assert (found.lines_total, seen(boss), draft()) == (500, ["SH-1"], None)


def test_an_interrupted_import_shows_nothing_and_can_be_repeated(boss: Person, engine: EmbeddedEngine) -> None:
    with engine.before(COMMIT, fails_at(3)):
        answer = load(boss, SHIPMENTS, shipment_record("SH-1", *lines()))
    assert rejected(answer) == [dict(TRY_AGAIN)]
    assert stored_lines() != []
    assert (seen(boss), boss.get(f"{PACK}/lookup/SH-1").status, create_box(boss).status) == ([], 404, 404)
    loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines(130, quantity=7)))
    assert [line.quantity for line in stored_lines()] == [7] * 130
    assert (seen(boss), draft()) == (["SH-1"], None)


def test_an_interrupted_import_can_be_replaced_by_a_small_one(boss: Person, engine: EmbeddedEngine) -> None:
    with engine.before(COMMIT, fails_at(3)):
        load(boss, SHIPMENTS, shipment_record("SH-1", *lines()))
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(3)))
    assert [line.line_number for line in stored_lines()] == [3]
    found = stored_shipment()
    assert found is not None
    assert (found.lines_total, draft()) == (1, None)


def test_packers_see_all_line_changes_of_an_import_at_once(boss: Person, engine: EmbeddedEngine) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines()))
    loaded(boss, PLATES, plate_record("LP-1", LINES))
    box = new_box(boss)
    ids = {"so_line_id": line_id(LINES)}
    refused: list[tuple[str, list[str]]] = []

    def try_it(*_: object) -> None:
        if draft() is not None:
            refused.append((pack_item(boss, box, 1, **ids).code, seen(boss)))

    with engine.before(COMMIT, try_it):
        loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines(quantity=3, allergens=["nuts"])))
    assert len(refused) > 1
    assert {code for code, _ in refused} == {"SHIPMENT_NOT_PACKABLE"}
    assert all(numbers == [] for _, numbers in refused)
    assert {(line.quantity, line.version) for line in stored_lines()} == {(Decimal(3), 2)}
    assert seen(boss) == ["SH-1"]
    assert pack_item(boss, box, 1, **ids).status == 201


def test_an_interrupted_change_hides_the_shipment_until_it_is_repeated(boss: Person, engine: EmbeddedEngine) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines()))
    after = shipment_record("SH-1", *lines(150, quantity=3), customer_name="Another")
    with engine.before(COMMIT, fails_at(3)):
        load(boss, SHIPMENTS, after)
    assert len({line.quantity for line in stored_lines()}) == 2
    assert (seen(boss), create_box(boss).code) == ([], "SHIPMENT_NOT_PACKABLE")
    loaded(boss, SHIPMENTS, after)
    assert {line.quantity for line in stored_lines()} == {3}
    [shown] = boss.get(f"{PACK}/shipments").json["data"]
    assert (shown["status"], shown["lines_total"], shown["customer_name"]) == ("pending", 150, "Another")


@pytest.fixture
def being_packed(boss: Person) -> Person:
    """A large shipment with ten packed items of its first line, and one of its second."""
    loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines()))
    loaded(boss, PLATES, plate_record("LP-1", 1), plate_record("LP-2", 2))
    packed(boss, new_box(boss), 10)
    return boss


def test_a_shipment_in_packing_accepts_changes_without_contradiction(being_packed: Person) -> None:
    after = [line_record(1, quantity=11), *lines(180, product_name="Renamed")[1:]]
    loaded(being_packed, SHIPMENTS, shipment_record("SH-1", *after))
    assert [line.line_number for line in stored_lines()] == list(range(1, 181))
    found = stored_shipment()
    assert found is not None
    assert (found.status, found.lines_total, found.lines_packed, found.lines_complete) == ("packing", 180, 1, 0)
    [shown] = being_packed.get(f"{PACK}/shipments").json["data"]
    assert (shown["status"], shown["lines_packed"]) == ("packing", 1)


def test_a_line_is_not_emptied_while_the_lines_change(being_packed: Person, engine: EmbeddedEngine) -> None:
    [(box, [content])] = stored_boxes()
    with engine.before(COMMIT, fails_at(3)):
        load(being_packed, SHIPMENTS, shipment_record("SH-1", *lines(product_name="Renamed")))
    assert remove_item(being_packed, box.box_id, content.content_id).code == "SHIPMENT_NOT_PACKABLE"
    loaded(being_packed, SHIPMENTS, shipment_record("SH-1", *lines(product_name="Renamed")))
    assert remove_item(being_packed, box.box_id, content.content_id).status == 204


def test_a_shipment_in_packing_refuses_too_many_lowered_lines(being_packed: Person) -> None:
    before = [line.attribute_values for line in stored_lines()]
    answer = load(being_packed, SHIPMENTS, shipment_record("SH-1", line_record(1), *lines(quantity=9)[1:]))
    assert [list(fields) for fields in rejected(answer)] == [["lines"]]
    assert [line.attribute_values for line in stored_lines()] == before
    assert seen(being_packed) == ["SH-1"]


def test_an_item_packed_at_the_last_moment_refuses_the_whole_record(
    being_packed: Person, engine: EmbeddedEngine
) -> None:
    boss = being_packed
    after = [line_record(1), line_record(2, quantity=3), *lines(product_name="Renamed")[2:]]
    box = str(boss.get(f"{PACK}/shipments/{shipment_id()}/boxes").json["data"][0]["id"])
    second = {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}
    packed(boss, box, 1, **second)
    before = [line.attribute_values for line in stored_lines()]
    came_in: list[Decimal] = []

    def come_in(*_: object) -> None:
        # The shipment is out of sight, lines are about to be written, and an item comes in that was on its way.
        line = stored_line(2)
        if draft() is not None and line is not None and not came_in:
            line.packed += 5
            line.version += 1
            line.save()
            came_in.append(line.packed)

    with engine.before(COMMIT, come_in):
        answer = load(boss, SHIPMENTS, shipment_record("SH-1", *after))
    assert [list(fields) for fields in rejected(answer)] == [["lines.1.quantity"]]
    assert (seen(boss), draft()) == (["SH-1"], None)
    untouched = [line.attribute_values for line in stored_lines() if line.line_number != 2]
    assert untouched == [line for line in before if line["line_number"] != 2]
    assert pack_item(boss, box, 1, **second).status == 201


@pytest.mark.parametrize("at", [1, 2, 4])
def test_simultaneous_imports_of_one_shipment_do_not_mix(
    world: World, boss: Person, engine: EmbeddedEngine, at: int
) -> None:
    other, calls = world.person("supervisor"), 0
    theirs: list[Answer] = []

    def interfere(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            theirs.append(load(other, SHIPMENTS, shipment_record("SH-1", *lines(120, quantity=2))))

    with engine.before(COMMIT, interfere):
        mine = load(boss, SHIPMENTS, shipment_record("SH-1", *lines(quantity=3)))
    assert [answer.status for answer in (mine, *theirs)] == [200, 200]
    assert {line.quantity for line in stored_lines()} == {3}
    assert len(stored_lines()) == LINES
    found = stored_shipment()
    assert found is not None
    assert (found.lines_total, found.status, draft()) == (LINES, "pending", None)


def test_each_transaction_of_a_large_import_has_an_audit_row(world: World, boss: Person) -> None:
    loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines()))
    rows = [row for row in world.audit() if row.entity_id == shipment_id()]
    assert [row.action_type for row in rows] == [
        "SHIPMENT_IMPORT_BEGUN",
        "SHIPMENT_LINES_IMPORTED",
        "SHIPMENT_LINES_IMPORTED",
        "SHIPMENT_IMPORTED",
    ]
    diffs = "".join(str(row.payload_diff) for row in rows)
    assert all(f'"so_line/{line_id(number)}.quantity":[null,10]' in diffs for number in range(1, 201))


def test_a_small_import_runs_again_if_a_large_one_began(world: World, boss: Person, engine: EmbeddedEngine) -> None:
    def begin(work: UnitOfWork) -> None:
        work.update_unread(draft_key(DEMO, shipment_id()), actions=[ShipmentDraft.draft_id.set("of the large one")])

    meanwhile(engine, lambda: world.run(begin))
    loaded(boss, SHIPMENTS, shipment_record("SH-1", line_record(500)))
    assert (seen(boss), draft()) == (["SH-1"], None)


def test_lines_of_one_import_are_never_added_to_the_shipment_of_another(
    world: World, boss: Person, engine: EmbeddedEngine
) -> None:
    other, calls = world.person("supervisor"), 0

    def interfere(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:  # the first lines are about to be written
            loaded(other, SHIPMENTS, shipment_record("SH-1", line_record(500)))
        found = stored_shipment()
        assert found is None or found.status == "importing" or found.lines_total == len(stored_lines())

    with engine.before(COMMIT, interfere):
        loaded(boss, SHIPMENTS, shipment_record("SH-1", *lines(120)))
    assert len(stored_lines()) == 120
