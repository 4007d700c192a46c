"""Users with passwords, and the requests of login and refresh."""

from functools import cache
from typing import Any

from argon2 import PasswordHasher

from tests.builders.world import Answer, Person, World

PASSWORD = "correct horse battery staple"
ANNA = {"username": "Anna", "email": "anna@example.org", "phone": "+31 6 1234 5678"}

# Fast to check, unlike hashes in production: no test is about hundreds of attempts.
_hashed = cache(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)


def anna(world: World, role: str = "courier", **values: Any) -> Person:
    """Create a user with a password, a user name, an e-mail address and a phone number."""
    return world.person(role, password_hash=_hashed(PASSWORD), **(ANNA | values))


def sign_in(world: World, name: str = "anna", password: str = PASSWORD) -> Answer:
    """Attempt to log in."""
    return world.call("POST", "/v1/auth/login", {"identifier": name, "password": password})


def signed_in(world: World, name: str = "anna", password: str = PASSWORD) -> dict[str, Any]:
    """Return the tokens of a successful login."""
    answer = sign_in(world, name, password)
    assert answer.status == 200, answer.text
    return dict(answer.json)


def refresh(world: World, token: str) -> Answer:
    """Attempt to refresh."""
    return world.call("POST", "/v1/auth/refresh", {"refreshToken": token})


def may_call(world: World, access_token: str) -> bool:
    """Return whether an access token is accepted."""
    answer = world.call("GET", "/v1/me", token=access_token)
    assert answer.status in (200, 401), answer.text
    return answer.status == 200


def wrong(world: World, times: int, name: str = "anna") -> list[int]:
    """Attempt to log in with wrong passwords, a second apart; return the statuses."""
    statuses = []
    for _ in range(times):
        world.clock.advance(seconds=1)
        statuses.append(sign_in(world, name, "not the password").status)
    return statuses
