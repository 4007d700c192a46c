"""Couriers who move, go off duty and come back while they are being taken and released."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event

from chalicelib.core.clock import iso
from chalicelib.dispatch.couriers.tables import Courier
from tests.builders.dispatch import LAT, LNG, cancel_order, duty, on_duty, order_body, report, step, stored_courier
from tests.builders.world import Person, World
from tests.races.crowd import at_once
from tests.races.truth import check_agreement, check_courier, check_indexes


def ordering(customer: Person, rounds: int, placed: list[str]) -> None:
    """Order and cancel again, as often as wanted."""
    for _ in range(rounds):
        answer = customer.post("/v1/orders", order_body(pickup_lat=None, pickup_lng=None))
        assert answer.status == 201, answer
        placed.append(answer.json["order"]["id"])
        assert cancel_order(customer, placed[-1]).status == 200


def until(done: Event, act: Callable[[int], object], least: int = 5) -> None:
    """Do something over and over until others are done."""
    number = 0
    while number < least or not done.is_set():
        act(number)
        number += 1


def test_indexes_agree_with_couriers_who_move_while_they_are_taken_and_released(arena: World) -> None:
    couriers = [on_duty(arena.person("courier")) for _ in range(3)]
    customers = [arena.person("customer") for _ in range(3)]
    placed: list[str] = []
    done = Event()

    def order_and_finish() -> None:
        try:
            at_once([partial(ordering, customer, 5, placed) for customer in customers])
        finally:
            done.set()

    def look(number: int) -> None:
        stored = stored_courier(couriers[number % 3])
        assert stored is not None
        check_courier(stored)

    def move(courier: Person, number: int) -> None:
        report(courier, LAT + number % 7 / 100, LNG)

    calls: list[Callable[[], None]] = [order_and_finish, partial(until, done, look)]
    calls += [partial(until, done, partial(move, courier)) for courier in couriers]
    at_once(calls)
    assert check_agreement(couriers, placed) == []
    for courier in couriers:
        check_indexes(courier)


def test_courier_going_off_duty_has_at_most_one_order(arena: World) -> None:
    couriers = [on_duty(arena.person("courier")) for _ in range(4)]
    customers = [arena.person("customer") for _ in range(4)]
    placed: list[str] = []

    def toggle(courier: Person) -> None:
        for number in range(8):
            duty(courier, number % 2 == 1)

    orders = [partial(ordering, customer, 4, placed) for customer in customers]
    at_once([*orders, *(partial(toggle, courier) for courier in couriers)])
    assert check_agreement(couriers, placed) == []
    for courier in couriers:
        check_indexes(courier)


def test_offers_that_are_declined_while_couriers_leave_and_come_stay_consistent(arena: World) -> None:
    couriers = [on_duty(arena.person("courier")) for _ in range(4)]
    customers = [arena.person("customer") for _ in range(6)]
    answers = at_once([partial(customer.post, "/v1/orders", order_body()) for customer in customers])
    placed = [answer.json["order"] for answer in answers]
    held = {one["assigned_courier"]: one["id"] for one in placed if "assigned_courier" in one}

    def decline(courier: Person) -> None:
        answer = step(courier, "decline", held[courier.user_id])
        assert answer.status == 200, answer

    def leave_and_come(courier: Person) -> None:
        for number in range(6):
            duty(courier, number % 2 == 1)

    at_once([partial(act, courier) for courier in couriers for act in (decline, leave_and_come)])
    check_agreement(couriers, [one["id"] for one in placed])
    for courier in couriers:
        check_indexes(courier)


def test_courier_going_on_duty_eight_times_is_indexed_once(arena: World) -> None:
    courier = arena.person("courier")
    report(courier, LAT, LNG)
    at_once([partial(duty, courier)] * 8)
    stored = stored_courier(courier)
    assert isinstance(stored, Courier)
    assert stored.available
    check_indexes(courier)
    rows = [row for row in arena.audit() if row.action_type == "COURIER_AVAILABLE" and row.payload_diff != "{}"]
    assert len(rows) == 1


def test_of_positions_that_cross_the_newest_stays(arena: World) -> None:
    courier = on_duty(arena.person("courier"))
    customer = arena.person("customer")
    base = arena.clock.now() + timedelta(seconds=1)
    arena.clock.advance(minutes=1)

    def send(number: int) -> None:
        at = iso(base + timedelta(seconds=number))
        body = {"latitude": LAT + number / 100, "longitude": LNG, "recorded_at": at}
        assert courier.post("/v1/courier/location", body).status == 204

    placed: list[str] = []
    at_once([*(partial(send, number) for number in (3, 7, 0, 5, 6, 1, 2, 4)), partial(ordering, customer, 3, placed)])
    stored = stored_courier(courier)
    assert stored is not None
    assert (stored.lat, stored.position_at) == (LAT + 7 / 100, base + timedelta(seconds=7))
    assert (stored.home_lat, stored.home_at) == (stored.lat, stored.position_at)
    check_indexes(courier)
