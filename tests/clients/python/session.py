"""How a Python client signs in, stays signed in and repeats requests: give `session.client` to generated calls."""

from __future__ import annotations

import random
import time
from collections.abc import Generator
from threading import Lock
from uuid import uuid4

import httpx
from baton_client import AuthenticatedClient, Client
from baton_client.api.identity import login, refresh
from baton_client.models import Login, Refresh, Tokens

ATTEMPTS = 5
CHANGES = {"POST", "PATCH", "PUT", "DELETE"}


class Session(httpx.Auth):
    """A person who is signed in. Threads may share it."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._anonymous = Client(base_url=url)
        self._lock = Lock()
        tokens = login.sync(client=self._anonymous, body=Login(username=username, password=password))
        if not isinstance(tokens, Tokens):
            raise PermissionError(f"cannot sign in: {tokens}")
        self._tokens = tokens
        transport = {"auth": self, "transport": Repeating(httpx.HTTPTransport())}
        self.client = AuthenticatedClient(base_url=url, token=tokens.access_token, httpx_args=transport)

    @property
    def user_id(self) -> str:
        """The id of the person."""
        return self._tokens.user_id

    def expire(self) -> None:
        """Act as if the access token had expired."""
        self._tokens.access_token = "expired"

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request with the access token; refresh it and send once more if the response is 401."""
        # One key for all attempts: whatever was lost, the change is made once.
        if request.method in CHANGES:
            request.headers.setdefault("Idempotency-Key", str(uuid4()))
        used = self._tokens.access_token
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code == 401:
            self._refresh(used)
            request.headers["Authorization"] = f"Bearer {self._tokens.access_token}"
            yield request

    def _refresh(self, refused: str) -> None:
        """Replace the tokens, unless another thread has done so meanwhile."""
        with self._lock:
            if self._tokens.access_token != refused:
                return
            body = Refresh(refresh_token=self._tokens.refresh_token)
            tokens = refresh.sync(client=self._anonymous, body=body)
            if not isinstance(tokens, Tokens):
                raise PermissionError("the session has ended; sign in again")
            self._tokens = tokens


class Repeating(httpx.BaseTransport):
    """Repeats a request after a lost connection, 429 and 503, at growing intervals."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response, or raise the error, of the last attempt."""
        request.read()  # what is sent again has to be in memory
        for attempt in range(1, ATTEMPTS):
            asked_s = 0.0
            try:
                response = self._inner.handle_request(request)
            except httpx.TransportError:
                pass
            else:
                if response.status_code not in {429, 503}:
                    return response
                asked_s = float(response.headers.get("Retry-After", 0))
                response.close()
            time.sleep(asked_s + 2 ** (attempt - 1) * random.random())
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
