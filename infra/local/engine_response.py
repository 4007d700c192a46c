"""The engine's responses in their wire format, including the errors of DynamoDB."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

ERROR_PREFIX = "com.amazonaws.dynamodb.v20120810#"
CONTENT_TYPE = "application/x-amz-json-1.0"

_STATUS = {"InternalServerError": 500, "ServiceUnavailable": 503}


@dataclass(frozen=True)
class EngineResponse:
    """An HTTP status and a JSON body, and headers beside the usual ones."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def success(result: Any) -> EngineResponse:
    """Return the response for the result of a moto operation."""
    return EngineResponse(200, json.dumps(result or {}, default=_plain, check_circular=False).encode())


def engine_error(code: str, message: str, **details: Any) -> EngineResponse:
    """Return the response for an error of DynamoDB, with DynamoDB's status."""
    body = {"__type": ERROR_PREFIX + code, "message": message, **details}
    return EngineResponse(_STATUS.get(code, 400), json.dumps(body).encode())


def _plain(value: Any) -> Any:
    if isinstance(value, DynamoType):
        return {value.type: value.value}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"moto returned a {type(value).__name__}, which cannot be encoded as JSON")
