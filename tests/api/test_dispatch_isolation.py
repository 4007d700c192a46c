"""Who may do what: organisations do not see each other, people only their own, roles only what they are for."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from tests.builders.delivery_photos import upload
from tests.builders.dispatch import cancel_order, carried, on_duty, order, order_body, step, told
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
COURIER, CUSTOMER = frozenset({"courier", ADMIN}), frozenset({"customer", ADMIN})
# Every endpoint of courier dispatch, and which roles of the default matrix it is for.
MEANT_FOR: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", "/v1/orders"): CUSTOMER,
    ("GET", "/v1/orders"): frozenset({"dispatcher", ADMIN}),
    ("GET", "/v1/couriers"): frozenset({"dispatcher", ADMIN}),
    ("GET", "/v1/orders/tariffs"): CUSTOMER,
    ("POST", "/v1/imports/vehicle-types"): frozenset({"dispatcher", ADMIN}),
    ("POST", "/v1/orders/{order_id}/photos"): COURIER,
    ("POST", "/v1/orders/{order_id}/photos/presign"): COURIER,
    ("POST", "/v1/orders/{order_id}/photos/{photo_id}/confirm"): COURIER,
    ("GET", "/v1/orders/{order_id}/photos"): COURIER | CUSTOMER | {"dispatcher"},
    ("GET", "/v1/orders/{order_id}"): COURIER | CUSTOMER | {"dispatcher"},
    ("GET", "/v1/orders/{order_id}/timeline"): COURIER | CUSTOMER | {"dispatcher"},
    ("POST", "/v1/orders/{order_id}/assign"): frozenset({"dispatcher", ADMIN}),
    ("POST", "/v1/orders/{order_id}/release"): frozenset({"dispatcher", ADMIN}),
    ("POST", "/v1/orders/{order_id}/cancel"): frozenset({"dispatcher", ADMIN}),
    ("POST", "/v1/orders/{order_id}/undeliverable"): frozenset({"dispatcher", ADMIN}),
    ("POST", "/v1/orders/{order_id}/deliver"): frozenset({"dispatcher", ADMIN}),
    ("POST", "/v1/orders/{order_id}/tracking-link"): CUSTOMER | {"dispatcher"},
    ("DELETE", "/v1/orders/{order_id}/tracking-link"): CUSTOMER | {"dispatcher"},
    ("POST", "/v1/customer/orders/cancel"): CUSTOMER,
    ("POST", "/v1/customer/orders/retry"): CUSTOMER,
    ("GET", "/v1/customer/active-order"): CUSTOMER,
    ("GET", "/v1/customer/activeOrder"): CUSTOMER,
    ("GET", "/v1/customer/active-orders"): CUSTOMER,
    ("GET", "/v1/customer/orders/history"): CUSTOMER,
    ("GET", "/v1/courier/availability"): COURIER,
    ("POST", "/v1/courier/availability"): COURIER,
    ("POST", "/v1/courier/location"): COURIER,
    ("POST", "/v1/courier/orders/accept"): COURIER,
    ("POST", "/v1/courier/orders/decline"): COURIER,
    ("POST", "/v1/courier/orders/arrived"): COURIER,
    ("POST", "/v1/courier/orders/picked"): COURIER,
    ("POST", "/v1/courier/orders/delivered"): COURIER,
    ("POST", "/v1/courier/orders/cancel"): COURIER,
    ("POST", "/v1/courier/orders/undeliverable"): COURIER,
    ("POST", "/v1/courier/orders/returned"): COURIER,
    ("GET", "/v1/courier/active-order"): COURIER,
    ("GET", "/v1/courier/activeOrder"): COURIER,
    ("GET", "/v1/courier/orders/history"): COURIER,
}

QUERIES = {"/v1/orders/tariffs": "?pickup_lat=1&pickup_lng=2&dropoff_lat=3&dropoff_lng=4"}


def call(person: Person, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
    if method == "POST" and path.endswith("/photos"):
        return upload(person, path.split("/")[-2])
    return person.world.call(method, path, body, token=person.token)


def body_for(path: str, person: Person, order_id: str) -> dict[str, Any] | None:
    """A good body for any of the endpoints."""
    if path.startswith("/v1/courier/orders/"):
        reason = {"reason": "Closed"} if path.endswith("/undeliverable") else {}
        return {"order_id": order_id, "courier_id": person.user_id, **reason}
    if path.startswith("/v1/orders/{order_id}/") and not path.endswith(("/photos", "/presign", "/confirm", "-link")):
        return {"courier_id": person.user_id} if path.endswith("/assign") else {"reason": "Closed"}
    bodies: dict[str, dict[str, Any]] = {
        "/v1/orders": order_body(),
        "/v1/customer/orders/cancel": {"order_id": order_id},
        "/v1/customer/orders/retry": {"order_id": order_id},
        "/v1/courier/availability": {"available": True},
        "/v1/courier/location": {"latitude": 1, "longitude": 2},
        "/v1/imports/vehicle-types": {"records": []},
    }
    return bodies.get(path)


def test_the_table_names_every_endpoint_of_dispatch(world: World) -> None:
    endpoints = world.parts.dependencies.endpoints
    dispatch = {(one.method, one.path) for one in endpoints if (one.permission or "").startswith("dispatch.")}
    assert dispatch == set(MEANT_FOR)


@pytest.mark.parametrize("role", DEFAULT_PERMISSIONS)
def test_every_endpoint_is_for_the_roles_that_it_is_meant_for_and_no_other(world: World, role: str) -> None:
    person = world.person(role)
    denied = set()
    for method, path in MEANT_FOR:
        sent = body_for(path, person, "nothing") if method == "POST" else None
        answer = call(person, method, path.replace("{order_id}", "nothing") + QUERIES.get(path, ""), sent)
        if answer.status == 403:
            assert answer.code == "ACCESS_DENIED"
            denied.add((method, path))
        else:
            assert answer.status in {200, 201, 204, 404}, (method, path, answer)
    assert denied == {endpoint for endpoint, roles in MEANT_FOR.items() if role not in roles}


def test_every_endpoint_needs_a_token(world: World) -> None:
    for method, path in MEANT_FOR:
        answer = world.call(method, path.replace("{order_id}", "nothing"), {} if method == "POST" else None)
        assert (answer.status, answer.code) == (401, "AUTH_REQUIRED"), path


def test_what_is_missing_in_the_role_counts_before_what_is_wrong_with_the_body(world: World) -> None:
    packer = world.person("packer")
    for method, path in MEANT_FOR:
        if method == "POST":
            assert call(packer, method, path, {"nonsense": 1}).status == 403, path


@pytest.mark.parametrize("role", ["courier", "customer", "dispatcher", ADMIN])
def test_another_organisation_can_neither_see_nor_name_an_order(world: World, role: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    stranger = world.person(role, OTHER)
    for method, path in MEANT_FOR:
        sent = body_for(path, stranger, placed["id"]) if method == "POST" else None
        if role not in MEANT_FOR[method, path] or not ("{order_id}" in path or "order_id" in (sent or {})):
            continue
        answer = call(stranger, method, path.replace("{order_id}", placed["id"]), sent)
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), path
        assert placed["pickup_address"] not in answer.text
    assert customer.get(f"/v1/orders/{placed['id']}").json == placed
    # To name the right courier does not help either.
    if role in COURIER:
        assert step(stranger, "accept", placed["id"], courier_id=courier.user_id).status == 403


def test_an_order_that_does_not_exist_and_one_of_another_organisation_look_the_same(world: World) -> None:
    placed = order(world.person("customer"))
    stranger = world.person("customer", OTHER)
    theirs, nobodys = (stranger.get(f"/v1/orders/{order_id}").json for order_id in (placed["id"], "0" * 36))
    assert str(theirs).replace(placed["id"], "") == str(nobodys).replace("0" * 36, "")


def test_another_organisation_hears_nothing_and_its_couriers_get_nothing(world: World) -> None:
    strangers = [world.person(role, OTHER) for role in ("courier", "customer", "dispatcher", ADMIN)]
    on_duty(strangers[0], km=0)
    sockets = [stranger.socket() for stranger in strangers]
    customer = world.person("customer")
    placed = order(customer)
    assert placed["status"] == "no_nearby_driver"
    courier = on_duty(world.person("courier"), km=5)
    carried(courier, placed | {"status": "assigned"})
    placed = order(customer)
    world.clock.advance(seconds=15)
    world.sweep()
    assert cancel_order(customer, placed["id"]).json["status"] == "canceled_by_customer"
    assert [told(world, socket) for socket in sockets] == [[], [], [], []]
    for stranger in strangers:
        for path in ("/v1/customer/orders/history", "/v1/courier/orders/history"):
            answer = stranger.get(path)
            assert answer.status == 403 or answer.json == {"orders": []}


def test_the_audit_trail_of_one_organisation_has_nothing_of_the_other(world: World) -> None:
    placed = order(world.person("customer"))
    cancel_order(world.person("customer", OTHER), placed["id"])
    [refused] = [row for row in world.audit(OTHER) if row.entity_id == placed["id"]]
    assert (refused.outcome, refused.payload_diff) == ("NOT_FOUND", None)
    assert [row.outcome for row in world.audit(DEMO) if row.entity_id == placed["id"]] == ["OK"]


def test_other_people_of_the_organisation_cannot_touch_or_read_an_order(world: World) -> None:
    customer = world.person("customer")
    on_duty(world.person("courier"))
    placed = order(customer)
    colleague, neighbour = world.person("courier"), world.person("customer")
    answers = [
        colleague.get(f"/v1/orders/{placed['id']}"),
        neighbour.get(f"/v1/orders/{placed['id']}"),
        cancel_order(neighbour, placed["id"]),
        *(step(colleague, action, placed["id"]) for action in ("accept", "decline", "cancel", "delivered")),
    ]
    assert {(answer.status, answer.code) for answer in answers} == {(403, "ACCESS_DENIED")}
    assert customer.get(f"/v1/orders/{placed['id']}").json == placed


def test_a_refusal_leaves_a_row_with_its_code(world: World) -> None:
    placed = order(world.person("customer"))
    neighbour, packer = world.person("customer"), world.person("packer")
    cancel_order(neighbour, placed["id"])
    cancel_order(packer, placed["id"])
    rows = {row.actor_id: row for row in world.audit() if row.outcome == "ACCESS_DENIED"}
    for person in (neighbour, packer):
        row = rows[person.user_id]
        assert (row.entity_id, row.action_type, row.payload_diff) == (placed["id"], "ORDER_CANCELED", None)


def test_who_no_longer_has_an_order_can_no_longer_read_it(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    assert courier.get(f"/v1/orders/{placed['id']}").status == 200
    step(courier, "decline", placed["id"])
    assert courier.get(f"/v1/orders/{placed['id']}").status == 403


def test_an_administrator_reaches_every_order_of_the_organisation(world: World) -> None:
    on_duty(world.person("courier"))
    placed = order(world.person("customer"))
    admin = world.person(ADMIN)
    assert admin.get(f"/v1/orders/{placed['id']}").json == placed
    assert cancel_order(admin, placed["id"]).json["status"] == "canceled_by_customer"
