"""Barcode lookups of shipments, license plates and boxes."""

from urllib.parse import quote

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
    reopen_box,
    set_prefix,
    shipment_id,
    shipment_record,
)
from tests.builders.world import OTHER, Person, World

NOWHERE = "00000000-0000-4000-8000-000000000000"


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


def numbers(person: Person, query: str = "") -> list[str]:
    """Return the numbers of the listed shipments."""
    answer = person.get(f"{PACK}/shipments{query}")
    assert answer.status == 200, answer
    return [one["shipment_number"] for one in answer.json["data"]]


def test_case_is_ignored_where_no_number_matches_exactly(boss: Person, packer: Person) -> None:
    loaded(boss, "shipments", shipment_record("SH-1"), shipment_record("SH-2"), shipment_record("sh-2"))
    loaded(boss, "license-plates", plate_record("LP-1"))
    for barcode, number in {"sh-1": "SH-1", "Sh-2": "SH-2", "sh-2": "sh-2", "SH-2": "SH-2", "so-sh-1": "SH-1"}.items():
        assert packer.get(f"{PACK}/lookup/{barcode}").json["data"]["shipment_number"] == number
    plate = packer.get(f"{PACK}/lookup/lp-1?shipment_id={shipment_id()}").json["data"]
    assert plate["lp"]["lp_number"] == "LP-1"


def test_a_shipment_is_found_by_its_number_and_by_its_order(boss: Person, packer: Person) -> None:
    lines = [line_record(number) for number in (1, 2, 3)]
    loaded(boss, "shipments", shipment_record("SH-1", *lines, allergen_restrictions=["nuts", "Milk"]))
    for barcode in ("SH-1", "SO-SH-1", "%20SH-1", f"SH-1?shipment_id={NOWHERE}"):
        answer = packer.get(f"{PACK}/lookup/{barcode}")
        assert answer.status == 200
        assert answer.json == {
            "type": "shipment",
            "data": {
                "id": shipment_id(),
                "shipment_number": "SH-1",
                "so_number": "SO-SH-1",
                "customer_name": "Bakkerij Zon",
                "lines_total": 3,
                "allergen_restrictions": ["nuts", "Milk"],
                "status": "pending",
                "promised_ship_date": None,
                "lines_packed": 0,
                "boxes_count": 0,
                "allergen_alert": True,
            },
        }


def test_an_order_number_gives_its_oldest_shipment_that_can_be_packed(
    world: World, boss: Person, packer: Person
) -> None:
    for number in ("SH-9", "SH-1", "SH-5"):
        loaded(boss, "shipments", shipment_record(number, so_number="SO-7"))
        world.clock.advance(seconds=1)
    loaded(boss, "license-plates", plate_record("LP-1", 1, "SH-9"))

    def found() -> str:
        return str(packer.get(f"{PACK}/lookup/SO-7").json["data"]["shipment_number"])

    assert found() == "SH-9"
    box = new_box(packer, "SH-9")
    packed(packer, box, 10, shipment_id=shipment_id("SH-9"), so_line_id=line_id(1, "SH-9"))
    close_box(packer, box)
    assert complete_shipment(packer, "SH-9").status == 200
    assert found() == "SH-1"
    assert packer.get(f"{PACK}/lookup/SH-9").json["data"]["shipment_number"] == "SH-9"


def test_a_plate_shows_its_available_quantity_for_the_shipment(packer: Person, box: str) -> None:
    packed(packer, box, 2.5)
    answer = packer.get(f"{PACK}/lookup/LP-1?shipment_id={shipment_id().upper()}")
    assert answer.status == 200
    plate = {
        "id": plate_id("LP-1"),
        "lp_number": "LP-1",
        "product_id": answer.json["data"]["lp"]["product_id"],
        "product_name": "Product 1",
        "quantity": 100,
        "lot_number": "LOT-7",
        "expiry": None,
        "uom": "EA",
        "allergens": [],
    }
    found = {"lp": plate, "allocated": True, "so_line_id": line_id(), "available_qty": 97.5}
    assert answer.json == {"type": "license_plate", "data": found}
    elsewhere = packer.get(f"{PACK}/lookup/LP-1?shipment_id={NOWHERE}").json["data"]
    assert elsewhere == {**found, "lp": {**plate, "uom": None}, "allocated": False, "so_line_id": None}


def test_a_plate_names_the_first_line_that_still_lacks_something(boss: Person, packer: Person) -> None:
    lines = [line_record(number, sku="SKU-1", allergens=[f"a{number}"], uom=f"U{number}") for number in (1, 2, 3)]
    loaded(boss, "shipments", shipment_record("SH-1", *lines))
    to = [{"shipment_number": "SH-1", "line_number": number} for number in (3, 1, 2)]
    loaded(boss, "license-plates", plate_record("LP-1", 1, allocations=to, expiry="2027-01-31"))
    box, offered = new_box(packer), []
    for _ in range(4):
        found = packer.get(f"{PACK}/lookup/LP-1?shipment_id={shipment_id()}").json["data"]
        lp = found["lp"]
        offered.append((found["so_line_id"], lp["uom"], lp["allergens"], lp["expiry"]))
        packed(packer, box, 10, so_line_id=found["so_line_id"])
    expected = [(line_id(number), f"U{number}", [f"a{number}"], "2027-01-31") for number in (1, 2, 3, 1)]
    assert offered == expected


def test_a_plate_allocated_to_several_lines_names_the_first(boss: Person, packer: Person) -> None:
    lines = [line_record(number, sku="SKU-1") for number in (10, 2, 1)]
    loaded(boss, "shipments", shipment_record("SH-1", *lines))
    to = [{"shipment_number": "SH-1", "line_number": number} for number in (10, 2)]
    loaded(boss, "license-plates", plate_record("LP-1", 1, allocations=to))
    assert packer.get(f"{PACK}/lookup/LP-1?shipment_id={shipment_id()}").json["data"]["so_line_id"] == line_id(2)
    box = new_box(packer)
    for number in (2, 10):
        packed(packer, box, 1, so_line_id=line_id(number))


def test_looking_up_a_plate_requires_a_shipment(packer: Person, box: str) -> None:
    for query in ("", "?shipment_id=x", "?shipment_id="):
        answer = packer.get(f"{PACK}/lookup/LP-1{query}")
        assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"shipment_id"})
    assert packer.get(f"{PACK}/lookup/SH-1?shipment_id=x").status == 400


def test_an_unknown_barcode_is_not_found(world: World, packer: Person, box: str) -> None:
    stranger = world.person("packer", OTHER)
    lookups: list[tuple[Person, str]] = [
        *((packer, barcode) for barcode in ("nothing", "sh-9", "%20", "%00", "x" * 300, "%F0%9F%92%A5" * 60, "%1D")),
        *((stranger, barcode) for barcode in ("SH-1", "SO-SH-1", "LP-1")),
    ]
    for person, barcode in lookups:
        answer = person.get(f"{PACK}/lookup/{barcode}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), barcode
        answer = person.get(f"{PACK}/lookup/{barcode}?shipment_id=x")
        assert (answer.status, set(answer.fields)) == (400, {"shipment_id"}), barcode


def test_shipments_precede_orders_and_orders_precede_plates_of_the_same_number(boss: Person, packer: Person) -> None:
    loaded(boss, "shipments", shipment_record("A", so_number="B"), shipment_record("B", so_number="A"))
    loaded(boss, "shipments", shipment_record("C", so_number="L"))
    loaded(boss, "license-plates", plate_record("A", 1, "A"), plate_record("L", 1, "A"))
    found = {barcode: packer.get(f"{PACK}/lookup/{barcode}").json["data"] for barcode in ("A", "B", "L")}
    assert {barcode: one["shipment_number"] for barcode, one in found.items()} == {"A": "A", "B": "B", "L": "C"}


def test_gs1_element_strings_are_understood(boss: Person, packer: Person) -> None:
    loaded(boss, "shipments", shipment_record("SH-1"))
    sscc = "095200041234567895"
    loaded(boss, "license-plates", plate_record("PLT-77"), plate_record(sscc))
    for barcode in (f"00{sscc}", f"(00){sscc}", f"%5DC100{sscc}", sscc):
        answer = packer.get(f"{PACK}/lookup/{barcode}?shipment_id={shipment_id()}")
        assert answer.json["data"]["lp"]["lp_number"] == sscc, barcode
    # A DataMatrix with a GTIN, a lot and the plate's number as a serial.
    barcode = "%5Dd20109521234543213" + "10LOT%1D" + "21PLT-77"
    found = packer.get(f"{PACK}/lookup/{barcode}?shipment_id={shipment_id()}")
    assert found.json["data"]["lp"]["lp_number"] == "PLT-77"
    for uri in (f"https://example.com/00/{sscc}", "https://example.com/01/09521234543213/21/PLT-77"):
        answer = packer.get(f"{PACK}/lookup/{quote(uri, safe='')}?shipment_id={shipment_id()}")
        assert answer.json["data"]["lp"]["lp_number"] in uri


def test_the_sscc_of_a_box_gives_the_box(world: World, packer: Person, boss: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    packed(packer, box, 1)
    sscc = close_box(packer, box).json["sscc"]
    reopen_box(boss, box)
    for barcode in (sscc, f"00{sscc}", f"%5DC100{sscc}", f"(00){sscc}"):
        answer = packer.get(f"{PACK}/lookup/{barcode}")
        assert answer.status == 200
        data = {"id": box, "box_number": 1, "status": "open", "shipment_id": shipment_id(), "sscc": sscc}
        assert answer.json == {"type": "box", "data": data}
    stranger = world.person("packer", OTHER)
    assert stranger.get(f"{PACK}/lookup/{sscc}").status == 404
