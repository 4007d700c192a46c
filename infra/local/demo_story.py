"""What the stories of the demo data are told with: a clock that is set back, and people who call the API.

A story says by whom it needs to be new (`people`): on an engine that keeps its data it is told once. Each is told on a
clock of its own, so that none has to know how long another took.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import msgspec

from infra.local.gateway_http import Call, Gateway


class PastClock:
    """A clock that starts some time ago and moves only when told."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment of the story."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass in the story."""
        self._now += timedelta(seconds=seconds)


class Story(Protocol):
    """Something that happened."""

    people: ClassVar[frozenset[str]]

    def __init__(self, clock: PastClock, teller: Teller) -> None: ...

    def play(self) -> None:
        """Let it happen."""
        ...


class Voice(msgspec.Struct, frozen=True):
    """Somebody who has signed in."""

    gateway: Gateway
    tokens: dict[str, Any]

    def call(self, method: str, path: str, body: object, **headers: str) -> Any:
        """A call as this person; what it was answered. Raises `RuntimeError` if it was refused."""
        sent = {"authorization": f"Bearer {self.tokens['accessToken']}", **headers}
        return _call(self.gateway, method, path, body, sent)

    def post(self, path: str, body: object) -> Any:
        """A POST."""
        return self.call("POST", path, body)

    def sign_out(self) -> None:
        """Leave no session behind."""
        self.post("/v1/auth/logout", {"refreshToken": self.tokens["refreshToken"]})


class Teller:
    """Lets people of the demo organisation speak, whose password it knows."""

    def __init__(self, gateway: Gateway, password: str) -> None:
        self._gateway = gateway
        self._password = password

    def sign_in(self, name: str) -> Voice:
        """Somebody, signed in."""
        credentials = {"username": name, "password": self._password}
        return Voice(self._gateway, _call(self._gateway, "POST", "/v1/auth/login", credentials, {}))


def _call(gateway: Gateway, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
    sent = {"content-type": "application/json", **headers}
    content = b"" if body is None else json.dumps(body).encode()
    answer = gateway.answer(Call(method, path, sent, content, "127.0.0.1"))
    if answer.status >= 300 or answer.status == 207:
        raise RuntimeError(f"the demo data could not be made: {path} answered {answer.status} {answer.body!r}")
    return json.loads(answer.body) if answer.body else None
