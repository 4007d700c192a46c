"""An embedded engine that records calls, their times and costs, and can undo them.

Two ways of listening. `watch` lets no call end before a while has passed in which no other began, so that calls made
at once really overlap, however slow the machine starts its threads, and can be told from calls made in sequence; it
also looks at the items before and after, for the units. That costs time, so times are taken in `note` instead, which
only keeps each request.

It can hold several sets of tables and answer from one of them at a time, so that a small and a large one are measured
in turns and the machine's moods meet both.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import current_thread
from typing import Any

from infra.local.engine import EmbeddedEngine
from infra.local.engine_response import EngineResponse
from infra.local.engine_store import Store
from infra.tables import create_missing
from tests.benchmarks.capacity import Item, Units
from tests.benchmarks.pricing import Images, Place, places, price

_CALM_S = 0.06


@dataclass(slots=True)
class Call:
    """A call to the engine. `delivery` is true for calls of event delivery, after the commit, and for those beside it.

    `engine_s` is the processor time that the embedded engine took, which a real store would take elsewhere.
    """

    operation: str
    body: bytes | str
    delivery: bool
    started: float = 0.0
    ended: float = 0.0
    engine_s: float = 0.0
    units: Units = field(default_factory=Units)


@dataclass(slots=True)
class Notebook:
    """The calls of one request."""

    calls: list[Call] = field(default_factory=list)
    priced: bool = False
    delivering: bool = False
    calm_s: float = 0.0
    last_started: float = 0.0

    def of(self, *, delivery: bool) -> list[Call]:
        """Return the calls of one phase in order."""
        return [call for call in self.calls if call.delivery is delivery]


def in_sequence(calls: Sequence[Call]) -> list[list[Call]]:
    """Return the calls grouped to round trips: concurrent calls are one."""
    rounds: list[list[Call]] = []
    for call in sorted(calls, key=lambda call: call.started):
        if not rounds or call.started >= min(earlier.ended for earlier in rounds[-1]):
            rounds.append([])
        rounds[-1].append(call)
    return rounds


def total(calls: Sequence[Call]) -> Units:
    """Return the total cost of the calls."""
    return sum((call.units for call in calls), Units())


def without_filter(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query that reads the same items and leaves none out, with the names and values that it needs."""
    rest = {name: value for name, value in request.items() if name != "FilterExpression"}
    expressions = f"{rest['KeyConditionExpression']} "
    for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        known = request.get(kind, {})
        rest[kind] = {name: value for name, value in known.items() if re.search(rf"{name}\b", expressions)}
    return rest


class MeteredEngine(EmbeddedEngine):
    """An embedded engine that records calls."""

    def __init__(self) -> None:
        super().__init__()
        self.simulation: Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None] | None = None
        """Answers calls instead of the engine, unless it returns None."""
        self._notebook: Notebook | None = None
        self._stores: dict[str, Store] = {}

    def use(self, name: str, client: Any) -> None:
        """Use the set of tables of this name; create it the first time."""
        known = name in self._stores
        self._store = self._stores.setdefault(name, Store())
        if not known:
            create_missing(client)

    def drop(self, name: str) -> None:
        """Delete a set of tables."""
        self._stores.pop(name, None)

    @contextmanager
    def note(self) -> Iterator[Notebook]:
        """Record each request while the block runs."""
        yield from self._listening(Notebook())

    @contextmanager
    def watch(self, calm_s: float = _CALM_S) -> Iterator[Notebook]:
        """Record each request with its time and cost; calls wait for concurrent ones.

        `calm_s` is how long no call must have begun before one may end; 0 where only prices are of interest.
        """
        yield from self._listening(Notebook(priced=True, calm_s=calm_s))

    def handle(self, operation: str, body: bytes | str) -> EngineResponse:
        """Execute one call, and record it if recording is on."""
        notebook = self._notebook
        if notebook is None:
            return self._execute(operation, body)
        is_beside = current_thread().name.startswith("during_delivery")
        call = Call(operation, body, notebook.delivering or is_beside)
        notebook.calls.append(call)
        if notebook.priced:
            return self._priced(call, notebook)
        before = time.thread_time()
        answer = self._execute(operation, body)
        call.engine_s = time.thread_time() - before
        return answer

    def item(self, place: Place) -> Item | None:
        """Return the current item."""
        table, pk, sk = place
        request = {"TableName": table, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}, "ConsistentRead": True}
        found: Item | None = json.loads(super().handle("GetItem", json.dumps(request)).body).get("Item")
        return found

    def put_back(self, calls: Sequence[Call], items: Mapping[Place, Item]) -> None:
        """Restore the items that these calls wrote to their state in `items`."""
        for place in {place for call in calls for place in places(call.operation, json.loads(call.body))}:
            table, pk, sk = place
            if place in items:
                self._must("PutItem", {"TableName": table, "Item": items[place]})
            else:
                self._must("DeleteItem", {"TableName": table, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}})

    def everything(self, tables: Sequence[str]) -> dict[Place, Item]:
        """Return all items of these tables."""
        found = {}
        for table in tables:
            request: dict[str, Any] | None = {"TableName": table}
            while request is not None:
                page = self._must("Scan", request)
                found.update({(table, item["pk"]["S"], item["sk"]["S"]): item for item in page["Items"]})
                last = page.get("LastEvaluatedKey")
                request = {"TableName": table, "ExclusiveStartKey": last} if last else None
        return found

    def fill(self, table: str, items: Sequence[Item]) -> None:
        """Put many items without the cost of a client."""
        for start in range(0, len(items), 25):
            writes = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            self._must("BatchWriteItem", {"RequestItems": {table: writes}})

    def _listening(self, notebook: Notebook) -> Iterator[Notebook]:
        self._notebook = notebook
        try:
            yield notebook
        finally:
            self._notebook = None

    def _execute(self, operation: str, body: bytes | str) -> EngineResponse:
        if self.simulation is None:
            return super().handle(operation, body)
        request: dict[str, Any] = json.loads(body)
        answer = self.simulation(operation, request)
        if answer is None:
            return super().handle(operation, body)
        self._store.hooks.run(operation, request)
        return EngineResponse(200, json.dumps(answer).encode())

    def _priced(self, call: Call, notebook: Notebook) -> EngineResponse:
        request = json.loads(call.body)
        touched = places(call.operation, request)
        call.started = notebook.last_started = time.perf_counter()
        while time.perf_counter() < notebook.last_started + notebook.calm_s:
            time.sleep(notebook.calm_s / 10)
        before = {place: self.item(place) for place in touched}
        answer = self._execute(call.operation, call.body)
        after = {place: self.item(place) for place in touched}
        result = json.loads(answer.body) if answer.status == 200 else None
        if "FilterExpression" in request:  # what the filter leaves out is read, and paid for, as well
            result = self._must(call.operation, without_filter(request))
            request = without_filter(request)
        call.units = price(call.operation, request, result, Images(before, after))
        call.ended = time.perf_counter()
        return answer

    def _must(self, operation: str, request: Mapping[str, Any]) -> Any:
        answer = self._execute(operation, json.dumps(request))
        if answer.status != 200:
            raise RuntimeError(f"{operation} was refused: {answer.body.decode()}")
        return json.loads(answer.body)
