"""Lists of an organisation with a million modules: each page within its round trips, and bounded in memory.

A year of a large plant does not fit into the memory of an embedded engine, so the indexes of lists are simulated: the
ids are made from the numbers of the modules, and an answer makes the items that it returns, up to 1 MB like DynamoDB.
Everything else, such as the counters and the authentication, is the engine's own.
"""

from __future__ import annotations

import re
import tracemalloc
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from chalicelib.core import aws
from chalicelib.manufacturing import status_counters
from chalicelib.manufacturing.list_keys import list_partitions, list_sort_key, serial_sort_key
from chalicelib.manufacturing.tables import Module, module_key
from tests.benchmarks.capacity import Item, item_size
from tests.benchmarks.metered import MeteredEngine, total
from tests.benchmarks.report import Report, mark
from tests.benchmarks.stage import Hit, Stage, Stopwatch
from tests.builders.manufacturing import Line
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO

TRIPS = 2
MEMORY_MB = 100
_MAX_BYTES = 1_048_576
_MS_APART = 31_536
"""A million modules in a year."""
_BEGIN_MS = 1_740_000_000_000
_SECTIONS = ("SEALED", "SCRAPPED", "IN_PROGRESS", "DRAFT")

HEADER = ("request", "trips", "read units", "rows read", "memory MB", "time ms", "")


def module_id(number: int) -> str:
    """Return the id of a module of the simulation; later modules have greater ids."""
    moment = f"{_BEGIN_MS + number * _MS_APART:012x}"
    return f"MOD-{moment[:8]}-{moment[8:]}-7000-8000-{number:012x}"


@dataclass
class LongList:
    """The indexes of a list of `count` modules; `pattern` is one that is stored."""

    count: int
    pattern: Item
    rows_read: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    """The answers by the range that is read; those of one range come one after the other."""
    _numbers: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _shards: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in range(self.count):
            shard = crc32(module_id(number).encode()) % 4
            self._numbers.setdefault((self._section(number), shard), []).append(number)
        for owner in (None, self.pattern["sku_id"]["S"]):
            partitions = list_partitions(DEMO, Module.kind, owner)
            self._shards |= {partition: shard for shard, partition in enumerate(partitions)}

    def sections(self) -> dict[str, int]:
        """Return the number of modules by section."""
        return {name: sum(len(self._numbers.get((name, shard), ())) for shard in range(4)) for name in _SECTIONS}

    def answer(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the answer to a query of an index of modules, or None for another call."""
        if operation != "Query" or "IndexName" not in request:
            return None
        values = [request["ExpressionAttributeValues"][name]["S"] for name in _placeholders(request, ":")]
        shard = self._shards.get(values[0])
        if shard is None:
            return None
        low, high = (values[1], values[1] + "\U0010ffff") if "begins_with" in _condition(request) else values[1:3]
        self.answers[f"{request['IndexName']} {values[0]} {low}"] += 1
        items, is_cut = self._read(request, shard, low, high)
        conditions = list(_equalities(request))
        kept = [item for item in items if all(item.get(name) == value for name, value in conditions)]
        last = {"LastEvaluatedKey": {name: items[-1][name] for name in self._key_of(request)}} if is_cut else {}
        return {"Items": kept, "Count": len(kept), "ScannedCount": len(items), **last}

    def _read(self, request: Mapping[str, Any], shard: int, low: str, high: str) -> tuple[list[Item], bool]:
        """Return the items of a range, up to the limit or 1 MB, and whether there are more."""
        is_by_serial = request["IndexName"] == "by_serial"
        name = "serial_order" if is_by_serial else "place"
        numbers = self._by_serial(shard) if is_by_serial else self._numbers.get((low.partition("#")[0], shard), [])
        section = low.partition("#")[0]

        def position(number: int) -> str:
            own = module_id(number)
            return serial_sort_key(f"M-{number:07d}", own) if is_by_serial else list_sort_key(section, own)

        first, after = bisect_left(numbers, low, key=position), bisect_right(numbers, high, key=position)
        start = request.get("ExclusiveStartKey")
        forward = request.get("ScanIndexForward", True)
        if start is not None and forward:
            first = bisect_right(numbers, start[name]["S"], key=position)
        elif start is not None:
            after = bisect_left(numbers, start[name]["S"], key=position)
        items: list[Item] = []
        size = 0
        for place in range(first, after) if forward else range(after - 1, first - 1, -1):
            item = self.item(numbers[place])
            size += item_size(item)
            if len(items) == request.get("Limit") or size > _MAX_BYTES:
                return items, True
            items.append(item)
            self.rows_read += 1
        return items, len(items) == request.get("Limit")

    def item(self, number: int) -> Item:
        """Return a module as it is stored."""
        own, status, serial = module_id(number), self._section(number), f"M-{number:07d}"
        key = module_key(DEMO, own)
        texts = {"pk": key.pk, "sk": key.sk, "item_id": own, "serial": serial, "status": status}
        texts |= {"place": list_sort_key(status, own), "serial_order": serial_sort_key(serial, own)}
        texts["search"] = f"{serial} {own}".lower()
        return {**self.pattern, **{name: {"S": text} for name, text in texts.items()}}

    def _by_serial(self, shard: int) -> Sequence[int]:
        if ("", shard) not in self._numbers:
            lists = (self._numbers.get((section, shard), []) for section in _SECTIONS)
            self._numbers["", shard] = sorted(number for numbers in lists for number in numbers)
        return self._numbers["", shard]

    def _section(self, number: int) -> str:
        if number >= self.count - 200:
            return _SECTIONS[2 + number % 2]
        return _SECTIONS[number % 100 == 7]

    @staticmethod
    def _key_of(request: Mapping[str, Any]) -> tuple[str, ...]:
        index = {"of_sku": "sku_list"}.get(request["IndexName"], "org_list")
        return ("pk", "sk", index, "serial_order" if request["IndexName"] == "by_serial" else "place")


def _condition(request: Mapping[str, Any]) -> str:
    return str(request["KeyConditionExpression"])


def _placeholders(request: Mapping[str, Any], mark_: str) -> list[str]:
    return re.findall(rf"{mark_}\w+", _condition(request))


def _equalities(request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the attributes and values that a filter compares."""
    for name, value in re.findall(r"(#\w+) = (:\w+)", request.get("FilterExpression", "")):
        yield request["ExpressionAttributeNames"][name], request["ExpressionAttributeValues"][value]


def run(report: Report, engine: MeteredEngine, *, count: int) -> None:
    """Measure pages and searches in a list of so many modules."""
    report.title(
        f"Lists of {count:,} modules",
        f"At most {TRIPS} round trips, the authentication included, and {MEMORY_MB} MB. Numbered pages keep to",
        "this up to about row 3,000; further back, up to row 10,000, they read on in each of the four shards.",
        "The memory is what one request takes at its peak, the engine's part included.",
    )
    engine.use("long lists", aws.client("dynamodb"))
    stage = Stage(engine)
    stage.enter()
    line = Line(stage.world)
    batch = line.batch(cellsPerModule=48)
    pattern = line.stored_module(line.module(batch)).serialize()
    long_list = LongList(count, pattern)
    owners = [None, batch["skuId"]]
    counts = long_list.sections()
    stage.world.run(lambda work: status_counters.change_counts(work, DEMO, "module", owners, counts))
    engine.simulation = long_list.answer
    rows = []
    try:
        for name, query, budget in _requests(line, batch["skuId"], count):
            status = 422 if query.get("page") == "102" else 200
            hit = Hit("GET", "/v1/modules", line.viewer, query=query, status=status)
            is_hit, row = _measure(stage, long_list, hit, name, budget)
            report.judge(f"lists, {name}", hit=is_hit, figure=f"{row[1]} round trips, {row[4]} MB")
            rows.append(row)
    finally:
        engine.simulation = None
    report.table(HEADER, rows)


def _requests(line: Line, sku_id: str, count: int) -> Iterator[tuple[str, dict[str, str], int | None]]:
    """Yield the name of each request, its query and its largest number of round trips (None: none)."""
    middle = f"M-{count // 2:07d}"
    yield "the first page", {}, TRIPS
    yield "the first page of 100", {"pageSize": "100"}, TRIPS
    yield "of one status", {"status": "SEALED"}, TRIPS
    yield "of one SKU", {"skuId": sku_id}, TRIPS
    cursor = line.viewer.get("/v1/modules?pageSize=100&status=SEALED").json["meta"]["nextCursor"]
    yield "after a cursor", {"pageSize": "100", "status": "SEALED", "cursor": cursor}, TRIPS
    yield "row 2,900", {"page": "30", "pageSize": "100"}, TRIPS
    yield "row 9,900, the last that has a number", {"page": "100", "pageSize": "100"}, None
    yield "beyond row 10,000 by number: 422", {"page": "102", "pageSize": "100"}, TRIPS
    yield "q: a serial number", {"q": middle}, TRIPS
    yield "q: its begin, 100 matches", {"q": middle[:-2]}, TRIPS
    yield "q: the begin of all", {"q": "m-"}, TRIPS
    yield "q: an id", {"q": module_id(count // 3)}, TRIPS
    yield "q: the begin of an id", {"q": module_id(count // 3)[:13]}, TRIPS
    yield "q: the begin of all, of a rare status", {"q": "m-", "status": "DRAFT"}, TRIPS


def _measure(stage: Stage, long_list: LongList, hit: Hit, name: str, budget: int | None) -> tuple[bool, Sequence[str]]:
    """Return whether a request keeps to its budget, and its row."""
    event = hit.event()
    with stage.engine.watch(calm_s=0) as notebook:
        stage.answer(event, hit.status)
    units, long_list.rows_read = total(notebook.calls).read, 0
    long_list.answers.clear()
    with counted_trips(stage.engine) as counted:
        stage.answer(event, hit.status)
    trips, rows = max(len(counted), 1 + max(long_list.answers.values(), default=0)), long_list.rows_read
    with Stopwatch() as watch:
        stage.answer(event, hit.status)
    tracemalloc.start()
    stage.answer(event, hit.status)
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    is_hit = memory <= MEMORY_MB and (budget is None or trips <= budget)
    time_ms = f"{watch.took.cpu * 1000:.0f}"
    return is_hit, (name, f"{trips}", f"{units:.1f}", f"{rows:,}", f"{memory:.1f}", time_ms, mark(hit=is_hit))
