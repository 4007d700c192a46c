"""Cancelling shipments."""

from decimal import Decimal

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.packing import (
    PACK,
    cancel_shipment,
    close_box,
    complete_shipment,
    create_box,
    existing,
    line_id,
    line_record,
    load,
    loaded,
    meanwhile,
    new_box,
    pack_item,
    packed,
    plate_id,
    plate_record,
    quantity_in,
    reopen_box,
    shipment_id,
    shipment_record,
    stored_contents,
    stored_line,
    stored_plate,
    stored_shipment,
    void_box,
)
from tests.builders.packing_truth import checked
from tests.builders.world import OTHER, Person, World

SECOND = {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}


@pytest.fixture
def boss(world: World) -> Person:
    """A supervisor, after importing SH-1 with ten of product 1 and five of product 2, and plates of a hundred."""
    boss = world.person("supervisor")
    loaded(boss, "shipments", shipment_record("SH-1", line_record(1), line_record(2, quantity=5)))
    loaded(boss, "license-plates", plate_record("LP-1"), plate_record("LP-2", 2))
    return boss


def test_the_contents_of_a_cancelled_shipment_go_back_to_their_plates(world: World, boss: Person) -> None:
    boxes = [new_box(boss) for _ in range(3)]
    packed(boss, boxes[0], 4)
    packed(boss, boxes[0], 5, **SECOND)
    packed(boss, boxes[1], 0.5)
    close_box(boss, boxes[0])
    answer = cancel_shipment(boss, reason="Not paid")
    assert answer.status == 200
    assert answer.json == {
        "id": shipment_id(),
        "shipment_number": "SH-1",
        "status": "cancelled",
        "lines_total": 2,
        "lines_packed": 0,
        "boxes_count": 0,
    }
    for number in (1, 2):
        plate, line = existing(stored_plate(f"LP-{number}")), existing(stored_line(number))
        assert [plate.remaining, plate.packed, line.packed] == [100, 0, 0]
    listed = boss.get(f"{PACK}/shipments/{shipment_id()}/boxes?voided=true").json["data"]
    assert [(box["status"], box["item_count"], box["total_weight_est"]) for box in listed] == [("voided", 0, 0)] * 3
    assert boss.get(f"{PACK}/shipments").json["total"] == 0
    changed = diff(audit_row(world, shipment_id(), "SHIPMENT_CANCELLED"))
    assert (changed["status"], changed["cancel_reason"]) == (["packing", "cancelled"], [None, "Not paid"])
    checked()


def test_pending_and_packed_shipments_can_be_cancelled_and_no_others(boss: Person) -> None:
    loaded(boss, "shipments", shipment_record("SH-2"))
    assert cancel_shipment(boss, "SH-2").json["status"] == "cancelled"
    box = new_box(boss)
    packed(boss, box)
    close_box(boss, box)
    complete_shipment(boss, allow_partial=True)
    assert cancel_shipment(boss).json["status"] == "cancelled"
    answer = cancel_shipment(boss)
    assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_CANCELLABLE")
    assert answer.json["error"]["details"] == {"state": "cancelled", "action": "cancel", "allowed": []}
    checked()


def test_nothing_changes_a_cancelled_shipment(boss: Person) -> None:
    open_box, closed = new_box(boss), new_box(boss)
    packed(boss, closed)
    close_box(boss, closed)
    cancel_shipment(boss)
    refused = [create_box(boss), pack_item(boss, open_box), complete_shipment(boss, allow_partial=True)]
    assert [answer.code for answer in refused] == ["SHIPMENT_NOT_PACKABLE"] * 3
    assert reopen_box(boss, closed).code == "BOX_CLOSED"
    assert void_box(boss, open_box).status == 200
    same = shipment_record("SH-1", line_record(1), line_record(2, quantity=5))
    assert load(boss, "shipments", same).json["data"]["updated"] == 1
    [rejected] = load(boss, "shipments", same | {"customer_name": "Other"}).json["data"]["rejected"]
    assert rejected["fields"] == {"record": "is cancelled and can no longer be changed"}
    checked()


def test_a_plate_of_a_cancelled_shipment_is_packed_for_another_one(boss: Person) -> None:
    packed(boss, new_box(boss), 100)
    cancel_shipment(boss)
    loaded(boss, "shipments", shipment_record("SH-2"))
    loaded(boss, "license-plates", plate_record("LP-1", 1, "SH-2", quantity=50))
    ids = {"shipment_id": shipment_id("SH-2"), "so_line_id": line_id(1, "SH-2")}
    assert pack_item(boss, new_box(boss, "SH-2"), 50, **ids).status == 201
    checked()


def test_a_shipment_of_many_contents_is_cancelled_in_several_transactions(boss: Person, engine: EmbeddedEngine) -> None:
    boxes = fill_boxes(boss)
    states = list[tuple[str, Decimal]]()

    def look(*_: object) -> None:
        plate = existing(stored_plate())
        inside = [content for box in boxes for content in stored_contents(box) if content.plate_id == plate_id()]
        assert plate.remaining + quantity_in(inside) == plate.quantity
        states.append((existing(stored_shipment()).status, plate.remaining))

    engine.before("TransactWriteItems", look)
    assert cancel_shipment(boss).json["status"] == "cancelled"
    assert len(states) == 2
    assert states[0] == ("packing", Decimal(70))
    assert all(status == "cancelling" for status, _ in states[1:])
    assert existing(stored_plate()).remaining == 100
    checked()


def test_a_cancelling_that_stopped_half_way_goes_on_when_it_is_repeated(boss: Person, engine: EmbeddedEngine) -> None:
    fill_boxes(boss)
    calls = list[object]()

    def stop(*_: object) -> None:
        calls.append(None)
        if len(calls) > 1:
            raise RuntimeError

    engine.before("TransactWriteItems", stop, times=2)
    assert cancel_shipment(boss).status >= 500
    assert existing(stored_shipment()).status == "cancelling"
    checked()
    details = boss.get(f"{PACK}/shipments/{shipment_id()}").json
    assert details["status"] == "cancelling"
    assert create_box(boss).code == "SHIPMENT_NOT_PACKABLE"
    assert cancel_shipment(boss).json["status"] == "cancelled"
    checked()


def fill_boxes(boss: Person) -> list[str]:
    """Pack sixty halves, each its own content, and some of another product, into three boxes."""
    boxes = [new_box(boss) for _ in range(3)]
    for box in boxes:
        for _ in range(20):
            packed(boss, box, 0.5)
            packed(boss, box, 0.05, **SECOND)
    return boxes


def test_an_item_packed_at_the_same_moment_is_returned_too(boss: Person, engine: EmbeddedEngine) -> None:
    box = new_box(boss)
    packed(boss, box, 2)
    meanwhile(engine, lambda: packed(boss, box, 3))
    assert cancel_shipment(boss).json["status"] == "cancelled"
    assert existing(stored_plate()).remaining == 100
    checked()


def test_packing_and_closing_fail_if_the_shipment_is_cancelled_at_the_same_moment(
    boss: Person, engine: EmbeddedEngine
) -> None:
    box = new_box(boss)
    packed(boss, box, 2)
    meanwhile(engine, lambda: cancel_shipment(boss))
    assert pack_item(boss, box, 1).code in {"SHIPMENT_NOT_PACKABLE", "BOX_CLOSED"}
    checked()
    loaded(boss, "shipments", shipment_record("SH-2"))
    loaded(boss, "license-plates", plate_record("LP-3", 1, "SH-2"))
    ids = {"shipment_id": shipment_id("SH-2"), "so_line_id": line_id(1, "SH-2"), "license_plate_id": plate_id("LP-3")}
    box = new_box(boss, "SH-2")
    packed(boss, box, 2, **ids)
    meanwhile(engine, lambda: cancel_shipment(boss, "SH-2"))
    assert close_box(boss, box).code == "ALREADY_CLOSED"
    checked()


def test_a_shipment_completed_at_the_same_moment_is_cancelled(boss: Person, engine: EmbeddedEngine) -> None:
    box = new_box(boss)
    packed(boss, box, 2)
    close_box(boss, box)
    meanwhile(engine, lambda: complete_shipment(boss, allow_partial=True))
    assert cancel_shipment(boss).json["status"] == "cancelled"
    checked()


def test_a_repeated_idempotency_key_gets_the_stored_response(boss: Person) -> None:
    first, again = (cancel_shipment(boss, idempotency_key="k") for _ in range(2))
    assert (again.status, again.text) == (200, first.text)


def test_a_reason_is_required_and_a_stale_version_refused(boss: Person) -> None:
    new_box(boss)
    assert set(cancel_shipment(boss, reason=" ").fields) == {"reason"}
    assert cancel_shipment(boss, if_match="1").code == "VERSION_CONFLICT"
    assert existing(stored_shipment()).status == "pending"


def test_shipments_of_others_are_not_found(world: World, boss: Person) -> None:
    path = f"{PACK}/shipments/{shipment_id()}/cancel"
    assert world.person("supervisor", OTHER).post(path, {"reason": "Mine"}).status == 404
