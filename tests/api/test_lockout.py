"""Locks after wrong passwords: for a network, for everybody, and what a lock does not prevent."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.settings import Secret, settings
from chalicelib.core.store import get
from chalicelib.identity.sessions.lockout import Lockout
from chalicelib.identity.sessions.rules import PasswordTry
from chalicelib.identity.sessions.tables import PasswordTries, tries_key
from chalicelib.identity.sessions.throttling import user_subject
from infra.local.engine import EmbeddedEngine
from tests.builders.signing_in import PASSWORD, anna, refresh, signed_in
from tests.builders.trips import counted_trips
from tests.builders.world import Answer, World

ADMIN = "SYSTEM_ADMIN"
PROOF = "the proof that is shown " * 2
HOME, STRANGER = "198.51.100.7", "203.0.113.9"
NAMES = ("anna", "anna@example.org", "+31612345678")
WRONG = "not the password"


@pytest.fixture
def internet(world: World) -> World:
    """A world whose requests come from any address, as fast as they like."""
    keys = Secret(json.dumps({**json.loads(settings().token_keys.reveal()), "proof_a": PROOF}))
    world.reset_parts(replace(settings(), token_keys=keys, logins_per_minute=1000))
    return world


def sign_in(world: World, address: str, password: str = PASSWORD, name: str = "anna") -> Answer:
    world.clock.advance(milliseconds=10)
    headers = {"X-Baton-Viewer": address, "X-Baton-Proof": PROOF}
    return world.call("POST", "/v1/auth/login", {"identifier": name, "password": password}, headers=headers)


def guess(world: World, address: str, times: int, name: str = "anna") -> list[int]:
    return [sign_in(world, address, WRONG, name).status for _ in range(times)]


def guess_from_everywhere(world: World, times: int, name: str = "anna") -> list[int]:
    return [sign_in(world, f"192.0.2.{number}", WRONG, name).status for number in range(times)]


# --- networks --------------------------------------------------------------------------------------------------


def test_stranger_locks_nobody_out(internet: World) -> None:
    anna(internet)
    assert guess(internet, STRANGER, 6) == [401] * 5 + [423]
    for name in NAMES:
        assert sign_in(internet, STRANGER, name=name).code == "ACCOUNT_LOCKED"
        assert sign_in(internet, HOME, name=name).status == 200


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_network_is_one_ipv4_address_or_half_an_ipv6_address(
    internet: World, one: str, other: str, together: bool
) -> None:
    anna(internet)
    guess(internet, one, 5)
    assert sign_in(internet, other).status == (423 if together else 200)


def test_twenty_wrong_passwords_from_anywhere_lock_everywhere(internet: World) -> None:
    anna(internet)
    assert guess_from_everywhere(internet, 21) == [401] * 20 + [423]
    assert [sign_in(internet, HOME, name=name).status for name in NAMES] == [423] * 3
    internet.clock.advance(minutes=15)
    assert sign_in(internet, HOME).status == 200


def test_unknown_name_is_locked_by_network_and_everywhere_too(internet: World) -> None:
    anna(internet)
    for name in ("anna", "nobody"):
        assert guess(internet, STRANGER, 6, name) == [401] * 5 + [423]
        assert guess_from_everywhere(internet, 16, name) == [401] * 15 + [423]


def test_correct_password_forgives_only_the_same_network(internet: World) -> None:
    anna(internet)
    assert guess(internet, STRANGER, 4) == guess(internet, HOME, 4) == [401] * 4
    assert sign_in(internet, HOME).status == 200
    assert guess(internet, HOME, 4) == [401] * 4
    assert guess(internet, STRANGER, 2) == [401, 423]


def test_stored_tries_are_bounded_and_expire(internet: World) -> None:
    person = anna(internet)
    for _ in range(6):
        guess_from_everywhere(internet, 25)
        internet.clock.advance(minutes=8)
    stored = tries_of(person.user_id)
    assert len(stored.tries or ()) <= 40
    assert stored.expires_at - internet.clock.now() <= timedelta(minutes=30)


def tries_of(user_id: str) -> PasswordTries:
    stored = get(tries_key(user_subject(user_id)))
    assert stored is not None
    return stored


# --- what a lock does not prevent ------------------------------------------------------------------------------


def test_signed_in_session_refreshes_and_changes_its_password_during_a_lock(internet: World) -> None:
    anna(internet)
    tokens = signed_in(internet)
    guess_from_everywhere(internet, 20)
    assert sign_in(internet, HOME).status == 423
    token = refresh(internet, tokens["refreshToken"]).json["accessToken"]
    body = {"currentPassword": PASSWORD, "newPassword": "seven quiet rivers"}
    assert internet.call("POST", "/v1/me/password", body, token=token).status == 204
    assert sign_in(internet, HOME, "seven quiet rivers").status == 200


def test_weak_new_passwords_are_no_wrong_ones(internet: World) -> None:
    anna(internet)
    token = signed_in(internet)["accessToken"]
    for new in ["short", PASSWORD] * 4:
        body = {"currentPassword": PASSWORD, "newPassword": new}
        assert set(internet.call("POST", "/v1/me/password", body, token=token).fields) == {"newPassword"}


# --- what administrators see -----------------------------------------------------------------------------------


def test_users_show_last_sign_in_and_only_a_lock_from_anywhere(internet: World) -> None:
    person, admin = anna(internet), internet.person(ADMIN)
    seen = admin.get(f"/v1/users/{person.user_id}").json["data"]
    assert not seen.keys() & {"lastSignInAt", "lockedUntil"}
    sign_in(internet, HOME)
    signed_in_at = internet.clock.now()
    guess(internet, STRANGER, 6)
    assert shown(admin, person.user_id) == [(signed_in_at, None)] * 2
    guess_from_everywhere(internet, 15)
    until = internet.clock.now() + timedelta(minutes=15)
    assert shown(admin, person.user_id) == [(signed_in_at, until)] * 2
    internet.clock.advance(minutes=15)
    assert shown(admin, person.user_id) == [(signed_in_at, None)] * 2


def shown(admin: Any, user_id: str) -> list[tuple[datetime | None, datetime | None]]:
    """Return the times of last sign-in and lock, as one user shows them and as the list does."""
    one = admin.get(f"/v1/users/{user_id}").json["data"]
    [listed] = [user for user in admin.get("/v1/users").json["data"] if user["id"] == user_id]
    fields = ("lastSignInAt", "lockedUntil")
    return [
        tuple(datetime.fromisoformat(user[name]) if name in user else None for name in fields)  # type: ignore[misc]
        for user in (one, listed)
    ]


# --- the store -------------------------------------------------------------------------------------------------


def test_try_counts_once_if_the_response_of_the_store_is_lost(world: World, engine: EmbeddedEngine) -> None:
    lockout = Lockout(settings(), world.clock)
    for number in range(3):
        own = PasswordTry(world.clock.now(), "here", str(number))
        engine.fail_next("UpdateItem", "InternalServerError", after=True)
        stored, reservation = lockout.begin("somebody", own, [])
        if reservation is None:
            engine.fail_next("UpdateItem", "InternalServerError", after=True)
            lockout.reserve("somebody", own, stored, None)
    kept = get(tries_key("somebody"))
    assert kept is not None
    assert len(kept.tries or ()) == 3


def test_sign_in_takes_three_round_trips_and_four_after_a_failure(world: World, engine: EmbeddedEngine) -> None:
    anna(world)
    trips = []
    for wrong in (0, 1):
        guess(world, HOME, wrong)
        with counted_trips(engine) as made:
            assert sign_in(world, HOME).status == 200
        trips.append(len(made))
    assert trips == [3, 4]


# --- the audit trail -------------------------------------------------------------------------------------------


def test_refused_sign_in_of_known_person_is_audited_once_a_minute(internet: World) -> None:
    person = anna(internet)
    guess(internet, STRANGER, 7)
    guess(internet, STRANGER, 3, "nobody")
    internet.clock.advance(minutes=1)
    guess(internet, STRANGER, 2, NAMES[1])
    rows = [row for row in internet.audit() if row.action_type == "SIGN_IN_REFUSED"]
    assert [(row.actor_id, row.entity_id, row.outcome) for row in rows] == [
        (person.user_id, person.user_id, "AUTH_INVALID"),
        (person.user_id, person.user_id, "ACCOUNT_LOCKED"),
    ]
    assert not internet.audit("-")
