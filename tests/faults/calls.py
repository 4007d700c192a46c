"""Requests that are repeated with their `Idempotency-Key` until they are answered, and the journal of all answers."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import Any

import httpx

CLIENT_TIMEOUT_S = 60.0
_PAUSE_S = 0.2
_GIVE_UP_S = 300.0
_TOO_MANY = 429


class NoAnswer(Exception):
    """A request was repeated for minutes and never answered below 500."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer as the client saw it. `request` is method and path."""

    profile: str
    request: str
    status: int
    seconds: float
    retry_after: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Change:
    """A mutation with its final answer. `request_id` is that of the answer."""

    actor: str
    key: str
    method: str
    path: str
    status: int
    text: str
    is_replay: bool
    request_id: str
    tries: int
    is_import: bool = False

    @property
    def is_acknowledged(self) -> bool:
        """Return whether the change was made, as the client was told."""
        return self.status < 300


@dataclass
class Journal:
    """Everything that clients sent and were answered. Threads may share it."""

    profile: Callable[[], str]
    changes: list[Change] = field(default_factory=list)
    bad: list[Attempt] = field(default_factory=list)
    """Answers of 500 and above, and slow ones."""
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    """Requests without an answer, by profile: connections that ended."""
    slowest: dict[str, float] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def answered(self, attempt: Attempt, slow_s: float = 29.0) -> None:
        """Record an answer."""
        with self._lock:
            self.statuses[attempt.profile, attempt.status] += 1
            self.slowest[attempt.profile] = max(attempt.seconds, self.slowest.get(attempt.profile, 0.0))
            if attempt.status >= 500 or attempt.seconds > slow_s:
                self.bad.append(attempt)

    def crashed(self, what: str) -> None:
        """Record a part of a request that was answered as an internal error, like an answer of 500."""
        self.answered(Attempt(self.profile(), what, 500, 0.0, None, "internal error"))

    def broke(self, profile: str) -> None:
        """Record a request whose connection ended before an answer."""
        with self._lock:
            self.broken[profile] += 1

    def changed(self, change: Change) -> None:
        """Record the final answer of a mutation."""
        with self._lock:
            self.changes.append(change)


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who sends requests."""

    http: httpx.Client
    journal: Journal
    user_id: str
    token: str

    def get(self, path: str) -> Any:
        """Return the body of a read, repeated until it is answered; None if it was refused."""
        response, _ = self._until_answered("GET", path, {}, {})
        return response.json() if response.status_code < 300 else None

    def tell(self, method: str, path: str, body: object) -> None:
        """Send something that nobody has to remember, such as a position, once."""
        self._once(method, path, {"json": body}, {})

    def change(self, method: str, path: str, body: Any = None, *, is_import: bool = False, **headers: str) -> Change:
        """Make a change, repeated with its key until it is answered, and record the answer."""
        return self._change(method, path, {"json": body}, headers, is_import=is_import)

    def upload(self, path: str, fields: Mapping[str, str], content: bytes) -> Change:
        """Send a file with a form, in the same way."""
        parts = {"data": dict(fields), "files": {"file": ("photo.jpg", content, "image/jpeg")}}
        return self._change("POST", path, parts, {})

    def _change(
        self, method: str, path: str, parts: dict[str, Any], headers: dict[str, str], *, is_import: bool = False
    ) -> Change:
        key = str(uuid.uuid4())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response, tries = self._until_answered(method, path, parts, {**named, "Idempotency-Key": key})
        change = Change(
            actor=self.user_id,
            key=key,
            method=method,
            path=path,
            status=response.status_code,
            text=response.text,
            is_replay="Idempotent-Replayed" in response.headers,
            request_id=response.headers.get("X-Request-Id", ""),
            tries=tries,
            is_import=is_import,
        )
        self.journal.changed(change)
        return change

    def _until_answered(
        self, method: str, path: str, parts: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[httpx.Response, int]:
        tries, began = 0, monotonic()
        while monotonic() - began < _GIVE_UP_S:
            tries += 1
            response = self._once(method, path, parts, headers)
            if response is not None and response.status_code < 500 and response.status_code != _TOO_MANY:
                return response, tries
            Event().wait(_PAUSE_S)
        self.journal.unanswered.append(f"{method} {path}")
        raise NoAnswer(path)

    def _once(
        self, method: str, path: str, parts: Mapping[str, Any], headers: Mapping[str, str]
    ) -> httpx.Response | None:
        """Send a request once; return None if there was no answer."""
        profile, began = self.journal.profile(), monotonic()
        sent = {**headers, "Authorization": f"Bearer {self.token}"}
        try:
            response = self.http.request(method, path, headers=sent, **parts)
        except httpx.TransportError:
            self.journal.broke(profile)
            if monotonic() - began >= CLIENT_TIMEOUT_S:
                self.journal.unanswered.append(f"{method} {path}: no answer in {CLIENT_TIMEOUT_S} s")
            return None
        retry_after = response.headers.get("Retry-After")
        seconds, name = monotonic() - began, f"{method} {path}"
        body = response.text[:300] if response.status_code >= 500 else ""
        self.journal.answered(Attempt(profile, name, response.status_code, seconds, retry_after, body))
        return response
