"""The settings of overpacking and of expired plates."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PACK,
    line_record,
    loaded,
    meanwhile,
    new_box,
    pack_item,
    packed,
    plate_id,
    plate_record,
    shipment_id,
    shipment_record,
    stored_line,
)
from tests.builders.packing_truth import checked
from tests.builders.settings import set_time_zone
from tests.builders.world import Answer, Person, World

SETTINGS = "/v1/organisation/settings/packing"


@pytest.fixture
def packer(world: World) -> Person:
    """A packer, after the import of SH-1 with ten of product 1, and of a plate of a hundred."""
    boss = world.person("supervisor")
    loaded(boss, "shipments", shipment_record())
    loaded(boss, "license-plates", plate_record())
    return world.person("packer")


@pytest.fixture
def box(packer: Person) -> str:
    """The first box of SH-1."""
    return new_box(packer)


def change_settings(world: World, **fields: str) -> Answer:
    """Replace the settings of packing."""
    return world.person("SYSTEM_ADMIN").put(SETTINGS, fields)


def expire(world: World, expiry: str | None) -> None:
    """Give the plate an expiry date."""
    loaded(world.person("supervisor"), "license-plates", plate_record(expiry=expiry))


def test_overpacking_is_allowed_without_a_warning_by_default(packer: Person, box: str) -> None:
    answer = pack_item(packer, box, 11)
    assert answer.status == 201
    assert "overpack_warning" not in answer.json
    assert "expiry_warning" not in answer.json


def test_overpacking_is_warned_of_or_refused_by_the_setting(world: World, packer: Person, box: str) -> None:
    assert change_settings(world, overpack="warn").status == 200
    assert "overpack_warning" not in pack_item(packer, box, 10).json
    warned = pack_item(packer, box, 0.5)
    assert (warned.status, warned.json["overpack_warning"]) == (201, {"ordered": 10, "packed": 10.5})
    change_settings(world, overpack="refuse")
    refused = pack_item(packer, box, 0.5)
    assert (refused.status, refused.code) == (400, "OVERPACK_NOT_ALLOWED")
    assert refused.json["error"]["details"] == {"ordered": 10, "packed": 10.5}


def test_a_line_filled_at_the_same_moment_is_not_overpacked(
    world: World, packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    change_settings(world, overpack="refuse")
    meanwhile(engine, lambda: packed(packer, box, 9))
    assert pack_item(packer, box, 2).code == "OVERPACK_NOT_ALLOWED"
    line = stored_line()
    assert line is not None
    assert line.packed == 9
    checked()


def test_an_expired_plate_is_warned_of_from_the_day_after_its_date(world: World, packer: Person, box: str) -> None:
    today = world.clock.now().date().isoformat()
    expire(world, today)
    assert "expiry_warning" not in pack_item(packer, box).json
    world.clock.advance(hours=24)
    again = world.signed_in(packer.org_id, packer.user_id, "packer")
    assert pack_item(again, box).json["expiry_warning"] == {"expiry": today}
    change_settings(world, expiry="off")
    assert "expiry_warning" not in pack_item(again, box).json
    change_settings(world, expiry="refuse")
    refused = pack_item(again, box)
    assert (refused.status, refused.code) == (400, "LP_EXPIRED")
    assert refused.json["error"]["details"] == {"expiry": today}
    expire(world, None)
    assert pack_item(again, box).status == 201


def test_an_expiry_date_ends_in_the_time_zone_of_the_organisation(world: World, packer: Person, box: str) -> None:
    yesterday = world.clock.now().date().replace(day=28, month=2).isoformat()
    assert world.clock.now().isoformat() > yesterday
    expire(world, yesterday)
    assert "expiry_warning" in pack_item(packer, box).json
    set_time_zone(world, "Pacific/Pago_Pago")
    world.clock.advance(hours=-world.clock.now().hour)
    assert "expiry_warning" not in pack_item(packer, box).json


def test_a_shipment_shows_the_plates_of_its_lines(world: World, packer: Person) -> None:
    boss = world.person("supervisor")
    loaded(boss, "shipments", shipment_record("SH-1", line_record(1), line_record(2)))
    loaded(boss, "license-plates", plate_record("LP-2", 2, expiry="2027-01-31"), plate_record("LP-3", 2))
    packed(packer, new_box(packer), 2.5)

    def plates() -> dict[int, list[tuple[str, str | None, float]]]:
        lines = packer.get(f"{PACK}/shipments/{shipment_id()}").json["lines"]
        shown = ("lp_number", "expiry", "available_qty")
        return {
            line["line_number"]: [tuple(plate[name] for name in shown) for plate in line["plates"]] for line in lines
        }

    first = ("LP-1", None, 97.5)
    seen = plates()
    assert (seen[1], sorted(seen[2])) == ([first], [("LP-2", "2027-01-31", 100), ("LP-3", None, 100)])
    loaded(boss, "license-plates", plate_record("LP-2", 2, allocations=[]))
    assert plates() == {1: [first], 2: [("LP-3", None, 100)]}


def test_a_plate_of_an_earlier_version_is_shown_once_it_is_imported_again(world: World, packer: Person) -> None:
    from chalicelib.packing.plates.tables import AllocatedPlate, allocated_plates_query
    from tests.builders.packing import existing, stored_plate

    [row] = allocated_plates_query(packer.org_id, shipment_id()).all()
    plate = existing(stored_plate())
    world.run(lambda work: work.update(plate, {"is_listed": None}))
    AllocatedPlate.table().delete_item(row.pk, row.sk)

    def shown() -> list[str]:
        [line] = packer.get(f"{PACK}/shipments/{shipment_id()}").json["lines"]
        return [plate["id"] for plate in line["plates"]]

    assert shown() == []
    loaded(world.person("supervisor"), "license-plates", plate_record())
    assert shown() == [plate_id()]


def test_notes_are_in_the_details_of_the_box(packer: Person, box: str) -> None:
    packed(packer, box, 1, notes="Two are dented")
    packed(packer, box, 1)
    contents = packer.get(f"{PACK}/box/{box}").json["contents"]
    assert [content["notes"] for content in contents] == ["Two are dented", None]
