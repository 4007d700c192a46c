"""Reopening packed shipments."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    cancel_shipment,
    close_box,
    complete_shipment,
    existing,
    loaded,
    meanwhile,
    new_box,
    pack_item,
    packed,
    plate_record,
    reopen_box,
    reopen_shipment,
    shipment_id,
    shipment_record,
    stored_shipment,
)
from tests.builders.packing_truth import checked
from tests.builders.world import OTHER, Person, World


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor; SH-1 is packed, with ten of product 1 in one box."""
    boss = world.person("supervisor")
    loaded(boss, "shipments", shipment_record())
    loaded(boss, "license-plates", plate_record())
    box = new_box(boss)
    packed(boss, box, 10)
    close_box(boss, box)
    assert complete_shipment(boss).status == 200
    return boss


def test_a_reopened_shipment_is_packed_again(world: World, boss: Person) -> None:
    answer = reopen_shipment(boss, reason="One more")
    assert (answer.status, answer.json["status"], answer.json["boxes_count"]) == (200, "packing", 1)
    [listed] = boss.get(f"{PACK}/shipments").json["data"]
    assert (listed["id"], listed["status"]) == (shipment_id(), "packing")
    assert boss.get(f"{PACK}/lookup/SO-SH-1").json["data"]["id"] == shipment_id()
    box = new_box(boss)
    assert pack_item(boss, box, 1).status == 201
    close_box(boss, box)
    assert complete_shipment(boss).json["status"] == "packed"
    changed = diff(audit_row(world, shipment_id(), "SHIPMENT_REOPENED"))
    assert changed == {"status": ["packed", "packing"], "reopen_reason": [None, "One more"]}
    checked()


def test_a_closed_box_of_a_reopened_shipment_can_be_reopened(boss: Person) -> None:
    [box] = boss.get(f"{PACK}/shipments/{shipment_id()}/boxes").json["data"]
    assert reopen_box(boss, box["id"]).code == "SHIPMENT_NOT_PACKABLE"
    reopen_shipment(boss)
    assert reopen_box(boss, box["id"]).json["status"] == "open"
    checked()


def test_only_a_packed_shipment_can_be_reopened(boss: Person) -> None:
    reopen_shipment(boss)
    answer = reopen_shipment(boss)
    assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_REOPENABLE")
    assert answer.json["error"]["message"] == "Cannot reopen a shipment in state packing."
    cancel_shipment(boss)
    assert reopen_shipment(boss).code == "SHIPMENT_NOT_REOPENABLE"


def test_a_shipment_that_is_reopened_twice_at_once_is_reopened_once(boss: Person, engine: EmbeddedEngine) -> None:
    meanwhile(engine, lambda: reopen_shipment(boss))
    assert reopen_shipment(boss).code == "SHIPMENT_NOT_REOPENABLE"
    checked()


def test_a_reason_is_required_and_a_stale_version_refused(boss: Person) -> None:
    assert set(reopen_shipment(boss, reason="").fields) == {"reason"}
    answer = reopen_shipment(boss, if_match="1")
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert existing(stored_shipment()).status == "packed"


def test_shipments_of_others_are_not_found(world: World, boss: Person) -> None:
    path = f"{PACK}/shipments/{shipment_id()}/reopen"
    assert world.person("supervisor", OTHER).post(path, {"reason": "Mine"}).status == 404
