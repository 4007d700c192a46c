"""A courier whose last session ends goes off duty, and an unanswered offer moves on."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    audit_row,
    carried,
    diff,
    duty,
    on_duty,
    order,
    step,
    stored_courier,
    stored_order,
    told,
)
from tests.builders.mailboxes import mail
from tests.builders.signing_in import PASSWORD, anna, signed_in
from tests.builders.world import Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
NEW_PASSWORD = "staple battery horse correct"
COMMIT = "TransactWriteItems"


@pytest.fixture
def courier(world: World) -> Person:
    """A courier on duty, with one session."""
    return on_duty(anna(world))


def sign_out(person: Person) -> None:
    done(person.post("/v1/auth/logout"))


def done(answer: Answer) -> None:
    assert answer.status in (200, 204), answer


def disable(world: World, courier: Person) -> None:
    done(world.person(ADMIN).patch(f"/v1/users/{courier.user_id}", {"status": "DISABLED"}))


def reset(world: World, courier: Person) -> None:
    done(world.person(ADMIN).patch(f"/v1/users/{courier.user_id}", {"resetPassword": True}))


def change_role(world: World, courier: Person) -> None:
    done(world.person(ADMIN).patch(f"/v1/users/{courier.user_id}", {"role": "customer"}))


def load(world: World, courier: Person) -> None:
    record = {"username": "Anna", "role": "courier", "full_name": "Anna", "password": NEW_PASSWORD}
    done(world.person(ADMIN).post("/v1/imports/users", {"records": [record]}))


def end_by_id(_: World, courier: Person) -> None:
    done(courier.delete(f"/v1/me/sessions/{courier.session_id}"))


def reuse(world: World, courier: Person) -> None:
    """Let a stolen refresh token end the last session."""
    tokens = [signed_in(world)["refreshToken"]]
    sign_out(courier)
    for _ in range(3):
        answer = world.call("POST", "/v1/auth/refresh", {"refreshToken": tokens[-1]})
        tokens.append(answer.json["refreshToken"])
    assert world.call("POST", "/v1/auth/refresh", {"refreshToken": tokens[0]}).status == 401


ENDS: dict[str, Callable[[World, Person], None]] = {
    "signed out": lambda _, courier: sign_out(courier),
    "session ended by id": end_by_id,
    "disabled": disable,
    "password reset": reset,
    "role changed": change_role,
    "password imported": load,
    "token reused": reuse,
}


def is_on_duty(courier: Person) -> bool:
    stored = stored_courier(courier)
    return stored is not None and stored.available


@pytest.mark.parametrize("end", ENDS)
def test_unanswered_offer_moves_on_when_the_courier_is_signed_out(world: World, courier: Person, end: str) -> None:
    customer, other = world.person("customer"), on_duty(world.person("courier"), km=2)
    placed = order(customer)
    assert placed["assigned_courier"] == courier.user_id
    socket, heard = customer.socket("customer"), other.socket("courier")
    told(world, socket)
    ENDS[end](world, courier)
    moved = stored_order(placed["id"])
    assert (moved.status, moved.assigned_courier) == ("assigned", other.user_id)
    assert (moved.tried, moved.declined_by) == ({courier.user_id}, {courier.user_id})
    assert [data["status"] for _, data in told(world, socket)] == ["declined", "assigned"]
    assert [event for event, _ in told(world, heard)] == ["order.assigned"]
    assert not is_on_duty(courier)
    assert order(world.person("customer"))["status"] == "no_nearby_driver"


@pytest.mark.parametrize("end", ENDS)
def test_signed_out_courier_gets_no_new_order(world: World, courier: Person, end: str) -> None:
    ENDS[end](world, courier)
    assert order(world.person("customer"))["status"] == "no_nearby_driver"
    assert not is_on_duty(courier)


@pytest.mark.parametrize("state", ["accepted", "arrived", "picked_up"])
def test_accepted_order_stays_with_the_courier(world: World, courier: Person, state: str) -> None:
    placed = carried(courier, order(world.person("customer")), state)
    sign_out(courier)
    assert (stored_order(placed["id"]).status, stored_order(placed["id"]).assigned_courier) == (state, courier.user_id)
    assert not is_on_duty(courier)
    again = world.signed_in(courier.org_id, courier.user_id, "courier")
    assert again.get("/v1/courier/active-order").json["order"]["id"] == placed["id"]
    steps = ["arrived", "picked", "delivered"][["accepted", "arrived", "picked_up"].index(state) :]
    assert [step(again, action, placed["id"]).status for action in steps] == [200] * len(steps)
    placed = order(world.person("customer"))
    assert placed["status"] == "no_nearby_driver"
    duty(again)
    assert stored_order(placed["id"]).status == "assigned"


def test_courier_with_another_session_stays_on_duty(world: World, courier: Person) -> None:
    other = world.signed_in(courier.org_id, courier.user_id, "courier")
    placed = order(world.person("customer"))
    sign_out(courier)
    assert is_on_duty(courier)
    assert step(other, "accept", placed["id"]).status == 200
    sign_out(other)
    assert not is_on_duty(courier)


def test_expired_sessions_do_not_keep_a_courier_on_duty(world: World, courier: Person) -> None:
    world.clock.advance(days=29)
    last = world.signed_in(courier.org_id, courier.user_id, "courier")
    world.clock.advance(days=1)
    tokens = signed_in(world)
    world.call("POST", "/v1/auth/logout", {"refreshToken": tokens["refreshToken"]})
    assert is_on_duty(courier)
    last.delete(f"/v1/me/sessions/{last.session_id}")
    world.clock.advance(days=29)
    done(world.call("POST", "/v1/auth/logout", {"refreshToken": signed_in(world)["refreshToken"]}))
    assert not is_on_duty(courier)


def test_own_password_change_leaves_the_courier_on_duty(world: World, courier: Person) -> None:
    body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    done(courier.post("/v1/me/password", body))
    assert is_on_duty(courier)
    sign_out(courier)
    assert not is_on_duty(courier)


def test_forgotten_password_signs_the_courier_out(world: World, courier: Person) -> None:
    done(world.call("POST", "/v1/auth/forgot-password", {"identifier": "anna"}))
    [token] = set(re.findall(r"[A-Za-z0-9_-]{43}", world.messages.emails[-1][-1]))
    done(world.call("POST", "/v1/auth/reset-password", {"token": token, "newPassword": NEW_PASSWORD}))
    assert not is_on_duty(courier)


def test_end_of_duty_is_in_the_audit_row_of_the_sign_out(world: World, courier: Person) -> None:
    placed = order(world.person("customer"))
    sign_out(courier)
    changes = diff(audit_row(world, courier.session_id, "SESSION_ENDED"))
    assert changes[f"courier/{courier.user_id}.available"] == [True, False]
    assert changes[f"order/{placed['id']}.status"] == ["assigned", "no_nearby_driver"]


def test_sign_out_of_somebody_who_was_never_on_duty_stores_no_courier(world: World) -> None:
    customer = world.person("customer")
    sign_out(customer)
    assert stored_courier(customer) is None


def test_a_courier_who_is_disabled_hears_it_before_the_sockets_are_closed(world: World, courier: Person) -> None:
    placed, socket = order(world.person("customer")), courier.socket("courier")
    told(world, socket)
    disable(world, courier)
    assert told(world, socket) == [("courier.off_duty", {"reason": "disabled"})]
    assert socket in world.sender.closed
    assert mail(courier)[-1] == ("courier.off_duty", {"reason": "disabled"})
    changes = diff(audit_row(world, courier.user_id, "USER_DISABLED"))
    assert changes[f"courier/{courier.user_id}.available"] == [True, False]
    assert changes[f"order/{placed['id']}.status"] == ["assigned", "no_nearby_driver"]


def test_a_courier_who_is_disabled_off_duty_hears_nothing(world: World, courier: Person) -> None:
    duty(courier, available=False)
    socket = courier.socket("courier")
    disable(world, courier)
    assert (told(world, socket), socket in world.sender.closed) == ([], True)


@pytest.mark.parametrize("end", [end for end in ENDS if end != "disabled"])
def test_a_courier_who_is_signed_out_otherwise_gets_no_event(world: World, courier: Person, end: str) -> None:
    socket = courier.socket("courier")
    ENDS[end](world, courier)
    assert [event for event, _ in told(world, socket)] == []


# --- at the same moment ----------------------------------------------------------------------------------------


def meanwhile(engine: EmbeddedEngine, act: Callable[[], Any]) -> list[Any]:
    """Let this happen just before the next commit; its result."""
    results: list[Any] = []
    engine.before(COMMIT, lambda *_: results.append(act()), times=1)
    return results


def test_order_that_is_offered_during_the_sign_out_moves_on(
    world: World, courier: Person, engine: EmbeddedEngine
) -> None:
    customer = world.person("customer")
    placed = meanwhile(engine, partial(order, customer))
    sign_out(courier)
    assert placed[0]["assigned_courier"] == courier.user_id
    assert stored_order(placed[0]["id"]).status == "no_nearby_driver"


def test_order_that_is_placed_during_the_sign_out_is_not_offered(
    world: World, courier: Person, engine: EmbeddedEngine
) -> None:
    meanwhile(engine, partial(sign_out, courier))
    assert order(world.person("customer"))["status"] == "no_nearby_driver"


def test_offer_that_is_accepted_during_the_sign_out_stays(
    world: World, courier: Person, engine: EmbeddedEngine
) -> None:
    placed = order(world.person("customer"))
    meanwhile(engine, partial(step, courier, "accept", placed["id"]))
    sign_out(courier)
    assert stored_order(placed["id"]).assigned_courier == courier.user_id
    assert not is_on_duty(courier)


@pytest.mark.parametrize("end", ["signed out", "disabled", "password reset", "role changed"])
def test_session_that_ends_while_the_courier_goes_on_duty(
    world: World, courier: Person, engine: EmbeddedEngine, end: str
) -> None:
    duty(courier, available=False)
    meanwhile(engine, partial(ENDS[end], world, courier))
    assert courier.post("/v1/courier/availability", {"available": True}).code == "AUTH_INVALID"
    assert not is_on_duty(courier)


@pytest.mark.parametrize("end", ["signed out", "disabled", "password reset", "role changed"])
def test_courier_who_goes_on_duty_while_the_session_ends(
    world: World, courier: Person, engine: EmbeddedEngine, end: str
) -> None:
    duty(courier, available=False)
    admin_is_made = 0 if end == "signed out" else 1
    results: list[None] = []

    def go_on_duty(*_: Any) -> None:
        if len(results) == admin_is_made:
            duty(courier)
        results.append(None)

    engine.before(COMMIT, go_on_duty, times=admin_is_made + 1)
    ENDS[end](world, courier)
    assert not is_on_duty(courier)


def test_last_two_sessions_that_end_at_the_same_moment(world: World, courier: Person, engine: EmbeddedEngine) -> None:
    other = world.signed_in(courier.org_id, courier.user_id, "courier")
    meanwhile(engine, partial(sign_out, other))
    sign_out(courier)
    assert not is_on_duty(courier)


def test_session_that_starts_during_the_last_sign_out_keeps_the_courier_on_duty(
    world: World, courier: Person, engine: EmbeddedEngine
) -> None:
    tokens = meanwhile(engine, partial(signed_in, world))
    sign_out(courier)
    assert is_on_duty(courier)
    done(world.call("POST", "/v1/auth/logout", {"refreshToken": tokens[0]["refreshToken"]}))
    assert not is_on_duty(courier)


def test_sign_out_during_a_password_change_is_not_lost(world: World, courier: Person, engine: EmbeddedEngine) -> None:
    other = world.signed_in(courier.org_id, courier.user_id, "courier")
    body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    meanwhile(engine, partial(sign_out, courier))
    assert courier.post("/v1/me/password", body).code == "AUTH_INVALID"
    assert is_on_duty(courier)
    meanwhile(engine, lambda: done(other.post("/v1/me/password", body)))
    sign_out(other)
    assert not is_on_duty(courier)
