"""Guesses at one person's password, all at the same time."""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import Any

from msgspec.structs import replace

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccountLocked, AuthInvalid, RateLimited
from chalicelib.core.settings import settings
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import ClientInfo
from chalicelib.identity.accounts import passwords
from chalicelib.identity.sessions.login import login_user
from tests.builders.signing_in import PASSWORD, anna, sign_in, signed_in
from tests.builders.world import World
from tests.races.crowd import at_once

NAMES = ("anna", "anna@example.org", "+31612345678")


class CountingHasher:
    """Checks passwords and counts how often."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = Lock()

    def __call__(self, stored_hash: str | None, password: str) -> bool:
        with self._lock:
            self.count += 1
        return passwords.matches(stored_hash, password)


def guess(world: World, name: str, address: str, hasher: CountingHasher, password: str = "wrong") -> type[Any]:
    """Try to sign in; return the type of the error."""
    dependencies = world.parts.dependencies
    client = ClientInfo("a-request", lambda: address)

    def decide(work: UnitOfWork) -> object:
        return login_user(work, name, password, client, refusals=dependencies.refusals, matches=hasher)

    try:
        with world.function("api_handler"):
            return type(dependencies.runner.run(Actor("", "anonymous"), decide))
    except (AccountLocked, AuthInvalid, RateLimited) as error:
        return type(error)


def test_of_thirty_guesses_under_three_names_five_are_checked(arena: World) -> None:
    anna(arena)
    hasher = CountingHasher()
    guesses = [partial(guess, arena, NAMES[number % 3], "198.51.100.7", hasher) for number in range(30)]
    errors = at_once(guesses)
    assert hasher.count == errors.count(AuthInvalid) == 5
    assert errors.count(AccountLocked) + errors.count(RateLimited) == 25


def test_of_sixty_guesses_from_as_many_networks_twenty_are_checked(arena: World) -> None:
    arena.reset_parts(replace(settings(), logins_per_minute=1000))
    anna(arena)
    hasher = CountingHasher()
    guesses = [partial(guess, arena, NAMES[number % 3], f"198.51.100.{number}", hasher) for number in range(60)]
    errors = at_once(guesses)
    assert hasher.count == errors.count(AuthInvalid) == 20
    assert errors.count(AccountLocked) == 40


def test_of_thirty_guesses_at_an_unknown_name_five_are_checked(arena: World) -> None:
    arena.reset_parts(replace(settings(), logins_per_minute=1000))
    hasher = CountingHasher()
    errors = at_once([partial(guess, arena, "nobody", "198.51.100.7", hasher)] * 30)
    assert (hasher.count, errors.count(AuthInvalid), errors.count(AccountLocked)) == (5, 5, 25)


def test_guesses_from_another_network_do_not_keep_the_person_out(arena: World) -> None:
    anna(arena)
    hasher = CountingHasher()
    guesses = [partial(guess, arena, "anna", "198.51.100.7", hasher) for _ in range(9)]
    own = partial(guess, arena, "anna", "203.0.113.9", hasher, PASSWORD)
    *errors, signed_in_as = at_once([*guesses, own])
    assert signed_in_as.__name__ == "SignedIn"
    assert errors.count(AuthInvalid) == 5


def test_parallel_correct_passwords_leave_no_failures(arena: World) -> None:
    anna(arena)
    for _ in range(2):
        answers = at_once([partial(sign_in, arena)] * 5)
        assert [answer.status for answer in answers] == [200] * 5


def test_of_parallel_wrong_current_passwords_five_are_checked(arena: World) -> None:
    anna(arena)
    token = signed_in(arena)["accessToken"]
    body = {"currentPassword": "wrong", "newPassword": "seven quiet rivers"}
    answers = at_once([partial(arena.call, "POST", "/v1/me/password", body, token=token)] * 15)
    assert sorted(answer.status for answer in answers) == [422] * 5 + [423] * 10
