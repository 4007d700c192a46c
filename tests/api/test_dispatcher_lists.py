"""What dispatchers see: all orders and couriers of their organisation, filtered and in pages."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.clock import iso
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import cancel_order, carried, decide, duty, east, on_duty, order, report, step, time_out
from tests.builders.lists import read_pages
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Person, World

STATES = ("assigned", "accepted", "arrived", "picked_up", "delivered")


@pytest.fixture
def dispatcher(world: World) -> Person:
    return world.person("dispatcher")


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in found]


def placed_in_turn(world: World, customer: Person, number: int) -> list[str]:
    """The ids of so many orders, newest first, a second apart."""
    made = []
    for _ in range(number):
        world.clock.advance(seconds=1)
        made.append(order(customer)["id"])
    return made[::-1]


@pytest.mark.parametrize("limit", [1, 3, 7, 20])
def test_all_orders_are_listed_once_newest_first(world: World, dispatcher: Person, limit: int) -> None:
    made = placed_in_turn(world, world.person("customer"), 7)
    assert ids(read_pages(dispatcher, "/v1/orders", limit)) == made


def test_a_listed_order_reads_as_the_order_itself(world: World, dispatcher: Person) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "accepted")
    assert read_pages(dispatcher, "/v1/orders") == [placed]


def test_an_order_is_listed_in_its_state_and_in_no_other(world: World, dispatcher: Person) -> None:
    for state in STATES:
        courier = on_duty(world.person("courier"))
        placed = carried(courier, order(world.person("customer")), state)
        for other in STATES:
            expected = [placed["id"]] if other == state else []
            found = ids(read_pages(dispatcher, f"/v1/orders?status={other}"))
            assert [one for one in found if one == placed["id"]] == expected, (state, other)


def test_orders_that_found_nobody_timed_out_or_were_canceled_are_listed_by_state(
    world: World, dispatcher: Person
) -> None:
    customer = world.person("customer")
    on_duty(world.person("courier"))
    late = order(customer)["id"]
    waiting = order(customer)["id"]
    time_out(world)
    canceled = order(customer)["id"]
    cancel_order(customer, canceled)
    assert ids(read_pages(dispatcher, "/v1/orders?status=no_nearby_driver")) == [late]
    assert ids(read_pages(dispatcher, "/v1/orders?status=canceled_by_customer")) == [canceled]
    assert ids(read_pages(dispatcher, "/v1/orders?status=assigned")) == [waiting]


def test_orders_are_listed_by_customer_courier_state_and_time_together(world: World, dispatcher: Person) -> None:
    anna, bert = world.person("customer"), world.person("customer")
    first = on_duty(world.person("courier"))
    mine = carried(first, order(anna), "delivered")["id"]
    world.clock.advance(seconds=10)
    moment = world.clock.now()
    other = carried(first, order(bert), "accepted")["id"]
    world.clock.advance(seconds=10)
    alone = order(anna)["id"]
    by = f"/v1/orders?courier_id={first.user_id}"
    assert ids(read_pages(dispatcher, by, 1)) == [other, mine]
    assert ids(read_pages(dispatcher, f"{by}&status=delivered", 1)) == [mine]
    assert ids(read_pages(dispatcher, f"{by}&customer_id={bert.user_id}")) == [other]
    assert ids(read_pages(dispatcher, f"/v1/orders?customer_id={anna.user_id}", 1)) == [alone, mine]
    assert ids(read_pages(dispatcher, f"/v1/orders?customer_id={anna.user_id}&status=delivered", 1)) == [mine]
    since, before = iso(moment), iso(moment - timedelta(milliseconds=1))
    assert ids(read_pages(dispatcher, f"/v1/orders?from={since}", 1)) == [alone, other]
    assert ids(read_pages(dispatcher, f"/v1/orders?to={since}", 1)) == [other, mine]
    assert ids(read_pages(dispatcher, f"/v1/orders?to={before}", 1)) == [mine]
    assert ids(read_pages(dispatcher, f"/v1/orders?from={since}&to={since}", 1)) == [other]
    assert ids(read_pages(dispatcher, f"{by}&from={since}", 1)) == [other]


def test_a_list_neither_repeats_nor_skips_orders_while_new_ones_arrive(world: World, dispatcher: Person) -> None:
    customer = world.person("customer")
    made = placed_in_turn(world, customer, 5)
    page = dispatcher.get("/v1/orders?limit=3").json
    placed_in_turn(world, customer, 2)
    rest = dispatcher.get(f"/v1/orders?limit=3&cursor={page['next_cursor']}").json
    assert ids(page["orders"]) + ids(rest["orders"]) == made


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("from=yesterday", "from"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("courier=x", "courier"),
    ],
)
def test_a_wrong_filter_of_orders_is_refused_by_its_name(dispatcher: Person, query: str, field: str) -> None:
    answer = dispatcher.get(f"/v1/orders?{query}")
    assert answer.status == 422
    assert list(answer.json["fields"]) == [field]


def test_a_cursor_of_another_list_is_refused(world: World, dispatcher: Person) -> None:
    placed_in_turn(world, world.person("customer"), 2)
    cursor = dispatcher.get("/v1/orders?limit=1").json["next_cursor"]
    answer = dispatcher.get(f"/v1/orders?status=no_nearby_driver&cursor={cursor}")
    assert (answer.status, list(answer.json["fields"])) == (422, ["cursor"])


def test_couriers_are_free_busy_or_off(world: World, dispatcher: Person) -> None:
    free = on_duty(world.person("courier", full_name="Ada"), km=2)
    busy = on_duty(world.person("courier", full_name="Bo"), km=1)
    off = on_duty(world.person("courier", full_name="Cleo"), km=3)
    duty(off, available=False)
    report(world.person("courier", full_name="Never on duty"), *east(1))
    placed = carried(busy, order(world.person("customer")), "accepted")
    (free_lat, free_lng), (busy_lat, busy_lng), (off_lat, off_lng) = east(2), east(1), east(3)
    at = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    expected = {
        free.user_id: {"status": "free", "name": "Ada", "latitude": free_lat, "longitude": free_lng},
        busy.user_id: {
            "status": "busy", "name": "Bo", "order_id": placed["id"], "latitude": busy_lat, "longitude": busy_lng
        },
        off.user_id: {"status": "off", "name": "Cleo", "latitude": off_lat, "longitude": off_lng},
    }  # fmt: skip
    listed = {one["id"]: one for one in read_pages(dispatcher, "/v1/couriers")}
    assert listed == {name: {"id": name, "position_at": at, **fields} for name, fields in expected.items()}
    for one in (free, busy, off):
        status = expected[one.user_id]["status"]
        assert ids(read_pages(dispatcher, f"/v1/couriers?status={status}", 1)) == [one.user_id]


def test_a_courier_changes_status_with_each_step_and_each_change_of_duty(world: World, dispatcher: Person) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")

    def status() -> str:
        [one] = read_pages(dispatcher, "/v1/couriers")
        return str(one["status"])

    placed = order(customer)
    assert status() == "busy"
    step(courier, "decline", placed["id"])
    assert status() == "free"
    placed = carried(courier, order(customer), "picked_up")
    duty(courier, available=False)
    assert status() == "off"
    step(courier, "delivered", placed["id"])
    assert status() == "off"
    duty(courier)
    assert status() == "free"


def test_all_couriers_come_once_in_pages_of_any_length(world: World, dispatcher: Person) -> None:
    couriers = [on_duty(world.person("courier")) for _ in range(7)]
    for one in couriers[::2]:
        duty(one, available=False)
    every = sorted(one.user_id for one in couriers)
    for limit in (1, 2, 7, 1000):
        assert ids(read_pages(dispatcher, "/v1/couriers", limit)) == every
        assert ids(read_pages(dispatcher, "/v1/couriers?status=free", limit)) == sorted(
            c.user_id for c in couriers[1::2]
        )


def test_free_couriers_near_a_position_come_nearest_first(world: World, dispatcher: Person) -> None:
    far, near, middle = (on_duty(world.person("courier"), km=km) for km in (5, 0.5, 2))
    on_duty(world.person("courier"), km=10.5)
    on_duty(world.person("courier"), km=None)
    carried(on_duty(world.person("courier"), km=0.1), order(world.person("customer")), "accepted")
    lat, lng = east(0)
    answer = dispatcher.get(f"/v1/couriers?near={lat},{lng}")
    assert ids(answer.json["couriers"]) == [near.user_id, middle.user_id, far.user_id]
    assert ids(dispatcher.get(f"/v1/couriers?near={lat},{lng}&limit=1&status=free").json["couriers"]) == [near.user_id]


def test_couriers_near_a_position_are_those_within_the_radius_of_the_organisation(
    world: World, dispatcher: Person
) -> None:
    couriers = [on_duty(world.person("courier"), km=km) for km in (1, 9, 14)]
    lat, lng = east(0)
    for radius_m, number in ((5_000, 1), (15_000, 3), (None, 2)):
        answer = world.person("SYSTEM_ADMIN").put("/v1/organisation/settings/dispatch", {"radius_m": radius_m})
        assert answer.status == 200, answer
        near = dispatcher.get(f"/v1/couriers?near={lat},{lng}").json["couriers"]
        assert ids(near) == [courier.user_id for courier in couriers[:number]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("near=here", "near"),
        ("near=91,0", "near"),
        ("near=0,181", "near"),
        ("near=0,0&status=busy", "status"),
        ("near=0,0&cursor=x", "cursor"),
        ("status=lost", "status"),
        ("limit=1001", "limit"),
    ],
)
def test_a_wrong_filter_of_couriers_is_refused_by_its_name(dispatcher: Person, query: str, field: str) -> None:
    answer = dispatcher.get(f"/v1/couriers?{query}")
    assert answer.status == 422
    assert list(answer.json["fields"]) == [field]


def test_dispatchers_see_their_own_organisation_only(world: World, dispatcher: Person) -> None:
    stranger = world.person("dispatcher", OTHER)
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    order(customer)
    lat, lng = east(0)
    for path in (
        "/v1/orders",
        "/v1/orders?status=assigned",
        f"/v1/orders?courier_id={courier.user_id}",
        f"/v1/orders?customer_id={customer.user_id}",
        "/v1/couriers",
        f"/v1/couriers?near={lat},{lng}",
    ):
        assert read_pages(stranger, path) == [], path


def test_a_role_with_a_narrower_scope_does_not_see_the_lists(world: World) -> None:
    admin, person = world.person("SYSTEM_ADMIN"), world.person("VIEW_ONLY")
    narrow = {"permissions": [{"code": "dispatch.order.manage", "scope": "own"}]}
    assert admin.put("/v1/roles/VIEW_ONLY", narrow).status == 200
    for path in ("/v1/orders", "/v1/couriers"):
        answer = person.get(path)
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_a_list_takes_two_round_trips_however_many_orders_there_are(
    world: World, dispatcher: Person, engine: EmbeddedEngine
) -> None:
    placed_in_turn(world, world.person("customer"), 5)
    for path in ("/v1/orders", "/v1/orders?status=no_nearby_driver", "/v1/couriers"):
        with counted_trips(engine) as made:
            assert dispatcher.get(path).status == 200
        assert len(made) == 2, path


def test_only_dispatchers_read_the_reason_of_a_dispatcher(world: World, dispatcher: Person) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    order_id = carried(courier, order(customer), "picked_up")["id"]
    assert "dispatcher_reason" not in dispatcher.get(f"/v1/orders/{order_id}").json
    decide(dispatcher, "deliver", order_id)
    assert dispatcher.get(f"/v1/orders/{order_id}").json["dispatcher_reason"] == "The courier is ill."
    assert "dispatcher_reason" not in customer.get(f"/v1/orders/{order_id}").json
