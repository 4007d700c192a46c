"""A deployed world as the flows of `tests/system/flows` see a system: an address, people, and sockets.

HTTP goes through the local stack's gateway without a network, addresses of S3 to the embedded one. Waiting for
something that a schedule does lets time pass and runs the schedules, so nothing waits for real.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

import httpx

from chalicelib.edge.forms import parse_form
from infra.local.objects import EmbeddedObjects
from tests.builders.cloud_access import object_access
from tests.builders.deployed import DeployedWorld
from tests.system.clients import Heard, Person, Socket, Stack
from tests.system.flows.site import Site

ADDRESS = "https://baton.test/api"
_PASSWORD = "a password for flows only"
_STEP_S, _STEPS = 15, 40


class Wire(httpx.BaseTransport):
    """Carries requests to the application, and to S3 what is addressed to it."""

    def __init__(self, world: DeployedWorld, objects: EmbeddedObjects) -> None:
        self._world = world
        self._objects = objects

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        url, headers = str(request.url), dict(request.headers)
        if not url.startswith(ADDRESS):
            return self._of_s3(request.method, url, headers, request.read())
        path = url.removeprefix(ADDRESS)
        answer = self._world.call(request.method, path, headers=headers, raw=request.read() or None)
        return httpx.Response(answer.status, headers=dict(answer.headers), text=answer.text)

    def _of_s3(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> httpx.Response:
        """What somebody does with an address that the API has signed, and so does in its name."""
        given = self._objects.service.handle(method, url, headers, content)
        place = url
        if method == "POST":
            [key] = [
                part.content.decode() for part in parse_form(headers["content-type"], content) if part.name == "key"
            ]
            place = urljoin(url, key)
        with self._world.function("api_handler"):
            self._world.cloud.note(object_access(method, place))
        return httpx.Response(given.status, headers=dict(given.headers), content=given.body)


class DeployedSocket(Socket):
    """A socket that was opened in a deployed world; whoever waits at it lets time pass."""

    def __init__(self, world: DeployedWorld, connection_id: str) -> None:
        self._world = world
        self._id = connection_id

    @property
    def events(self) -> list[Heard]:
        """All that has arrived so far, in order, without answers to pings."""
        return [heard for heard in self._all() if heard.event != "pong"]

    def say(self, event: str, **data: object) -> None:
        """Send an event."""
        self._world.say(self._id, json.dumps({"event": event, "data": data}))

    def ping(self) -> None:
        """Ask for an answer, which comes at once."""
        before = len(self._all())
        self.say("ping")
        assert [heard.event for heard in self._all()[before:]] == ["pong"]

    def wait_until(
        self, enough: Callable[[list[Heard]], bool], what: str = "that", timeout_s: float = 0.0
    ) -> list[Heard]:
        """All events, once they are enough."""
        for _ in range(_STEPS):
            if enough(self._all()):
                return self._all()
            self._world.clock.advance(seconds=_STEP_S)
            self._world.sweep()
            self._world.sweep_maintenance()
        raise AssertionError(f"{what} did not arrive, but {self._all()}")

    def _all(self) -> list[Heard]:
        return [Heard(sent.event, sent.data) for sent in self._world.heard(self._id)]


class DeployedStack(Stack):
    """A deployed world as a running stack."""

    def __init__(self, world: DeployedWorld, objects: EmbeddedObjects) -> None:
        super().__init__(ADDRESS, _PASSWORD)
        self._world = world
        self.http.close()
        self.http = httpx.Client(transport=Wire(world, objects), base_url=ADDRESS)

    def somebody(self, username: str, full_name: str, role: str, **fields: Any) -> Person:
        """Somebody new, who is signed in."""
        made = self._world.person(role, username=username, full_name=full_name, **fields)
        return Person(username, made.user_id, made.token, self)

    @contextmanager
    def socket(self, channel: str, *, token: str | None = None, query: str = "", **_: Any) -> Iterator[Socket]:
        """A socket on a channel."""
        connection_id = f"flow-{next(self._world.numbers)}"
        answer = self._world.connect(connection_id, token, channel)
        assert answer["statusCode"] == 200, answer
        yield DeployedSocket(self._world, connection_id)
        self._world.hang_up(connection_id)


class DeployedSite(Site):
    """A deployed world as the system that flows run against."""

    def people(self, roles: Mapping[str, str], **fields: object) -> list[Person]:
        """New people, signed in; without a password, because each would take a fifth of a second of hashing twice."""
        stack = self.stack
        assert isinstance(stack, DeployedStack)
        return [stack.somebody(self.own(name), name.title(), role, **fields) for name, role in roles.items()]


def site_of(world: DeployedWorld, objects: EmbeddedObjects) -> DeployedSite:
    """The site of a world, with an administrator."""
    stack = DeployedStack(world, objects)
    return DeployedSite(stack, stack.somebody("boss", "Boss", "SYSTEM_ADMIN"), _PASSWORD, "here")
