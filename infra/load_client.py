"""The HTTP client of `infra.load`: signs in, sends records, and retries while the server is busy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx

DEFAULT_URL = "http://127.0.0.1:8000/api"
MAX_ATTEMPTS = 5
TIMEOUT_S = 60.0
_RETRYABLE = frozenset({429, 500, 502, 503, 504})


class LoadStopped(Exception):
    """The load cannot continue; the message says why."""


class Client:
    """A signed-in client of the API."""

    def __init__(self, http: httpx.Client, username: str, password: str, pause: Callable[[float], None]) -> None:
        self._http = http
        self._credentials = {"identifier": username, "password": password}
        self._pause = pause
        self._token = ""

    def sign_in(self) -> None:
        """Sign in. Raise `LoadStopped` if that fails."""
        response = self._post("/v1/auth/login", _json(self._credentials))
        if response.status_code != 200:
            raise LoadStopped(f"signing in: {_reason(response)}")
        self._token = str(_field(response, "accessToken"))

    def send(self, dataset: str, records: Sequence[bytes]) -> dict[str, Any]:
        """Send records and return the API's result. Raise `LoadStopped` if the request fails."""
        body = b'{"records":[' + b",".join(records) + b"]}"
        response = self._post(f"/v1/imports/{dataset}", body)
        if response.status_code == 401:  # the token expires during a long load
            self.sign_in()
            response = self._post(f"/v1/imports/{dataset}", body)
        if response.status_code not in (200, 207):
            raise LoadStopped(_reason(response))
        data: dict[str, Any] = _field(response, "data")
        return data

    def _post(self, path: str, body: bytes) -> httpx.Response:
        """Return the response, after a few retries if the server is busy or cannot be reached."""
        headers = {"content-type": "application/json"} | (
            {"authorization": f"Bearer {self._token}"} if self._token else {}
        )
        for attempt in range(1, MAX_ATTEMPTS + 1):
            wait = float(2**attempt) / 2
            try:
                response = self._http.post(path, content=body, headers=headers)
            except httpx.HTTPError as error:
                if attempt == MAX_ATTEMPTS:
                    raise LoadStopped(f"{self._http.base_url} cannot be reached ({error})") from error
            else:
                if response.status_code not in _RETRYABLE or attempt == MAX_ATTEMPTS:
                    return response
                retry_after = response.headers.get("retry-after", "")
                wait = min(float(retry_after), TIMEOUT_S) if retry_after.isdigit() else wait
            self._pause(wait)
        raise AssertionError


def _json(value: object) -> bytes:
    from chalicelib.edge.http import encoder

    return encoder.encode(value)


def _field(response: httpx.Response, name: str) -> Any:
    """Return a field of a response. Raise `LoadStopped` if it does not come from this API."""
    try:
        return response.json()[name]
    except (ValueError, KeyError, TypeError) as error:
        raise LoadStopped(_unexpected(response)) from error


def _unexpected(response: httpx.Response) -> str:
    return f"unexpected response with status {response.status_code}; check that --url is the API, such as {DEFAULT_URL}"


def _reason(response: httpx.Response) -> str:
    """Return the message of an error response."""
    try:
        body = response.json()
        fields = "; ".join(f"{name} {message}" for name, message in body.get("fields", {}).items())
        return printable(fields or body["error"]["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _unexpected(response)


def printable(text: str) -> str:
    """Return the text with control characters replaced, so that it cannot control the terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)
