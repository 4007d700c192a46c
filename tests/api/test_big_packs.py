"""The cost and completeness of a trace, export and recall of 200 modules of 48 cells."""

import json
from collections import Counter
from typing import Any

from infra.local.engine import EmbeddedEngine
from tests.api.test_trace import trace
from tests.builders.big_pack import BigPack, big_pack
from tests.builders.epcis import events_of
from tests.builders.histories import next_page
from tests.builders.manufacturing import Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import World

LARGEST = 6 * 1024 * 1024
"""The largest response of a Lambda in bytes, including the quoting of its envelope."""


def traced(line: Line, engine: EmbeddedEngine, pack: BigPack, limit: int) -> tuple[list[tuple[str, str]], list[int]]:
    """Return the descendants of a pack, and the number of round trips per page."""
    found: list[tuple[str, str]] = []
    trips: list[int] = []
    cursor = ""
    while True:
        with counted_trips(engine) as made:
            answer = trace(line.viewer, pack.serial, f"?limit={limit}{cursor}")
        trips.append(len(made))
        found += [(one["kind"], one["serial"]) for one in data(answer)["descendants"]]
        assert len(json.dumps(answer.text)) < LARGEST
        if answer.json["meta"]["nextCursor"] is None:
            return found, trips
        cursor = f"&cursor={answer.json['meta']['nextCursor']}"


def exported(line: Line, engine: EmbeddedEngine, serial: str, query: str = "") -> tuple[list[Any], list[int]]:
    """Return all events of a history, and the number of round trips per page."""
    events: list[Any] = []
    trips: list[int] = []
    link: str | None = f"/v1/trace/{serial}/export{query}"
    while link:
        with counted_trips(engine) as made:
            answer = line.viewer.get(link)
        trips.append(len(made))
        assert len(json.dumps(answer.text)) < LARGEST
        events += events_of(answer.json)
        link = next_page(serial, answer)
    assert len({event["eventID"] for event in events}) == len(events)
    return events, trips


def bound_in(events: list[Any]) -> Counter[str]:
    """Return how often each part was bound."""
    joined = [event for event in events if event["type"] == "AggregationEvent"]
    return Counter(part["baton:serial"] for event in joined for part in event["baton:parts"])


def test_round_trips_per_page_of_a_large_pack(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    pack = big_pack(line)

    found, trips = traced(line, engine, pack, 1000)
    assert found == pack.below
    assert (len(trips), max(trips)) == (10, 3)

    events, trips = exported(line, engine, pack.serial)
    assert bound_in(events) == Counter(serial for _, serial in pack.below)
    assert (len(trips), max(trips)) == (5, 3)

    last = pack.modules[-1].cells[-1]
    for path, max_trips in (("", 3), ("/export", 3), ("/export?perPage=1", 3)):
        with counted_trips(engine) as made:
            assert line.viewer.get(f"/v1/trace/{last}{path}").status == 200
        assert len(made) <= max_trips, made.made

    with counted_trips(engine) as made:
        answer = line.viewer.get(f"/v1/trace/affected?cellLot={pack.lot}")
    [affected] = answer.json["data"]
    assert (affected["id"], affected["cells"], len(affected["modules"])) == (pack.id, 9600, 200)
    assert (len(made), made.calls) == (4, 7)


def test_module_of_many_single_scans_is_paged(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    pack = big_pack(line, modules=2, cells=300, trays=False)
    found, trips = traced(line, engine, pack, 100)
    assert found == pack.below
    assert max(trips) <= 3
    for serial, below in ((pack.serial, pack.below), (pack.modules[0].serial, pack.below[1:301])):
        events, trips = exported(line, engine, serial, "?perPage=70")
        inside = bound_in(events)
        assert [one for one in below if inside[one[1]] != 1] == []
        assert max(trips) <= 3
