"""What the engine answers to one call, as it goes over the wire, and how an error of DynamoDB looks there."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

ERROR_PREFIX = "com.amazonaws.dynamodb.v20120810#"
CONTENT_TYPE = "application/x-amz-json-1.0"

_STATUS = {"InternalServerError": 500, "ServiceUnavailable": 503}


@dataclass(frozen=True)
class Answer:
    """An HTTP status and the bytes of a JSON body."""

    status: int
    body: bytes


def success(result: Any) -> Answer:
    """Return the answer that carries the result of one of moto's operations."""
    return Answer(200, json.dumps(result or {}, default=_plain, check_circular=False).encode())


def refusal(code: str, message: str, **details: Any) -> Answer:
    """Return the answer for an error of DynamoDB, with the status that DynamoDB gives it."""
    body = {"__type": ERROR_PREFIX + code, "message": message, **details}
    return Answer(_STATUS.get(code, 400), json.dumps(body).encode())


def _plain(value: Any) -> Any:
    if isinstance(value, DynamoType):
        return {value.type: value.value}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"moto answered with a {type(value).__name__}, which has no form in JSON")
