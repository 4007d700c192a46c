"""The responses of API Gateway itself, in Baton's error format.

Some requests do not reach the application: too large, throttled, or a failed function. API Gateway responds to them
with codes and statuses of the application's errors.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

API Gateway cannot distinguish a wrong method from an unknown path. The application can, so it gets all methods.
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
from chalicelib.edge.http import REQUEST_ID, SECURITY_HEADERS
from infra.large_bodies import body_too_large
from infra.stacks.firewall import RETRY_AFTER_S

_FILTERED = "WAF_FILTERED"
_RESPONSES: Mapping[str, type[BatonError]] = {
    "ACCESS_DENIED": AccessDenied,
    "BAD_REQUEST_BODY": ValidationFailed,
    "BAD_REQUEST_PARAMETERS": ValidationFailed,
    "DEFAULT_4XX": RouteNotFound,  # includes unknown paths with an `Authorization` header like ours
    "DEFAULT_5XX": InternalError,
    "INTEGRATION_FAILURE": Unavailable,
    "INTEGRATION_TIMEOUT": Unavailable,
    "INVALID_SIGNATURE": RouteNotFound,  # an unknown path with an `Authorization` header in another format than AWS's
    "MISSING_AUTHENTICATION_TOKEN": RouteNotFound,
    "QUOTA_EXCEEDED": RateLimited,
    "REQUEST_TOO_LARGE": PayloadTooLarge,
    "RESOURCE_NOT_FOUND": RouteNotFound,
    "THROTTLED": RateLimited,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaType,
    _FILTERED: RateLimited,  # our firewall has limits of rates only
}
_RETRY_AFTER = (RateLimited, Unavailable)


def gateway_responses(cors_origin: str, max_body_bytes: int) -> dict[str, Any]:
    """Return the gateway responses by type, in the form of `AWS::Serverless::Api`."""
    details: Mapping[type[BatonError], Mapping[str, object]] = {PayloadTooLarge: body_too_large(max_body_bytes).details}
    return {kind: _response(kind, error, details.get(error, {}), cors_origin) for kind, error in _RESPONSES.items()}


def all_methods() -> dict[str, Any]:
    """Return by path the additions to the API definition: all other methods, and the headers of preflight responses."""
    return {path: {"x-amazon-apigateway-any-method": _any_method(path), "options": _preflight()} for path in app.routes}


def _preflight() -> dict[str, Any]:
    """Return what Chalice's own preflight method lacks: the security headers and the request's id."""
    headers = {**{name: f"'{value}'" for name, value in SECURITY_HEADERS.items()}, REQUEST_ID: "context.requestId"}
    values = {f"method.response.header.{name}": value for name, value in headers.items()}
    return {
        "responses": {"200": {"headers": {name: {"type": "string"} for name in headers}}},
        "x-amazon-apigateway-integration": {"responses": {"default": {"responseParameters": values}}},
    }


def _any_method(path: str) -> dict[str, Any]:
    """Return the method in the form of Chalice's own methods."""
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


def _response(kind: str, error: type[BatonError], details: Mapping[str, object], cors_origin: str) -> dict[str, Any]:
    body = {"success": False, "error": {"code": error.code, "message": error.summary, "details": details}}
    headers = {
        **{name: f"'{value}'" for name, value in SECURITY_HEADERS.items()},
        "Access-Control-Allow-Origin": f"'{cors_origin}'",
        "Access-Control-Expose-Headers": "'X-Request-Id,Retry-After'",
        REQUEST_ID: "context.requestId",
    }
    if issubclass(error, _RETRY_AFTER):
        headers["Retry-After"] = f"'{RETRY_AFTER_S if kind == _FILTERED else 1}'"
    return {
        "StatusCode": error.status,
        "ResponseParameters": {"Headers": headers},
        "ResponseTemplates": {"application/json": json.dumps(body)},
    }
