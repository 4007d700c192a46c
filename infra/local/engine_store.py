"""One DynamoDB in memory: moto's request handler and data model, behind one lock.

Every request, whether it comes from a client in this process or over HTTP, is one call of `Store.handle`. It skips
what moto does around its handler to serve all of AWS (finding the service, reading and answering by the service
model), which takes most of the time of a call and which plain JSON in and out replaces.

Traded away: calls are carried out one after the other, and there is one set of tables whatever the region and
account.
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

from infra.local.engine_answer import Answer, refusal, success
from infra.local.engine_backend import Backend, Handler
from infra.local.engine_hooks import Hooks

# moto names its methods after the operations: GetItem is get_item. These three of its class are no operations.
_NO_OPERATIONS = frozenset({"call_action", "dynamodb_backend", "get_endpoint_name"})
_METHODS = {
    "".join(word.capitalize() for word in name.split("_")): name
    for name in vars(DynamoHandler)
    if not name.startswith("_") and name not in _NO_OPERATIONS
}

_log = logging.getLogger(__name__)


class Snapshot(NamedTuple):
    """What the tables held at one moment."""

    items: Mapping[str, Mapping[Any, Any]]


class Store:
    """The tables and the way to call them, for any number of threads."""

    def __init__(self) -> None:
        self.hooks = Hooks()
        self._backend = Backend("us-east-1", "000000000000")
        self._lock = RLock()

    def handle(self, operation: str, body: bytes | str) -> Answer:
        """Carry out one call, such as `("GetItem", '{"TableName": ...}')`. Raises only what a hook raises."""
        try:
            request = json.loads(body or "{}")
        except ValueError:
            return refusal("SerializationException", "The request is not JSON")
        self.hooks.run(operation, request)
        fault = self.hooks.take_fault(operation)
        if fault is not None and not fault.after:
            return fault.answer(request)
        with self._lock:
            answer = self._carry_out(operation, request)
        return answer if fault is None else fault.answer(request)

    def clear(self) -> None:
        """Remove all items of all tables; the tables stay."""
        with self._lock:
            self._backend.clear()

    def snapshot(self) -> Snapshot:
        """Return what all tables hold."""
        with self._lock:
            return Snapshot(self._backend.snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        """Let the tables hold what they held then; a table that has come since is empty."""
        with self._lock:
            self._backend.restore(snapshot.items)

    def _carry_out(self, operation: str, request: dict[str, Any]) -> Answer:
        method = _METHODS.get(operation)
        if method is None:
            return refusal("UnknownOperationException", f"The engine knows no {operation}")
        try:
            result: ActionResult = getattr(Handler(self._backend, request), method)()
            return success(result.result)
        except HTTPException as error:
            return Answer(error.code or 400, (error.description or "").encode())
        except ServiceException as error:
            return refusal(error.code, error.message)
        except Exception as error:  # noqa: BLE001 (a defect of moto must not look like a lost connection)
            # Not a 500: the client would try again, with growing pauses, what fails the same way each time.
            _log.exception("The engine cannot carry out %s", operation)
            return refusal("ValidationException", f"The engine cannot carry out this {operation}: {error!r}")
