"""People with passwords, and the requests with which they sign in and out."""

from functools import cache
from typing import Any

from argon2 import PasswordHasher

from tests.builders.world import Answer, Person, World

PASSWORD = "correct horse battery staple"
ANNA = {"username": "Anna", "email": "anna@example.org", "phone": "+31 6 1234 5678"}

# Quick to check, as hashes in production must not be: hundreds of attempts are not the point of any test.
_hashed = cache(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)


def anna(world: World, role: str = "courier", **known: Any) -> Person:
    """Somebody with a password, a user name, an e-mail and a number."""
    return world.person(role, password_hash=_hashed(PASSWORD), **(ANNA | known))


def sign_in(world: World, name: str = "anna", password: str = PASSWORD) -> Answer:
    """An attempt to sign in."""
    return world.call("POST", "/v1/auth/login", {"identifier": name, "password": password})


def signed_in(world: World, name: str = "anna", password: str = PASSWORD) -> dict[str, Any]:
    """The tokens of a sign-in that works."""
    answer = sign_in(world, name, password)
    assert answer.status == 200, answer.text
    return dict(answer.json)


def refresh(world: World, token: str) -> Answer:
    """An attempt to spend a refresh token."""
    return world.call("POST", "/v1/auth/refresh", {"refreshToken": token})


def may_call(world: World, access_token: str) -> bool:
    """Whether an access token is good for anything."""
    answer = world.call("GET", "/v1/me", token=access_token)
    assert answer.status in (200, 401), answer.text
    return answer.status == 200


def wrong(world: World, times: int, name: str = "anna") -> list[int]:
    """Wrong passwords, a second apart; the statuses."""
    statuses = []
    for _ in range(times):
        world.clock.advance(seconds=1)
        statuses.append(sign_in(world, name, "not the password").status)
    return statuses
