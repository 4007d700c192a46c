"""A shipment with its lines."""

import pytest

from tests.builders.packing import (
    PACK,
    close_box,
    complete_shipment,
    line_id,
    line_record,
    loaded,
    new_box,
    packed,
    plate_id,
    plate_record,
    shipment_id,
    shipment_record,
)
from tests.builders.world import OTHER, Person, World

PATH = f"{PACK}/shipments/{shipment_id()}"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def packer(world: World) -> Person:
    """A packer, after the import of SH-1 with ten each of the products 2 and 1, and a plate for line 1."""
    boss = world.person("supervisor")
    lines = (line_record(2, sku="SKU-2", product_name="Product 2", uom="L"), line_record())
    loaded(boss, "shipments", shipment_record("SH-1", *lines, allergen_restrictions=["nuts"]))
    loaded(boss, "license-plates", plate_record())
    return world.person("packer")


def test_a_shipment_shows_its_lines_by_number_with_what_is_packed(packer: Person) -> None:
    packed(packer, new_box(packer), 2.5)
    answer = packer.get(PATH)
    assert answer.status == 200
    shipment = answer.json
    assert (shipment["id"], shipment["shipment_number"], shipment["status"]) == (shipment_id(), "SH-1", "packing")
    assert (shipment["lines_total"], shipment["lines_packed"], shipment["boxes_count"]) == (2, 1, 1)
    assert (shipment["allergen_restrictions"], shipment["promised_ship_date"]) == (["nuts"], None)
    plate = {"id": plate_id(), "lp_number": "LP-1", "lot_number": "LOT-7", "expiry": None, "available_qty": 97.5}
    assert shipment["lines"] == [
        {
            "id": line_id(number),
            "line_number": number,
            "sku": f"SKU-{number}",
            "product_name": f"Product {number}",
            "quantity": 10,
            "uom": uom,
            "packed_qty": packed_qty,
            "remaining_qty": remaining,
            "status": "partial",
            "plates": plates,
        }
        for number, uom, packed_qty, remaining, plates in ((1, "EA", 2.5, 7.5, [plate]), (2, "L", 0, 10, []))
    ]


def test_a_packed_shipment_is_still_shown(packer: Person) -> None:
    box = new_box(packer)
    packed(packer, box, 11)
    close_box(packer, box)
    assert complete_shipment(packer, allow_partial=True).status == 200
    shipment = packer.get(PATH).json
    assert shipment["status"] == "packed"
    assert [(line["packed_qty"], line["remaining_qty"], line["status"]) for line in shipment["lines"]] == [
        (11, 0, "complete"),
        (0, 10, "partial"),
    ]


def test_an_unchanged_shipment_is_304_until_a_line_changes(packer: Person) -> None:
    box = new_box(packer)
    packed(packer, box, 1)
    tag = packer.get(PATH).headers["ETag"]
    assert packer.get(PATH, **{"If-None-Match": tag}).status == 304
    packed(packer, box, 1)
    assert packer.get(PATH, **{"If-None-Match": tag}).status == 200


def test_a_shipment_of_another_organisation_is_not_found(packer: Person, world: World) -> None:
    stranger = world.person("packer", org_id=OTHER)
    assert stranger.get(PATH).status == 404
    assert packer.get(f"{PACK}/shipments/{NOWHERE}").status == 404
