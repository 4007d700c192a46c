"""Active orders and histories, of customers and couriers."""

import base64
import json
from typing import Any

import pytest

from chalicelib.dispatch.orders.tables import customer_key, person_key
from tests.builders.dispatch import (
    STEPS,
    cancel_order,
    carried,
    duty,
    on_duty,
    order,
    step,
    stored_order,
    time_out,
)
from tests.builders.world import DEMO, Person, World

CUSTOMER_ACTIVE = ["/v1/customer/active-order", "/v1/customer/activeOrder"]
COURIER_ACTIVE = ["/v1/courier/active-order", "/v1/courier/activeOrder"]
ACTIVE_LIST = "/v1/customer/active-orders"
CUSTOMER_HISTORY, COURIER_HISTORY = "/v1/customer/orders/history", "/v1/courier/orders/history"
NONE = {"active": False}
ACTIVE_STATES = ("assigned", "accepted", "arrived", "picked_up")


def placed_in_turn(world: World, customer: Person, number: int) -> list[dict[str, Any]]:
    """So many orders, newest first, a second apart."""
    orders = []
    for _ in range(number):
        world.clock.advance(seconds=1)
        orders.append(order(customer))
    return orders[::-1]


def ids(orders: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in orders]


def pages(person: Person, path: str, limit: int) -> list[list[str]]:
    """The ids of each page until no cursor comes."""
    found, cursor = [], ""
    while True:
        answer = person.get(f"{path}?limit={limit}{cursor}")
        assert answer.status == 200, answer
        assert set(answer.json) <= {"orders", "next_cursor"}
        found.append(ids(answer.json["orders"]))
        if "next_cursor" not in answer.json:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


@pytest.mark.parametrize("path", [*CUSTOMER_ACTIVE, *COURIER_ACTIVE])
def test_without_an_order_nothing_is_active(world: World, path: str) -> None:
    answer = world.person("customer" if "customer" in path else "courier").get(path)
    assert (answer.status, answer.json) == (200, NONE)


@pytest.mark.parametrize("state", ACTIVE_STATES)
def test_both_sides_see_the_order_that_is_under_way(world: World, state: str) -> None:
    customer = world.person("customer")
    courier = on_duty(world.person("courier", full_name="Ada", phone="+31 6 1", profile_picture="https://p/a.png"))
    placed = carried(courier, order(customer), state)
    driver = {"id": courier.user_id, "name": "Ada", "phone": "+31 6 1", "profile_picture": "https://p/a.png"}
    is_accepted = state != "assigned"
    eta = {"eta_at": customer.get(f"/v1/orders/{placed['id']}").json["eta_at"]} if is_accepted else {}
    theirs = {"active": True, "order": placed | eta}
    for path in COURIER_ACTIVE:
        assert courier.get(path).json == theirs
    for path in CUSTOMER_ACTIVE:
        assert customer.get(path).json == (theirs | {"assigned_driver": driver} if is_accepted else theirs)
    assert customer.get(ACTIVE_LIST).json == {"orders": [placed | eta]}


def test_a_driver_without_phone_and_picture_has_neither_field(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier", full_name="Ada"))
    carried(courier, order(customer), "accepted")
    assert customer.get(CUSTOMER_ACTIVE[0]).json["assigned_driver"] == {"id": courier.user_id, "name": "Ada"}


def test_who_handed_an_order_back_is_no_longer_its_driver(world: World) -> None:
    customer = world.person("customer")
    first, second = on_duty(world.person("courier"), km=1), on_duty(world.person("courier"), km=2)
    placed = carried(first, order(customer), "accepted")
    step(first, "cancel", placed["id"])
    assert "assigned_driver" not in customer.get(CUSTOMER_ACTIVE[0]).json
    step(second, "accept", placed["id"])
    assert customer.get(CUSTOMER_ACTIVE[0]).json["assigned_driver"]["id"] == second.user_id
    assert courier_lists(first) == (NONE, [])
    assert courier_lists(second)[1] == [placed["id"]]


def courier_lists(courier: Person) -> tuple[dict[str, Any], list[str]]:
    """What is active for a courier, and the ids of their history."""
    return courier.get(COURIER_ACTIVE[0]).json, ids(courier.get(COURIER_HISTORY).json["orders"])


@pytest.mark.parametrize("end", ["delivered", "canceled_by_customer", "no_nearby_driver"])
def test_an_order_that_has_ended_is_active_for_nobody(world: World, end: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    if end == "delivered":
        carried(courier, placed)
    elif end == "canceled_by_customer":
        cancel_order(customer, placed["id"])
    else:
        time_out(world)
    assert [customer.get(path).json for path in CUSTOMER_ACTIVE] == [NONE, NONE]
    assert [courier.get(path).json for path in COURIER_ACTIVE] == [NONE, NONE]
    assert customer.get(ACTIVE_LIST).json == {"orders": []}
    [ended] = customer.get(CUSTOMER_HISTORY).json["orders"]
    assert (ended["id"], ended["status"]) == (placed["id"], end)


def test_the_newest_active_order_counts(world: World) -> None:
    customer = world.person("customer")
    couriers = [on_duty(world.person("courier"), km=km) for km in (1, 2, 3)]
    newest, middle, oldest = placed_in_turn(world, customer, 3)
    carried(couriers[0], oldest, "accepted")
    active = customer.get(CUSTOMER_ACTIVE[0]).json
    assert active == {"active": True, "order": newest}
    cancel_order(customer, newest["id"])
    assert customer.get(CUSTOMER_ACTIVE[0]).json["order"]["id"] == middle["id"]
    cancel_order(customer, middle["id"])
    assert customer.get(CUSTOMER_ACTIVE[0]).json["assigned_driver"]["id"] == couriers[0].user_id


def test_active_orders_come_newest_first_in_pages(world: World) -> None:
    customer = world.person("customer")
    for km in range(1, 6):
        on_duty(world.person("courier"), km=km)
    orders = ids(placed_in_turn(world, customer, 6))[1:]  # the last one found nobody
    assert pages(customer, ACTIVE_LIST, 2) == [orders[:2], orders[2:4], orders[4:]]
    assert pages(customer, ACTIVE_LIST, 100) == [orders]


def test_a_customers_history_comes_newest_first_in_pages(world: World) -> None:
    customer = world.person("customer")
    orders = ids(placed_in_turn(world, customer, 25))
    assert ids(customer.get(CUSTOMER_HISTORY).json["orders"]) == orders[:20]
    assert pages(customer, CUSTOMER_HISTORY, 10) == [orders[:10], orders[10:20], orders[20:]]
    assert pages(customer, CUSTOMER_HISTORY, 1) == [[one] for one in orders]


def test_a_couriers_history_has_what_they_carried(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    carried_out = []
    for _ in range(3):
        world.clock.advance(seconds=1)
        carried_out.append(carried(courier, order(customer)))
    world.clock.advance(seconds=1)
    current = order(customer)
    expected = [current, *carried_out[::-1]]
    assert courier.get(COURIER_HISTORY).json == {"orders": expected}
    assert pages(courier, COURIER_HISTORY, 2)[:2] == [ids(expected[:2]), ids(expected[2:])]


def test_a_page_can_be_continued_although_newer_orders_came(world: World) -> None:
    customer = world.person("customer")
    orders = ids(placed_in_turn(world, customer, 4))
    cursor = customer.get(f"{CUSTOMER_HISTORY}?limit=2").json["next_cursor"]
    placed_in_turn(world, customer, 2)
    rest = customer.get(f"{CUSTOMER_HISTORY}?limit=2&cursor={cursor}").json
    assert ids(rest["orders"]) == orders[2:]


def test_lists_show_ones_own_orders_only(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    order(customer)
    stranger, colleague = world.person("customer"), world.person("courier")
    duty(colleague)
    for path in (ACTIVE_LIST, CUSTOMER_HISTORY):
        assert stranger.get(path).json == {"orders": []}
    assert stranger.get(CUSTOMER_ACTIVE[0]).json == NONE
    assert courier_lists(colleague) == (NONE, [])
    assert courier.get(COURIER_HISTORY).json["orders"]


LISTS = [ACTIVE_LIST, CUSTOMER_HISTORY, COURIER_HISTORY]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("limit=0", {"limit"}),
        ("limit=101", {"limit"}),
        ("limit=-1", {"limit"}),
        ("limit=ten", {"limit"}),
        ("limit=1.5", {"limit"}),
        ("cursor=", {"cursor"}),
        ("cursor=nonsense", {"cursor"}),
        ("cursor=%00", {"cursor"}),
        ("limit=0&cursor=" + "x" * 2049, {"limit", "cursor"}),
    ],
)
def test_a_list_names_every_bad_parameter(world: World, path: str, query: str, bad: set[str]) -> None:
    person = world.person("courier" if "courier" in path else "customer")
    answer = person.get(f"{path}?{query}")
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_a_cursor_belongs_to_one_list_of_one_person(world: World) -> None:
    customer, stranger = world.person("customer"), world.person("customer")
    on_duty(world.person("courier"), km=1)
    on_duty(world.person("courier"), km=2)
    placed_in_turn(world, customer, 3)
    cursor = customer.get(f"{CUSTOMER_HISTORY}?limit=1").json["next_cursor"]
    for person, path in ((customer, ACTIVE_LIST), (stranger, CUSTOMER_HISTORY)):
        answer = person.get(f"{path}?cursor={cursor}")
        assert (answer.status, set(answer.fields)) == (422, {"cursor"})


def test_a_cursor_that_was_edited_is_refused(world: World) -> None:
    customer = world.person("customer")
    placed_in_turn(world, customer, 2)
    cursor = customer.get(f"{CUSTOMER_HISTORY}?limit=1").json["next_cursor"]
    owner, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for edited in ([owner, []], [owner, [*key, "x"]], [owner, [*key[:-1], "x"]], [key, owner], 7):
        text = base64.urlsafe_b64encode(json.dumps(edited).encode()).decode().rstrip("=")
        answer = customer.get(f"{CUSTOMER_HISTORY}?cursor={text}")
        assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), edited


def test_histories_hold_what_is_under_way_beside_what_has_ended(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    ended = carried(courier, order(customer))["id"]
    world.clock.advance(seconds=1)
    current = carried(courier, order(customer), "accepted")["id"]
    world.clock.advance(seconds=1)
    waiting = order(customer)["id"]
    for limit in (1, 2, 3):
        expected = [waiting, current, ended]
        in_pages = [expected[start : start + limit] for start in range(0, 3, limit)]
        assert pages(customer, CUSTOMER_HISTORY, limit) == in_pages
    assert pages(courier, COURIER_HISTORY, 1) == [[current], [ended]]


def test_an_undeliverable_order_is_in_both_histories_once_whoever_has_it(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "picked_up")
    assert step(courier, "undeliverable", placed["id"]).status == 200
    for _ in range(2):
        assert pages(customer, CUSTOMER_HISTORY, 20) == pages(courier, COURIER_HISTORY, 20) == [[placed["id"]]]
        assert step(courier, "returned", placed["id"]).status == 200


@pytest.mark.parametrize("state", ACTIVE_STATES)
def test_an_order_that_version_0_2_0_offered_is_read_and_carried_on(world: World, state: str) -> None:
    """Such an order is in the lists of all orders, its customer's and its courier's, and no `Customer` names it."""
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), state)
    stored, [theirs, its] = stored_order(placed["id"]), [person_key(DEMO, one.user_id) for one in (customer, courier)]
    stored.customer_key, stored.courier_key, stored.active_courier_key = theirs, its, its
    stored.listed_key = None
    stored.save()
    customer_key(DEMO, customer.user_id).new().delete()

    def check_histories(current: list[str]) -> None:
        assert pages(customer, CUSTOMER_HISTORY, 20) == pages(courier, COURIER_HISTORY, 20) == [[placed["id"]]]
        answer = courier.get(COURIER_ACTIVE[0]).json
        assert [answer["order"]["id"] for _ in range(answer["active"])] == current

    check_histories([placed["id"]])
    for action, after in STEPS.items():
        if ACTIVE_STATES.index(state) <= list(STEPS).index(action):
            assert step(courier, action, placed["id"]).status == 200
            check_histories([placed["id"]] if after in ACTIVE_STATES else [])
    assert order(customer)["assigned_courier"] == courier.user_id
