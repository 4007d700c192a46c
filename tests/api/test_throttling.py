"""Rate limits and lockouts of login and password reset."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

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


def test_five_wrong_passwords_lock_account_for_fifteen_minutes(patient: World) -> None:
    anna(patient)
    assert wrong(patient, 5) == [401] * 5
    answer = sign_in(patient)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (423, "ACCOUNT_LOCKED", "900")
    patient.clock.advance(seconds=899)
    assert sign_in(patient).headers["Retry-After"] == "1"
    patient.clock.advance(seconds=1)
    assert sign_in(patient).status == 200


def test_scanner_login_is_locked_too(patient: World) -> None:
    anna(patient)
    wrong(patient, 5)
    assert patient.call("POST", "/auth/login", {"username": "anna", "password": PASSWORD}).status == 423


def test_unknown_name_is_locked_like_a_known_one(patient: World) -> None:
    anna(patient)
    assert wrong(patient, 7) == wrong(patient, 7, "nobody") == [401] * 5 + [423] * 2
    patient.clock.advance(minutes=15)
    assert sign_in(patient, "nobody").status == 401


def test_lock_applies_to_all_names_of_user(patient: World) -> None:
    """They are names of one person, whose password would be guessed under each of them."""
    anna(patient)
    wrong(patient, 5)
    assert [sign_in(patient, name).code for name in ("anna@example.org", "+31612345678")] == ["ACCOUNT_LOCKED"] * 2
    assert sign_in(patient, "nobody@example.org").status == 401


def test_failures_under_all_names_are_added(patient: World) -> None:
    anna(patient)
    for name, times in (("anna", 2), ("anna@example.org", 2), ("+31612345678", 1)):
        wrong(patient, times, name)
    assert [sign_in(patient, name).status for name in ("anna", "anna@example.org", "+31612345678")] == [423] * 3
    patient.clock.advance(minutes=15)
    assert sign_in(patient).status == 200


def test_spread_out_failures_do_not_lock(patient: World) -> None:
    anna(patient)
    for _ in range(12):
        assert wrong(patient, 1) == [401]
        patient.clock.advance(minutes=4)
    assert sign_in(patient).status == 200


@pytest.mark.parametrize("into_the_hour", [0, 13, 29, 44])
def test_lockout_window_is_sliding(patient: World, into_the_hour: int) -> None:
    anna(patient)
    patient.clock.advance(minutes=into_the_hour)
    for _ in range(5):
        assert wrong(patient, 1) == [401]
        patient.clock.advance(minutes=3)
    assert sign_in(patient).status == 423


def test_successful_login_clears_failures(patient: World) -> None:
    anna(patient)
    for _ in range(3):
        wrong(patient, 4)
        patient.clock.advance(seconds=1)
        assert sign_in(patient).status == 200
    assert wrong(patient, 6) == [401] * 5 + [423]


def test_administrators_password_reset_ends_lockout(patient: World) -> None:
    person = anna(patient)
    wrong(patient, 5)
    admin = patient.person("SYSTEM_ADMIN")
    patient.clock.advance(seconds=1)
    answer = admin.patch(f"/v1/users/{person.user_id}", {"resetPassword": True})
    assert sign_in(patient, password=answer.json["data"]["oneTimePassword"]).status == 200


def test_attempts_during_lockout_do_not_extend_it(patient: World) -> None:
    anna(patient)
    wrong(patient, 5)
    for _ in range(14):
        patient.clock.advance(minutes=1)
        assert wrong(patient, 1) == [423]
    patient.clock.advance(minutes=1)
    assert sign_in(patient).status == 200


def test_lockout_ends_no_session(patient: World) -> None:
    anna(patient)
    tokens = signed_in(patient)
    wrong(patient, 5)
    assert patient.call("POST", "/v1/auth/refresh", {"refreshToken": tokens["refreshToken"]}).status == 200


# --- rates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", [sign_in, forgot])
def test_ten_attempts_per_name_and_minute(world: World, attempt: Callable[[World], Answer]) -> None:
    anna(world)
    world.clock.advance(seconds=20)
    assert {attempt(world).status for _ in range(10)} <= {200, 204}
    answer = attempt(world)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (429, "RATE_LIMITED", "40")
    world.clock.advance(seconds=40)
    assert attempt(world).status in (200, 204)


@pytest.mark.parametrize("attempt", [sign_in, forgot])
def test_unknown_name_is_limited_like_a_known_one(world: World, attempt: Callable[..., Answer]) -> None:
    statuses = [attempt(world, "nobody").status for _ in range(12)]
    assert statuses[10:] == [429, 429]
    assert attempt(world, "somebody else").status != 429


def test_spellings_of_a_name_share_one_limit(world: World) -> None:
    for number in range(10):
        sign_in(world, ("+31 6 1234 5678", "+31612345678")[number % 2])
    assert sign_in(world, "+31 (0)6 1234 5678").status == 429


def test_three_hundred_attempts_per_address_and_minute(world: World) -> None:
    world.reset_parts(replace(settings(), address_logins_per_minute=30))
    statuses = [sign_in(world, f"somebody-{number}").status for number in range(32)]
    assert statuses == [401] * 30 + [429] * 2
    assert settings().address_logins_per_minute == 300


def test_reset_attempts_are_limited(world: World) -> None:
    world.reset_parts(replace(settings(), address_logins_per_minute=5))
    body = {"token": "x" * 43, "newPassword": "shorter than a horse"}
    statuses = [world.call("POST", "/v1/auth/reset-password", body).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
