"""Edits of open work orders, and items that have an open work order already."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import ITEMS, NORTH, SOUTH, Park, stored
from tests.builders.world import OTHER, Answer, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def edit(park: Park, order_id: str, body: object, **headers: str) -> Answer:
    """Edit an order."""
    return park.ops.patch(f"/v1/work-orders/{order_id}", body, **headers)


def test_the_due_date_follows_the_priority_from_the_routing_and_counts_the_holds(world: World, park: Park) -> None:
    order_id = park.assigned(instructions="Old")
    assert park.hold(order_id).status == 200
    park.later(hours=2)
    assert park.resume(order_id).status == 200
    park.later(minutes=30)
    answer = edit(park, order_id, {"priority": "CRITICAL", "instructions": "Bring a key"}, if_match='"4"')
    assert (answer.status, answer.headers["ETag"]) == (200, '"5"')
    assert answer.json == {
        "state": "ASSIGNED",
        "version": 5,
        "priority": "CRITICAL",
        "instructions": "Bring a key",
        "dueAt": "2026-03-01T15:00:00Z",
    }
    order = park.lead.get(f"/v1/work-orders/{order_id}").json
    assert (order["priority"], order["instructions"]) == ("CRITICAL", "Bring a key")
    assert (order["timeline"][-1]["action"], order["timeline"][-1]["note"]) == (
        "EDITED",
        "HIGH -> CRITICAL: Bring a key",
    )
    assert diff(audit_row(world, order_id, "WORK_ORDER_EDITED"))["priority"] == ["HIGH", "CRITICAL"]


def test_only_what_is_sent_changes(park: Park) -> None:
    order_id = str(park.routed(instructions="Old")["id"])
    due_at = "2026-03-02T09:00:00Z"
    for body, instructions in (
        ({"priority": "HIGH"}, "Old"),
        ({"instructions": "New"}, "New"),
        ({}, "New"),
        ({"instructions": None}, None),
    ):
        answer = edit(park, order_id, body)
        assert (answer.status, answer.json["instructions"], answer.json["dueAt"]) == (200, instructions, due_at)


def test_a_priority_that_is_changed_during_a_hold_counts_the_hold_when_it_ends(park: Park) -> None:
    order_id = park.started()
    assert park.hold(order_id).status == 200
    park.later(hours=1)
    assert edit(park, order_id, {"priority": "LOW"}).json["dueAt"] == "2026-03-08T09:00:00Z"
    park.later(hours=1)
    assert park.resume(order_id).json["dueAt"] == "2026-03-08T11:00:00Z"


def test_an_order_is_edited_while_it_is_open(park: Park) -> None:
    outsourced, done = park.outsourced(), park.done()
    assert edit(park, outsourced, {"priority": "LOW"}).json["state"] == "OUTSOURCED"
    cancelled = park.assigned()
    assert park.cancel(cancelled).status == 200
    for order_id in (done, cancelled):
        answer = edit(park, order_id, {"priority": "LOW"})
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        assert answer.json["error"]["details"]["action"] == "edit"


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({"priority": "URGENT"}, {"priority"}),
        ({"priority": None}, {"priority"}),
        ({"instructions": "x" * 2001}, {"instructions"}),
        ({"state": "DONE"}, {"state"}),
    ],
)
def test_every_bad_field_of_an_edit_is_named(park: Park, body: object, bad: set[str]) -> None:
    order_id = park.assigned()
    answer = edit(park, order_id, body)
    assert (answer.status, set(answer.fields), stored(order_id).version) == (422, bad, 2)


def test_leads_of_both_kinds_edit_the_orders_of_their_zone(world: World, park: Park) -> None:
    order_id = park.assigned()
    path, body = f"/v1/work-orders/{order_id}", {"priority": "LOW"}
    for person, status in (
        (park.tech, 403),
        (park.manager, 403),
        (park.person("OPS_TL", game_zone=SOUTH), 403),
        (world.person("OPS_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert person.patch(path, body).status == status
    assert park.lead.patch(path, body, if_match="1").code == "VERSION_CONFLICT"
    for person in (park.lead, park.ops):
        first, again = (person.patch(path, body, idempotency_key="k") for _ in range(2))
        assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")


# --- duplicates --------------------------------------------------------------------------------------------------


def route(park: Park, item: str = ITEMS[0], **fields: Any) -> Answer:
    """Route a finding as clients do."""
    body = {"checklistRef": park.checklist, "itemRef": item, "priority": "LOW", **fields}
    return park.ops.post("/v1/work-orders", body)


def test_an_item_has_one_open_order_unless_another_is_wanted(park: Park) -> None:
    first = route(park).json["id"]
    again = route(park)
    assert (again.status, again.code) == (409, "DUPLICATE_WORK_ORDER")
    assert again.json["error"]["details"] == {"workOrderId": first}
    assert route(park, ITEMS[1]).status == 201
    assert route(park, allowDuplicate=True).status == 201
    assert park.checklist_view()["openCount"] == 3


def test_a_closed_order_is_no_duplicate_and_one_that_was_opened_again_is(park: Park) -> None:
    first = route(park).json["id"]
    assert park.cancel(first).status == 200
    done = park.done()
    second = route(park).json["id"]
    assert park.cancel(second).status == 200
    assert park.reopen(done).status == 200
    assert route(park).json["error"]["details"] == {"workOrderId": done}


def test_of_two_findings_of_one_item_at_the_same_moment_one_is_a_duplicate(park: Park, engine: EmbeddedEngine) -> None:
    made: list[Answer] = []
    engine.before("TransactWriteItems", lambda *_: made.append(route(park)), times=1)
    late = route(park)
    assert (made[0].status, late.code) == (201, "DUPLICATE_WORK_ORDER")
    assert late.json["error"]["details"] == {"workOrderId": made[0].json["id"]}
