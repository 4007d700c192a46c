"""The people of the walkthrough: each signs in, calls, listens on a socket, and says aloud what they hear.

They are clients like any other and know nothing of the server but its contract: `httpx` for HTTP, `websockets` for
sockets, one thread per socket that prints and keeps what arrives.
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

_SOON_S = 20.0
_SHOWN = 60


class Failed(Exception):
    """Something did not happen as promised; the message says what."""


@dataclass(frozen=True, slots=True)
class Event:
    """What arrived on a socket."""

    name: str
    data: Mapping[str, Any]


class Console:
    """Prints who got what, one below the other, from any thread."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._lock = Lock()
        self._width = max(100, shutil.get_terminal_size((140, 24)).columns)

    def title(self, text: str) -> None:
        """What happens next."""
        with self._lock:
            print(f"\n{text}", flush=True)

    def line(self, who: str, how: str, what: str, data: object) -> None:
        """One answer or event: `how` is `http` or `socket`."""
        head = f"{self.elapsed_s():7.2f} s  {who:<10} {how:<7} {what:<42} "
        text = "" if data is None else json.dumps(_short(data), ensure_ascii=True)
        wrapped = textwrap.wrap(
            text, self._width, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
        )
        with self._lock:
            print("\n".join(wrapped or [head.rstrip()]), flush=True)

    def elapsed_s(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._start


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody's line to the server; every answer is printed."""

    who: str
    console: Console
    http: httpx.Client

    def ask(self, method: str, path: str, body: object, *, status: int, access: str = "") -> Any:
        """The body of an answer with this status. Raises `Failed` for any other, and if there is no server."""
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        try:
            response = self.http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Failed(f"{self.http.base_url} cannot be reached ({error}). Is `make run` running?") from error
        answer = response.json() if response.content else None
        self.console.line(self.who, "http", f"{method} {path} -> {response.status_code}", answer)
        if response.status_code != status:
            raise Failed(f"{self.who}: {method} {path} answered {response.status_code} instead of {status}")
        return answer


class Player:
    """Somebody who is signed in and listens."""

    def __init__(self, line: Line, tokens: Mapping[str, Any]) -> None:
        self.name = line.who
        self.user_id = _subject(tokens["accessToken"])
        self._line = line
        self._access = tokens["accessToken"]
        self._refresh = tokens["refreshToken"]
        self._events: list[Event] = []
        self._heard = Condition()
        self._hung_up = False

    @classmethod
    def sign_in(cls, line: Line, password: str) -> Player:
        """Sign in. Raises `Failed`."""
        body = {"username": line.who, "password": password}
        return cls(line, line.ask("POST", "/v1/auth/login", body, status=200))

    def get(self, path: str) -> Any:
        """A GET that must succeed; the answer."""
        return self._line.ask("GET", path, None, status=200, access=self._access)

    def post(self, path: str, body: object, status: int = 200) -> Any:
        """A POST that must answer with this status; the answer. Raises `Failed`."""
        return self._line.ask("POST", path, body, status=status, access=self._access)

    def sign_out(self) -> None:
        """End the session."""
        self.post("/v1/auth/logout", {"refreshToken": self._refresh}, 204)

    @contextmanager
    def listening(self, url: str) -> Iterator[None]:
        """Hold a socket open, once it has answered a ping. Raises `Failed` if it does not open."""
        headers = {"Authorization": f"Bearer {self._access}"}
        try:
            with connect(url, additional_headers=headers, proxy=None, open_timeout=_SOON_S) as socket:
                thread = Thread(target=self._listen, args=(socket,), daemon=True)
                thread.start()
                socket.send(json.dumps({"event": "ping"}))
                self.wait_for("pong")
                yield
            thread.join(_SOON_S)
        except (OSError, WebSocketException) as error:
            raise Failed(f"{self.name}: the socket {url}: {error}") from error

    def wait_for(
        self, name: str, matching: Callable[[Mapping[str, Any]], bool] = lambda _: True, within_s: float = _SOON_S
    ) -> Event:
        """The next event of that name, which then counts as taken. Raises `Failed` if it does not come in time."""
        found: list[Event] = []

        def over() -> bool:
            found[:] = [event for event in self._events if event.name == name and matching(event.data)][:1]
            return bool(found) or self._hung_up

        with self._heard:
            self._heard.wait_for(over, within_s)
            if not found:
                reason = "the socket was closed" if self._hung_up else f"not within {within_s:.0f} s"
                raise Failed(f"{self.name} did not get the event {name}: {reason}")
            self._events.remove(found[0])
            return found[0]

    def _listen(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException):
            for message in socket:
                self._take(json.loads(message))
        with self._heard:
            self._hung_up = True
            self._heard.notify_all()

    def _take(self, said: Mapping[str, Any]) -> None:
        self._line.console.line(self.name, "socket", f"<- {said['event']}", said["data"])
        with self._heard:
            self._events.append(Event(said["event"], said["data"]))
            self._heard.notify_all()


def _subject(token: str) -> str:
    """The user id that an access token says."""
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


def _short(data: object) -> object:
    """The same with long texts cut, so that tokens are not printed whole."""
    if isinstance(data, Mapping):
        return {name: _short(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_short(value) for value in data]
    if isinstance(data, str) and len(data) > _SHOWN:
        return f"{data[:12]}..."
    return data
