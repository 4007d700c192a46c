"""Exports of units that went every way: one event id has one content, whenever and under whatever settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders.histories import export_path, history_of, next_page
from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import Answer, World

GTINS = {"cell": "09521234543206", "module": "09521234543213", "pack": "09521234543220"}
SETTINGS: list[Data] = [
    {},
    {"ownAddress": "https://trace.example.com"},
    {"digitalLink": "https://id.example.com"},
]


def correct(line: Line, cell: str, lot: str) -> Answer:
    """Give a cell another lot."""
    return line.qa.patch(f"/v1/cells/{cell}/lot", {"lot": lot, "reason": "label of another roll"})


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


class Lives:
    """Steps of one pack and its modules, and what has been exported after each."""

    def __init__(self, line: Line, batch: Data) -> None:
        self.line, self.batch = line, batch
        self.by_id: dict[str, Any] = {}
        self.serials: set[str] = set()
        self.latest: dict[str, set[str]] = {}

    def step(self, act: Callable[[], Any]) -> Any:
        """Take a step a minute later, export every unit, and return the answer's data."""
        self.line.world.clock.advance(minutes=1)
        answer = act()
        shown = data(answer, answer.status)
        self.export()
        return shown

    def module(self) -> Data:
        """Return a sealed module, one of whose cells was unbound and bound again."""
        module = self.line.full_module(self.batch, "LOT-1")
        cell, _ = self.line.cells_of(module)
        data(self.line.unbind(module, cell))
        data(self.line.bind(module, cell, "LOT-1"))
        self.serials |= {module["serial"], cell}
        return data(self.line.seal("modules", module))

    def export(self) -> None:
        """Check every history by the schema, its ids against those before, and that nothing exported is lost."""
        for serial in sorted(self.serials):
            events = history_of(self.line.viewer, serial)
            ids = {event["eventID"] for event in events}
            assert len(ids) == len(events), serial
            for event in events:
                assert self.by_id.setdefault(event["eventID"], event) == event
            own = {event["eventID"] for event in events if event["baton:serial"] == serial}
            assert self.latest.get(serial, set()) <= own, serial
            self.latest[serial] = own


def test_exports_after_every_step_agree(line: Line) -> None:
    batch = line.batch(gtins={"pack": GTINS["pack"]})
    lives = Lives(line, batch)
    first, second, spare = (lives.module() for _ in range(3))
    pack = lives.step(lambda: line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P-1"}))
    lives.serials.add("P-1")
    for act in (
        lambda: line.bind_module(pack, first),
        lambda: line.unbind_module(pack, first),
        lambda: line.bind_module(pack, first),
        lambda: line.bind_module(pack, second),
        lambda: line.seal("packs", pack),
        lambda: line.dispose(pack, "QUARANTINE"),
        lambda: line.dispose(pack, "FAIL"),
        lambda: line.rework(pack),
        lambda: line.unbind_module(pack, second),
        lambda: line.scrap(second),
        lambda: line.bind_module(pack, spare),
        lambda: line.seal("packs", pack),
        lambda: line.dispose(pack, "PASS"),
        lambda: line.ship(pack),
        lambda: correct(line, line.cells_of(first)[0], "LOT-2"),
        lambda: line.take_back(pack),
        lambda: correct(line, line.cells_of(second)[0], "LOT-2"),
        lambda: line.dispose(pack, "PASS"),
        lambda: line.ship(pack, "Contoso"),
        lambda: line.take_back(pack),
        lambda: line.void(pack),
        lambda: line.scrap(first, "scrap"),
    ):
        lives.step(act)
    for body in SETTINGS:
        assert line.admin.put("/v1/organisation/settings/traceability", body).status == 200
        lives.latest.clear()
        lives.export()


def test_units_are_named_by_the_gtins_of_their_sku(line: Line) -> None:
    batch = line.batch(gtins=GTINS)
    settings = {"gtins": {batch["skuId"]: {"pack": "09521234543237"}}}
    assert line.admin.put("/v1/organisation/settings/traceability", settings).status == 200
    pack = line.finished_pack(batch)
    [created, bound, *_] = history_of(line.viewer, pack["serial"])
    link = "https://id.gs1.org/01"
    module = line.modules_of(pack)[0]["serial"]
    assert created["epcList"] == [f"{link}/{GTINS['pack']}/21/{pack['serial']}"]
    assert bound["childEPCs"][0] == f"{link}/{GTINS['module']}/21/{module}"
    [cell, *_] = line.cells_of(line.modules_of(pack)[0])
    assert history_of(line.viewer, cell)[1]["childEPCs"][0] == f"{link}/{GTINS['cell']}/21/{cell}"
    data(correct(line, cell, "LOT-2"))
    free = line.full_module(batch, "LOT-1")
    [unbound, _] = line.cells_of(free)
    data(line.unbind(free, unbound))
    data(correct(line, unbound, "LOT-2"))
    for serial in (cell, unbound):
        [corrected] = [event for event in history_of(line.viewer, serial) if event["bizStep"] == "other"]
        assert corrected["epcList"] == [f"{link}/{GTINS['cell']}/21/{serial}"]


def test_pages_of_a_pack_of_many_reworks_are_at_most_3_mb(line: Line) -> None:
    batch = line.batch()
    pack = line.ready_pack(batch)
    for _ in range(8):
        line.world.clock.advance(minutes=1)
        data(line.rework(pack))
        data(line.seal("packs", pack))
    expected = history_of(line.viewer, pack["serial"])
    assert sum(event["bizStep"] == "repairing" for event in expected) == 8
    path: str | None = f"{export_path(pack['serial'])}?perPage=3"
    found: list[str] = []
    while path is not None:
        answer = line.viewer.get(path)
        assert len(json.dumps(answer.text)) <= 3_000_000
        found += [event["eventID"] for event in answer.json["epcisBody"]["eventList"]]
        path = next_page(pack["serial"], answer)
    assert found == [event["eventID"] for event in expected]
