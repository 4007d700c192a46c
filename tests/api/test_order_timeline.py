"""What happened to an order, for everybody who may see it."""

from typing import Any

import pytest

from chalicelib.audit.tables import new_row
from chalicelib.core.actor import Actor
from chalicelib.core.work import AuditSubject, UnitOfWork
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import cancel_order, carried, duty, on_duty, order, order_body, step, time_out
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Person, World

ALL = ["ORDER_CREATED", "ORDER_ACCEPTED", "ORDER_ARRIVED", "ORDER_PICKED_UP", "ORDER_DELIVERED"]


def path(order_id: str, query: str = "") -> str:
    return f"/v1/orders/{order_id}/timeline{query}"


def timeline(person: Person, order_id: str) -> list[dict[str, Any]]:
    """The entries of an order that has one page of them."""
    answer = person.get(path(order_id))
    assert answer.status == 200, answer
    assert answer.json == {"order_id": order_id, "entries": answer.json["entries"]}
    entries: list[dict[str, Any]] = answer.json["entries"]
    return entries


def actions(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["action"] for entry in entries]


def pages(person: Person, order_id: str, limit: int) -> list[list[str]]:
    """The actions of each page until no cursor comes."""
    found, cursor = [], ""
    while True:
        answer = person.get(path(order_id, f"?limit={limit}{cursor}"))
        assert answer.status == 200, answer
        found.append(actions(answer.json["entries"]))
        if "next_cursor" not in answer.json:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


def test_a_timeline_tells_oldest_first_who_did_what_and_when(world: World) -> None:
    customer = world.person("customer")
    near, far = on_duty(world.person("courier"), km=1), on_duty(world.person("courier"), km=2)
    placed = order(customer)
    world.clock.advance(seconds=5)
    step(near, "decline", placed["id"])
    world.clock.advance(seconds=5)
    step(far, "accept", placed["id"])
    assert timeline(customer, placed["id"]) == [
        {
            "at": "2026-03-01T09:00:00Z",
            "action": "ORDER_CREATED",
            "actor_id": customer.user_id,
            "changes": {"status": {"after": "assigned"}, "assigned_courier": {"after": near.user_id}},
        },
        {
            "at": "2026-03-01T09:00:05Z",
            "action": "ORDER_DECLINED",
            "actor_id": near.user_id,
            "changes": {"assigned_courier": {"before": near.user_id, "after": far.user_id}},
        },
        {
            "at": "2026-03-01T09:00:10Z",
            "action": "ORDER_ACCEPTED",
            "actor_id": far.user_id,
            "changes": {"status": {"before": "assigned", "after": "accepted"}},
        },
    ]


def test_customer_courier_dispatcher_and_administrator_read_the_same_timeline(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer))
    entries = timeline(customer, placed["id"])
    assert actions(entries) == ALL
    for person in (courier, world.person("dispatcher"), world.person("SYSTEM_ADMIN")):
        assert timeline(person, placed["id"]) == entries


def test_an_offer_that_timed_out_is_told_as_a_change_by_the_system(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    time_out(world)
    entry = timeline(customer, placed["id"])[-1]
    assert (entry["action"], entry["actor_id"]) == ("ORDER_TIMED_OUT", "system:sweep")
    assert entry["changes"] == {
        "status": {"before": "assigned", "after": "no_nearby_driver"},
        "assigned_courier": {"before": courier.user_id},
    }


def test_an_offer_that_is_declined_by_going_off_duty_is_in_the_timeline(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    duty(courier, available=False)
    entry = timeline(customer, placed["id"])[-1]
    assert (entry["action"], entry["actor_id"]) == ("ORDER_DECLINED", courier.user_id)
    assert entry["changes"]["assigned_courier"] == {"before": courier.user_id}


def test_a_timeline_shows_no_more_than_status_and_courier(world: World) -> None:
    customer = world.person("customer")
    courier = on_duty(world.person("courier", full_name="Ada", phone="+31 6 1", profile_picture="https://p/a.png"))
    placed = carried(courier, order(customer))
    for person in (customer, courier, world.person("SYSTEM_ADMIN")):
        text = person.get(path(placed["id"])).text
        hidden = [*(str(value) for value in order_body().values()), "Ada", "+31 6 1", "https://p/a.png", "offer_"]
        assert [value for value in hidden if value in text] == []
    shown = {name for entry in timeline(customer, placed["id"]) for name in entry.get("changes", {})}
    assert shown == {"status", "assigned_courier"}


def test_refused_and_repeated_requests_did_not_happen_to_the_order(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer))
    assert cancel_order(customer, placed["id"]).status == 409
    assert cancel_order(world.person("customer"), placed["id"]).status == 403
    assert step(courier, "delivered", placed["id"]).status == 200
    assert actions(timeline(customer, placed["id"])) == ALL


def test_a_change_of_nothing_that_is_shown_is_an_entry_without_changes(world: World) -> None:
    customer = world.person("customer")
    placed = order(customer)
    work = UnitOfWork(world.clock.now(), world.ids)
    subject = AuditSubject("order", placed["id"], "ORDER_CORRECTED")
    new_row(work, Actor(DEMO, "somebody", "r"), subject, "OK", '{"pickup_address":["Dam 1","Dam 2"]}').save()
    expected = {"at": "2026-03-01T09:00:00Z", "action": "ORDER_CORRECTED", "actor_id": "somebody"}
    assert timeline(customer, placed["id"])[-1] == expected


def test_another_entity_with_the_same_id_is_not_the_order(world: World) -> None:
    customer = world.person("customer")
    placed = order(customer)
    work = UnitOfWork(world.clock.now(), world.ids)
    subject = AuditSubject("shipment", placed["id"], "SHIPMENT_CHANGED")
    new_row(work, Actor(DEMO, "somebody", "r"), subject, "OK", '{"status":["OPEN","PACKED"]}').save()
    assert actions(timeline(customer, placed["id"])) == ["ORDER_CREATED"]


def test_orders_do_not_share_their_timelines(world: World) -> None:
    customer = world.person("customer")
    first, second = order(customer), order(customer)
    assert [actions(timeline(customer, one["id"])) for one in (first, second)] == [["ORDER_CREATED"]] * 2


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_a_timeline_comes_in_pages(world: World, limit: int) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer))
    assert pages(customer, placed["id"], limit) == [ALL[at : at + limit] for at in range(0, len(ALL), limit)]


def test_refused_requests_make_pages_shorter_and_lose_nothing(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    for _ in range(3):
        assert cancel_order(world.person("customer"), placed["id"]).status == 403
    carried(courier, placed, "arrived")
    expected = [["ORDER_CREATED"], [], ["ORDER_ACCEPTED", "ORDER_ARRIVED"]]
    assert pages(customer, placed["id"], 2) == expected


def test_the_next_page_has_what_happened_in_the_meantime(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "arrived")
    cursor = customer.get(path(placed["id"], "?limit=2")).json["next_cursor"]
    cancel_order(customer, placed["id"])
    rest = customer.get(path(placed["id"], f"?cursor={cursor}")).json["entries"]
    assert actions(rest) == ["ORDER_ARRIVED", "ORDER_CANCELED"]


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("limit=0", {"limit"}),
        ("limit=101", {"limit"}),
        ("limit=ten", {"limit"}),
        ("cursor=", {"cursor"}),
        ("cursor=nonsense", {"cursor"}),
        ("order=desc", {"order"}),
        ("limit=0&entityId=x", {"limit", "entityId"}),
    ],
)
def test_every_bad_or_unknown_parameter_is_named(world: World, query: str, bad: set[str]) -> None:
    customer = world.person("customer")
    answer = customer.get(path(order(customer)["id"], f"?{query}"))
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_a_cursor_belongs_to_the_timeline_of_one_order(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    carried_out, other = carried(courier, order(customer)), order(customer)
    cursor = customer.get(path(carried_out["id"], "?limit=1")).json["next_cursor"]
    answer = customer.get(path(other["id"], f"?cursor={cursor}"))
    assert (answer.status, set(answer.fields)) == (422, {"cursor"})


def test_whoever_may_not_read_the_order_may_not_read_its_timeline(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    assert world.call("GET", path(placed["id"])).status == 401
    for person in (world.person("customer"), world.person("courier"), world.person("packer")):
        answer = person.get(path(placed["id"]))
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert courier.get(path(placed["id"])).status == 200
    step(courier, "decline", placed["id"])
    assert courier.get(path(placed["id"])).status == 403


def test_an_order_that_does_not_exist_or_is_another_organisations_is_not_found(world: World) -> None:
    placed = order(world.person("customer"))
    for person, order_id in (
        (world.person("dispatcher"), "nothing"),
        (world.person("SYSTEM_ADMIN", OTHER), placed["id"]),
    ):
        answer = person.get(path(order_id))
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_a_timeline_takes_two_round_trips(world: World, engine: EmbeddedEngine) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer))
    with counted_trips(engine) as trips:
        assert customer.get(path(placed["id"])).status == 200
    assert len(trips) == 2, trips.made
