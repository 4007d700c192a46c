"""What API Gateway answers by itself, in Baton's one error body.

Most requests reach the application, which answers for itself. What never gets there, because it is too large, too
much at once, or a function does not answer, is answered here with the same code that the application would use.
Codes and statuses come from the application's own errors.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

For API Gateway, a method that an address does not have is as unknown as an address that there is not. Only the
application can tell them apart, so it gets all methods.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from app import app
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
    "DEFAULT_4XX": RouteNotFound,  # so is an unknown address with an `Authorization` header like ours: it has no type
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


def all_methods() -> dict[str, Any]:
    """By path, what is added to the definition of the API for the methods that are not in it."""
    return {path: {"x-amazon-apigateway-any-method": _any_method(path)} for path in app.routes}


def _any_method(path: str) -> dict[str, Any]:
    """As Chalice writes each of the methods that there are."""
    function = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${APIHandler.Arn}"
    return {
        "parameters": [
            {"in": "path", "name": name, "required": True, "type": "string"} for name in re.findall(r"{(\w+)}", path)
        ],
        "responses": {"200": {"description": "200 response"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": {"Fn::Sub": f"{function}/invocations"},
            "contentHandling": "CONVERT_TO_TEXT",
            "passthroughBehavior": "when_no_match",
            "responses": {"default": {"statusCode": "200"}},
        },
    }


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
