"""Concurrent refreshes of one session, and sessions that end at the same moment."""

from functools import partial
from typing import Any

from chalicelib.identity.accounts.passwords import hash_password
from tests.builders.dispatch import stored_courier
from tests.builders.world import Answer, Person, World
from tests.races.crowd import at_once, both

PASSWORD = "correct horse battery"


def sign_in(arena: World) -> dict[str, Any]:
    answer = arena.call("POST", "/v1/auth/login", {"username": "somebody", "password": PASSWORD})
    assert answer.status == 200, answer
    return dict(answer.json)


def refresh(arena: World, token: str) -> Answer:
    return arena.call("POST", "/v1/auth/refresh", {"refreshToken": token})


def sign_out(arena: World, token: str) -> None:
    assert arena.call("POST", "/v1/auth/logout", {"refreshToken": token}).status == 204


def test_fifty_concurrent_refreshes_have_one_successor(arena: World) -> None:
    arena.person("courier", username="somebody", password_hash=hash_password(PASSWORD))
    newest = sign_in(arena)["refreshToken"]
    for generation in range(1, 4):
        answers = at_once([partial(refresh, arena, newest)] * 50)
        assert [answer.status for answer in answers] == [200] * 50
        [newest] = {answer.json["refreshToken"] for answer in answers}
        for answer in answers[:3]:
            assert arena.call("GET", "/v1/courier/active-order", token=answer.json["accessToken"]).status == 200
        rotated = [row for row in arena.audit() if '"generation"' in (row.payload_diff or "")]
        assert len(rotated) == generation + 1  # the sign-in among them
    assert [row for row in arena.audit() if row.action_type == "SESSION_ENDED"] == []


def test_last_sessions_that_end_at_once_sign_the_courier_out(arena: World) -> None:
    courier = arena.person("courier", username="somebody", password_hash=hash_password(PASSWORD))
    end_session(arena, courier)
    for _ in range(4):
        arena.clock.advance(minutes=1)  # sign-ins are limited
        tokens = [sign_in(arena) for _ in range(3)]
        on_duty_again(arena, courier, tokens[0]["accessToken"])
        at_once([partial(sign_out, arena, one["refreshToken"]) for one in tokens])
        assert not is_on_duty(courier)


def test_sign_in_during_the_last_sign_out_starts_a_session_whose_end_ends_duty(arena: World) -> None:
    courier = arena.person("courier", username="somebody", password_hash=hash_password(PASSWORD))
    end_session(arena, courier)
    for _ in range(4):
        old = sign_in(arena)
        on_duty_again(arena, courier, old["accessToken"])
        new, _ = both(partial(sign_in, arena), partial(sign_out, arena, old["refreshToken"]))
        on_duty_again(arena, courier, new["accessToken"])
        sign_out(arena, new["refreshToken"])
        assert not is_on_duty(courier)


def on_duty_again(arena: World, courier: Person, token: str) -> None:
    answer = arena.call("POST", "/v1/courier/availability", {"available": True}, token=token)
    assert answer.status == 204, answer
    assert is_on_duty(courier)


def is_on_duty(courier: Person) -> bool:
    stored = stored_courier(courier)
    return stored is not None and stored.available


def end_session(arena: World, person: Person) -> None:
    """End the session with which the person was made."""
    assert person.post("/v1/auth/logout").status == 204
