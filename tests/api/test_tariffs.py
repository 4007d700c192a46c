"""Vehicle types and prices: loaded by dispatchers, shown to customers, compared with what an order says."""

from typing import Any

import pytest

from tests.builders.dispatch import DROPOFF, LAT, LNG, audit_row, diff, on_duty, order, order_body, stored_order
from tests.builders.world import OTHER, Answer, Person, World

BIKE = {
    "code": "bike",
    "name": "Bicycle",
    "base_fare": 2.5,
    "per_km": 0.9,
    "per_minute": 0.1,
    "minimum_fare": 4,
    "booking_fee": 0.5,
    "average_kmh": 15,
    "capacity": 1,
}
VAN = {"code": "van", "name": "Van", "base_fare": 9, "per_km": 1.9}
PLACES = f"pickup_lat={LAT}&pickup_lng={LNG}&dropoff_lat={DROPOFF[0]}&dropoff_lng={DROPOFF[1]}"
TARIFFS = f"/v1/orders/tariffs?{PLACES}"


def load(person: Person, *records: object, **headers: str) -> Answer:
    return person.post("/v1/imports/vehicle-types", {"records": list(records)}, **headers)


@pytest.fixture
def customer(world: World) -> Person:
    """A customer of an organisation with two vehicle types."""
    assert load(world.person("dispatcher"), BIKE, VAN).json["data"] == {"created": 2, "updated": 0, "rejected": []}
    return world.person("customer")


def priced(customer: Person, code: str = "bike") -> dict[str, Any]:
    [tariff] = [one for one in customer.get(TARIFFS).json["tariffs"] if one["code"] == code]
    return dict(tariff)


def test_a_customer_sees_the_price_with_each_vehicle_type(customer: Person) -> None:
    answer = customer.get(TARIFFS)
    assert (answer.status, answer.json) == (
        200,
        {
            "tariffs": [
                {
                    "vehicle_type_id": "bike",
                    "code": "bike",
                    "name": "Bicycle",
                    "distance_km": 2.282,
                    "duration_min": 9.1,
                    "price": 5.96,
                    "price_cents": 596,
                },
                {
                    "vehicle_type_id": "van",
                    "code": "van",
                    "name": "Van",
                    "distance_km": 2.282,
                    "duration_min": 5.5,
                    "price": 13.34,
                    "price_cents": 1334,
                },
            ]
        },
    )


def test_an_organisation_without_vehicle_types_has_no_tariffs(world: World, customer: Person) -> None:
    assert world.person("customer", OTHER).get(TARIFFS).json == {"tariffs": []}


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("pickup_lat=1&pickup_lng=2", {"dropoff_lat", "dropoff_lng"}),
        (PLACES.replace(str(LAT), "91"), {"pickup_lat"}),
        (f"{PLACES}&vehicle=bike", {"vehicle"}),
    ],
)
def test_places_that_are_missing_or_no_places_are_named(customer: Person, query: str, bad: set[str]) -> None:
    answer = customer.get(f"/v1/orders/tariffs?{query}")
    assert (answer.status, set(answer.json["fields"])) == (422, bad)


def test_loading_a_vehicle_type_again_replaces_it(world: World, customer: Person) -> None:
    dispatcher = world.person("dispatcher")
    changed = {"code": "bike", "name": "Cargo bike", "base_fare": 3, "per_km": 1}
    assert load(dispatcher, changed).json["data"]["updated"] == 1
    assert priced(customer) | {"distance_km": 0} == {
        "vehicle_type_id": "bike",
        "code": "bike",
        "name": "Cargo bike",
        "distance_km": 0,
        "duration_min": 5.5,
        "price": 5.28,
        "price_cents": 528,
    }


def test_each_vehicle_type_leaves_an_audit_row_with_exact_fares(world: World, customer: Person) -> None:
    changes = diff(audit_row(world, "bike", "VEHICLE_TYPE_IMPORTED"))
    assert (changes["code"], changes["name"]) == ([None, "bike"], [None, "Bicycle"])
    assert float(changes["per_km"][1]) == 0.9


def test_wrong_records_are_named_and_do_not_stop_the_others(world: World) -> None:
    answer = load(world.person("dispatcher"), BIKE | {"base_fare": -1}, VAN, {"code": "a b", "average_kmh": 0})
    assert answer.status == 207
    rejected = {one["index"]: set(one["fields"]) for one in answer.json["data"]["rejected"]}
    assert rejected == {0: {"base_fare"}, 2: {"code", "average_kmh", "name", "base_fare", "per_km"}}


def test_an_order_in_the_form_of_the_customer_app_is_taken(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    chosen = {"vehicle_type_id": "bike", "estimated_price_cents": priced(customer)["price_cents"]}
    placed = order(customer, **chosen, type_id="parcel", customer_id=customer.user_id)
    assert placed["assigned_courier"] == courier.user_id
    assert {name: placed[name] for name in chosen} == chosen
    assert "type_id" not in placed
    assert customer.get(f"/v1/orders/{placed['id']}").json == placed
    assert courier.get("/v1/courier/active-order").json["order"]["vehicle_type_id"] == "bike"


def test_a_price_within_two_percent_is_taken_and_kept_as_it_was_shown(customer: Person) -> None:
    current = priced(customer)["price_cents"]
    shown = current + current * 2 // 100
    placed = order(customer, vehicle_type_id="bike", estimated_price_cents=shown)
    assert placed["estimated_price_cents"] == shown
    assert stored_order(placed["id"]).estimated_price_cents == shown


@pytest.mark.parametrize("by", [-12, 12])
def test_a_price_that_differs_by_more_is_refused_with_the_current_one(world: World, customer: Person, by: int) -> None:
    current = priced(customer)
    body = order_body(vehicle_type_id="bike", estimated_price_cents=current["price_cents"] + by)
    answer = customer.post("/v1/orders", body)
    assert (answer.status, answer.code) == (409, "PRICE_CHANGED")
    assert answer.json["error"]["details"] == {
        "vehicle_type_id": "bike",
        "price": current["price"],
        "price_cents": current["price_cents"],
    }
    assert customer.get("/v1/customer/orders/history").json == {"orders": []}


@pytest.mark.parametrize(
    "left_out",
    [{"vehicle_type_id": None}, {"pickup_lat": None, "pickup_lng": None}, {"dropoff_lat": None, "dropoff_lng": None}],
)
def test_a_price_is_compared_only_with_a_vehicle_type_and_both_places(
    customer: Person, left_out: dict[str, None]
) -> None:
    placed = order(customer, **{"vehicle_type_id": "bike", "estimated_price_cents": 1, **left_out})
    assert placed["estimated_price_cents"] == 1


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"vehicle_type_id": "rocket"}, "vehicle_type_id"),
        ({"vehicle_type_id": "a b"}, "vehicle_type_id"),
        ({"estimated_price_cents": -1}, "estimated_price_cents"),
        ({"estimated_price_cents": "500"}, "estimated_price_cents"),
        ({"price": 5}, "price"),
    ],
)
def test_a_vehicle_type_or_price_that_is_wrong_is_named(customer: Person, fields: dict[str, Any], bad: str) -> None:
    answer = customer.post("/v1/orders", order_body(**fields))
    assert (answer.status, set(answer.json["fields"])) == (422, {bad})


def test_a_vehicle_type_of_another_organisation_is_unknown(world: World, customer: Person) -> None:
    answer = world.person("customer", OTHER).post("/v1/orders", order_body(vehicle_type_id="bike"))
    assert (answer.status, set(answer.json["fields"])) == (422, {"vehicle_type_id"})


def test_an_order_for_another_customer_is_refused(world: World, customer: Person) -> None:
    answer = customer.post("/v1/orders", order_body(customer_id=world.person("customer").user_id))
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert answer.json["error"]["details"] == {"field": "customer_id"}


def test_a_repeated_order_is_answered_as_it_was_although_the_price_has_changed(world: World, customer: Person) -> None:
    body = order_body(vehicle_type_id="bike", estimated_price_cents=priced(customer)["price_cents"])
    first = customer.post("/v1/orders", body, idempotency_key="once")
    assert load(world.person("dispatcher"), BIKE | {"base_fare": 50}).status == 200
    again = customer.post("/v1/orders", body, idempotency_key="once")
    assert (again.status, again.json) == (201, first.json)
    assert customer.post("/v1/orders", body, idempotency_key="twice").code == "PRICE_CHANGED"


@pytest.mark.parametrize(
    "path", ["/v1/customer/orders/history", "/v1/customer/active-orders", "/v1/courier/orders/history"]
)
def test_a_list_with_a_cursor_has_no_numbered_pages(world: World, path: str) -> None:
    person = world.person("courier" if "courier/" in path else "customer")
    answer = person.get(f"{path}?page=2")
    assert (answer.status, answer.json["fields"]) == (422, {"page": "unknown parameter"})
