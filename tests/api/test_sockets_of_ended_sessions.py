"""What ends a session closes its sockets with the commit. It hears and consumes nothing, and others lose nothing."""

from collections.abc import Callable

import pytest

from chalicelib.identity.accounts import passwords
from tests.builders.dispatch import on_duty, order, stored_courier
from tests.builders.mailboxes import is_stored, numbers_at, publish
from tests.builders.world import DEMO, Person, World

PASSWORD = "correct staple garden"
NEW_PASSWORD = "a quiet harbour stone"

End = Callable[[World, Person, Person], object]
"""Ends the session of a person; the second person is an administrator."""


def patch(**changes: object) -> End:
    def end(_: World, person: Person, admin: Person) -> object:
        version = admin.get(f"/v1/users/{person.user_id}").headers["ETag"]
        answer = admin.patch(f"/v1/users/{person.user_id}", changes, if_match=version)
        assert answer.status == 200, answer
        return answer

    return end


def end_own(_: World, person: Person, __: Person) -> object:
    return person.delete(f"/v1/me/sessions/{person.session_id}")


def sign_out(world: World, person: Person, _: Person) -> object:
    return world.call("POST", "/v1/auth/logout", {"refreshToken": "-"}, token=person.token)


def end_from_another_device(world: World, person: Person, _: Person) -> object:
    return world.signed_in(DEMO, person.user_id, person.role).delete("/v1/me/sessions")


def change_password_on_another_device(world: World, person: Person, _: Person) -> object:
    other = world.signed_in(DEMO, person.user_id, person.role)
    answer = other.post("/v1/me/password", {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD})
    assert answer.status == 204, answer
    return answer


ENDS: dict[str, End] = {
    "sign-out": sign_out,
    "end of the own session": end_own,
    "end of all others on another device": end_from_another_device,
    "new password on another device": change_password_on_another_device,
    "password reset by an administrator": patch(resetPassword=True),
    "disabled": patch(status="DISABLED"),
    "another role": patch(role="customer"),
}
every_end = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())


@pytest.fixture
def courier(world: World) -> Person:
    """A courier with a password."""
    return world.person("courier", full_name="Robin", password_hash=passwords.hash_password(PASSWORD))


@every_end
def test_socket_is_closed_with_the_commit_and_hears_nothing(world: World, courier: Person, end: End) -> None:
    sockets = [courier.socket(), courier.socket()]
    end(world, courier, world.person("SYSTEM_ADMIN"))
    assert sorted(world.sender.closes) == sorted((socket, 4001) for socket in sockets)
    publish(world, courier, 1)
    assert [numbers_at(world, socket) for socket in sockets] == [[], []]
    assert not any(is_stored(courier, socket) for socket in sockets)


@every_end
def test_event_after_the_end_reaches_another_session(world: World, courier: Person, end: End) -> None:
    other = world.signed_in(DEMO, courier.user_id, courier.role)
    world.hang_up(other.socket())
    courier.socket()
    end(world, courier, world.person("SYSTEM_ADMIN"))
    publish(world, courier, 1)
    again = world.connect("again", other.token)
    world.wake()
    still_valid = {"sign-out", "end of the own session"}
    expected = [1] if end in [ENDS[name] for name in still_valid] else []
    assert (again["statusCode"] == 200) == bool(expected)
    assert numbers_at(world, "again") == expected


@every_end
def test_courier_without_a_session_gets_no_order_and_the_offer_moves_on(
    world: World, courier: Person, end: End
) -> None:
    on_duty(courier, km=0.1)
    customer, next_courier = world.person("customer"), on_duty(world.person("courier"), km=3)
    placed = order(customer)
    assert placed["assigned_courier"] == courier.user_id
    end(world, courier, world.person("SYSTEM_ADMIN"))
    has_another = end in (end_from_another_device, change_password_on_another_device)
    holder = customer.get("/v1/customer/active-order").json["order"]["assigned_courier"]
    assert holder == (courier.user_id if has_another else next_courier.user_id)
    stored = stored_courier(courier)
    assert stored is not None
    assert stored.available == has_another
