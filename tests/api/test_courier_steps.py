"""What a courier does with an order: accept, arrive, pick up, deliver; decline, or hand it back."""

from collections.abc import Mapping

import pytest

from tests.builders.dispatch import (
    STEPS,
    audit_row,
    cancel_order,
    carried,
    diff,
    on_duty,
    order,
    read_order,
    step,
    stored_courier,
    time_out,
)
from tests.builders.world import Person, World

ACTIONS = ("accept", "decline", "arrived", "picked", "delivered", "cancel")
ROW = {
    "accept": "ORDER_ACCEPTED",
    "decline": "ORDER_DECLINED",
    "arrived": "ORDER_ARRIVED",
    "picked": "ORDER_PICKED_UP",
    "delivered": "ORDER_DELIVERED",
    "cancel": "ORDER_RELEASED",
}
ACTION = {"cancel": "release"}
"""What conflicts call an action whose path has another name."""
PHRASE = {
    "accept": "accept",
    "decline": "decline",
    "arrived": "report the arrival for",
    "picked": "pick up",
    "delivered": "deliver",
    "cancel": "release",
}
BY_DISPATCHER = ("cancel_by_dispatcher", "release_by_dispatcher")
ALLOWED = {
    "assigned": ["accept", "assign", "cancel", BY_DISPATCHER[0], "decline", "release", BY_DISPATCHER[1]],
    "accepted": ["arrived", "assign", "cancel", BY_DISPATCHER[0], "release", BY_DISPATCHER[1]],
    "arrived": ["assign", "cancel", BY_DISPATCHER[0], "picked", "release", BY_DISPATCHER[1]],
    "picked_up": [
        BY_DISPATCHER[0],
        "deliver_by_dispatcher",
        "delivered",
        "undeliverable",
        "undeliverable_by_dispatcher",
    ],
    "delivered": [],
    "canceled_by_customer": [],
}
SAME = "the same again"
# What each step leads to for the courier who has, or had, the order; what is not listed is a 409.
POSSIBLE: Mapping[str, Mapping[str, str]] = {
    "assigned": {"accept": "accepted", "decline": "no_nearby_driver", "cancel": "no_nearby_driver"},
    "accepted": {"accept": SAME, "arrived": "arrived", "cancel": "no_nearby_driver"},
    "arrived": {"arrived": SAME, "picked": "picked_up", "cancel": "no_nearby_driver"},
    "picked_up": {"picked": SAME, "delivered": "delivered"},
    "delivered": {"delivered": SAME},
    "canceled_by_customer": {},
}


def in_state(courier: Person, customer: Person, state: str) -> dict[str, object]:
    """An order of this courier in any state of the table."""
    placed = order(customer)
    if state != "canceled_by_customer":
        return carried(courier, placed, state)
    return dict(cancel_order(customer, placed["id"]).json)


@pytest.mark.parametrize("state", POSSIBLE)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_step_leads_where_the_table_says_and_every_other_is_a_conflict(
    world: World, state: str, action: str
) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = in_state(courier, customer, state)
    world.clock.advance(seconds=1)
    answer = step(courier, action, str(placed["id"]))
    to = POSSIBLE[state].get(action)
    now = read_order(customer, placed["id"])
    if to is None:
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        error = answer.json["error"]
        assert error["message"] == f"Cannot {PHRASE[action]} an order in state {state}."
        assert error["details"] == {"state": state, "action": ACTION.get(action, action), "allowed": ALLOWED[state]}
        assert now == placed
    elif to is SAME:
        assert (answer.status, answer.json, now) == (200, placed, placed)
    else:
        assert (answer.status, answer.json, answer.headers["ETag"]) == (200, now, f'"{now["version"]}"')
        assert (now["status"], now["version"]) == (to, int(str(placed["version"])) + 1)
        assert now["updated_at"] > placed["updated_at"]


@pytest.mark.parametrize("loss", ["decline", "cancel", "time out"])
def test_who_lost_an_order_can_only_repeat_how_they_lost_it(world: World, loss: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    if loss == "time out":
        time_out(world)
    else:
        step(courier, loss, placed["id"])
    for action in ACTIONS:
        answer = step(courier, action, placed["id"])
        assert answer.status == (200 if action == loss else 403), action


def test_a_delivery_goes_from_hand_to_door(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    answered = {name: value for name, value in placed.items() if name != "offer_expires_at"}
    for version, (action, state) in enumerate(STEPS.items(), start=2):
        world.clock.advance(minutes=1)
        answer = step(courier, action, placed["id"])
        now = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        assert answer.json == answered | {"status": state, "version": version, "updated_at": now}
    known = stored_courier(courier)
    assert known is not None
    assert (known.available, known.order_id, known.idle_since) == (True, None, world.clock.now())


@pytest.mark.parametrize("action", ["decline", "cancel"])
def test_an_order_that_is_given_up_goes_to_the_next_nearest_at_once(world: World, action: str) -> None:
    customer, first = world.person("customer"), on_duty(world.person("courier"), km=1)
    on_duty(world.person("courier"), km=3)
    second = on_duty(world.person("courier"), km=2)
    placed = order(customer)
    answer = step(first, action, placed["id"])
    assert (answer.json["status"], answer.json["assigned_courier"]) == ("assigned", second.user_id)
    assert answer.json["version"] == 2
    known = stored_courier(first)
    assert known is not None
    assert known.order_id is None
    assert order(customer)["assigned_courier"] == first.user_id


def test_an_order_that_nobody_else_can_take_ends_without_a_courier(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    answer = step(courier, "decline", order(customer)["id"])
    assert answer.json["status"] == "no_nearby_driver"
    assert "assigned_courier" not in answer.json


def test_who_declined_an_order_is_never_offered_it_again(world: World) -> None:
    customer = world.person("customer")
    first, second = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    placed = order(customer)
    step(first, "decline", placed["id"])
    assert step(second, "decline", placed["id"]).json["status"] == "no_nearby_driver"
    assert [order(customer)["assigned_courier"] for _ in range(2)] == [first.user_id, second.user_id]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_on_somebody_elses_order_is_refused(world: World, action: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed, colleague = order(customer), on_duty(world.person("courier"))
    refused = step(colleague, action, placed["id"])
    assert (refused.status, refused.code) == (403, "ACCESS_DENIED")
    named = step(courier, action, placed["id"], courier_id=colleague.user_id)
    assert (named.status, named.code) == (403, "ACCESS_DENIED")
    named_first = step(courier, action, "nothing", courier_id=colleague.user_id)
    assert (named_first.status, named_first.code) == (403, "ACCESS_DENIED")
    missing = step(courier, action, "nothing")
    assert (missing.status, missing.code) == (404, "NOT_FOUND")
    assert customer.get(f"/v1/orders/{placed['id']}").json == placed


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_names_every_bad_field(world: World, action: str) -> None:
    courier = world.person("courier")
    for body, bad in (
        ({}, {"order_id", "courier_id"}),
        ({"order_id": "", "courier_id": 7, "reason": "rain"}, {"order_id", "courier_id", "reason"}),
        ({"order_id": "a#b", "courier_id": "x" * 65}, {"order_id", "courier_id"}),
    ):
        answer = courier.post(f"/v1/courier/orders/{action}", body)
        assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_a_step_is_checked_in_the_decided_order(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed, colleague = order(customer), world.person("courier")
    path, nonsense = "/v1/courier/orders/arrived", {"courier_id": 7, "mood": "good"}
    invalid = [
        sender.post(path, {"order_id": order_id, **nonsense}, if_match="9")
        for sender, order_id in ((courier, "nothing"), (colleague, placed["id"]), (courier, placed["id"]))
    ]
    assert [(answer.status, set(answer.fields)) for answer in invalid] == [(422, set(nonsense))] * 3
    missing = step(courier, "arrived", "nothing", if_match="9")
    foreign = step(colleague, "arrived", placed["id"], if_match="9")
    stale = step(courier, "arrived", placed["id"], if_match="9")
    impossible = step(courier, "arrived", placed["id"])
    assert [(answer.status, answer.code) for answer in (missing, foreign, stale, impossible)] == [
        (404, "NOT_FOUND"),
        (403, "ACCESS_DENIED"),
        (409, "VERSION_CONFLICT"),
        (409, "WORKFLOW_VIOLATION"),
    ]
    assert customer.get(f"/v1/orders/{placed['id']}").json == placed


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_honours_the_version_that_the_courier_has_seen(world: World, action: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    state = next(state for state, steps in POSSIBLE.items() if steps.get(action, SAME) is not SAME)
    placed = carried(courier, order(customer), state)
    stale = step(courier, action, placed["id"], if_match=f'"{placed["version"] + 1}"')
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    assert stale.json["error"]["details"] == {"version": placed["version"]}
    bad = step(courier, action, placed["id"], if_match="latest")
    assert (bad.status, set(bad.fields)) == (422, {"If-Match"})
    fresh = step(courier, action, placed["id"], if_match=f'"{placed["version"]}"')
    assert fresh.status == 200
    # The retry of a courier who has not got the answer still names the version from before.
    again = step(courier, action, placed["id"], if_match=f'"{placed["version"]}"')
    assert (again.status, again.json) == (200, fresh.json)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_sent_again_with_its_key_gets_the_stored_answer(world: World, action: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    state = next(state for state, steps in POSSIBLE.items() if steps.get(action, SAME) is not SAME)
    placed = carried(courier, order(customer), state)
    first = step(courier, action, placed["id"], idempotency_key="k")
    again = step(courier, action, placed["id"], idempotency_key="k")
    assert (first.status, again.status, again.text) == (200, 200, first.text)
    assert (again.headers["Idempotent-Replayed"], again.headers["ETag"]) == ("true", first.headers["ETag"])
    audit_row(world, placed["id"], ROW[action])
    reused = step(courier, action, "another", idempotency_key="k")
    assert (reused.status, reused.code) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_each_step_leaves_a_row_with_exactly_what_it_changed(world: World) -> None:
    customer = world.person("customer")
    courier = on_duty(world.person("courier", full_name="Ada", phone="+31 6 1", profile_picture="https://p/a.png"))
    placed = carried(courier, order(customer))
    freed = {f"courier/{courier.user_id}.order_id": [placed["id"], None]}
    driver = {
        "driver_name": [None, "Ada"],
        "driver_phone": [None, "+31 6 1"],
        "driver_picture": [None, "https://p/a.png"],
    }
    answered = {"offer_expires_at": ["2026-03-01T09:00:15Z", None]}
    expected = {
        "accept": {"status": ["assigned", "accepted"], **answered, **driver},
        "arrived": {"status": ["accepted", "arrived"]},
        "picked": {"status": ["arrived", "picked_up"]},
        "delivered": {"status": ["picked_up", "delivered"], **freed},
    }
    for action, changed in expected.items():
        row = audit_row(world, placed["id"], ROW[action])
        assert (row.entity_type, row.actor_id, diff(row)) == ("order", courier.user_id, changed)


def test_handing_on_leaves_a_row_with_both_couriers(world: World) -> None:
    customer, first = world.person("customer"), on_duty(world.person("courier"), km=1)
    second = on_duty(world.person("courier"), km=2)
    placed = order(customer)
    world.clock.advance(seconds=5)
    step(first, "decline", placed["id"])
    changed = diff(audit_row(world, placed["id"], "ORDER_DECLINED"))
    assert changed == {
        "declined_by": [None, [first.user_id]],
        "assigned_courier": [first.user_id, second.user_id],
        "offer_expires_at": ["2026-03-01T09:00:15Z", "2026-03-01T09:00:20Z"],
        f"courier/{first.user_id}.order_id": [placed["id"], None],
        f"courier/{second.user_id}.order_id": [None, placed["id"]],
    }


def test_a_repeated_step_leaves_a_row_without_a_change_and_a_refused_one_its_code(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "arrived")
    step(courier, "arrived", placed["id"])
    rows = [row for row in world.audit() if row.action_type == "ORDER_ARRIVED"]
    assert sorted(len(diff(row)) for row in rows) == [0, 1]
    step(courier, "delivered", placed["id"])
    refused = audit_row(world, placed["id"], "ORDER_DELIVERED", "WORKFLOW_VIOLATION")
    assert refused.payload_diff is None
