"""The Chalice app, mended where stock Chalice would answer in its own words or mix up threads.

Chalice turns some failures into answers before any of our code runs: wrong method, a crash outside a view, an event
it does not understand. Every answer of ours carries `X-Request-Id`; one without it was not ours and is said again
with the one error body. The current request is kept per context, since the local server runs many at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from chalice.app import Chalice, CORSConfig

from chalicelib.core import observability
from chalicelib.core.errors import BatonError, InternalError, MalformedJson, MethodNotAllowed, RouteNotFound
from chalicelib.edge.http import REQUEST_ID, error_response, request_id

_request: ContextVar[Any] = ContextVar("request", default=None)
_lambda_context: ContextVar[Any] = ContextVar("lambda_context", default=None)

UNKNOWN_ROUTE = "/{proxy+}"
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class BatonApp(Chalice):
    """Chalice with one error body for everything and requests that do not meet."""

    @property
    def current_request(self) -> Any:
        """The request that this thread answers."""
        return _request.get()

    @current_request.setter
    def current_request(self, value: Any) -> None:
        _request.set(value)

    @property
    def lambda_context(self) -> Any:
        """The call that this thread answers."""
        return _lambda_context.get()

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        _lambda_context.set(value)

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer an event of API Gateway. Never raises."""
        try:
            answer: dict[str, Any] = super().__call__(event, context)
        except Exception:  # noqa: BLE001 - whatever it is, the caller gets the one error body
            answer = self._say(InternalError(), event)
            observability.log().exception("crashed before a view", extra={"request_id": answer["headers"][REQUEST_ID]})
            return answer
        if REQUEST_ID in answer["headers"]:
            return answer
        return self._say(_meaning(answer), event)

    def _say(self, error: BatonError, event: Any) -> dict[str, Any]:
        source: Mapping[str, Any] = event if isinstance(event, dict) else {}
        headers = {name.lower(): value for name, value in (source.get("headers") or {}).items()}
        response = error_response(error, request_id(headers, source.get("requestContext") or {}))
        if isinstance(self.api.cors, CORSConfig):
            response.headers.update(self.api.cors.get_access_control_headers())
        answer: dict[str, Any] = response.to_dict(self.api.binary_types)
        known = {"code": error.code, "status": error.status, "request_id": answer["headers"][REQUEST_ID]}
        observability.log().info("answered", extra=known)
        return answer


def _meaning(answer: Mapping[str, Any]) -> BatonError:
    """Our error for an answer that Chalice gave by itself."""
    status = answer["statusCode"]
    if status == MethodNotAllowed.status:
        return MethodNotAllowed(answer["headers"].get("Allow", ""))
    if status == RouteNotFound.status:
        return RouteNotFound()
    if status == MalformedJson.status:
        return MalformedJson("The request could not be read.")
    observability.log().error("an answer that is not ours", extra={"body": json.dumps(answer.get("body"))[:500]})
    return InternalError()
