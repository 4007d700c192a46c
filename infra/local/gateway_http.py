"""The HTTP gateway: requests become the events that API Gateway sends to Lambda, and the app's answers go back.

The event itself is made by Chalice's own local gateway. Added is what Chalice leaves out and the deployed API has:
the stage `/api` in front of every path, the greedy route for addresses that are no other, the caller's address,
request ids, bodies as text or base64 and never as bytes, and a limit on their size.

Traded away: API Gateway's limit of 29 seconds and its compression.
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

from chalicelib.core.errors import BatonError, InternalError, PayloadTooLarge
from chalicelib.edge.api import UNKNOWN_ROUTE
from chalicelib.edge.http import error_response, request_id
from infra.local.asgi import (
    Answer,
    ClientGone,
    Receive,
    Scope,
    Send,
    TooLarge,
    client_of,
    headers_of,
    read_body,
    respond,
)
from infra.local.threads import Threads

STAGE = "api"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request; `path` is as sent (percent-encoded, with the query), below the stage."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    source_ip: str


class Routes(RouteMatcher):
    """Which route an address belongs to, as API Gateway decides: exact, then with parameters, then the greedy one."""

    def __init__(self, routes: list[str]) -> None:
        super().__init__(routes)
        patterns = [route.split("/") for route in self.route_urls if route != UNKNOWN_ROUTE]
        self._exact = {"/".join(parts) for parts in patterns if not any(map(_parameter, parts))}
        self._patterns = [parts for parts in patterns if any(map(_parameter, parts))]

    def match_route(self, url: str) -> MatchResult:
        """The route, the parameters (still percent-encoded), and the query."""
        path, _, query = url.partition("?")
        if path != "/":
            path = path.removesuffix("/")
        values = parse_qs(query, keep_blank_values=True)
        if path in self._exact:
            return MatchResult(path, {}, values)
        parts = path.split("/")
        for pattern in self._patterns:
            captured = _captured(pattern, parts)
            if captured is not None:
                return MatchResult("/".join(pattern), captured, values)
        return MatchResult(UNKNOWN_ROUTE, {"proxy": path.lstrip("/")}, values)


class Gateway(LocalGateway):
    """Chalice's local gateway with what the deployed one has beside it."""

    def __init__(self, app: Chalice) -> None:
        super().__init__(app, Config())
        self.event_converter = LambdaEventConverter(Routes(list(app.routes)), app.api.binary_types)

    def answer(self, call: Call) -> Answer:
        """Call the app. Does not raise for anything that the app does."""
        event = self._event(call)
        if call.method == "OPTIONS" and not self._has_user_defined_options_method(event):
            return Answer(200, self._autogen_options_headers(event))
        return _http_answer(self._app_object(event, self._generate_lambda_context()))

    def error(self, error: BatonError, headers: dict[str, str]) -> Answer:
        """The answer of something that does not get as far as the app, in the one form that errors have."""
        response = error_response(error, request_id(headers, {}))
        cors = self._app_object.api.cors
        if isinstance(cors, CORSConfig):
            response.headers.update(cors.get_access_control_headers())
        return _http_answer(response.to_dict(self._app_object.api.binary_types))

    def _event(self, call: Call) -> dict[str, Any]:
        event: dict[str, Any] = self.event_converter.create_lambda_event(
            call.method, call.path, call.headers, call.body
        )
        kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        event["isBase64Encoded"] = bool(call.body) and kind in self._app_object.api.binary_types
        if event["isBase64Encoded"]:
            event["body"] = base64.b64encode(call.body).decode("ascii")
        else:
            event["body"] = call.body.decode("utf-8", "replace") if call.body else None
        event["requestContext"].update(
            stage=STAGE,
            requestId=str(uuid.uuid4()),
            path=f"/{STAGE}{call.path.partition('?')[0]}",
            identity={"sourceIp": call.source_ip, "userAgent": call.headers.get("user-agent")},
        )
        return event


class HttpGateway:
    """The gateway as an ASGI application."""

    def __init__(self, app: Chalice, threads: Threads, most: int) -> None:
        self._gateway = Gateway(app)
        self._threads = threads
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = headers_of(scope)
        try:
            body = await read_body(scope, receive, self._most)
            call = Call(scope["method"], _below_stage(scope), headers, body, client_of(scope))
            answer = await self._threads.run(partial(self._gateway.answer, call))
        except ClientGone:
            return
        except TooLarge:
            answer = self._gateway.error(PayloadTooLarge(details={"most": self._most}), headers)
        except Exception:
            _logger.exception("the gateway failed")
            answer = self._gateway.error(InternalError(), headers)
        await respond(send, answer)

    def not_found(self, headers: dict[str, str], error: BatonError) -> Answer:
        """The answer for an address that has nothing behind it."""
        return self._gateway.error(error, headers)


def _below_stage(scope: Scope) -> str:
    """The address below the stage, with its query. What lies outside is an address that no route has."""
    path: str = scope["raw_path"].decode("ascii")
    query: str = scope["query_string"].decode("ascii")
    inside = path == f"/{STAGE}" or path.startswith(f"/{STAGE}/")
    below = (path.removeprefix(f"/{STAGE}") or "/") if inside else ""
    return f"{below}?{query}" if query else below


def _parameter(part: str) -> bool:
    return part.startswith("{")


def _captured(pattern: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    """The parameters of a path if it has this pattern; a parameter is never empty."""
    if len(pattern) != len(parts):
        return None
    captured = {}
    for wanted, given in zip(pattern, parts, strict=True):
        if _parameter(wanted) and given:
            captured[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return captured


def _http_answer(answer: dict[str, Any]) -> Answer:
    body = answer.get("body") or ""
    encoded = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return Answer(answer["statusCode"], {**answer["headers"], **answer.get("multiValueHeaders", {})}, encoded)
