"""The headers of requests and responses, which operations refer to."""

from typing import Any

from chalicelib.edge.openapi.schemas import Schema


def response_headers() -> dict[str, Any]:
    """Return the headers of responses."""
    text: Schema = {"type": "string"}
    return {
        "Allow": {"description": "The methods that the path supports.", "schema": text},
        "ETag": {"description": "The version of the returned entity.", "schema": text, "example": '"3"'},
        "ETag-Weak": {
            "description": "Identifies the body; send it back as `If-None-Match` to get 304 while it is the same.",
            "schema": text,
            "example": _WEAK_TAG,
        },
        "Idempotent-Replayed": {
            "description": "`true` if this is the stored response of a request that was carried out before.",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}},
        "WWW-Authenticate": {"description": "How to authenticate.", "schema": text, "example": "Bearer"},
        "X-Request-Id": {"description": "The server's id of the request, also in the audit trail.", "schema": text},
    }


def request_headers() -> dict[str, Any]:
    """Return the headers of requests."""
    return {
        "Idempotency-Key": _header(
            "Idempotency-Key",
            "Makes retries safe: for 24 hours the same request with the same key gets the stored response.",
            {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
            "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0",
        ),
        "If-Match": _header(
            "If-Match", "The version that you read; the request is refused if it is no longer current.", _VERSION, '"3"'
        ),
        "If-Match-Required": {
            **_header("If-Match", "The version that you read; it must still be current.", _VERSION, '"3"'),
            "required": True,
        },
        "If-None-Match": _header(
            "If-None-Match",
            "The `ETag` of the response that you have, or several of them. While one is current, the answer is 304.",
            {"type": "string"},
            _WEAK_TAG,
        ),
        "X-Request-Id": _header(
            "X-Request-Id",
            "Your id for the request, 1 to 128 visible ASCII characters. It is logged beside the server's own id.",
            {"type": "string"},
            "phone-7-00042",
        ),
    }


_WEAK_TAG = 'W/"9f2c4b1d7a3e5f608b1c2d3e"'
_VERSION: Schema = {"type": "string", "pattern": '^((W/)?"[0-9]{1,18}"|[0-9]{1,18})$'}


def _header(name: str, description: str, schema: Schema, example: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": schema, "example": example}
