"""Many customers place orders at the same time."""

from collections import Counter
from functools import partial

from tests.builders.dispatch import on_duty, order_body, stored_courier
from tests.builders.mailboxes import mail
from tests.builders.world import Answer, Person, World
from tests.races.crowd import at_once
from tests.races.truth import check_agreement


def order_all_at_once(customers: list[Person]) -> list[Answer]:
    return at_once([partial(customer.post, "/v1/orders", order_body()) for customer in customers])


def test_thirty_two_orders_and_eight_couriers_make_eight_deliveries(arena: World) -> None:
    couriers = [on_duty(arena.person("courier"), km=number / 10) for number in range(8)]
    customers = [arena.person("customer") for _ in range(32)]
    answers = order_all_at_once(customers)
    assert {answer.status for answer in answers} == {201}
    placed = [answer.json for answer in answers]
    assert Counter(one["order"]["status"] for one in placed) == {"assigned": 8, "no_nearby_driver": 24}
    assigned = [one["assigned_courier_id"] for one in placed if "assigned_courier_id" in one]
    assert sorted(assigned) == sorted(courier.user_id for courier in couriers)
    assert all("message" in one for one in placed if "assigned_courier_id" not in one)
    assert len(check_agreement(couriers, [one["order"]["id"] for one in placed])) == 8
    for courier in couriers:
        stored = stored_courier(courier)
        assert stored is not None
        assert [(event, data["order_id"]) for event, data in mail(courier)] == [("order.assigned", stored.order_id)]
    for customer, one in zip(customers, placed, strict=True):
        told = [(data["order_id"], data["status"]) for _, data in mail(customer)]
        assert told == [(one["order"]["id"], one["order"]["status"])]


def test_as_many_orders_as_couriers_at_one_place_are_all_offered(arena: World) -> None:
    couriers = [on_duty(arena.person("courier")) for _ in range(16)]
    answers = order_all_at_once([arena.person("customer") for _ in couriers])
    assert [answer.status for answer in answers] == [201] * 16
    assert len(check_agreement(couriers, [answer.json["order"]["id"] for answer in answers])) == 16


def test_one_order_sent_ten_times_at_once_is_placed_once(arena: World) -> None:
    for number in range(3):
        courier, customer = on_duty(arena.person("courier")), arena.person("customer")
        send = partial(customer.post, "/v1/orders", order_body(), idempotency_key=f"key-{number}")
        answers = at_once([send] * 10)
        assert [answer.status for answer in answers] == [201] * 10
        assert len({answer.text for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 9
        assert len(customer.get("/v1/customer/orders/history").json["orders"]) == 1
        assert len(mail(customer)) == len(mail(courier)) == 1
        assert len(check_agreement([courier], [answers[0].json["order"]["id"]])) == 1
    assert sum(row.action_type == "ORDER_CREATED" for row in arena.audit()) == 3


def test_two_orders_under_one_key_at_once_are_one_order_and_one_refusal(arena: World) -> None:
    for number in range(3):
        customer = arena.person("customer")
        bodies = [order_body(notes="left"), order_body(notes="right")]
        send = [partial(customer.post, "/v1/orders", body, idempotency_key=f"key-{number}") for body in bodies]
        answers = at_once(send)
        assert sorted(answer.status for answer in answers) == [201, 422]
        assert [answer.code for answer in answers if answer.status == 422] == ["IDEMPOTENCY_KEY_REUSED"]
        assert len(customer.get("/v1/customer/orders/history").json["orders"]) == 1
