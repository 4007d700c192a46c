"""The import of pick assignments."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.picking.tables import lines_key
from infra.local.engine import EmbeddedEngine
from tests.builders.imports import outcome
from tests.builders.picking import (
    IMPORT,
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    line,
    load,
    log_messages,
    record,
    release,
    scanner_state,
    stored,
)
from tests.builders.world import DEMO, OTHER, Answer, Person, World


def import_records(person: Person, *records: object, **headers: str) -> Answer:
    return person.post(IMPORT, {"records": list(records)}, **headers)


def errors_of(world: World, **fields: Any) -> dict[str, str]:
    """Return the errors of a record with these fields."""
    answer = import_records(world.person("supervisor"), record(**fields))
    assert (answer.status, outcome(answer)[:2]) == (207, (0, 0))
    return outcome(answer)[2][0]


def test_record_creates_or_changes_an_assignment_by_its_reference(world: World) -> None:
    supervisor = world.person("supervisor")
    assert outcome(import_records(supervisor, record("PA-1"), record("PA-2"))) == (2, 0, {})
    assert outcome(import_records(supervisor, record("PA-2", customer="Winter"), record("PA-3"))) == (1, 1, {})
    assert stored("PA-2").customer == "Winter"
    assert (int(stored("PA-1").quantity), stored("PA-1").locations, stored("PA-1").pallets) == (8, 2, 0)
    check_replay(world, "PA-1", "PA-2", "PA-3")


def test_repeated_import_changes_nothing(world: World) -> None:
    supervisor = world.person("supervisor")
    import_records(supervisor, record())
    before = stored().version
    assert outcome(import_records(supervisor, record())) == (0, 1, {})
    assert stored().version == before


def test_optional_fields_have_defaults(world: World) -> None:
    load(world, record(zone=None, route=None))
    assert (stored().zone, stored().route, stored().priority) == ("", "", 100)


def test_omitted_field_stays_and_null_resets_it(world: World) -> None:
    load(world, record(priority=0))
    load(world, record(zone=None, route=None))
    assert (stored().zone, stored().route, stored().priority) == ("Ambient", "North", 0)
    assert (stored().queue_place or "").startswith("0#0000#")
    import_records(world.person("supervisor"), record() | {"zone": None, "route": "", "priority": None})
    assert (stored().zone, stored().route, stored().priority) == ("", "", 100)
    assert (stored().queue_place or "").startswith("0#0100#")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"ref": "PA 1"}, "assignment_ref"),
        ({"ref": "/PA"}, "assignment_ref"),
        ({"ref": "PA/"}, "assignment_ref"),
        ({"ref": "PA//1"}, "assignment_ref"),
        ({"ref": "PA/1\n"}, "assignment_ref"),
        ({"customer": ""}, "customer"),
        ({"order_label": None}, "order_label"),
        ({"role": "packer"}, "role"),
        ({"priority": -1}, "priority"),
        ({"lines": []}, "lines"),
        ({"lines": [line(1), line(1)]}, "lines"),
        ({"lines": [line(1, 0)]}, "lines.0.quantity"),
        ({"lines": [line(1, -2)]}, "lines.0.quantity"),
        ({"lines": [line(1, 1_000_001)]}, "lines.0.quantity"),
        ({"lines": [line(1, 0.1234567)]}, "lines.0.quantity"),
        ({"lines": [line(1) | {"quantity": "5"}]}, "lines.0.quantity"),
        ({"lines": [line(1) | {"quantity": True}]}, "lines.0.quantity"),
        ({"lines": [line(0)]}, "lines.0.line_number"),
        ({"lines": [line(1, sku=" ")]}, "lines.0.sku"),
        ({"lines": [line(1, colour="red")]}, "lines.0.colour"),
        ({"lines": [line(1, uom=" ")]}, "lines.0.uom"),
        ({"lines": [line(1, barcodes=["a", {"code": "b"}])]}, "lines.0.barcodes.1.quantity"),
        ({"lines": [line(1, barcodes=[{"code": "b", "quantity": 0}])]}, "lines.0.barcodes.0.quantity"),
        ({"lines": [line(1, barcodes=[{"code": "b", "quantity": 0.1234567}])]}, "lines.0.barcodes.0.quantity"),
        ({"lines": [line(1, barcodes=[{"code": "", "quantity": 1}])]}, "lines.0.barcodes.0.code"),
        ({"lines": [line(1, barcodes=[7])]}, "lines.0.barcodes.0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_invalid_record_names_the_field(world: World, fields: dict[str, Any], named: str) -> None:
    assert named in errors_of(world, **fields)


def test_reference_with_slashes_is_accepted_everywhere(world: World) -> None:
    ref, path = "2026/WK48/17", "2026%2FWK48%2F17"
    load(world, record(ref, lines=[line(1, 2), line(2, 3)]))
    supervisor, anna = world.person("supervisor"), world.person("picker")
    assert claim(anna)["assignment_id"] == ref
    scanner = Scanner(world, anna, ref)
    assert scanner.send(scanner.scan()) == ["accepted"]
    assert scanner_state(anna)["assignment"]["assignment_id"] == ref
    assert supervisor.get(f"/v1/assignments/{path}").json["assignment_id"] == ref
    assert supervisor.patch(f"/v1/assignments/{path}", {"priority": 3}).json["priority"] == 3
    assert [each["line_number"] for each in anna.get(f"/assignments/{path}/lines").json["lines"]] == [1, 2]
    short = anna.post(f"/assignments/{path}/lines/2/short", {"reason": "Shelf is empty"})
    assert short.status == 200
    assert [row["assignment_id"] for row in supervisor.get("/v1/picking/shorts").json["shorts"]] == [ref]
    assert anna.post(f"/assignments/{path}/release", None).status == 200
    assert supervisor.post(f"/v1/assignments/{path}/assign", {"user_id": anna.user_id}).status == 200
    assert anna.post(f"/assignments/{path}/close", {"reason": "Cancelled"}).status == 200
    admin = world.person("SYSTEM_ADMIN")
    assert {row["entity_id"] for row in admin.get(f"/v1/audit?entityId={path}").json["data"]} == {ref}
    check_replay(world, ref)


def test_lines_that_exceed_an_item_are_refused(world: World) -> None:
    codes = [f"{number:03}" + "x" * 120 for number in range(20)]
    assert set(errors_of(world, lines=[line(number, barcodes=codes) for number in range(1, 200)])) == {"lines"}


def test_quantity_may_be_a_fraction(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 2.5)]))
    scanner.send_scans(3)
    assert (str(stored().units), stored().status) == ("2.5", "completed")
    assert scanner_state(scanner.person)["metrics"]["total_units"] == 2.5
    check_replay(world)


def test_barcode_of_a_pack_counts_its_units(world: World) -> None:
    barcodes = ["\u200b96385074", {"code": "\u200bcase-1\n", "quantity": 12}]
    scanner = Scanner(world, at_work(world, lines=[line(1, 30, barcodes=barcodes)]))
    scanner.send(scanner.scan("CASE-1"), scanner.scan("96385074"), scanner.scan("case-1"))
    assert int(stored().units) == 25
    check_replay(world)


def test_check_code_of_another_location_is_a_warning(world: World) -> None:
    lines = [line(1, check_code="47"), line(2, check_code="12")]
    scanner = Scanner(world, at_work(world, lines=lines))
    scanner.send_scans(1, "A-01")
    scanner.send_scans(1, "12")
    assert log_messages(scanner.state())[0] == "! Wrong check code for A-01"
    assert int(stored().units) == 0
    check_replay(world)


def test_weight_in_a_label_counts_on_lines_by_weight(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 3, uom="kg"), line(2, 3, barcodes=["96385074"])]))
    scanner.send(scanner.scan("(01)05901234123457(3103)001250"), scanner.scan("(01)00000096385074(3103)001250"))
    assert stored().units == Decimal("2.25")
    check_replay(world)


def test_lines_stored_by_earlier_versions_are_equal_to_the_same_record(world: World) -> None:
    at_work(world, lines=[line(1, 5)])
    pick_list = get(lines_key(DEMO, REF))
    assert pick_list is not None
    pick_list.lines = '[[1,"SKU-1",5,"A-01",["5901234123457"],null]]'
    pick_list.save()
    assert outcome(import_records(world.person("supervisor"), record(lines=[line(1, 5)]))) == (0, 1, {})


def test_claimed_assignment_keeps_its_lines_but_not_its_texts(world: World) -> None:
    anna = at_work(world)
    supervisor = world.person("supervisor")
    answer = import_records(supervisor, record(lines=[line(1, 6)]), record(route="South"))
    assert outcome(answer) == (0, 1, {0: {"lines": "cannot be changed after the assignment was first claimed"}})
    assert claim(anna)["route"] == "South"
    Scanner(world, anna).send_scans(1)
    check_replay(world)


def test_claimed_assignment_accepts_an_equal_quantity(world: World) -> None:
    at_work(world, lines=[line(1, 5)])
    assert outcome(import_records(world.person("supervisor"), record(lines=[line(1, 5.0)]))) == (0, 1, {})


def test_queued_assignment_may_change_entirely(world: World) -> None:
    load(world, record(), record("PA-2"))
    load(world, record(lines=[line(7, 1)], role="operative", priority=3))
    assert (int(stored().quantity), stored().priority) == (1, 3)
    assert claim(world.person("operative"))["assignment_id"] == REF
    check_replay(world)


@pytest.mark.parametrize("lines", [[line(1, 9)], [line(1), line(2, 3, barcodes=["96385074"])]])
def test_assignment_claimed_during_the_import_keeps_its_lines(
    world: World, engine: EmbeddedEngine, lines: list[dict[str, Any]]
) -> None:
    load(world, record())
    supervisor, anna = world.person("supervisor"), world.person("picker")
    claimed: list[object] = []
    engine.before("TransactWriteItems", lambda *_: claimed.append(claim(anna)), times=1)
    assert outcome(import_records(supervisor, record(lines=lines)))[2] == {
        0: {"lines": "cannot be changed after the assignment was first claimed"}
    }
    check_replay(world)


def test_completed_assignment_cannot_be_changed(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    scanner.send_scans(1)
    supervisor = world.person("supervisor")
    answer = import_records(supervisor, record(lines=[line(1, 1)], zone="Frozen"))
    assert outcome(answer)[2] == {0: {"assignment_ref": "is completed and cannot be changed"}}
    assert outcome(import_records(supervisor, record(lines=[line(1, 1)]))) == (0, 1, {})


def test_raised_priority_moves_an_assignment_forward(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"))
    load(world, record("PA-2", priority=1))
    assert claim(world.person("picker"))["assignment_id"] == "PA-2"


def test_each_organisation_has_its_own_references(world: World) -> None:
    load(world, record())
    load(world, record(customer="Others"), org_id=OTHER)
    assert (stored().customer, stored(REF, OTHER).customer) == ("Zomer & Zoon", "Others")


def test_audit_row_has_the_fields_without_the_lines(world: World) -> None:
    load(world, record())
    [row] = [row for row in world.audit() if row.action_type == "ASSIGNMENT_IMPORTED"]
    diff = json.loads(row.payload_diff or "{}")
    assert (row.entity_type, row.entity_id, diff["customer"]) == ("assignment", REF, [None, "Zomer & Zoon"])
    assert not any("lines" in name for name in diff)


def test_import_requires_the_permission(world: World) -> None:
    answer = import_records(world.person("picker"), record())
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_import_with_the_same_idempotency_key_is_replayed(world: World) -> None:
    supervisor = world.person("supervisor")
    first = import_records(supervisor, record(), idempotency_key="k")
    assert import_records(supervisor, record(), idempotency_key="k").text == first.text


def test_role_of_an_assignment_in_hand_does_not_change(world: World) -> None:
    anna = at_work(world)
    answer = world.person("supervisor").post(IMPORT, {"records": [record(role="operative")]})
    assert answer.status == 207
    [rejected] = answer.json["data"]["rejected"]
    assert list(rejected["fields"]) == ["role"]
    assert stored().role == "picker"
    assert release(anna).status == 200
    load(world, record(role="operative"))
    assert stored().role == "operative"
