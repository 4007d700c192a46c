"""The list of shipments that can be packed, and the round trips of shipments."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PACK,
    calls_of,
    close_box,
    complete_shipment,
    line_record,
    loaded,
    new_box,
    packed,
    plate_record,
    shipment_id,
    shipment_record,
)
from tests.builders.world import OTHER, Person, World


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


def test_round_trips_of_shipments(packer: Person, box: str, engine: EmbeddedEngine) -> None:
    packed(packer, box, 10)
    close_box(packer, box)
    calls = calls_of(engine)
    packer.get(f"{PACK}/shipments")  # the shards of the index are read at once
    assert (calls[0], set(calls[1:])) == ("BatchGetItem", {"Query"})
    calls.clear()
    packer.get(f"{PACK}/lookup/LP-1?shipment_id={shipment_id()}")  # and then the lines of the plate
    assert (calls[0], sorted(calls[1:])) == ("BatchGetItem", ["BatchGetItem", "BatchGetItem", "Query"])
    calls.clear()
    complete_shipment(packer, allow_partial=True)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
