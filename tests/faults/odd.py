"""What a fault does to a request or an answer, in the words of DynamoDB."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

_JSON = "application/x-amz-json-1.0"
_SERVICE = "com.amazonaws.dynamodb.v20120810#"
_PAGE = b"<html><head><title>Bad gateway</title></head><body>The server is not available.</body></html>"
_SINGLE_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
_DATA = _SINGLE_WRITES | {"GetItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem", "TransactWriteItems"}
_BATCHES = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}


@dataclass(frozen=True, slots=True)
class Request:
    """A call to the engine: the lines of its head, the name of its operation, and its body."""

    head: tuple[bytes, ...]
    operation: str
    body: bytes

    def with_body(self, body: bytes) -> Request:
        """Return the request with another body."""
        kept = tuple(line for line in self.head if not line.lower().startswith(b"content-length:"))
        return replace(self, head=(*kept, b"Content-Length: %d" % len(body)), body=body)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the engine. `sent` bytes of the body are sent, then the connection ends; None: all of them."""

    status: int
    body: bytes
    content_type: str = _JSON
    crc: int | None = None
    sent: int | None = None

    def encoded(self) -> bytes:
        """Return the answer as it is sent."""
        lines = [f"HTTP/1.1 {self.status} Faulty", f"Content-Type: {self.content_type}"]
        lines.append(f"Content-Length: {len(self.body)}")
        if self.crc is not None:
            lines.append(f"x-amz-crc32: {self.crc}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body[: self.sent]


def answer_of(status: int, content: object) -> Answer:
    """Return a JSON answer with its checksum."""
    body = json.dumps(content).encode()
    return Answer(status, body, crc=zlib.crc32(body))


def error(status: int, code: str, message: str, **more: object) -> Answer:
    """Return an error as DynamoDB sends it."""
    return answer_of(status, {"__type": _SERVICE + code, "message": message, **more})


def _canceled(request: Request, reason: str, message: str) -> Answer:
    """Return the refusal of a transaction for a reason that one of its items has."""
    count = len(json.loads(request.body)["TransactItems"])
    reasons = [{"Code": reason, "Message": message}, *({"Code": "None"} for _ in range(count - 1))]
    codes = ", ".join(one["Code"] for one in reasons)
    text = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return error(400, "TransactionCanceledException", text, Message=text, CancellationReasons=reasons)


def _throttle(request: Request) -> Answer:
    if request.operation == "TransactWriteItems":
        return _canceled(request, "ThrottlingError", "Throughput exceeds the current capacity of your table or index.")
    message = "The level of configured provisioned throughput for the table was exceeded."
    return error(400, "ProvisionedThroughputExceededException", message)


def _conflict(request: Request) -> Answer:
    message = "Transaction is ongoing for the item"
    if request.operation == "TransactWriteItems":
        return _canceled(request, "TransactionConflict", message)
    return error(400, "TransactionConflictException", message)


def _internal(_: Request) -> Answer:
    return error(500, "InternalServerError", "The request could not be processed because of an internal failure.")


INSTEAD: Mapping[str, Callable[[Request], Answer]] = {
    "throttle": _throttle,
    "conflict": _conflict,
    "error_before": _internal,
    "html": lambda _: Answer(503, _PAGE, "text/html"),
}
"""Answers in place of the engine's, which does not get the request."""

AFTERWARDS: Mapping[str, Callable[[Request, Answer], Answer]] = {
    "error_after": lambda request, _: _internal(request),
    "no_body": lambda _, __: Answer(500, b""),
    "short": lambda _, answer: replace(answer, sent=len(answer.body) // 2),
    "wrong_crc": lambda _, answer: replace(answer, crc=zlib.crc32(answer.body) ^ 1),
    "html_ok": lambda _, __: Answer(200, _PAGE, "text/html"),
    "empty": lambda _, __: Answer(200, b""),
}
"""What becomes of the engine's answer, after it carried the request out."""


def applies(fault: str, operation: str) -> bool:
    """Return whether a fault can happen to an operation. Operations on tables have none."""
    if fault == "conflict":
        return operation == "TransactWriteItems" or operation in _SINGLE_WRITES
    if fault == "unprocessed":
        return operation in _BATCHES
    if fault == "one_item":
        return operation == "Query"
    return operation in _DATA


def with_one_item(request: Request) -> Request:
    """Return a query whose page ends after one item."""
    return request.with_body(json.dumps({**json.loads(request.body), "Limit": 1}).encode())


def divided(request: Request, random_source: Random) -> tuple[Request, dict[str, Any]]:
    """Return a batch with a part of its keys (at least one), and the rest in the form of an answer's rest."""
    content = json.loads(request.body)
    kept: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for table, asked in content["RequestItems"].items():
        keys = asked["Keys"] if isinstance(asked, dict) else asked
        chosen = [key for key in keys if random_source.random() < 0.5] or (keys[:1] if not kept else [])
        left = [key for key in keys if key not in chosen]
        for target, part in ((kept, chosen), (rest, left)):
            if part:
                target[table] = {**asked, "Keys": part} if isinstance(asked, dict) else part
    return request.with_body(json.dumps({**content, "RequestItems": kept}).encode()), rest


def with_rest(request: Request, answer: Answer, rest: Mapping[str, Any]) -> Answer:
    """Return the answer of a divided batch, which names what was not processed."""
    name = _BATCHES[request.operation]
    if answer.status != 200 or not rest:
        return answer
    content = json.loads(answer.body)
    return answer_of(200, {**content, name: {**rest, **content.get(name, {})}})
