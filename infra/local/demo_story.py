"""Tools for the stories of the demo data: a clock that is set back, and signed-in clients of the API.

A story lists the users that it needs to be new (`people`), so it is played once on an engine that keeps its data. Each
story has its own clock and does not depend on the duration of others. If it was interrupted, it is played again from
its beginning, by the same clock: each of its calls has an idempotency key, so those that were made have no effect.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar, Protocol

from infra.local.asgi import AsgiResponse
from infra.local.gateway_http import Call, Gateway


class PastClock:
    """A clock that starts in the past and advances only by `sleep`."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the current time of the story."""
        return self._now

    def elapsed_s(self) -> float:
        """Return the same for ever: a story takes no time."""
        return 0

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self._now += timedelta(seconds=seconds)


class Story(Protocol):
    """A sequence of API calls in the past."""

    people: ClassVar[frozenset[str]]
    age: ClassVar[timedelta]
    """How long ago it begins."""

    def __init__(self, clock: PastClock, teller: Teller) -> None: ...

    def play(self) -> None:
        """Make the calls."""
        ...


class ApiClient:
    """A signed-in user, who gets a new access token when one has expired."""

    def __init__(self, gateway: Gateway, credentials: dict[str, str], story: str) -> None:
        self._gateway = gateway
        self._keys = (f"demo-{story}-{number}" for number in count(1))
        self._tokens = self._sign("/v1/auth/login", credentials)

    def call(self, method: str, path: str, body: object, **headers: str) -> Any:
        """Call the API as this user and return the body. Raise `RuntimeError` if the call fails."""
        headers = {"idempotency-key": next(self._keys), **headers}
        response = self._send(method, path, body, headers)
        if response.status == 401:
            self._tokens = self._sign("/v1/auth/refresh", {"refreshToken": self._tokens["refreshToken"]})
            response = self._send(method, path, body, headers)
        return _content(path, response)

    def post(self, path: str, body: object) -> Any:
        """Send a POST request and return the body."""
        return self.call("POST", path, body)

    def sign_out(self) -> None:
        """End the session."""
        self.post("/v1/auth/logout", {"refreshToken": self._tokens["refreshToken"]})

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> AsgiResponse:
        authorization = f"Bearer {self._tokens['accessToken']}"
        return _send(self._gateway, method, path, body, {"authorization": authorization, **headers})

    def _sign(self, path: str, body: object) -> dict[str, Any]:
        tokens: dict[str, Any] = _content(path, _send(self._gateway, "POST", path, body, {}))
        return tokens


class Teller:
    """Signs in users of the demo organisation, who share a password."""

    def __init__(self, gateway: Gateway, password: str, story: str) -> None:
        self._gateway = gateway
        self._password = password
        self._story = story

    def sign_in(self, name: str) -> ApiClient:
        """Sign a user in."""
        return ApiClient(self._gateway, {"username": name, "password": self._password}, self._story)


def _send(gateway: Gateway, method: str, path: str, body: object, headers: dict[str, str]) -> AsgiResponse:
    sent = {"content-type": "application/json", **headers}
    content = b"" if body is None else json.dumps(body).encode()
    return gateway.answer(Call(method, path, sent, content, "127.0.0.1"))


def _content(path: str, response: AsgiResponse) -> Any:
    if response.status >= 300 or response.status == 207:
        raise RuntimeError(f"cannot create the demo data: {path} returned {response.status} {response.body!r}")
    return json.loads(response.body) if response.body else None
