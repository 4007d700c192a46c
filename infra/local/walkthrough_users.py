"""The users of the walkthrough: each signs in, calls the API, listens on a socket, and prints what arrives.

They are ordinary clients that use `httpx` for HTTP and `websockets` for sockets, with one thread per socket.
"""

from __future__ import annotations

import base64
import json
import shutil
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Condition, Lock, Thread
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

_TIMEOUT_S = 20.0
_MAX_TEXT_LENGTH = 60
_RENEWAL_S = 2.0
_START_TIMEOUT_S = 120.0
_START_IT = "Is `make run` running? Start it in another terminal. If its port is not 8000: PORT=8001 make walkthrough"


class WalkthroughFailed(Exception):
    """Something happened that the contract does not say; the message says what."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event from a socket."""

    name: str
    data: Mapping[str, Any]


class Console:
    """Prints titles, responses and events; threads may share it."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._lock = Lock()
        self._width = max(100, shutil.get_terminal_size((140, 24)).columns)

    def title(self, text: str) -> None:
        """Print the title of a step."""
        with self._lock:
            print(f"\n{text}", flush=True)

    def line(self, username: str, source: str, summary: str, data: object) -> None:
        """Print a response or an event. `source` is `http` or `socket`."""
        head = f"{self.elapsed_s():7.2f} s  {username:<10} {source:<7} {summary:<42} "
        text = "" if data is None else json.dumps(_shortened(data), ensure_ascii=True)
        wrapped = textwrap.wrap(
            text, self._width, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
        )
        with self._lock:
            print("\n".join(wrapped or [head.rstrip()]), flush=True)

    def elapsed_s(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._start


@dataclass(frozen=True, slots=True)
class ApiConnection:
    """A user's HTTP connection to the server; every response is printed."""

    username: str
    console: Console
    http: httpx.Client

    def call(self, method: str, path: str, body: object, *, status: int, access: str = "") -> Any:
        """Return the body of the response. Raise `WalkthroughFailed` if the status differs or there is no server."""
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        try:
            response = self.http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise WalkthroughFailed(f"{self.http.base_url} cannot be reached ({error}). {_START_IT}") from error
        content = response.json() if response.content else None
        shown = "/".join(str(_shortened(part)) for part in path.split("/"))
        self.console.line(self.username, "http", f"{method} {shown} -> {response.status_code}", content)
        if response.status_code != status:
            problem = f"{method} {path} returned {response.status_code}, expected {status}"
            if path == "/v1/auth/login" and response.status_code == 401:
                problem += "; the password of the demo users is another one (--password, BATON_DEMO_PASSWORD)"
            raise WalkthroughFailed(f"{self.username}: {problem}")
        return content


def await_server(url: str) -> None:
    """Wait until the server at `url` is ready: its port is open before. Raise `WalkthroughFailed` if there is none."""
    try:
        response = httpx.get(f"{url}/health", timeout=_START_TIMEOUT_S, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WalkthroughFailed(f"nothing answers at {url} ({error}). {_START_IT}") from error
    if response.status_code != 200:
        raise WalkthroughFailed(f"{url}/health returned {response.status_code}: that is not Baton. {_START_IT}")


class WalkthroughUser:
    """A signed-in user with an open socket."""

    def __init__(self, connection: ApiConnection, tokens: Mapping[str, Any]) -> None:
        self.name = connection.username
        self.user_id = _subject(tokens["accessToken"])
        self._connection = connection
        self._keep(tokens)
        self._events: list[Event] = []
        self._changed = Condition()
        self._closed = False

    @classmethod
    def sign_in(cls, connection: ApiConnection, password: str) -> WalkthroughUser:
        """Sign in. Raise `WalkthroughFailed`."""
        body = {"username": connection.username, "password": password}
        return cls(connection, connection.call("POST", "/v1/auth/login", body, status=200))

    def get(self, path: str) -> Any:
        """Send a GET request and return the body. Raise `WalkthroughFailed` unless the status is 200."""
        return self._connection.call("GET", path, None, status=200, access=self._access())

    def post(self, path: str, body: object, status: int = 200) -> Any:
        """Send a POST request and return the body. Raise `WalkthroughFailed` if the status differs."""
        return self._connection.call("POST", path, body, status=status, access=self._access())

    def sign_out(self) -> None:
        """End the session."""
        access = self._access()
        body = {"refreshToken": self._tokens["refreshToken"]}
        self._connection.call("POST", "/v1/auth/logout", body, status=204, access=access)

    def _access(self) -> str:
        """Return an access token, a new one if the last one is about to expire."""
        if time.monotonic() > self._expires - _RENEWAL_S:
            body = {"refreshToken": self._tokens["refreshToken"]}
            self._keep(self._connection.call("POST", "/v1/auth/refresh", body, status=200))
        return str(self._tokens["accessToken"])

    def _keep(self, tokens: Mapping[str, Any]) -> None:
        self._tokens = tokens
        self._expires = time.monotonic() + tokens["expiresIn"]

    @contextmanager
    def listening(self, url: str) -> Iterator[None]:
        """Hold a socket open after it has answered a ping. Raise `WalkthroughFailed` if it does not open."""
        headers = {"Authorization": f"Bearer {self._access()}"}
        try:
            with connect(url, additional_headers=headers, proxy=None, open_timeout=_TIMEOUT_S) as socket:
                thread = Thread(target=self._listen, args=(socket,), daemon=True)
                thread.start()
                socket.send(json.dumps({"event": "ping"}))
                self.wait_for("pong")
                yield
            thread.join(_TIMEOUT_S)
        except (OSError, WebSocketException) as error:
            raise WalkthroughFailed(f"{self.name}: socket {url}: {error}") from error

    def wait_for(
        self, name: str, matches: Callable[[Mapping[str, Any]], bool] = lambda _: True, timeout_s: float = _TIMEOUT_S
    ) -> Event:
        """Remove and return the next matching event. Raise `WalkthroughFailed` if it does not arrive in time."""
        matching: list[Event] = []

        def is_over() -> bool:
            matching[:] = [event for event in self._events if event.name == name and matches(event.data)][:1]
            return bool(matching) or self._closed

        with self._changed:
            self._changed.wait_for(is_over, timeout_s)
            if not matching:
                reason = "the socket was closed" if self._closed else f"not within {timeout_s:.0f} s"
                raise WalkthroughFailed(f"{self.name} did not get the event {name}: {reason}")
            self._events.remove(matching[0])
            return matching[0]

    def _listen(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException):
            for message in socket:
                self._receive(json.loads(message))
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _receive(self, message: Mapping[str, Any]) -> None:
        self._connection.console.line(self.name, "socket", f"<- {message['event']}", message["data"])
        with self._changed:
            self._events.append(Event(message["event"], message["data"]))
            self._changed.notify_all()


def _subject(token: str) -> str:
    """Return the user id in an access token."""
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


def _shortened(data: object) -> object:
    """Return the data with long texts cut, so that tokens are not printed."""
    if isinstance(data, Mapping):
        return {name: _shortened(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_shortened(value) for value in data]
    if isinstance(data, str) and len(data) > _MAX_TEXT_LENGTH:
        return f"{data[:12]}..."
    return data
