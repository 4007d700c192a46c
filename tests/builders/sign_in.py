"""Login, refresh and logout in the forms of both kinds of clients, and a user with three login names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher

from chalicelib.core.aws import client
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import DISABLED, User, user_key
from tests.builders.world import DEMO, Answer, Person, World

PASSWORD = "correct horse battery staple"
MINE = "/v1/customer/active-order"


@cache
def hashed() -> str:
    """Return a hash of the password that is fast to check; real ones are slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class Form:
    """The form of one kind of client."""

    prefix: str
    name: str
    access: str
    refresh: str
    life: str

    def login(self, world: World, name: str = "anna", password: str = PASSWORD, **headers: str) -> Answer:
        """Log in."""
        body = {self.name: name, "password": password}
        return world.call("POST", f"{self.prefix}/auth/login", body, headers=headers)

    def renew(self, world: World, token: str) -> Answer:
        """Refresh."""
        return world.call("POST", f"{self.prefix}/auth/refresh", {self.refresh: token})

    def logout(self, world: World, access: str | None, token: str) -> Answer:
        """Log out."""
        return world.call("POST", f"{self.prefix}/auth/logout", {self.refresh: token}, token=access)

    def tokens(self, answer: Answer) -> tuple[str, str]:
        """Return the access token and the refresh token of a response."""
        assert answer.status == 200, answer
        return answer.json[self.access], answer.json[self.refresh]


CONSOLE = Form("/v1", "identifier", "accessToken", "refreshToken", "expiresIn")
SCANNER = Form("", "username", "access_token", "refresh_token", "expires_in")


def create_anna(world: World) -> Person:
    """Create the user Anna with a password, an e-mail address and a phone number."""
    return world.person(
        "customer", username="anna", email="Anna@Example.org", phone="+31 6 1234 5678", password_hash=hashed()
    )


def works(world: World, access: str) -> bool:
    """Return whether an access token is accepted."""
    answer = world.call("GET", MINE, token=access)
    assert answer.status in (200, 401)
    return answer.status == 200


def items() -> Iterator[dict[str, Any]]:
    """Return all stored items of all tables."""
    dynamodb = client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        yield from dynamodb.scan(TableName=table)["Items"]


def disable(world: World, username: str) -> None:
    """Disable a user."""
    item = next(item for item in items() if item.get("username") == {"S": username})

    def decide(work: UnitOfWork) -> None:
        user: User | None = get(user_key(DEMO, item["user_id"]["S"]))
        assert user is not None
        work.update(user, {"status": DISABLED})

    world.run(decide)
