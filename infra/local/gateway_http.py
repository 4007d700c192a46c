"""The HTTP gateway: converts requests to the events that API Gateway sends to Lambda, and responses back to HTTP.

Chalice's local gateway creates the event. This module adds what Chalice lacks and the deployed API has: the stage
`/api` before every path, the greedy route for unknown paths, the client's address, request ids, bodies as text or
base64, and a limit on their size. A body that is not UTF-8 reaches the application as it was sent, encoded in base64.

Limits: API Gateway's timeout of 29 seconds and its compression are missing.
"""

from __future__ import annotations

import base64
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from chalice.app import Chalice, CORSConfig
from chalice.config import Config
from chalice.local import LambdaEventConverter, LocalGateway, MatchResult, RouteMatcher

from chalicelib.core.errors import BatonError, InternalError
from chalicelib.edge.api import UNKNOWN_ROUTE
from chalicelib.edge.http import REQUEST_ID, SECURITY_HEADERS, error_response, request_id
from infra.large_bodies import body_too_large
from infra.local.asgi import (
    AsgiResponse,
    ClientGone,
    Receive,
    Scope,
    Send,
    TooLarge,
    client_of,
    headers_of,
    is_text,
    read_body,
    respond,
)
from infra.local.gateway_objects import follow_host
from infra.local.threads import Threads

STAGE = "api"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. `path` is the path below the stage as sent: percent-encoded, with the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    source_ip: str


class Routes(RouteMatcher):
    """Matches routes as API Gateway does: exact ones first, then those with parameters, then the greedy one."""

    def __init__(self, routes: list[str]) -> None:
        super().__init__(routes)
        patterns = [route.split("/") for route in self.route_urls if route != UNKNOWN_ROUTE]
        self._exact = {"/".join(parts) for parts in patterns if not any(map(_is_parameter, parts))}
        self._patterns = [parts for parts in patterns if any(map(_is_parameter, parts))]

    def match_route(self, url: str) -> MatchResult:
        """Return the route, the path parameters (percent-encoded), and the query."""
        path, _, query = url.partition("?")
        if path != "/":
            path = path.removesuffix("/")
        values = parse_qs(query, keep_blank_values=True)
        if path in self._exact:
            return MatchResult(path, {}, values)
        parts = path.split("/")
        for pattern in self._patterns:
            captured = _path_parameters(pattern, parts)
            if captured is not None:
                return MatchResult("/".join(pattern), captured, values)
        return MatchResult(UNKNOWN_ROUTE, {"proxy": path.lstrip("/")}, values)


class Gateway(LocalGateway):
    """Chalice's local gateway with the additions of this module."""

    def __init__(self, app: Chalice) -> None:
        super().__init__(app, Config())
        self.event_converter = LambdaEventConverter(Routes(list(app.routes)), app.api.binary_types)

    def answer(self, call: Call) -> AsgiResponse:
        """Call the app and return its response. Errors of the app do not raise."""
        event = self._event(call)
        if call.method == "OPTIONS" and not self._has_user_defined_options_method(event):
            own = {**SECURITY_HEADERS, REQUEST_ID: request_id(event["requestContext"])}
            return AsgiResponse(200, {**self._autogen_options_headers(event), **own})
        return _http_response(self._app_object(event, self._generate_lambda_context()))

    def error(self, error: BatonError) -> AsgiResponse:
        """Return an error response for a request that does not reach the app."""
        response = error_response(error, request_id({}))
        cors = self._app_object.api.cors
        if isinstance(cors, CORSConfig):
            response.headers.update(cors.get_access_control_headers())
        return _http_response(response.to_dict(self._app_object.api.binary_types))

    def _event(self, call: Call) -> dict[str, Any]:
        event: dict[str, Any] = self.event_converter.create_lambda_event(
            call.method, call.path, call.headers, call.body
        )
        kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_binary = kind in self._app_object.api.binary_types or not is_text(call.body)
        event["isBase64Encoded"] = bool(call.body) and is_binary
        if event["isBase64Encoded"]:
            event["body"] = base64.b64encode(call.body).decode("ascii")
        else:
            event["body"] = call.body.decode() if call.body else None
        event["requestContext"].update(
            stage=STAGE,
            requestId=str(uuid.uuid4()),
            path=f"/{STAGE}{call.path.partition('?')[0]}",
            identity={"sourceIp": call.source_ip, "userAgent": call.headers.get("user-agent")},
        )
        return event


class HttpGateway:
    """The gateway as an ASGI application."""

    def __init__(self, app: Chalice, threads: Threads, max_bytes: int, objects_url: str = "") -> None:
        self._gateway = Gateway(app)
        self._threads = threads
        self._max_bytes = max_bytes
        self._objects_url = objects_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        try:
            body = await read_body(scope, receive, self._max_bytes)
            call = Call(scope["method"], _below_stage(scope), headers_of(scope), body, client_of(scope))
            response = await self._threads.run(partial(self._gateway.answer, call))
            if self._objects_url:
                response = follow_host(response, self._objects_url, call.headers.get("host", ""))
        except ClientGone:
            return
        except TooLarge:
            response = self._gateway.error(body_too_large(self._max_bytes))
        except Exception:
            _logger.exception("the gateway failed")
            response = self._gateway.error(InternalError())
        await respond(send, response)


def _below_stage(scope: Scope) -> str:
    """Return the path below the stage with its query; outside the stage, a path that no route has.

    The root of the host is that of the stage, which sends browsers to the API reference.
    """
    path: str = scope["raw_path"].decode("ascii")
    query: str = scope["query_string"].decode("ascii")
    inside = path in {"/", f"/{STAGE}"} or path.startswith(f"/{STAGE}/")
    below = (path.removeprefix(f"/{STAGE}") or "/") if inside else ""
    return f"{below}?{query}" if query else below


def _is_parameter(part: str) -> bool:
    return part.startswith("{")


def _path_parameters(pattern: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    """Return the parameters of a path, or None if it does not match the pattern. A parameter is not empty."""
    if len(pattern) != len(parts):
        return None
    captured = {}
    for expected, part in zip(pattern, parts, strict=True):
        if _is_parameter(expected) and part:
            captured[expected[1:-1]] = part
        elif expected != part:
            return None
    return captured


def _http_response(result: dict[str, Any]) -> AsgiResponse:
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return AsgiResponse(result["statusCode"], {**result["headers"], **result.get("multiValueHeaders", {})}, content)
