"""A shipment of 500 lines in 200 boxes among many others."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PACK,
    box_id,
    calls_of,
    complete_shipment,
    create_box,
    line_id,
    pack_body,
    plate_id,
    shipment_id,
)
from tests.builders.packing_crowd import BOXES, HUGE, IN_EACH, LINES, fill, filled_box, huge_shipment, open_shipments
from tests.builders.packing_truth import Picture, check
from tests.builders.world import Person, World

MANY = 400


@pytest.fixture
def packer(world: World) -> Person:
    """A packer of a warehouse with all of these."""
    huge = huge_shipment(world.clock.now())
    check(Picture(huge))
    fill([*huge, *open_shipments(MANY, world.clock.now())])
    return world.person("packer")


def test_a_huge_shipment_is_listed_with_its_counts(packer: Person) -> None:
    answer = packer.get(f"{PACK}/shipments?search=huge").json
    [shown] = answer["data"]
    assert (answer["total"], shown["id"], shown["status"]) == (1, shipment_id(HUGE), "packing")
    assert (shown["lines_total"], shown["lines_packed"], shown["boxes_count"]) == (LINES, LINES, BOXES)


def test_many_shipments_are_searched_filtered_sorted_and_counted(packer: Person) -> None:
    answer = packer.get(f"{PACK}/shipments?search=HOTEL&warehouse_id=wh-1&limit=7").json
    assert (len(answer["data"]), answer["total"]) == (7, MANY // 20)
    dates = [one["promised_ship_date"] for one in packer.get(f"{PACK}/shipments?limit=100").json["data"]]
    assert dates == sorted(dates)
    everything = packer.get(f"{PACK}/shipments").json
    assert (len(everything["data"]), everything["total"]) == (50, MANY + 1)


def test_two_hundred_boxes_are_shown_in_two_round_trips(packer: Person, engine: EmbeddedEngine) -> None:
    calls = calls_of(engine)
    listed = packer.get(f"{PACK}/shipments/{shipment_id(HUGE)}/boxes").json
    # The second and the third are made at once.
    assert calls == ["BatchGetItem"] * 3
    assert [one["box_number"] for one in listed["data"]] == list(range(1, BOXES + 1))
    assert listed["total"] == BOXES
    assert len({one["sscc"] for one in listed["data"]}) == BOXES


def test_a_shipment_of_many_boxes_gets_another_box_and_item(packer: Person, engine: EmbeddedEngine) -> None:
    details = packer.get(f"{PACK}/box/{box_id(BOXES, HUGE)}").json
    assert (details["box"]["box_number"], details["summary"]["item_count"]) == (BOXES, IN_EACH)
    calls = calls_of(engine)
    opened = create_box(packer, HUGE)
    assert (opened.json["box_number"], calls) == (BOXES + 1, ["BatchGetItem", "TransactWriteItems"])
    calls.clear()
    ids = {"shipment_id": shipment_id(HUGE), "so_line_id": line_id(LINES, HUGE)}
    body = pack_body(opened.json["id"], 2.5, **ids, license_plate_id=plate_id(f"LP-{LINES:06d}"))
    answer = packer.post(PACK, body)
    assert (answer.status, answer.json["so_line_status"]["packed_qty"]) == (201, 3.5)
    assert calls == ["BatchGetItem", "Query", "TransactWriteItems"]
    assert complete_shipment(packer, HUGE, allow_partial=True).code == "OPEN_BOXES"


def test_a_box_takes_a_thousand_contents_and_no_more(packer: Person) -> None:
    box = create_box(packer, HUGE).json["id"]
    fill(filled_box(BOXES + 1, 999, packer.world.clock.now()))
    ids = {"shipment_id": shipment_id(HUGE), "so_line_id": line_id(LINES, HUGE)}
    body = pack_body(box, 0.5, **ids, license_plate_id=plate_id(f"LP-{LINES:06d}"))
    answer = packer.post(PACK, body)
    assert answer.json["box_summary"]["item_count"] == 1000
    assert answer.json["box_summary"]["items"] == [
        {"product_name": f"Product number {LINES}", "quantity": 500, "uom": "EA"}
    ]
    refused = packer.post(PACK, body)
    assert (refused.status, refused.code) == (400, "BOX_FULL")
    content = packer.get(f"{PACK}/box/{box}").json["contents"][0]["id"]
    assert packer.delete(f"{PACK}/box/{box}/item/{content}").status == 204
    assert packer.post(PACK, body).status == 201


def test_a_box_of_an_earlier_version_is_summed_from_its_contents(packer: Person) -> None:
    box = create_box(packer, HUGE).json["id"]
    fill(filled_box(BOXES + 1, 3, packer.world.clock.now(), has_sums=False))
    ids = {"shipment_id": shipment_id(HUGE), "so_line_id": line_id(LINES, HUGE)}
    body = pack_body(box, 0.5, **ids, license_plate_id=plate_id(f"LP-{LINES:06d}"))
    first = packer.post(PACK, body).json
    summary = packer.post(PACK, body).json["box_summary"]
    assert (summary["item_count"], summary["items"][0]["quantity"]) == (5, 2.5)
    content = first["box_content"]["id"]
    assert packer.delete(f"{PACK}/box/{box}/item/{content}").status == 204
    assert packer.get(f"{PACK}/box/{box}").json["summary"]["item_count"] == 4
