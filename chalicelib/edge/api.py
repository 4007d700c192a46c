"""The Chalice app, with the places replaced where Chalice would send its own error bodies or mix up threads.

Chalice answers some failures before any of our code runs: a wrong method, a crash outside a view, an event that it does
not understand. Every response of ours has `X-Request-Id`; one without it is Chalice's, and is replaced by the one error
body. The current request is kept per context, since the local server handles many requests at once.
"""

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
    """Chalice with one error body for all errors, and one current request per context."""

    @property
    def current_request(self) -> Any:
        """Return the request of the current context."""
        return _request.get()

    @current_request.setter
    def current_request(self, value: Any) -> None:
        _request.set(value)

    @property
    def lambda_context(self) -> Any:
        """Return the Lambda context of the current call."""
        return _lambda_context.get()

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        _lambda_context.set(value)

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Return the response to an event of API Gateway. Never raises."""
        try:
            response: dict[str, Any] = super().__call__(event, context)
        except Exception:  # noqa: BLE001 - every crash becomes the one error body
            response = self._error(InternalError(), event)
            crashed = {"request_id": response["headers"][REQUEST_ID]}
            observability.log().exception("crashed before a view", extra=crashed)
            return response
        if REQUEST_ID in response["headers"]:
            return response
        return self._error(_translated(response), event)

    def _error(self, error: BatonError, event: Any) -> dict[str, Any]:
        source: Mapping[str, Any] = event if isinstance(event, dict) else {}
        response = error_response(error, request_id(source.get("requestContext") or {}))
        if isinstance(self.api.cors, CORSConfig):
            response.headers.update(self.api.cors.get_access_control_headers())
        sent: dict[str, Any] = response.to_dict(self.api.binary_types)
        logged = {"code": error.code, "status": error.status, "request_id": sent["headers"][REQUEST_ID]}
        observability.log().info("answered", extra=logged)
        return sent


def _translated(response: Mapping[str, Any]) -> BatonError:
    """Return our error for a response that Chalice made itself."""
    status = response["statusCode"]
    if status == MethodNotAllowed.status:
        return MethodNotAllowed(response["headers"].get("Allow", ""))
    if status == RouteNotFound.status:
        return RouteNotFound()
    if status == MalformedJson.status:
        return MalformedJson("The request cannot be read.")
    unexpected = {"body": json.dumps(response.get("body"))[:500]}
    observability.log().error("unexpected response of the framework", extra=unexpected)
    return InternalError()
