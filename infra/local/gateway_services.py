"""Two AWS services that the app calls: the management API of sockets, and Lambda.

The app calls them with botocore as in a deployment; only the endpoint differs. They share the port with the public API,
so each has a secret in its address. Any other address below the two prefixes is unknown.

    /_gateway/{secret}/@connections/{id}                            POST: send, GET: describe, DELETE: close
    /_lambda/{secret}/2015-03-31/functions/{name}/invocations       POST: invoke a function asynchronously

A close takes the code in the header `X-Close-Code` (1008, 1009, 4000 to 4999), which AWS ignores.

Limits: signatures are not verified.
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
from infra.local.gateway_connection import ClientConnection
from infra.local.gateway_sockets import MAX_POST_BYTES, NORMAL, Posted, SocketGateway
from infra.local.threads import Threads

SOCKETS_PREFIX = "/_gateway"
LAMBDA_PREFIX = "/_lambda"
CLOSE_CODE = "x-close-code"
_ADDRESS = re.compile(rf"({SOCKETS_PREFIX}|{LAMBDA_PREFIX})/([^/]+)(/.+)")
_CONNECTION = re.compile(rf"{SOCKETS_PREFIX}/@connections/(?P<id>.+)")
_INVOCATION = re.compile(rf"{LAMBDA_PREFIX}/2015-03-31/functions/(?P<name>[^/]+)/invocations")
_CLOSE_CODE = re.compile(r"100[89]|4\d{3}")
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
        self,
        sockets: SocketGateway,
        functions: Mapping[str, Function],
        threads: Threads,
        secrets: Mapping[str, str],
    ) -> None:
        """`secrets` has the secret of each service by its prefix."""
        self._sockets = sockets
        self._functions = functions
        self._threads = threads
        self._secrets = {prefix: secret.encode() for prefix, secret in secrets.items()}

    def find(self, path: str) -> str | None:
        """Return the path without its secret; None if this is no address of a service."""
        match = _ADDRESS.fullmatch(path)
        if match is None or not hmac.compare_digest(match[2].encode("utf-8", "replace"), self._secrets[match[1]]):
            return None
        return match[1] + match[3]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. `path` of the scope is what `find` returned."""
        try:
            response = await self._respond(scope, receive)
        except ClientGone:
            return
        except TooLarge:
            response = _failure(413, "PayloadTooLargeException", "The message is too large")
        await respond(send, response)

    async def _respond(self, scope: Scope, receive: Receive) -> AsgiResponse:
        path, method, headers = scope["path"], scope["method"], headers_of(scope)
        if match := _CONNECTION.fullmatch(path):
            body = await read_body(scope, receive, MAX_POST_BYTES)
            connection = self._sockets.find(match["id"])
            return _gone() if connection is None else self._manage(method, connection, headers, body)
        if (match := _INVOCATION.fullmatch(path)) and method == "POST":
            return self._invoke(match["name"], headers, await read_body(scope, receive, _MAX_PAYLOAD))
        return _failure(404, "NotFoundException", "Operation not found")

    def _manage(
        self, method: str, connection: ClientConnection, headers: Mapping[str, str], body: bytes
    ) -> AsgiResponse:
        if method == "POST":
            return _POSTED[self._sockets.post(connection, body.decode("utf-8", "replace"))]
        if method == "DELETE":
            code = headers.get(CLOSE_CODE, "")
            self._sockets.close(connection, int(code) if _CLOSE_CODE.fullmatch(code) else NORMAL)
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


_POSTED = {
    Posted.ACCEPTED: AsgiResponse(200),
    Posted.GONE: _gone(),
    Posted.FULL: _failure(429, "LimitExceededException", "The client does not read"),
}
