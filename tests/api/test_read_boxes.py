"""Reads of boxes: details, list and label; and the round trips of boxes."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PACK,
    box_id,
    calls_of,
    close_box,
    create_box,
    existing,
    line_record,
    loaded,
    new_box,
    packed,
    plate_record,
    reopen_box,
    set_prefix,
    shipment_id,
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


def test_a_box_shows_its_contents(packer: Person, box: str) -> None:
    second = packed(packer, box, 0.5)
    first = existing(stored_box(box))
    answer = packer.get(f"{PACK}/box/{box}")
    assert (answer.status, answer.headers["ETag"]) == (200, f'"{first.version}"')
    contents = answer.json["contents"]
    described = {"product_name": "Product 1", "lot_number": "LOT-7", "lp_number": "LP-1", "notes": None}
    assert [{**one, "id": None} for one in contents] == [
        {"id": None, **described, "quantity": 4},
        {"id": None, **described, "quantity": 0.5},
    ]
    assert contents[1]["id"] == second
    assert answer.json["box"]["box_number"] == 1
    assert answer.json["summary"] == {
        "item_count": 2,
        "total_weight_est": 1.35,
        "items": [{"product_name": "Product 1", "quantity": 4.5, "uom": "EA"}],
    }


def test_an_unknown_box_is_not_found(world: World, packer: Person, box: str) -> None:
    for person, unknown in ((packer, NOWHERE), (packer, "x"), (packer, "%23"), (world.person("packer", OTHER), box)):
        for path in (f"{PACK}/box/{unknown}", f"{PACK}/box/{unknown}/label"):
            answer = person.get(path)
            assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_the_boxes_of_a_shipment_are_listed_by_number(packer: Person, box: str) -> None:
    new_box(packer)
    close_box(packer, box, weight=2)
    answer = packer.get(f"{PACK}/shipments/{shipment_id()}/boxes")
    assert answer.status == 200
    assert answer.json == {
        "data": [
            {
                "id": box,
                "box_number": 1,
                "status": "closed",
                "weight": 2,
                "dimensions": UNMEASURED,
                "sscc": None,
                "item_count": 1,
                "total_weight_est": 1.2,
            },
            {
                "id": box_id(2),
                "box_number": 2,
                "status": "open",
                "weight": None,
                "dimensions": UNMEASURED,
                "sscc": None,
                "item_count": 0,
                "total_weight_est": 0,
            },
        ],
        "total": 2,
    }
    assert answer.headers["ETag"] == f'"{existing(stored_shipment()).version}"'


def test_a_shipment_without_boxes_has_an_empty_list_and_an_unknown_shipment_is_not_found(
    world: World, packer: Person
) -> None:
    assert packer.get(f"{PACK}/shipments/{shipment_id()}/boxes").json == {"data": [], "total": 0}
    for person, unknown in ((packer, NOWHERE), (world.person("packer", OTHER), shipment_id())):
        answer = person.get(f"{PACK}/shipments/{unknown}/boxes")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_the_label_of_a_closed_box_is_zpl(world: World, packer: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    code = close_box(packer, box, weight=1.5).json["sscc"]
    for query in ("", "?format=zpl"):
        answer = packer.get(f"{PACK}/box/{box}/label{query}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert answer.text.startswith("^XA")
        assert f">800{code}^FS" in answer.text
        assert "4 EA Product 1" in answer.text
        assert "1.5 kg" in answer.text


def test_a_box_without_an_sscc_has_no_label(world: World, packer: Person, boss: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    for _ in range(2):  # open for the first time, and open again
        answer = packer.get(f"{PACK}/box/{box}/label")
        assert (answer.status, answer.code) == (400, "NO_SSCC")
        close_box(packer, box)
        reopen_box(boss, box)


def test_a_box_reopened_at_the_same_moment_has_no_label(
    world: World, packer: Person, boss: Person, box: str, engine: EmbeddedEngine
) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    close_box(packer, box)

    def change(*_: object) -> None:
        reopen_box(boss, box)
        packed(packer, box, 1)

    engine.before("Query", change, times=1)
    answer = packer.get(f"{PACK}/box/{box}/label")
    assert (answer.status, answer.code) == (400, "NO_SSCC")


def test_without_a_prefix_a_closed_box_has_a_plain_label(world: World, packer: Person, box: str) -> None:
    close_box(packer, box)
    answer = packer.get(f"{PACK}/box/{box}/label?dpi=300")
    assert answer.status == 200
    assert "^PW1200" in answer.text
    assert "^BC" not in answer.text
    set_prefix(world.person("SYSTEM_ADMIN"))
    assert packer.get(f"{PACK}/box/{box}/label").code == "NO_SSCC"
    assert set(packer.get(f"{PACK}/box/{box}/label?dpi=600").fields) == {"dpi"}


def test_zpl_is_the_only_format_of_a_label(world: World, packer: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    close_box(packer, box)
    answer = packer.get(f"{PACK}/box/{box}/label?format=pdf")
    assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"format"})


def test_round_trips_of_boxes(world: World, packer: Person, boss: Person, box: str, engine: EmbeddedEngine) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    calls = calls_of(engine)

    def made() -> list[str]:
        seen = list(calls)
        calls.clear()
        return seen

    create_box(packer)
    assert made() == ["BatchGetItem", "TransactWriteItems"]
    close_box(packer, box)
    assert made() == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    reopen_box(boss, box)
    assert made() == ["BatchGetItem", "TransactWriteItems"]
    close_box(packer, box)  # it has its SSCC
    assert made() == ["BatchGetItem", "TransactWriteItems"]
    packer.get(f"{PACK}/box/{box}")
    assert made() == ["BatchGetItem", "Query"]
    packer.get(f"{PACK}/shipments/{shipment_id()}/boxes")
    assert made() == ["BatchGetItem", "BatchGetItem"]
    packer.get(f"{PACK}/box/{box}/label")
    assert made()[0] == "BatchGetItem"
