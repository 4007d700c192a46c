"""GS1 company prefixes: their form, their owners, and the first serial number."""

from typing import Any

import pytest

from chalicelib.packing.boxes.tables import (
    SERIAL_SHARDS,
    PrefixNode,
    SerialCounter,
    earlier_serial_key,
    prefix_key,
)
from infra.local.engine import EmbeddedEngine
from tests.builders.packing import (
    PREFIX,
    close_box,
    loaded,
    meanwhile,
    new_box,
    packed,
    plate_record,
    set_prefix,
    shipment_record,
)
from tests.builders.world import DEMO, OTHER, Answer, Person, World

SETTINGS = "/v1/organisation/settings/packing"


@pytest.fixture
def packer(world: World) -> Person:
    """A packer, after the import of SH-1 and a plate."""
    return packer_of(world, DEMO)


def packer_of(world: World, org_id: str) -> Person:
    boss = world.person("supervisor", org_id)
    loaded(boss, "shipments", shipment_record())
    loaded(boss, "license-plates", plate_record())
    return world.person("packer", org_id)


def closed(packer: Person) -> Any:
    """Close a new box and return its SSCC."""
    box = new_box(packer)
    packed(packer, box, 1, shipment_id=shipment(packer), **ids(packer))
    answer = close_box(packer, box)
    assert answer.status == 200, answer
    return answer.json["sscc"]


def shipment(packer: Person) -> str:
    from tests.builders.packing import shipment_id

    return shipment_id(org_id=packer.org_id)


def ids(packer: Person) -> dict[str, str]:
    from tests.builders.packing import line_id, plate_id

    return {"license_plate_id": plate_id(org_id=packer.org_id), "so_line_id": line_id(org_id=packer.org_id)}


def admin(world: World, org_id: str = DEMO) -> Person:
    return world.person("SYSTEM_ADMIN", org_id)


def change(world: World, org_id: str = DEMO, **fields: Any) -> Answer:
    return admin(world, org_id).put(SETTINGS, fields)


@pytest.mark.parametrize("prefix", ["952000", "9521234", "4012345", "704461", "1234567890", "7610425", "761042501234"])
def test_a_prefix_has_the_length_that_the_table_of_gs1_gives(world: World, prefix: str) -> None:
    assert change(world, gs1_company_prefix=prefix).status == 200


@pytest.mark.parametrize(
    "prefix",
    [
        *("12345", "1234567890123", "123456A", "", 1234567, "1234567\n", "١٢٣٤٥٦٧"),
        *("9520004", "123456", "40123456", "401234", "9999999", "0200000", "9771234"),
    ],
)
def test_other_prefixes_are_refused(world: World, prefix: object) -> None:
    answer = change(world, gs1_company_prefix=prefix)
    assert (answer.status, set(answer.fields)) == (422, {"gs1_company_prefix"})


def test_a_prefix_belongs_to_one_organisation_whatever_its_extension_digit(world: World) -> None:
    assert change(world, gs1_company_prefix=PREFIX).status == 200
    for digit in (0, 1):
        answer = change(world, OTHER, gs1_company_prefix=PREFIX, extension_digit=digit)
        assert (answer.status, answer.code) == (409, "PREFIX_TAKEN")
    assert admin(world, OTHER).get(SETTINGS).json["data"]["gs1_company_prefix"] is None
    assert change(world, gs1_company_prefix=PREFIX, extension_digit=3).status == 200


def test_a_prefix_that_was_given_up_continues_its_serial_numbers(world: World, packer: Person) -> None:
    change(world, gs1_company_prefix=PREFIX)
    given = [closed(packer) for _ in range(4)]
    change(world, gs1_company_prefix="4012345")
    assert change(world, OTHER, gs1_company_prefix=PREFIX).code == "PREFIX_TAKEN"
    change(world, gs1_company_prefix=PREFIX)
    assert change(world, gs1_company_prefix=None).status == 200
    assert change(world, OTHER, gs1_company_prefix=PREFIX).status == 200
    other = packer_of(world, OTHER)
    given += [closed(other) for _ in range(40)]
    assert len(set(given)) == 44


def test_two_organisations_do_not_get_a_prefix_at_the_same_moment(world: World, engine: EmbeddedEngine) -> None:
    meanwhile(engine, lambda: change(world, OTHER, gs1_company_prefix=PREFIX))
    assert change(world, gs1_company_prefix=PREFIX).code == "PREFIX_TAKEN"


OVERLAPPING = [("7610425", "76104251"), ("761042", "761042500000"), ("7610420", "761042"), ("76104250", "7610425")]


@pytest.mark.parametrize(("one", "other"), [*OVERLAPPING, *((other, one) for one, other in OVERLAPPING)])
def test_a_prefix_that_begins_another_ones_belongs_to_its_owner_too(world: World, one: str, other: str) -> None:
    assert change(world, gs1_company_prefix=one).status == 200
    assert change(world, OTHER, gs1_company_prefix=other).code == "PREFIX_TAKEN"
    assert change(world, gs1_company_prefix=other).status == 200
    assert change(world, gs1_company_prefix=None).status == 200
    assert change(world, OTHER, gs1_company_prefix=other).code == "PREFIX_TAKEN"
    assert change(world, gs1_company_prefix=one).status == 200
    assert change(world, gs1_company_prefix=None).status == 200
    assert change(world, OTHER, gs1_company_prefix=other).status == 200


def test_prefixes_that_only_begin_alike_may_belong_to_different_organisations(world: World) -> None:
    for mine, theirs in (("7610425", "7610426"), ("7610420", "76104261"), ("761042711", "761042712")):
        assert change(world, gs1_company_prefix=mine).status == 200
        assert change(world, OTHER, gs1_company_prefix=theirs).status == 200
    assert change(world, OTHER, gs1_company_prefix="761042").code == "PREFIX_TAKEN"


@pytest.mark.parametrize(("one", "other"), [*OVERLAPPING, *((other, one) for one, other in OVERLAPPING)])
def test_two_organisations_do_not_get_overlapping_prefixes_at_the_same_moment(
    world: World, engine: EmbeddedEngine, one: str, other: str
) -> None:
    meanwhile(engine, lambda: change(world, OTHER, gs1_company_prefix=other))
    assert change(world, gs1_company_prefix=one).code == "PREFIX_TAKEN"


def test_a_box_gets_no_sscc_of_a_prefix_that_overlaps_another_ones(world: World, packer: Person) -> None:
    set_stored(world, DEMO, {"packing": {"gs1_company_prefix": "7610425"}})
    set_stored(world, OTHER, {"packing": {"gs1_company_prefix": "76104251"}})
    assert closed(packer_of(world, OTHER)) is not None
    assert closed(packer) is None


def test_serial_numbers_begin_with_the_first_serial(world: World, packer: Person) -> None:
    change(world, gs1_company_prefix=PREFIX, first_serial=5001)
    serials = [int(closed(packer)[8:17]) for _ in range(6)]
    assert len(set(serials)) == 6
    assert all(5001 <= serial < 5001 + 6 * SERIAL_SHARDS for serial in serials)
    change(world, gs1_company_prefix=PREFIX)
    assert int(closed(packer)[8:17]) not in serials


def test_the_first_serial_has_to_leave_room(world: World) -> None:
    answer = change(world, gs1_company_prefix="1234567890", first_serial=1_000_000)
    assert (answer.status, set(answer.fields)) == (422, {"first_serial"})
    assert change(world, gs1_company_prefix="1234567890", first_serial=999_999).status == 200
    assert set(change(world, first_serial=-1).fields) == {"first_serial"}


def test_settings_and_counters_of_earlier_versions_are_continued(world: World, packer: Person) -> None:
    old = {"packing": {"gs1_company_prefix": PREFIX, "sscc_extension_digit": 2}}
    set_stored(world, DEMO, old)
    for shard in range(SERIAL_SHARDS):
        key = earlier_serial_key(DEMO, f"2{PREFIX}", shard)
        world.run(lambda work, key=key: work.update_unread(key, actions=[SerialCounter.following.set(3)]))
    data = admin(world).get(SETTINGS).json["data"]
    assert (data["gs1_company_prefix"], data["extension_digit"]) == (PREFIX, 2)
    codes = [closed(packer) for _ in range(3)]
    assert all(code.startswith(f"2{PREFIX}") and int(code[8:17]) >= 3 * SERIAL_SHARDS for code in codes)
    assert len(set(codes)) == 3


def test_of_two_organisations_that_had_set_one_prefix_the_first_to_close_a_box_gets_it(
    world: World, packer: Person
) -> None:
    for org_id in (DEMO, OTHER):
        set_stored(world, org_id, {"packing": {"gs1_company_prefix": PREFIX}})
    assert closed(packer) is not None
    assert closed(packer_of(world, OTHER)) is None
    assert change(world, OTHER, gs1_company_prefix=PREFIX).code == "PREFIX_TAKEN"
    assert change(world, OTHER, gs1_company_prefix=None).status == 200
    assert change(world, gs1_company_prefix=PREFIX).status == 200


def set_stored(world: World, org_id: str, settings: dict[str, Any]) -> None:
    """Store settings as an earlier version did."""
    from chalicelib.core.store import get
    from chalicelib.identity.accounts.tables import organisation_key
    from tests.builders.packing import existing

    organisation = existing(get(organisation_key(org_id)))
    world.run(lambda work: work.update(organisation, {"settings": settings}))


def test_the_owner_of_a_prefix_is_stored_without_an_organisation_in_its_key(world: World) -> None:
    from chalicelib.core.store import get

    set_prefix(admin(world))
    owner = get(prefix_key(PREFIX))
    assert isinstance(owner, PrefixNode)
    assert (owner.org_id, DEMO in owner.pk) == (DEMO, False)
