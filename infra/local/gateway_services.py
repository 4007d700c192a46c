"""Two AWS services that the app calls: the management API of sockets, and Lambda.

The app calls them with botocore as in a deployment; only the endpoint differs. They share the port with the public API,
so the signature of a request has to contain the access key of this process.

    /_gateway/@connections/{id}                            POST: send, GET: describe, DELETE: close
    /_lambda/2015-03-31/functions/{name}/invocations       POST: invoke a function asynchronously

Limits: the signature is not verified, because no other process knows the key.
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

from infra.local.asgi import AsgiResponse, ClientGone, Receive, Scope, Send, TooLarge, headers_of, read_body, respond
from infra.local.gateway_sockets import MAX_BYTES, NORMAL, ClientConnection, SocketGateway
from infra.local.threads import Threads

SOCKETS_PREFIX = "/_gateway"
LAMBDA_PREFIX = "/_lambda"
_CONNECTION = re.compile(rf"{SOCKETS_PREFIX}/@connections/(?P<id>.+)")
_INVOCATION = re.compile(rf"{LAMBDA_PREFIX}/2015-03-31/functions/(?P<name>[^/]+)/invocations")
_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/")
_MAX_PAYLOAD = 256 * 1024

Function = Callable[[Any, Any], object]


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """The context object of a Lambda call."""

    function_name: str
    aws_request_id: str


class Services:
    """Both services as one ASGI application. `functions` can be invoked by their full names."""

    def __init__(
        self, sockets: SocketGateway, functions: Mapping[str, Function], threads: Threads, access_key: str
    ) -> None:
        self._sockets = sockets
        self._functions = functions
        self._threads = threads
        self._access_key = access_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not self._is_signed(headers_of(scope).get("authorization", "")):
            await respond(send, _failure(403, "ForbiddenException", "Forbidden"))
            return
        try:
            response = await self._respond(scope, receive)
        except ClientGone:
            return
        except TooLarge:
            response = _failure(413, "PayloadTooLargeException", "The message is too large")
        await respond(send, response)

    def _is_signed(self, authorization: str) -> bool:
        credential = _CREDENTIAL.match(authorization)
        return credential is not None and hmac.compare_digest(credential[1], self._access_key)

    async def _respond(self, scope: Scope, receive: Receive) -> AsgiResponse:
        path, method = scope["path"], scope["method"]
        if match := _CONNECTION.fullmatch(path):
            body = await read_body(scope, receive, MAX_BYTES)
            connection = self._sockets.find(match["id"])
            return _gone() if connection is None else await self._manage(method, connection, body)
        if (match := _INVOCATION.fullmatch(path)) and method == "POST":
            return self._invoke(match["name"], headers_of(scope), await read_body(scope, receive, _MAX_PAYLOAD))
        return _failure(404, "NotFoundException", "Operation not found")

    async def _manage(self, method: str, connection: ClientConnection, body: bytes) -> AsgiResponse:
        if method == "POST":
            return (
                AsgiResponse(200) if await self._sockets.post(connection, body.decode("utf-8", "replace")) else _gone()
            )
        if method == "DELETE":
            await self._sockets.close(connection, NORMAL)
            return AsgiResponse(204)
        if method == "GET":
            times = {"connectedAt": connection.connected_at_ms, "lastActiveAt": connection.last_active_ms}
            description = {name: _iso(value) for name, value in times.items()}
            return _json(200, {**description, "identity": connection.identity()})
        return _failure(404, "NotFoundException", "Operation not found")

    def _invoke(self, name: str, headers: Mapping[str, str], body: bytes) -> AsgiResponse:
        function = self._functions.get(name)
        if function is None:
            return _failure(404, "ResourceNotFoundException", f"Function not found: {name}")
        if headers.get("x-amz-invocation-type") != "Event":
            return _failure(400, "InvalidParameterValueException", "Only asynchronous invocations are supported")
        try:
            payload = json.loads(body or b"null")
        except ValueError:
            return _failure(400, "InvalidRequestContentException", "The payload is not JSON")
        self._threads.start(partial(function, payload, LambdaContext(name, str(uuid.uuid4()))))
        return AsgiResponse(202)


def _gone() -> AsgiResponse:
    return _failure(410, "GoneException", "Gone")


def _failure(status: int, kind: str, message: str) -> AsgiResponse:
    return _json(status, {"message": message}, {"x-amzn-errortype": kind})


def _json(status: int, body: object, headers: Mapping[str, str | list[str]] | None = None) -> AsgiResponse:
    return AsgiResponse(status, {"content-type": "application/json", **(headers or {})}, json.dumps(body).encode())


def _iso(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
