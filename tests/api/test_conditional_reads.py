"""Conditional reads: a client that names what it has gets 304 while that is the same."""

import pytest

from chalicelib.edge.etags import body_tag
from tests.builders.dispatch import order, order_body
from tests.builders.manufacturing import Line
from tests.builders.world import OTHER, Person, World

ORDERS = "/v1/customer/orders/history"


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def test_a_read_has_a_weak_tag_and_is_answered_without_a_body_while_it_is_the_same(customer: Person) -> None:
    first = customer.get(ORDERS)
    assert first.headers["ETag"] == body_tag(first.text)
    again = customer.get(ORDERS, if_none_match=first.headers["ETag"])
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    assert "Content-Type" not in again.headers
    assert {"X-Request-Id", "Cache-Control", "Access-Control-Expose-Headers"} <= set(again.headers)


def test_a_changed_body_is_sent_with_another_tag(customer: Person) -> None:
    first = customer.get(ORDERS)
    order(customer)
    changed = customer.get(ORDERS, if_none_match=first.headers["ETag"])
    assert (changed.status, len(changed.json["orders"])) == (200, 1)
    assert changed.headers["ETag"] == body_tag(changed.text) != first.headers["ETag"]


@pytest.mark.parametrize("form", ["{}", '"before", {}', '{},W/"after"', '  "a" ,  {}  ,"b"', "*", " * "])
def test_a_tag_is_found_in_every_form_of_the_header(customer: Person, form: str) -> None:
    tag = customer.get(ORDERS).headers["ETag"]
    assert customer.get(ORDERS, if_none_match=form.format(tag)).status == 304
    assert customer.get(ORDERS, if_none_match=form.format(tag.removeprefix("W/"))).status == 304


@pytest.mark.parametrize("header", ['"other"', 'W/"other", "1"', "", "nonsense", '"*"', '"', 'W/"'])
def test_another_tag_or_none_gets_the_body(customer: Person, header: str) -> None:
    assert customer.get(ORDERS, if_none_match=header).status == 200


def test_an_error_has_no_tag_and_is_never_304(world: World, customer: Person) -> None:
    for path in ("/v1/orders/unknown", "/v1/users", f"{ORDERS}?limit=0"):
        answer = customer.get(path, if_none_match="*")
        assert answer.status >= 400
        assert "ETag" not in answer.headers
    assert world.call("GET", ORDERS, headers={"if_none_match": "*"}).status == 401


def test_a_change_ignores_the_header(customer: Person) -> None:
    answer = customer.post("/v1/orders", order_body(), if_none_match="*")
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    answer = customer.post("/v1/ws/tickets", if_none_match="*")
    assert (answer.status < 300, "ETag" in answer.headers) == (True, False)


def test_an_order_is_not_sent_again_while_its_version_is_the_same(world: World, customer: Person) -> None:
    path = f"/v1/orders/{order(customer)['id']}"
    assert customer.get(path).headers["ETag"] == '"1"'
    for header in ('"1"', 'W/"1"', '"7", "1"', "*"):
        assert customer.get(path, if_none_match=header).status == 304
    for header in ('"2"', "1", 'W/"11"'):
        assert customer.get(path, if_none_match=header).status == 200
    stranger = world.person("customer", OTHER)
    assert stranger.get(path, if_none_match='"1"').status == 404


def test_a_sku_is_not_sent_again_until_it_changes(world: World) -> None:
    line = Line(world)
    path = f"/v1/skus/{line.sku()['id']}"
    assert line.admin.get(path, if_none_match='"2"').status == 304
    assert line.admin.get(path, if_none_match='"1"').status == 200


def test_what_depends_on_more_than_its_version_is_always_sent(world: World) -> None:
    """A user's last sign-in changes without a version, and a role that was deleted begins again at version 1."""
    admin = world.person("SYSTEM_ADMIN")
    for path in (f"/v1/users/{admin.user_id}", "/v1/roles/courier"):
        tag = admin.get(path).headers["ETag"]
        assert admin.get(path, if_none_match=tag).status == 200


def test_public_reads_are_conditional_too(world: World) -> None:
    tag = world.call("GET", "/health").headers["ETag"]
    assert world.call("GET", "/health", headers={"if_none_match": tag}).status == 304
