"""The two AWS services that the app calls: the management API of its sockets, and Lambda's own for `deliver`.

The app speaks to them through botocore, exactly as deployed; only the endpoint differs. They share the port with the
public API, so a request has to name the access key that this process made up (or was given) in its signature.

    /_gateway/@connections/{id}                            POST: send, GET: who is it, DELETE: send away
    /_lambda/2015-03-31/functions/{name}/invocations       POST: call a function without waiting

Traded away: the signature itself is not computed again, since nobody else knows the key.
"""

from __future__ import annotations

import hmac
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from infra.local.asgi import Answer, ClientGone, Receive, Scope, Send, TooLarge, headers_of, read_body, respond
from infra.local.gateway_sockets import MAX_BYTES, NORMAL, Connection, SocketGateway
from infra.local.threads import Threads

SOCKETS_PREFIX = "/_gateway"
LAMBDA_PREFIX = "/_lambda"
_CONNECTION = re.compile(rf"{SOCKETS_PREFIX}/@connections/(?P<id>.+)")
_INVOCATION = re.compile(rf"{LAMBDA_PREFIX}/2015-03-31/functions/(?P<name>[^/]+)/invocations")
_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/")
_MAX_PAYLOAD = 256 * 1024

Function = Callable[[Any, Any], object]


@dataclass(frozen=True, slots=True)
class Context:
    """What a function is told of its call."""

    function_name: str
    aws_request_id: str


class Services:
    """Both services as one ASGI application. `functions` are those that may be invoked, by their full name."""

    def __init__(
        self, sockets: SocketGateway, functions: Mapping[str, Function], threads: Threads, access_key: str
    ) -> None:
        self._sockets = sockets
        self._functions = functions
        self._threads = threads
        self._access_key = access_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not self._known(headers_of(scope).get("authorization", "")):
            await respond(send, _failure(403, "ForbiddenException", "Forbidden"))
            return
        try:
            answer = await self._answer(scope, receive)
        except ClientGone:
            return
        except TooLarge:
            answer = _failure(413, "PayloadTooLargeException", "The message is too large")
        await respond(send, answer)

    def _known(self, authorization: str) -> bool:
        named = _CREDENTIAL.match(authorization)
        return named is not None and hmac.compare_digest(named[1], self._access_key)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        if found := _CONNECTION.fullmatch(path):
            body = await read_body(scope, receive, MAX_BYTES)
            connection = self._sockets.find(found["id"])
            return _gone() if connection is None else await self._manage(method, connection, body)
        if (found := _INVOCATION.fullmatch(path)) and method == "POST":
            return self._invoke(found["name"], headers_of(scope), await read_body(scope, receive, _MAX_PAYLOAD))
        return _failure(404, "NotFoundException", "There is no such operation")

    async def _manage(self, method: str, connection: Connection, body: bytes) -> Answer:
        if method == "POST":
            return Answer(200) if await self._sockets.post(connection, body.decode("utf-8", "replace")) else _gone()
        if method == "DELETE":
            await self._sockets.close(connection, NORMAL)
            return Answer(204)
        if method == "GET":
            times = {"connectedAt": connection.connected_at_ms, "lastActiveAt": connection.last_active_ms}
            described = {name: _iso(value) for name, value in times.items()}
            return _json(200, {**described, "identity": connection.identity()})
        return _failure(404, "NotFoundException", "There is no such operation")

    def _invoke(self, name: str, headers: Mapping[str, str], body: bytes) -> Answer:
        function = self._functions.get(name)
        if function is None:
            return _failure(404, "ResourceNotFoundException", f"Function not found: {name}")
        if headers.get("x-amz-invocation-type") != "Event":
            return _failure(400, "InvalidParameterValueException", "Only calls that nobody waits for are made here")
        try:
            payload = json.loads(body or b"null")
        except ValueError:
            return _failure(400, "InvalidRequestContentException", "The payload is not JSON")
        self._threads.start(partial(function, payload, Context(name, str(uuid.uuid4()))))
        return Answer(202)


def _gone() -> Answer:
    return _failure(410, "GoneException", "Gone")


def _failure(status: int, kind: str, message: str) -> Answer:
    return _json(status, {"message": message}, {"x-amzn-errortype": kind})


def _json(status: int, body: object, headers: Mapping[str, str | list[str]] | None = None) -> Answer:
    return Answer(status, {"content-type": "application/json", **(headers or {})}, json.dumps(body).encode())


def _iso(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
