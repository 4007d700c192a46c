"""Dispositions of packs: how values are rounded, and how many the responses hold."""

import json

import pytest

from chalicelib.core.store import get
from chalicelib.manufacturing.quality.queries import NEWEST
from chalicelib.manufacturing.quality.tables import disposition_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import World

LARGEST = 3_000_000
"""The largest response in bytes, including the quoting of its envelope."""


def measured(**values: float) -> Data:
    return {name: {"value": value, "unit": "V"} for name, value in values.items()}


def quarantined(line: Line, number: int, measurements: Data) -> Data:
    """Return a pack that was quarantined so often with these measurements, of which only the first are stored here."""
    pack = line.ready_pack(line.batch())
    data(line.dispose(pack, "QUARANTINE", notes="0", measurements=measurements))
    stored = line.stored_pack(pack)
    first = get(disposition_key(stored.pk, stored.version))
    assert first is not None
    values = {name: value for name, value in first.attribute_values.items() if name not in ("pk", "sk")}
    for version in range(stored.version + 1, stored.version + number):
        record = disposition_key(stored.pk, version).new(**values | {"notes": str(version - stored.version)})
        record.save()
    return pack


def records(line: Line, pack: Data, query: str = "") -> Data:
    answer = line.viewer.get(f"/v1/packs/{pack['id']}/dispositions{query}")
    assert answer.status == 200, answer
    assert len(json.dumps(answer.text)) < LARGEST
    page: Data = answer.json
    return page


def all_records(line: Line, pack: Data, limit: int) -> list[Data]:
    """Return all dispositions, page by page."""
    page = records(line, pack, f"?limit={limit}")
    found = page["data"]
    while page["meta"]["nextCursor"] is not None:
        assert 0 < len(page["data"]) <= limit
        page = records(line, pack, f"?limit={limit}&cursor={page['meta']['nextCursor']}")
        found += page["data"]
    return list(found)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(26.400000000000002, 26.4), (0.1 + 0.2, 0.3), (1.0000005, 1), (1.0000015, 1.000002), (-1e-9, 0), (1e9, 1e9)],
)
def test_measured_values_are_rounded_to_six_places(world: World, sent: float, kept: float) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    data(line.dispose(pack, "QUARANTINE", measurements=measured(A=sent)))
    [record] = records(line, pack)["data"]
    assert record["measurements"] == measured(A=kept)


def test_limits_hold_for_the_rounded_value(world: World) -> None:
    line = Line(world)
    limits = {"Ratio": {"max": 0.3, "unit": "V"}}
    pack = line.ready_pack(line.batch(limits=limits))
    over = line.dispose(pack, "PASS", measurements=measured(Ratio=0.300001))
    assert over.json["error"]["details"]["measurements"][0]["value"] == 0.300001
    assert data(line.dispose(pack, "PASS", measurements=measured(Ratio=0.1 + 0.2)))["status"] == "FINALIZED"


def test_every_invalid_value_is_named(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    values = {"A": "1_000", "B": 1, "C": 1_000_000_001, "D": True, "E": -1e30}
    body = {name: {"value": value, "unit": "V"} for name, value in values.items()}
    answer = line.dispose(pack, "PASS", measurements=body)
    assert answer.status == 422
    assert set(answer.fields) == {f"measurements.{name}.value" for name in "ACDE"}
    many = {f"M{number}": {"value": 1, "unit": "V"} for number in range(201)}
    answer = line.dispose(pack, "FAIL", measurements=many)
    assert (answer.status, set(answer.fields)) == (422, {"measurements"})


def test_a_detail_holds_the_newest_dispositions_and_the_list_all(world: World) -> None:
    line = Line(world)
    pack = quarantined(line, 50, measured(A=1))
    shown = data(line.viewer.get(f"/v1/packs/{pack['id']}"))["dispositions"]
    assert [int(record["notes"]) for record in shown] == list(range(50 - NEWEST, 50))
    for limit in (1, 7, 100):
        assert [int(record["notes"]) for record in all_records(line, pack, limit)] == list(reversed(range(50)))


def test_responses_are_bounded_for_five_hundred_dispositions_of_two_hundred_measurements(
    world: World, engine: EmbeddedEngine
) -> None:
    line, letter = Line(world), "\N{BATTERY}"
    names = [f"{number:03d}{letter * 61}" for number in range(200)]
    pack = quarantined(line, 500, {name: {"value": -987654321.123456, "unit": letter * 16} for name in names})
    with counted_trips(engine) as made:
        answer = line.viewer.get(f"/v1/packs/{pack['id']}")
    assert answer.status == 200
    assert len(json.dumps(answer.text)) < LARGEST
    assert len(made) <= 3
    page = records(line, pack, "?limit=100")
    assert 0 < len(page["data"]) < 100
    following = records(line, pack, f"?limit=100&cursor={page['meta']['nextCursor']}")
    assert int(following["data"][0]["notes"]) == int(page["data"][-1]["notes"]) - 1


def test_cursor_of_another_pack_is_refused(world: World) -> None:
    line = Line(world)
    packs = [quarantined(line, 3, measured(A=1)) for _ in range(2)]
    cursor = records(line, packs[0], "?limit=1")["meta"]["nextCursor"]
    answer = line.viewer.get(f"/v1/packs/{packs[1]['id']}/dispositions?limit=1&cursor={cursor}")
    assert (answer.status, set(answer.fields)) == (422, {"cursor"})
