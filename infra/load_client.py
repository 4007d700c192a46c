"""The line to a stack: signs in, sends records, and has patience with a server that is busy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx

ADDRESS = "http://127.0.0.1:8000/api"
ATTEMPTS = 5
PATIENCE_S = 60.0
_LATER = frozenset({429, 500, 502, 503, 504})


class Stopped(Exception):
    """It cannot go on; the message says why."""


class Client:
    """Somebody who is signed in to a stack."""

    def __init__(self, http: httpx.Client, username: str, password: str, pause: Callable[[float], None]) -> None:
        self._http = http
        self._who = {"identifier": username, "password": password}
        self._pause = pause
        self._token = ""

    def sign_in(self) -> None:
        """Begin a session. Raises `Stopped`."""
        answer = self._ask("/v1/auth/login", _json(self._who))
        if answer.status_code != 200:
            raise Stopped(f"signing in: {_reason(answer)}")
        self._token = str(_part(answer, "accessToken"))

    def send(self, dataset: str, records: Sequence[bytes]) -> dict[str, Any]:
        """What became of the records, as the API says it. Raises `Stopped`."""
        body = b'{"records":[' + b",".join(records) + b"]}"
        answer = self._ask(f"/v1/imports/{dataset}", body)
        if answer.status_code == 401:  # a long load outlives a token
            self.sign_in()
            answer = self._ask(f"/v1/imports/{dataset}", body)
        if answer.status_code not in (200, 207):
            raise Stopped(_reason(answer))
        data: dict[str, Any] = _part(answer, "data")
        return data

    def _ask(self, path: str, body: bytes) -> httpx.Response:
        """The answer; asked again, a few times, while there is none or it says to come later."""
        headers = {"content-type": "application/json"} | (
            {"authorization": f"Bearer {self._token}"} if self._token else {}
        )
        for attempt in range(1, ATTEMPTS + 1):
            wait = float(2**attempt) / 2
            try:
                answer = self._http.post(path, content=body, headers=headers)
            except httpx.HTTPError as error:
                if attempt == ATTEMPTS:
                    raise Stopped(f"{self._http.base_url} cannot be reached ({error})") from error
            else:
                if answer.status_code not in _LATER or attempt == ATTEMPTS:
                    return answer
                named = answer.headers.get("retry-after", "")
                wait = min(float(named), PATIENCE_S) if named.isdigit() else wait
            self._pause(wait)
        raise AssertionError


def _json(value: object) -> bytes:
    from chalicelib.edge.http import encoder

    return encoder.encode(value)


def _part(answer: httpx.Response, name: str) -> Any:
    """A field of an answer. Raises `Stopped` if it is none of this API."""
    try:
        return answer.json()[name]
    except (ValueError, KeyError, TypeError) as error:
        raise Stopped(_unlike(answer)) from error


def _unlike(answer: httpx.Response) -> str:
    return f"the answer was {answer.status_code}; is --url the address of the API, such as {ADDRESS}?"


def _reason(answer: httpx.Response) -> str:
    """What an answer that is no success says."""
    try:
        said = answer.json()
        fields = "; ".join(f"{name} {problem}" for name, problem in said.get("fields", {}).items())
        return printable(fields or said["error"]["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _unlike(answer)


def printable(text: str) -> str:
    """Without what could move a terminal's cursor."""
    return "".join(one if one.isprintable() else "?" for one in text)
