"""Clients for system tests: signed-in users, their calls, and sockets that record events."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.system.socket_schemas import message_errors

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A received event. Events of the mailbox have an id and a time."""

    event: str
    data: dict[str, Any]
    id: int | None = field(default=None, compare=False)
    at: str | None = field(default=None, compare=False)


class Socket:
    """An open socket. It records events in order; any thread may wait for them."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._events: list[Heard] = []
        self._changed = Condition()
        self._closed = False
        self._undescribed: list[str] = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def events(self) -> list[Heard]:
        """The received events in order, without pongs."""
        with self._changed:
            return [heard for heard in self._events if heard.event != "pong"]

    @property
    def close_code(self) -> int | None:
        """The close code, if the socket is closed."""
        return self.connection.close_code

    def say(self, event: str, **data: object) -> None:
        """Send an event."""
        self.connection.send(json.dumps({"event": event, "data": data}))

    def ping(self) -> None:
        """Send a ping and wait for its pong. Earlier messages are handled then."""
        with self._changed:
            before = sum(heard.event == "pong" for heard in self._events)
        self.connection.send(json.dumps({"event": "ping"}))
        self.wait_until(lambda events: sum(heard.event == "pong" for heard in events) > before, "a pong")

    def wait_for(self, event: str, timeout_s: float = PATIENCE_S, **data: object) -> Heard:
        """Return the first event of this name with these values; wait for it if necessary."""

        def found(events: list[Heard]) -> list[Heard]:
            return [heard for heard in events if heard.event == event and data.items() <= heard.data.items()]

        return found(self.wait_until(lambda events: bool(found(events)), f"{event} {data}", timeout_s))[0]

    def wait_until(
        self, enough: Callable[[list[Heard]], bool], what: str = "that", timeout_s: float = PATIENCE_S
    ) -> list[Heard]:
        """Return all events when there are enough."""
        with self._changed:
            self._changed.wait_for(lambda: enough(self._events) or self._closed, timeout_s)
            assert enough(self._events), f"{what} did not arrive, but {self._events}"
            return list(self._events)

    def check_described(self) -> None:
        """Fail if a received message is not as the AsyncAPI document describes it."""
        with self._changed:
            assert self._undescribed == []

    def wait_closed(self) -> int | None:
        """Wait for the close by the server and return its code."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._closed, PATIENCE_S), "the socket was not closed"
        return self.close_code

    def _listen(self) -> None:
        with suppress(ConnectionClosed):
            for message in self.connection:
                received = json.loads(message)
                with self._changed:
                    self._undescribed += message_errors(received)
                    self._events.append(Heard(**received))
                    self._changed.notify_all()
        with self._changed:
            self._closed = True
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in user. Threads may share it."""

    name: str
    user_id: str
    token: str
    stack: Stack = field(repr=False)
    refresh_token: str = field(default="", repr=False)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Send a GET request."""
        return self.stack.call("GET", path, token=self.token, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Send a POST request; `idempotency_key="k"` becomes the header."""
        return self.stack.call("POST", path, body, token=self.token, headers=headers)

    def ask(self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Any:
        """Return the body of a response, which must have this status."""
        answer = self.stack.call(method, path, body, token=self.token, headers=headers)
        assert answer.status_code == status, f"{self.name}: {method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    @contextmanager
    def listening(self, channel: str) -> Iterator[Socket]:
        """Open a socket of this user that the server has registered."""
        with self.stack.socket(channel, token=self.token) as socket:
            socket.ping()
            yield socket


class Stack:
    """A running stack: its URL, and the password of all users.

    `sockets` is where sockets are if they have no paths, as at API Gateway's own address; there the role in the token
    decides on the channel.
    """

    def __init__(self, base: str, password: str, sockets: str = "") -> None:
        self.base = base
        self._sockets = sockets
        self._password = password
        self._people: dict[str, Person] = {}
        self._lock = Lock()
        self.http = httpx.Client(base_url=base, timeout=PATIENCE_S, trust_env=False)

    def person(self, name: str) -> Person:
        """Return a signed-in user; the same session each time."""
        with self._lock:
            if name not in self._people:
                self._people[name] = self.sign_in(name)
            return self._people[name]

    def sign_in(self, name: str) -> Person:
        """Sign a user in with a new session."""
        answer = self.call("POST", "/v1/auth/login", {"username": name, "password": self._password})
        assert answer.status_code == 200, answer.text
        token = answer.json()["accessToken"]
        return Person(name, _subject(token), token, self, answer.json()["refreshToken"])

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request; names of headers may have underscores for hyphens."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.http.request(method, path, json=body, headers=sent)

    @contextmanager
    def socket(self, channel: str, *, token: str | None = None, query: str = "", **options: Any) -> Iterator[Socket]:
        """Open a socket on a channel. Raise websockets' `InvalidStatus` if it is refused."""
        url = f"{self._sockets or self.base.replace('http', 'ws', 1) + '/v1/ws/' + channel}{query}"
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        options = {"proxy": None, "open_timeout": PATIENCE_S, "max_size": None, **options}
        with connect(url, additional_headers=headers, **options) as connection:
            socket = Socket(connection)
            yield socket
            socket.check_described()

    def close(self) -> None:
        """Close all connections."""
        self.http.close()


def _subject(token: str) -> str:
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])
