"""Shipments: the list of those to be packed, what a barcode stands for, and completing one."""

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
    packed,
    plate_id,
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


@pytest.fixture
def boss(world: World) -> Person:
    """Who loads what is to be packed."""
    return world.person("supervisor")


@pytest.fixture
def packer(world: World) -> Person:
    """Somebody who packs."""
    return world.person("packer")


@pytest.fixture
def box(boss: Person, packer: Person) -> str:
    """The first box of SH-1, of which ten of product 1 and five of product 2 are ordered and nothing is packed yet."""
    loaded(boss, "shipments", shipment_record("SH-1", line_record(1), line_record(2, quantity=5)))
    loaded(boss, "license-plates", plate_record("LP-1"), plate_record("LP-2", 2))
    return new_box(packer)


def second() -> dict[str, str]:
    """The plate of product 2 for line 2."""
    return {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}


def numbers(person: Person, query: str = "") -> list[str]:
    """The numbers of the listed shipments."""
    answer = person.get(f"{PACK}/shipments{query}")
    assert answer.status == 200, answer
    return [one["shipment_number"] for one in answer.json["data"]]


# --- the list --------------------------------------------------------------------------------------------------


def test_a_listed_shipment_shows_its_status_and_counters(boss: Person, packer: Person, box: str) -> None:
    pending = {
        "id": shipment_id(),
        "shipment_number": "SH-1",
        "so_number": "SO-SH-1",
        "customer_name": "Bakkerij Zon",
        "status": "pending",
        "promised_ship_date": None,
        "lines_total": 2,
        "lines_packed": 0,
        "boxes_count": 1,
        "allergen_alert": False,
    }
    assert packer.get(f"{PACK}/shipments").json == {"data": [pending], "total": 1}
    for _ in range(2):
        packed(packer, box, 1)
    new_box(packer)
    loaded(
        boss,
        "shipments",
        shipment_record(
            "SH-1",
            line_record(1),
            line_record(2, quantity=5),
            promised_ship_date="2026-03-05",
            allergen_restrictions=["nuts"],
        ),
    )
    now = {"status": "packing", "lines_packed": 1, "boxes_count": 2}
    settled = {"promised_ship_date": "2026-03-05", "allergen_alert": True}
    assert packer.get(f"{PACK}/shipments").json["data"] == [{**pending, **now, **settled}]


def test_shipments_are_listed_by_promised_date_and_last_without_one(boss: Person, packer: Person) -> None:
    dates = {"SH-1": "2026-04-01", "SH-2": None, "SH-3": "2026-03-31", "SH-4": "2026-04-01", "SH-5": "2025-12-31"}
    records = [shipment_record(number, promised_ship_date=date) for number, date in dates.items()]
    loaded(boss, "shipments", *records)
    assert numbers(packer) == ["SH-5", "SH-3", "SH-1", "SH-4", "SH-2"]


@pytest.fixture
def many(boss: Person) -> None:
    """Three shipments of two warehouses."""
    loaded(
        boss,
        "shipments",
        shipment_record("SH-100", customer_name="Bakkerij Zon", so_number="SO-1", warehouse_id="wh-001"),
        shipment_record("SH-200", customer_name="Straße & Co", so_number="so-21", warehouse_id="wh-002"),
        shipment_record("SH-300", customer_name="Café Ålesund", so_number="X-100", warehouse_id="wh-001"),
    )


@pytest.mark.usefixtures("many")
def test_the_list_is_filtered_by_warehouse_and_search_text(packer: Person) -> None:
    assert numbers(packer, "?warehouse_id=wh-001") == ["SH-100", "SH-300"]
    assert numbers(packer, "?warehouse_id=wh-003") == []
    assert numbers(packer, "?search=100") == ["SH-100", "SH-300"]
    assert numbers(packer, "?search=SO-2") == ["SH-200"]
    assert numbers(packer, "?search=bAKKER") == ["SH-100"]
    assert numbers(packer, "?search=STRASSE") == ["SH-200"]
    assert numbers(packer, "?search=%C3%A5les") == ["SH-300"]
    assert numbers(packer, "?search=") == ["SH-100", "SH-200", "SH-300"]
    assert numbers(packer, "?search=%20sh-2%20") == ["SH-200"]
    assert numbers(packer, "?search=so&warehouse_id=wh-002") == ["SH-200"]
    assert numbers(packer, "?search=nothing") == []


@pytest.mark.usefixtures("many")
def test_the_total_counts_matches_beyond_the_limit(packer: Person) -> None:
    for query, shown, total in (("", 3, 3), ("?limit=2", 2, 3), ("?limit=1&search=100", 1, 2), ("?limit=100", 3, 3)):
        answer = packer.get(f"{PACK}/shipments{query}").json
        assert (len(answer["data"]), answer["total"]) == (shown, total)


def test_the_default_limit_is_fifty(boss: Person, packer: Person) -> None:
    loaded(boss, "shipments", *[shipment_record(f"SH-{number:03d}") for number in range(51)])
    answer = packer.get(f"{PACK}/shipments").json
    assert (len(answer["data"]), answer["total"]) == (50, 51)


def test_all_invalid_parameters_are_reported_at_once(packer: Person) -> None:
    answer = packer.get(f"{PACK}/shipments?limit=0&warehouse_id=%23&search={'x' * 201}")
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert set(answer.fields) == {"limit", "warehouse_id", "search"}
    for limit in ("101", "-1", "x", "1.5", ""):
        assert packer.get(f"{PACK}/shipments?limit={limit}").status == 400


def test_a_completed_shipment_is_not_listed(packer: Person, box: str) -> None:
    packed(packer, box, 1)
    close_box(packer, box)
    complete_shipment(packer, allow_partial=True)
    assert packer.get(f"{PACK}/shipments").json == {"data": [], "total": 0}


@pytest.mark.usefixtures("many")
def test_another_organisation_has_a_list_of_its_own(world: World) -> None:
    assert numbers(world.person("packer", OTHER)) == []


# --- barcodes --------------------------------------------------------------------------------------------------


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
    }
    found = {"lp": plate, "allocated": True, "so_line_id": line_id(), "available_qty": 97.5}
    assert answer.json == {"type": "license_plate", "data": found}
    elsewhere = packer.get(f"{PACK}/lookup/LP-1?shipment_id={NOWHERE}").json["data"]
    assert elsewhere == {**found, "allocated": False, "so_line_id": None}


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
    wanted: list[tuple[Person, str]] = [
        *((packer, barcode) for barcode in ("nothing", "sh-1", "%20", "%00", "x" * 300, "%F0%9F%92%A5" * 60, "%1D")),
        *((stranger, barcode) for barcode in ("SH-1", "SO-SH-1", "LP-1")),
    ]
    for person, barcode in wanted:
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


def test_the_sscc_of_a_box_gives_its_shipment(world: World, packer: Person, boss: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    packed(packer, box, 1)
    sscc = close_box(packer, box).json["sscc"]
    reopen_box(boss, box)
    for barcode in (sscc, f"00{sscc}", f"%5DC100{sscc}", f"(00){sscc}"):
        answer = packer.get(f"{PACK}/lookup/{barcode}")
        assert (answer.status, answer.json["type"], answer.json["data"]["id"]) == (200, "shipment", shipment_id())
    stranger = world.person("packer", OTHER)
    assert stranger.get(f"{PACK}/lookup/{sscc}").status == 404


# --- completing ------------------------------------------------------------------------------------------------


def test_a_shipment_with_everything_in_closed_boxes_is_completed(world: World, packer: Person, box: str) -> None:
    packed(packer, box, 10)
    packed(packer, box, 5, **second())
    close_box(packer, box)
    answer = complete_shipment(packer)
    assert answer.status == 200
    assert answer.json == {
        "id": shipment_id(),
        "shipment_number": "SH-1",
        "status": "packed",
        "lines_total": 2,
        "lines_packed": 2,
        "boxes_count": 1,
    }
    assert answer.headers["ETag"] == f'"{existing(stored_shipment()).version}"'
    assert diff(audit_row(world, shipment_id(), "SHIPMENT_PACKED")) == {"status": ["packing", "packed"]}


def test_refused_completions_have_the_codes_of_the_contract(
    world: World, boss: Person, packer: Person, box: str
) -> None:
    def code(**fields: Any) -> str:
        answer = complete_shipment(packer, **fields)
        assert answer.status == 400, answer
        return answer.code

    loaded(boss, "shipments", shipment_record("SH-2"))
    answer = complete_shipment(packer, "SH-2", allow_partial=True)
    assert (answer.status, answer.code) == (400, "NO_BOXES")
    assert (code(), code(allow_partial=True)) == ("OPEN_BOXES", "UNPACKED_ITEMS")
    packed(packer, box, 10)
    assert (code(), code(allow_partial=True)) == ("OPEN_BOXES", "OPEN_BOXES")
    close_box(packer, box)
    assert (code(), code(allow_partial=False)) == ("UNPACKED_ITEMS", "UNPACKED_ITEMS")
    details = complete_shipment(packer).json["error"]["details"]
    assert (details["state"], details["action"], details["missing"]) == ("packing", "complete", ["packed items"])
    assert (details["allowed"], details["lines_complete"]) == (["complete", "create", "pack", "remove", "reopen"], 1)
    assert complete_shipment(packer, allow_partial=True).status == 200
    assert (code(), code(allow_partial=True)) == ("SHIPMENT_NOT_PACKABLE", "SHIPMENT_NOT_PACKABLE")
    for person, number in ((packer, "SH-9"), (world.person("packer", OTHER), "SH-1")):
        answer = complete_shipment(person, number)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_a_partial_completion_ignores_boxes_that_were_never_used(packer: Person, box: str) -> None:
    packed(packer, box, 10)
    packed(packer, box, 5, **second())
    empty = new_box(packer)
    close_box(packer, box)
    assert complete_shipment(packer).code == "OPEN_BOXES"
    assert complete_shipment(packer, allow_partial=True).json["status"] == "packed"
    assert existing(stored_box(empty)).status == "open"


def test_the_input_of_a_completion_is_validated(packer: Person, box: str) -> None:
    answer = packer.post(f"{PACK}/complete", {"shipment_id": "x", "allow_partial": "yes"})
    assert (answer.status, set(answer.fields)) == (400, {"shipment_id", "allow_partial"})
    packed(packer, box, 10)
    answer = complete_shipment(packer, allow_partial="yes")
    assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"allow_partial"})
    assert existing(stored_shipment()).status == "packing"


def test_a_repeated_idempotency_key_completes_the_shipment_once(packer: Person, box: str) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    body = {"shipment_id": shipment_id(), "allow_partial": True}
    first, again = (packer.post(f"{PACK}/complete", body, idempotency_key="k") for _ in range(2))
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")
    assert packer.post(f"{PACK}/complete", body).code == "SHIPMENT_NOT_PACKABLE"


def test_a_stale_version_of_the_shipment_is_refused(packer: Person, box: str) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    body = {"shipment_id": shipment_id(), "allow_partial": True}
    answer = packer.post(f"{PACK}/complete", body, if_match="1")
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    version = packer.get(f"{PACK}/shipments/{shipment_id()}/boxes").headers["ETag"]
    assert packer.post(f"{PACK}/complete", body, if_match=version).status == 200


def test_a_shipment_with_a_box_reopened_at_the_same_moment_is_not_completed(
    packer: Person, boss: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    meanwhile(engine, lambda: reopen_box(boss, box))
    assert complete_shipment(packer, allow_partial=True).code == "OPEN_BOXES"
    assert existing(stored_shipment()).status == "packing"


def test_a_box_of_a_shipment_completed_at_the_same_moment_is_not_reopened(
    packer: Person, boss: Person, box: str, engine: EmbeddedEngine
) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    meanwhile(engine, lambda: complete_shipment(packer, allow_partial=True))
    assert reopen_box(boss, box).code == "SHIPMENT_NOT_PACKABLE"
    assert existing(stored_box(box)).status == "closed"


# --- round trips -----------------------------------------------------------------------------------------------


def test_round_trips_of_shipments(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    calls = calls_of(engine)
    packer.get(f"{PACK}/shipments")  # the shards of the index are asked at once
    assert (calls[0], set(calls[1:])) == ("BatchGetItem", {"Query"})
    calls.clear()
    packer.get(f"{PACK}/lookup/LP-1?shipment_id={shipment_id()}")
    assert (calls[0], sorted(calls[1:])) == ("BatchGetItem", ["BatchGetItem", "Query"])
    calls.clear()
    complete_shipment(packer, allow_partial=True)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
