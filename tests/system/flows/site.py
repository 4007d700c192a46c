"""The system that the flows run against.

By default it is a local stack of their own, on the engine that `BATON_TEST_ENGINE` names or else the embedded one. With
these it is a deployment, wherever it is:

BATON_TEST_URL        its address, such as https://api.example.com/api
BATON_TEST_SOCKETS    where its sockets are, if that is API Gateway's own address (no custom domain)
BATON_TEST_ADMIN      the user name of an administrator
BATON_TEST_PASSWORD   the administrator's password; people whom the flows make get the same

Everything that a flow needs it makes itself, under names that no other run has. So flows can be run again and again,
but in an organisation that is used for nothing else: they go on duty, and they take what is in the pickers' queue.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.system.clients import Person, Stack
from tests.system.servers import PASSWORD, on_named_engine, running

SWEEP_S = 180.0
"""The timeout of scheduled actions: a minute until the schedule, and a cold start on a busy machine."""

_ADMIN = "other-admin"
_BRISK = {"BATON_OFFER_LIFE_S": "2", "BATON_SWEEP_EVERY_S": "1"}


@dataclass(frozen=True, slots=True)
class Site:
    """A system, an administrator, and a word that is unique to this run."""

    stack: Stack
    admin: Person
    password: str
    run: str

    def own(self, name: str) -> str:
        """Return the name made unique for this run."""
        return f"{name}-{self.run}"

    def load(self, dataset: str, *records: Mapping[str, Any]) -> None:
        """Import records; all must be accepted."""
        told = self.admin.ask("POST", f"/v1/imports/{dataset}", {"records": records})
        assert told["data"]["rejected"] == [], told

    def people(self, roles: Mapping[str, str], **fields: object) -> list[Person]:
        """Create and sign in users, by name and role; `fields` are common to all."""
        records = [
            {"username": self.own(name), "full_name": name.title(), "role": role, "password": self.password, **fields}
            for name, role in roles.items()
        ]
        self.load("users", *records)
        return [self.stack.person(self.own(name)) for name in roles]


@contextmanager
def site() -> Iterator[Site]:
    """Yield the system in the environment, or a local stack."""
    environ = os.environ  # noqa: TID251 - chosen by who starts the tests
    url = environ.get("BATON_TEST_URL", "").rstrip("/")
    if url:
        password = environ["BATON_TEST_PASSWORD"]
        stack = Stack(url, password, environ.get("BATON_TEST_SOCKETS", "").rstrip("/"))
        yield _made(stack, environ["BATON_TEST_ADMIN"], password)
        stack.close()
        return
    with running(**_BRISK, **on_named_engine("flows")) as server:
        stack = Stack(server.base, PASSWORD)
        yield _made(stack, _ADMIN, PASSWORD)
        stack.close()


def _made(stack: Stack, admin: str, password: str) -> Site:
    return Site(stack, stack.person(admin), password, secrets.token_hex(4))
