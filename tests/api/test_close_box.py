"""Closing boxes, and the SSCCs that they get."""

from typing import Any

import pytest

from chalicelib.core.work import UnitOfWork
from chalicelib.packing.boxes.tables import SERIAL_SHARDS, SerialCounter, SsccClaim, serial_key, sscc_key
from chalicelib.packing.sscc import is_sscc, make_sscc
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    PREFIX,
    close_box,
    existing,
    line_record,
    loaded,
    meanwhile,
    new_box,
    packed,
    plate_record,
    remove_item,
    reopen_box,
    set_prefix,
    shipment_record,
    stored_box,
    stored_shipment,
)
from tests.builders.world import DEMO, OTHER, Person, World

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


def test_a_box_is_closed_with_weight_and_dimensions(packer: Person, box: str) -> None:
    answer = close_box(packer, box, weight=1.25, length=40, width=30.5, height=0.000001)
    assert answer.status == 200
    assert answer.json == {
        "id": box,
        "box_number": 1,
        "status": "closed",
        "weight": 1.25,
        "dimensions": {"length": 40, "width": 30.5, "height": 0.000001},
        "sscc": None,
    }
    shown = packer.get(f"{PACK}/box/{box}")
    assert (shown.json["box"], shown.headers["ETag"]) == (answer.json, answer.headers["ETag"])
    assert existing(stored_shipment()).boxes_open == 0


def test_weight_and_dimensions_are_optional(packer: Person, box: str) -> None:
    answer = close_box(packer, box, weight=None)
    assert (answer.status, answer.json["weight"], answer.json["dimensions"]) == (200, None, UNMEASURED)


def test_refused_closings_have_the_codes_of_the_contract(world: World, packer: Person, box: str) -> None:
    empty = new_box(packer)
    answer = close_box(packer, empty)
    assert (answer.status, answer.code) == (400, "EMPTY_BOX")
    assert answer.json["error"]["details"]["missing"] == ["contents"]
    close_box(packer, box)
    answer = close_box(packer, box)
    assert (answer.status, answer.code) == (400, "ALREADY_CLOSED")
    assert answer.json["error"]["details"] == {"state": "closed", "action": "close", "allowed": ["reopen"]}
    for person, unknown in ((packer, NOWHERE), (world.person("packer", OTHER), box)):
        answer = close_box(person, unknown)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        answer = close_box(person, unknown, weight="x")
        assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"weight"})


def test_weight_and_dimensions_have_bounds(packer: Person, box: str) -> None:
    bad: list[tuple[str, Any]] = [
        *(("weight", value) for value in (1000.000001, 0.0000001, "1", True, 1e300)),
        *((side, value) for side in ("length", "width", "height") for value in (0, -1, 500.1, "1")),
        ("depth", 1),
    ]
    for field, value in bad:
        answer = close_box(packer, box, **{field: value})
        assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {field}), value
    assert close_box(packer, box, weight=1000, length=500, width=500, height=500).status == 200


def test_a_weight_that_is_not_positive_is_invalid_weight(packer: Person, box: str) -> None:
    for weight in (0, -0.5, -1000):
        answer = close_box(packer, box, weight=weight)
        assert (answer.status, answer.code, set(answer.fields)) == (400, "INVALID_WEIGHT", {"weight"})
        assert close_box(packer, NOWHERE, weight=weight).code == "INVALID_WEIGHT"
        answer = close_box(packer, box, weight=weight, length=0, depth=1)
        assert (answer.code, set(answer.fields)) == ("INVALID_WEIGHT", {"weight", "length", "depth"})
    assert existing(stored_box(box)).status == "open"


def test_the_id_of_the_box_to_close_is_validated(packer: Person) -> None:
    answer = packer.post(f"{PACK}/box/close", {"box_id": "x", "length": 0})
    assert (answer.status, answer.code, set(answer.fields)) == (400, "VALIDATION_ERROR", {"box_id", "length"})


def test_a_repeated_idempotency_key_closes_the_box_once(world: World, packer: Person, box: str) -> None:
    body = {"box_id": box, "weight": 2}
    first, again = (packer.post(f"{PACK}/box/close", body, idempotency_key="k") for _ in range(2))
    assert (again.status, again.text, again.headers["ETag"]) == (200, first.text, first.headers["ETag"])
    changed = diff(audit_row(world, box, "BOX_CLOSED"))
    assert changed == {"status": ["open", "closed"], "weight": [None, 2], "closed_at": [None, "2026-03-01T09:00:00Z"]}


def test_a_stale_version_is_refused(packer: Person, boss: Person, box: str) -> None:
    version = packer.get(f"{PACK}/box/{box}").headers["ETag"]
    packed(packer, box, 1)
    answer = packer.post(f"{PACK}/box/close", {"box_id": box}, if_match=version)
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    current = packer.get(f"{PACK}/box/{box}").headers["ETag"]
    closed = packer.post(f"{PACK}/box/close", {"box_id": box}, if_match=current)
    assert closed.status == 200
    body = {"box_id": box, "reason": "r"}
    assert boss.post(f"{PACK}/box/reopen", body, if_match=current).code == "VERSION_CONFLICT"
    assert boss.post(f"{PACK}/box/reopen", body, if_match=closed.headers["ETag"]).status == 200


def test_a_box_emptied_at_the_same_moment_is_not_closed(packer: Person, engine: EmbeddedEngine) -> None:
    box = new_box(packer)
    content = packed(packer, box, 1)
    meanwhile(engine, lambda: remove_item(packer, box, content))
    assert close_box(packer, box).code == "EMPTY_BOX"
    assert existing(stored_box(box)).status == "open"


def test_a_closed_box_has_an_sscc_with_the_organisations_prefix(world: World, packer: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    other = new_box(packer)
    packed(packer, other, 1)
    codes = [close_box(packer, one).json["sscc"] for one in (box, other)]
    assert len(set(codes)) == 2
    assert all(is_sscc(code) and code[1:].startswith(PREFIX) for code in codes)
    assert diff(audit_row(world, box, "BOX_CLOSED"))["sscc"] == [None, codes[0]]


def test_a_box_keeps_its_sscc(world: World, packer: Person, boss: Person, box: str) -> None:
    admin = world.person("SYSTEM_ADMIN")
    set_prefix(admin)
    code = close_box(packer, box).json["sscc"]
    set_prefix(admin, gs1_company_prefix="1234567890")
    assert reopen_box(boss, box).json["sscc"] == code
    assert close_box(packer, box, weight=1).json["sscc"] == code
    set_prefix(admin, gs1_company_prefix=None)
    reopen_box(boss, box)
    assert close_box(packer, box).json["sscc"] == code


def test_a_box_without_sscc_gets_one_when_it_is_closed_again_with_a_prefix(
    world: World, packer: Person, boss: Person, box: str
) -> None:
    assert close_box(packer, box).json["sscc"] is None
    set_prefix(world.person("SYSTEM_ADMIN"))
    reopen_box(boss, box)
    assert close_box(packer, box).json["sscc"] is not None


def test_a_serial_number_used_at_the_same_moment_is_not_given_twice(
    world: World, packer: Person, box: str, engine: EmbeddedEngine
) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"))
    taken = [close_box(packer, box).json["sscc"]]

    def take_it() -> None:
        for shard in range(SERIAL_SHARDS - 1):
            world.run(lambda work, shard=shard: count_on(work, shard))

    for number in range(3):
        other = new_box(packer)
        packed(packer, other, 1)
        if number == 2:
            meanwhile(engine, take_it)
        taken.append(close_box(packer, other).json["sscc"])
    assert len(set(taken)) == 4
    assert all(is_sscc(code) for code in taken)


def count_on(work: UnitOfWork, shard: int, digits: str = f"0{PREFIX}", to: int = 50) -> None:
    """Stage that serial numbers of this counter were used."""
    work.update_unread(serial_key(digits, shard), actions=[SerialCounter.following.set(to)])


@pytest.mark.parametrize("half", [range(8), range(8, SERIAL_SHARDS)])
def test_a_claimed_sscc_is_never_given_twice(world: World, packer: Person, box: str, half: range) -> None:
    taken = [make_sscc(0, PREFIX, shard) for shard in half]  # one half holds the shard of the box, which is read first
    for code in taken:
        world.run(lambda work, code=code: work.update_unread(sscc_key(DEMO, code), actions=[SsccClaim.box_id.set("b")]))
    set_prefix(world.person("SYSTEM_ADMIN"))
    answer = close_box(packer, box)
    assert answer.status == 200, answer
    assert answer.json["sscc"] not in taken


def test_another_extension_digit_starts_new_serial_numbers(world: World, packer: Person, box: str) -> None:
    admin = world.person("SYSTEM_ADMIN")
    set_prefix(admin, gs1_company_prefix="1234567890")
    for shard in range(SERIAL_SHARDS):
        world.run(lambda work, shard=shard: count_on(work, shard, "01234567890", to=1_000_000 // SERIAL_SHARDS))
    answer = close_box(packer, box)
    assert (answer.status, answer.code) == (400, "SSCC_EXHAUSTED")
    assert existing(stored_box(box)).status == "open"
    set_prefix(admin, gs1_company_prefix="1234567890", extension_digit=1)
    code = close_box(packer, box).json["sscc"]
    assert is_sscc(code)
    assert (code[:11], int(code[11:17]) < SERIAL_SHARDS) == ("11234567890", True)


def test_any_box_gets_the_last_serial_numbers(world: World, packer: Person, box: str) -> None:
    set_prefix(world.person("SYSTEM_ADMIN"), gs1_company_prefix="1234567890")
    full = 1_000_000 // SERIAL_SHARDS
    for shard in range(SERIAL_SHARDS):
        left = 2 if shard == 5 else 0
        world.run(lambda work, shard=shard, left=left: count_on(work, shard, "01234567890", to=full - left))
    others = [new_box(packer) for _ in range(2)]
    for other in others:
        packed(packer, other, 1)
    serials = [int(close_box(packer, one).json["sscc"][11:17]) for one in (box, others[0])]
    assert serials == [1_000_000 - 2 * SERIAL_SHARDS + 5, 1_000_000 - SERIAL_SHARDS + 5]
    assert close_box(packer, others[1]).code == "SSCC_EXHAUSTED"


def test_a_prefix_with_added_zeros_continues_the_serial_numbers(world: World, packer: Person, box: str) -> None:
    """`7610425` and `76104250` give the same numbers, so correcting the prefix must not stop the closing of boxes."""
    for shard in range(SERIAL_SHARDS):  # so many boxes are closed already
        code = make_sscc(0, PREFIX, shard)
        world.run(lambda work, code=code: work.update_unread(sscc_key(DEMO, code), actions=[SsccClaim.box_id.set("b")]))
        world.run(lambda work, shard=shard: count_on(work, shard, f"0{PREFIX}", to=1))
    set_prefix(world.person("SYSTEM_ADMIN"), gs1_company_prefix=f"{PREFIX}0")
    answer = close_box(packer, box)
    assert answer.status == 200, answer
    assert SERIAL_SHARDS <= int(answer.json["sscc"][9:17]) < 2 * SERIAL_SHARDS
