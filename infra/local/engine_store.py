"""A DynamoDB in memory: moto's request handler and data model behind one lock.

Every request, from a client in this process or over HTTP, is one call of `Store.handle`. It skips the parts of moto
that serve all of AWS (service lookup, parsing and serialising by service model), which take most of the time of a call,
and decodes and encodes JSON itself.

Limits: calls run one after the other, and all regions and accounts share one set of tables.
"""

import json
import logging
from collections.abc import Mapping
from threading import RLock
from typing import Any, NamedTuple

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from infra.local import engine_short_pages as short_pages
from infra.local.engine_backend import Backend, Handler
from infra.local.engine_hooks import Hooks
from infra.local.engine_response import EngineResponse, engine_error, success

# moto's methods are named after the operations: GetItem is get_item. These three methods are not operations.
_NO_OPERATIONS = frozenset({"call_action", "dynamodb_backend", "get_endpoint_name"})
_METHODS = {
    "".join(word.capitalize() for word in name.split("_")): name
    for name in vars(DynamoHandler)
    if not name.startswith("_") and name not in _NO_OPERATIONS
}

_log = logging.getLogger(__name__)


class Snapshot(NamedTuple):
    """The content of all tables at one time."""

    items: Mapping[str, Mapping[Any, Any]]


class Store:
    """The tables and their operations. Threads may share it."""

    def __init__(self) -> None:
        self.hooks = Hooks()
        self._backend = Backend("us-east-1", "000000000000")
        self._lock = RLock()
        self.has_short_pages = short_pages.is_chosen()
        """Whether every answer with several items ends after the first one."""

    def handle(self, operation: str, body: bytes | str) -> EngineResponse:
        """Execute one call, such as `("GetItem", '{"TableName": ...}')`. Raise only exceptions of hooks."""
        try:
            request = json.loads(body or "{}")
        except ValueError:
            return engine_error("SerializationException", "The request is not JSON")
        self.hooks.run(operation, request)
        fault = self.hooks.take_fault(operation)
        if fault is not None and not fault.after:
            return fault.response(request)
        execute = short_pages.executing(self._execute) if self.has_short_pages else self._execute
        with self._lock:
            response = execute(operation, request)
        return response if fault is None else fault.response(request)

    def clear(self) -> None:
        """Remove all items of all tables. The tables stay."""
        with self._lock:
            self._backend.clear()

    def snapshot(self) -> Snapshot:
        """Return the content of all tables."""
        with self._lock:
            return Snapshot(self._backend.snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        """Set the content of all tables to a snapshot; tables created since are emptied."""
        with self._lock:
            self._backend.restore(snapshot.items)

    def _execute(self, operation: str, request: dict[str, Any]) -> EngineResponse:
        method = _METHODS.get(operation)
        if method is None:
            return engine_error("UnknownOperationException", f"The engine does not support {operation}")
        try:
            result: ActionResult = getattr(Handler(self._backend, request), method)()
            return success(result.result)
        except HTTPException as error:
            return EngineResponse(error.code or 400, (error.description or "").encode())
        except ServiceException as error:
            return engine_error(error.code, error.message)
        except Exception as error:  # noqa: BLE001 (a defect of moto must not look like a lost connection)
            # Not a 500, because the client would retry a call that fails each time.
            _log.exception("The engine cannot execute %s", operation)
            return engine_error("ValidationException", f"The engine cannot execute this {operation}: {error!r}")
