"""Ends every answer of the engine after one item, as DynamoDB may end any answer early (at 1 MB, or at 16 MB).

Tests choose it with `BATON_TEST_SHORT_PAGES=1`: whoever does not read on then misses items.
"""

import json
import os
from collections.abc import Callable
from typing import Any

from infra.local.engine_response import EngineResponse

Execute = Callable[[str, dict[str, Any]], EngineResponse]


def is_chosen() -> bool:
    """Return whether the environment asks for it."""
    return os.environ.get("BATON_TEST_SHORT_PAGES") == "1"


def executing(execute: Execute) -> Execute:
    """Return `execute` with short answers of `Query`, `Scan` and `BatchGetItem`."""

    def short(operation: str, request: dict[str, Any]) -> EngineResponse:
        if operation in ("Query", "Scan"):
            return execute(operation, request | {"Limit": min(1, request.get("Limit", 1))})
        if operation != "BatchGetItem":
            return execute(operation, request)
        first, unread = _split(request["RequestItems"])
        response = execute(operation, request | {"RequestItems": first})
        if response.status != 200 or not unread:
            return response
        return EngineResponse(200, json.dumps(json.loads(response.body) | {"UnprocessedKeys": unread}).encode())

    return short


def _split(tables: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the request of the first key, and that of the others. A request for one key or none stays whole."""
    table, request = next(iter(tables.items()))
    if len(request["Keys"]) > 1:
        rest = {table: request | {"Keys": request["Keys"][1:]}}
        return {table: request | {"Keys": request["Keys"][:1]}}, tables | rest
    return {table: request}, {name: other for name, other in tables.items() if name != table}
