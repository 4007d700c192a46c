"""How often somebody may try, and what happens to an account whose password is guessed at."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.settings import settings
from tests.builders.signing_in import PASSWORD, anna, sign_in, signed_in, wrong
from tests.builders.world import Answer, World


def forgot(world: World, name: str = "anna") -> Answer:
    return world.call("POST", "/v1/auth/forgot-password", {"identifier": name})


@pytest.fixture
def patient(world: World) -> World:
    """A world that limits wrong passwords but not how fast they come."""
    world.reset_parts(replace(settings(), logins_per_minute=1000))
    return world


# --- lockout ---------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_lock_an_account_for_a_quarter_of_an_hour(patient: World) -> None:
    anna(patient)
    assert wrong(patient, 5) == [401] * 5
    answer = sign_in(patient)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (423, "ACCOUNT_LOCKED", "900")
    patient.clock.advance(seconds=899)
    assert sign_in(patient).headers["Retry-After"] == "1"
    patient.clock.advance(seconds=1)
    assert sign_in(patient).status == 200


def test_the_scanner_is_locked_out_too(patient: World) -> None:
    anna(patient)
    wrong(patient, 5)
    assert patient.call("POST", "/auth/login", {"username": "anna", "password": PASSWORD}).status == 423


def test_a_name_that_nobody_has_is_locked_just_the_same(patient: World) -> None:
    anna(patient)
    assert wrong(patient, 7) == wrong(patient, 7, "nobody") == [401] * 5 + [423] * 2
    patient.clock.advance(minutes=15)
    assert sign_in(patient, "nobody").status == 401


def test_a_lock_cannot_be_passed_under_another_name(patient: World) -> None:
    """And it is not told there, because that would tell whose names belong together."""
    anna(patient)
    wrong(patient, 5)
    other, nobodys = sign_in(patient, "anna@example.org"), sign_in(patient, "nobody@example.org")
    assert (other.status, other.json) == (nobodys.status, nobodys.json)
    assert wrong(patient, 5, "anna@example.org") == wrong(patient, 5, "nobody@example.org") == [401] * 4 + [423]


def test_guesses_under_all_names_count_together(patient: World) -> None:
    anna(patient)
    for name, times in (("anna", 2), ("anna@example.org", 2), ("+31612345678", 1)):
        wrong(patient, times, name)
    assert [sign_in(patient, name).status for name in ("anna", "anna@example.org", "+31612345678")] == [401] * 3
    patient.clock.advance(minutes=15)
    assert sign_in(patient).status == 200


def test_wrong_passwords_that_are_spread_out_do_not_lock(patient: World) -> None:
    anna(patient)
    for _ in range(12):
        assert wrong(patient, 1) == [401]
        patient.clock.advance(minutes=4)
    assert sign_in(patient).status == 200


@pytest.mark.parametrize("into_the_hour", [0, 13, 29, 44])
def test_any_quarter_of_an_hour_counts_and_not_those_of_the_clock(patient: World, into_the_hour: int) -> None:
    anna(patient)
    patient.clock.advance(minutes=into_the_hour)
    for _ in range(5):
        assert wrong(patient, 1) == [401]
        patient.clock.advance(minutes=3)
    assert sign_in(patient).status == 423


def test_a_good_sign_in_clears_the_count(patient: World) -> None:
    anna(patient)
    for _ in range(3):
        wrong(patient, 4)
        patient.clock.advance(seconds=1)
        assert sign_in(patient).status == 200
    assert wrong(patient, 6) == [401] * 5 + [423]


def test_a_password_that_an_administrator_has_made_up_ends_a_lockout(patient: World) -> None:
    person = anna(patient)
    wrong(patient, 5)
    admin = patient.person("SYSTEM_ADMIN")
    patient.clock.advance(seconds=1)
    answer = admin.patch(f"/v1/users/{person.user_id}", {"resetPassword": True})
    assert sign_in(patient, password=answer.json["data"]["oneTimePassword"]).status == 200


def test_asking_while_locked_does_not_lengthen_the_lock(patient: World) -> None:
    anna(patient)
    wrong(patient, 5)
    for _ in range(14):
        patient.clock.advance(minutes=1)
        assert wrong(patient, 1) == [423]
    patient.clock.advance(minutes=1)
    assert sign_in(patient).status == 200


def test_a_lock_ends_no_session(patient: World) -> None:
    anna(patient)
    tokens = signed_in(patient)
    wrong(patient, 5)
    assert patient.call("POST", "/v1/auth/refresh", {"refreshToken": tokens["refreshToken"]}).status == 200


# --- rates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", [sign_in, forgot])
def test_one_name_may_be_tried_ten_times_a_minute(world: World, attempt: Callable[[World], Answer]) -> None:
    anna(world)
    world.clock.advance(seconds=20)
    assert {attempt(world).status for _ in range(10)} <= {200, 204}
    answer = attempt(world)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (429, "RATE_LIMITED", "40")
    world.clock.advance(seconds=40)
    assert attempt(world).status in (200, 204)


@pytest.mark.parametrize("attempt", [sign_in, forgot])
def test_a_name_that_nobody_has_is_limited_just_the_same(world: World, attempt: Callable[..., Answer]) -> None:
    statuses = [attempt(world, "nobody").status for _ in range(12)]
    assert statuses[10:] == [429, 429]
    assert attempt(world, "somebody else").status != 429


def test_a_name_is_one_name_however_it_is_written(world: World) -> None:
    for number in range(10):
        sign_in(world, ("+31 6 1234 5678", "+31612345678")[number % 2])
    assert sign_in(world, "+31 (0)6 1234 5678").status == 429


def test_one_address_may_try_three_hundred_times_a_minute(world: World) -> None:
    world.reset_parts(replace(settings(), address_logins_per_minute=30))
    statuses = [sign_in(world, f"somebody-{number}").status for number in range(32)]
    assert statuses == [401] * 30 + [429] * 2
    assert settings().address_logins_per_minute == 300


def test_reset_tokens_cannot_be_guessed_at_without_limit(world: World) -> None:
    world.reset_parts(replace(settings(), address_logins_per_minute=5))
    body = {"token": "x" * 43, "newPassword": "shorter than a horse"}
    statuses = [world.call("POST", "/v1/auth/reset-password", body).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
