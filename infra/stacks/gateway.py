"""What API Gateway answers by itself, in Baton's one error body.

Most requests reach the application, which answers for itself. What never gets there, because it is too large, too
much at once, or a function does not answer, is answered here with the same code that the application would use.
Codes and statuses come from the application's own errors.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.core.errors import (
    AccessDenied,
    BatonError,
    InternalError,
    PayloadTooLarge,
    RateLimited,
    RouteNotFound,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)

_RESPONSES: Mapping[str, type[BatonError]] = {
    "ACCESS_DENIED": AccessDenied,
    "BAD_REQUEST_BODY": ValidationFailed,
    "BAD_REQUEST_PARAMETERS": ValidationFailed,
    "DEFAULT_5XX": InternalError,
    "INTEGRATION_FAILURE": Unavailable,
    "INTEGRATION_TIMEOUT": Unavailable,
    "INVALID_SIGNATURE": RouteNotFound,  # an unknown address with an `Authorization` header that is not AWS's own
    "MISSING_AUTHENTICATION_TOKEN": RouteNotFound,
    "QUOTA_EXCEEDED": RateLimited,
    "REQUEST_TOO_LARGE": PayloadTooLarge,
    "RESOURCE_NOT_FOUND": RouteNotFound,
    "THROTTLED": RateLimited,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaType,
    "WAF_FILTERED": AccessDenied,
}
_RETRY_AFTER = (RateLimited, Unavailable)


def gateway_responses(cors_origin: str) -> dict[str, Any]:
    """By type, as `AWS::Serverless::Api` takes them."""
    return {kind: _response(error, cors_origin) for kind, error in _RESPONSES.items()}


def _response(error: type[BatonError], cors_origin: str) -> dict[str, Any]:
    body = {"success": False, "error": {"code": error.code, "message": error.summary, "details": {}}}
    headers = {
        "Access-Control-Allow-Origin": f"'{cors_origin}'",
        "Access-Control-Expose-Headers": "'X-Request-Id,Retry-After'",
        "X-Request-Id": "context.requestId",
    }
    if issubclass(error, _RETRY_AFTER):
        headers["Retry-After"] = "'1'"
    return {
        "StatusCode": error.status,
        "ResponseParameters": {"Headers": headers},
        "ResponseTemplates": {"application/json": json.dumps(body)},
    }
