"""What dispatchers decide about an order, and deliveries that fail."""

import pytest

from tests.builders.dispatch import (
    assign_order,
    audit_row,
    cancel_order,
    carried,
    decide,
    diff,
    duty,
    east,
    on_duty,
    order,
    read_order,
    report,
    step,
    stored_courier,
    stored_order,
    time_out,
    told,
)
from tests.builders.world import OTHER, Person, World

STEPS = ("release", "cancel", "undeliverable", "deliver")
REASON = "The courier is ill."
DOOR = "Nobody opens the door."


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


@pytest.fixture
def dispatcher(world: World) -> Person:
    return world.person("dispatcher")


@pytest.fixture
def courier(world: World) -> Person:
    return on_duty(world.person("courier"))


@pytest.fixture
def colleague(world: World, courier: Person) -> Person:
    """A second courier, farther from the pickup."""
    return on_duty(world.person("courier"), km=3)


def in_hand(courier: Person) -> str | None:
    known = stored_courier(courier)
    assert known is not None
    return known.order_id


def test_a_waiting_order_is_offered_to_the_courier_whom_the_dispatcher_names(
    world: World, customer: Person, dispatcher: Person
) -> None:
    placed = order(customer)
    far = on_duty(world.person("courier"), km=500)
    to_courier, to_customer = far.socket("courier"), customer.socket("customer")
    answer = assign_order(dispatcher, placed["id"], far)
    assert (answer.status, answer.json["status"], answer.json["assigned_courier"]) == (200, "assigned", far.user_id)
    assert "waiting_until" not in answer.json
    assert [event for event, _ in told(world, to_courier)] == ["order.assigned"]
    assert [data["status"] for _, data in told(world, to_customer)] == ["assigned"]
    assert diff(audit_row(world, placed["id"], "ORDER_ASSIGNED"))["status"] == ["no_nearby_driver", "assigned"]
    assert carried(far, answer.json)["status"] == "delivered"


@pytest.mark.parametrize("state", ["assigned", "accepted", "arrived"])
def test_an_order_is_taken_from_its_courier_and_given_to_another(
    world: World, customer: Person, courier: Person, colleague: Person, state: str
) -> None:
    dispatcher = world.person("dispatcher")
    placed = carried(courier, order(customer), state)
    sockets = courier.socket("courier"), colleague.socket("courier"), customer.socket("customer")
    for socket in sockets:
        told(world, socket)
    answer = assign_order(dispatcher, placed["id"], colleague, if_match=str(placed["version"]))
    assert (answer.status, answer.json["assigned_courier"]) == (200, colleague.user_id)
    heard = [[(event, data.get("status")) for event, data in told(world, socket)] for socket in sockets]
    assert heard == [[("order.reassigned_away", None)], [("order.assigned", None)], [("order.status", "assigned")]]
    assert (in_hand(courier), in_hand(colleague)) == (None, placed["id"])
    assert step(courier, "accept", placed["id"]).status == 403


def test_the_courier_who_has_the_order_keeps_it_without_a_change(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "accepted")
    to_courier = courier.socket("courier")
    told(world, to_courier)
    answer = assign_order(dispatcher, placed["id"], courier)
    assert (answer.status, answer.json) == (200, placed)
    assert told(world, to_courier) == []


def test_a_courier_who_declined_may_be_given_the_order(customer: Person, dispatcher: Person, courier: Person) -> None:
    placed = order(customer)
    assert step(courier, "decline", placed["id"]).json["status"] == "no_nearby_driver"
    assert assign_order(dispatcher, placed["id"], courier).json["assigned_courier"] == courier.user_id
    assert step(courier, "accept", placed["id"]).json["status"] == "accepted"


def test_a_courier_whose_position_is_old_may_be_given_the_order(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    world.clock.advance(minutes=20)
    placed = order(customer)
    assert placed["status"] == "no_nearby_driver"
    assert assign_order(dispatcher, placed["id"], courier).status == 200


def test_a_courier_with_an_order_or_off_duty_is_not_given_another(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    first, waiting = order(customer), order(customer)
    busy = assign_order(dispatcher, waiting["id"], courier)
    assert (busy.status, busy.code) == (409, "COURIER_BUSY")
    assert busy.json["error"]["details"] == {"courier_id": courier.user_id, "order_id": first["id"]}
    cancel_order(customer, waiting["id"])
    carried(courier, first)
    duty(courier, available=False)
    waiting = order(customer)
    off = assign_order(dispatcher, waiting["id"], courier)
    assert (off.status, off.code, off.json["error"]["details"]) == (
        409,
        "COURIER_OFF_DUTY",
        {"courier_id": courier.user_id},
    )


def test_couriers_who_were_never_on_duty_or_are_elsewhere_do_not_exist_for_the_dispatcher(
    world: World, customer: Person, dispatcher: Person
) -> None:
    placed = order(customer)
    foreign = on_duty(world.person("courier", OTHER), km=None)
    for courier in (world.person("courier"), foreign):
        assert assign_order(dispatcher, placed["id"], courier).status == 404


def test_an_order_that_the_dispatcher_gave_to_a_courier_times_out_as_any_other(
    world: World, customer: Person, dispatcher: Person, courier: Person, colleague: Person
) -> None:
    placed = order(customer)
    assign_order(dispatcher, placed["id"], colleague)
    report(colleague, *east(2))
    third = on_duty(world.person("courier"), km=5)
    time_out(world)
    assert stored_order(placed["id"]).assigned_courier == third.user_id


@pytest.mark.parametrize("state", ["assigned", "accepted", "arrived"])
def test_a_released_order_goes_to_the_next_courier_and_never_to_the_same_one(
    world: World, customer: Person, dispatcher: Person, courier: Person, state: str
) -> None:
    placed = carried(courier, order(customer), state)
    to_courier = courier.socket("courier")
    told(world, to_courier)
    answer = decide(dispatcher, "release", placed["id"])
    assert (answer.status, answer.json["status"]) == (200, "no_nearby_driver")
    assert [event for event, _ in told(world, to_courier)] == ["order.reassigned_away"]
    assert in_hand(courier) is None
    row = audit_row(world, placed["id"], "ORDER_RELEASED")
    assert (row.actor_id, diff(row)["dispatcher_reason"]) == (dispatcher.user_id, [None, REASON])
    colleague = on_duty(world.person("courier"), km=3)
    assert stored_order(placed["id"]).assigned_courier == colleague.user_id


@pytest.mark.parametrize("state", ["no_nearby_driver", "assigned", "accepted", "arrived", "picked_up", "undeliverable"])
def test_a_dispatcher_cancels_an_order_in_every_state_before_its_end(
    world: World, customer: Person, dispatcher: Person, state: str
) -> None:
    courier = world.person("courier")
    if state != "no_nearby_driver":
        on_duty(courier)
    placed = order(customer)
    if state == "undeliverable":
        carried(courier, placed, "picked_up")
        assert step(courier, "undeliverable", placed["id"]).status == 200
    else:
        carried(courier, placed, state)
    to_customer, to_courier = customer.socket("customer"), courier.socket("courier")
    told(world, to_customer), told(world, to_courier)
    answer = decide(dispatcher, "cancel", placed["id"])
    assert (answer.status, answer.json["status"]) == (200, "canceled_by_dispatcher")
    heard = [("order.status", {"order_id": placed["id"], "status": "canceled_by_dispatcher"})]
    assert told(world, to_customer) == heard
    if state != "no_nearby_driver":
        assert told(world, to_courier) == heard
        assert in_hand(courier) is None
        assert order(customer)["assigned_courier"] == courier.user_id
    again = decide(dispatcher, "cancel", placed["id"])
    assert (again.status, again.json) == (200, answer.json)
    assert customer.get("/v1/customer/orders/history").json["orders"][-1]["status"] == "canceled_by_dispatcher"


def test_a_courier_reports_an_order_as_undeliverable_and_brings_it_back(
    world: World, customer: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    waiting = order(customer)
    to_customer = customer.socket("customer")
    told(world, to_customer)
    body = {"order_id": placed["id"], "courier_id": courier.user_id, "reason": DOOR, "note": "Rang twice."}
    failed = courier.post("/v1/courier/orders/undeliverable", body)
    assert (failed.status, failed.json["status"]) == (200, "undeliverable")
    assert failed.json["failure"] == {"reason": DOOR, "note": "Rang twice.", "at": failed.json["updated_at"]}
    assert diff(audit_row(world, placed["id"], "ORDER_UNDELIVERABLE"))["failure_reason"] == [None, DOOR]
    assert courier.post("/v1/courier/orders/undeliverable", body).json == failed.json
    assert courier.get("/v1/courier/active-order").json["order"]["id"] == placed["id"]
    assert in_hand(courier) == placed["id"]
    back = step(courier, "returned", placed["id"])
    assert (back.status, back.json["status"], back.json["failure"]["reason"]) == (200, "returned", DOOR)
    assert step(courier, "returned", placed["id"]).json == back.json
    assert in_hand(courier) == waiting["id"]
    heard = [(data["order_id"], data["status"]) for _, data in told(world, to_customer)]
    assert heard == [(placed["id"], "undeliverable"), (placed["id"], "returned"), (waiting["id"], "assigned")]


def test_a_courier_whose_order_the_dispatcher_calls_undeliverable_is_free_at_once_and_may_bring_it_back(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    to_courier = courier.socket("courier")
    told(world, to_courier)
    answer = decide(dispatcher, "undeliverable", placed["id"])
    assert (answer.json["status"], answer.json["failure"]["reason"]) == ("undeliverable", REASON)
    assert [data["status"] for _, data in told(world, to_courier)] == ["undeliverable"]
    assert courier.get("/v1/courier/active-order").json == {"active": False}
    later = order(customer)
    assert later["assigned_courier"] == courier.user_id
    assert step(courier, "returned", placed["id"]).json["status"] == "returned"
    assert in_hand(courier) == later["id"]


def test_a_courier_who_reported_an_order_as_undeliverable_is_free_once_the_dispatcher_says_so(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed, waiting = carried(courier, order(customer), "picked_up"), order(customer)
    assert step(courier, "undeliverable", placed["id"]).status == 200
    to_courier, to_customer = courier.socket("courier"), customer.socket("customer")
    told(world, to_courier)
    told(world, to_customer)
    answer = decide(dispatcher, "undeliverable", placed["id"])
    assert (answer.status, answer.json["status"], answer.json["failure"]["reason"]) == (200, "undeliverable", DOOR)
    assert diff(audit_row(world, placed["id"], "ORDER_UNDELIVERABLE", actor=dispatcher)) == {
        "dispatcher_reason": [None, REASON],
        f"courier/{courier.user_id}.order_id": [placed["id"], None],
    }
    assert in_hand(courier) == waiting["id"]
    assert [event for event, _ in told(world, to_courier)] == ["order.status", "order.assigned"]
    assert [data["order_id"] for _, data in told(world, to_customer)] == [waiting["id"]]
    again = decide(dispatcher, "undeliverable", placed["id"])
    assert (again.status, again.json) == (200, answer.json)
    assert told(world, to_courier) == []
    assert step(courier, "returned", placed["id"]).json["status"] == "returned"
    assert in_hand(courier) == waiting["id"]


def test_a_dispatcher_delivers_an_order_whose_courier_has_vanished(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    answer = decide(dispatcher, "deliver", placed["id"])
    assert (answer.status, answer.json["status"]) == (200, "delivered")
    assert in_hand(courier) is None
    assert diff(audit_row(world, placed["id"], "ORDER_DELIVERED"))["dispatcher_reason"] == [None, REASON]


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("release", "picked_up"),
        ("release", "no_nearby_driver"),
        ("undeliverable", "arrived"),
        ("deliver", "accepted"),
        ("cancel", "delivered"),
    ],
)
def test_a_step_that_the_state_does_not_allow_is_a_conflict_that_names_the_possible_ones(
    world: World, customer: Person, dispatcher: Person, action: str, state: str
) -> None:
    courier = world.person("courier")
    if state != "no_nearby_driver":
        on_duty(courier)
    placed = carried(courier, order(customer), state)
    answer = decide(dispatcher, action, placed["id"])
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"]["state"] == state
    assert read_order(dispatcher, placed["id"]) == placed


def test_an_order_that_was_picked_up_is_not_given_to_another_courier(
    customer: Person, dispatcher: Person, courier: Person, colleague: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    answer = assign_order(dispatcher, placed["id"], colleague)
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")


@pytest.mark.parametrize("action", [*STEPS, "assign"])
def test_a_dispatcher_of_another_organisation_finds_no_order(
    world: World, customer: Person, courier: Person, action: str
) -> None:
    placed, stranger = order(customer), world.person("dispatcher", OTHER)
    on_duty(theirs := world.person("courier", OTHER))
    answer = (
        assign_order(stranger, placed["id"], theirs) if action == "assign" else decide(stranger, action, placed["id"])
    )
    assert answer.status == 404


@pytest.mark.parametrize("action", STEPS)
def test_a_reason_is_required_and_every_bad_field_is_named(dispatcher: Person, action: str) -> None:
    answer = dispatcher.post(f"/v1/orders/nothing/{action}", {"reason": " ", "why": 1})
    assert (answer.status, set(answer.fields)) == (422, {"reason", "why"})


def test_a_repeated_key_answers_what_it_answered_and_a_stale_version_is_refused(
    customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "accepted")
    stale = decide(dispatcher, "release", placed["id"], if_match="1")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    done = decide(dispatcher, "release", placed["id"], if_match="2", idempotency_key="k")
    again = decide(dispatcher, "release", placed["id"], if_match="2", idempotency_key="k")
    assert (done.status, again.text, again.headers["Idempotent-Replayed"]) == (200, done.text, "true")


def test_failed_deliveries_and_cancellations_are_counted_in_the_overview(
    customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    step(courier, "undeliverable", placed["id"])
    assert dispatcher.get("/v1/overview").json["dispatch"]["states"]["undeliverable"] == 1
    step(courier, "returned", placed["id"])
    decide(dispatcher, "cancel", order(customer)["id"])
    section = dispatcher.get("/v1/overview").json["dispatch"]
    assert (section["states"]["undeliverable"], section["states"]["returned"]) == (0, 1)
    assert section["states"]["canceledByDispatcher"] == 1
    assert section["hours"]["undeliverable"][-1] == 1
