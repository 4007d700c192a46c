"""Corrections of the lots of cells, wherever the cells are."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.core.store import Query
from chalicelib.manufacturing.traceability.tables import LotUse, lot_pk
from infra.local.engine import EmbeddedEngine
from tests.builders.epcis import events_of
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Answer, Person, World

NOW = "2026-03-01T09:00:00Z"


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def correct(person: Person, serial: str, lot: str, **headers: str) -> Answer:
    body = {"lot": lot, "reason": "misread label"}
    return person.patch(f"/v1/cells/{quote(serial, safe='')}/lot", body, **headers)


def affected(line: Line, lot: str) -> list[tuple[str, int]]:
    found: list[Any] = data(line.viewer.get(f"/v1/trace/affected?limit=100&cellLot={lot}"))  # type: ignore[assignment]
    return [(one["id"], one["cells"]) for one in found]


def corrections_in(line: Line, unit: str) -> list[Data]:
    """Return the corrections in the exported history of a unit."""
    answer = line.viewer.get(f"/v1/trace/{unit}/export")
    return [event for event in events_of(answer.json) if event["bizStep"] == "other"]


def shipped_pack(line: Line, lot: str) -> tuple[Data, Data, str]:
    """Return a shipped pack, its module, and the module's cell."""
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    module = line.sealed_module(batch, lot)
    pack = line.pack(batch, [module])
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS"))
    data(line.ship(pack))
    return pack, module, line.cells_of(module)[0]


def test_lot_of_a_cell_in_a_shipped_pack_is_corrected(line: Line) -> None:
    pack, module, cell = shipped_pack(line, "WRONG")
    shown = data(correct(line.qa, cell, "RIGHT"))
    assert shown == {
        "serial": cell,
        "lot": "RIGHT",
        "moduleId": module["id"],
        "corrections": [
            {"lot": "RIGHT", "formerLot": "WRONG", "reason": "misread label", "at": NOW, "byId": line.qa.user_id}
        ],
    }
    assert data(line.viewer.get(f"/v1/cells/{cell}/lot")) == shown
    assert affected(line, "RIGHT") == affected(line, "wrong") == [(pack["id"], 1)]
    detail = data(line.viewer.get(f"/v1/modules/{module['id']}"))
    assert [one["lot"] for one in detail["cells"]] == ["RIGHT"]
    change = {"change": "LOT_CORRECTED", "at": NOW, "byId": line.qa.user_id, "serials": [cell]}
    assert detail["changes"] == [{**change, "reason": "misread label", "lot": "RIGHT", "formerLot": "WRONG"}]


def test_correction_is_one_event_of_cell_module_and_pack(line: Line) -> None:
    pack, module, cell = shipped_pack(line, "WRONG")
    before = line.viewer.get(f"/v1/trace/{pack['serial']}/export").json["epcisBody"]["eventList"]
    data(correct(line.qa, cell, "RIGHT"))
    [event] = corrections_in(line, cell)
    assert [event] == corrections_in(line, module["serial"]) == corrections_in(line, pack["serial"])
    assert (event["baton:lot"], event["baton:formerLot"], event["baton:serial"]) == ("RIGHT", "WRONG", cell)
    after = line.viewer.get(f"/v1/trace/{pack['serial']}/export").json["epcisBody"]["eventList"]
    assert [one for one in after if one != event] == before


def test_correction_is_audited(line: Line) -> None:
    _, _, cell = shipped_pack(line, "WRONG")
    data(correct(line.qa, cell, "RIGHT"))
    row, diff = line.row(cell, "LOT_CORRECTED")
    assert (row.entity_type, row.actor_id) == ("serial", line.qa.user_id)
    assert diff == {"lot": ["WRONG", "RIGHT"], "reason": [None, "misread label"]}


def test_lot_of_an_unbound_cell_is_corrected_and_inherited(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    data(line.bind(module, "C-1", "WRONG"))
    data(line.unbind(module, "C-1"))
    shown = data(correct(line.qa, "C-1", "RIGHT"))
    assert "moduleId" not in shown
    assert affected(line, "RIGHT") == affected(line, "WRONG") == [("C-1", 1)]
    assert line.bind(module, "C-1", "WRONG").code == "LOT_CONFLICT"
    data(line.bind(module, "C-1"))
    assert affected(line, "RIGHT") == affected(line, "WRONG") == [(module["id"], 1)]
    [event] = corrections_in(line, "C-1")
    assert event["baton:lot"] == "RIGHT"
    assert corrections_in(line, module["serial"]) == []


def test_cell_without_a_lot_gets_one(line: Line) -> None:
    module = line.full_module(line.batch())
    cell = line.cells_of(module)[0]
    shown = data(correct(line.qa, cell, "RIGHT"))
    assert "formerLot" not in shown["corrections"][0]
    assert affected(line, "RIGHT") == [(module["id"], 1)]


def test_recall_finds_every_lot_that_a_cell_ever_had(line: Line) -> None:
    batch = line.batch()
    module = line.full_module(batch, "L-0")
    first, second = line.cells_of(module)
    for number in (1, 2, 3):
        line.world.clock.advance(minutes=1)
        data(correct(line.qa, first, f"L-{number}"))
    for lot in ("L-1", "L-2", "L-3"):
        assert affected(line, lot) == [(module["id"], 1)]
    assert affected(line, "L-0") == [(module["id"], 2)]
    line.world.clock.advance(minutes=1)
    data(correct(line.qa, first, "l-0"))
    assert affected(line, "L-0") == [(module["id"], 2)]
    uses = {lot: [use.cells for use in Query(LotUse, lot_pk(DEMO, lot)).all()] for lot in ("L-0", "L-3")}
    assert uses == {"L-0": [2], "L-3": [0]}
    shown = data(line.viewer.get(f"/v1/cells/{first}/lot"))
    assert [one["lot"] for one in shown["corrections"]] == ["L-1", "L-2", "L-3", "l-0"]
    assert (shown["lot"], second) == ("l-0", line.cells_of(module)[1])


def test_cell_that_a_scrapped_module_freed_is_corrected_by_itself(line: Line) -> None:
    module = line.full_module(line.batch(), "WRONG")
    cell, other = line.cells_of(module)
    data(line.scrap(module))
    data(correct(line.qa, cell, "RIGHT"))
    assert affected(line, "RIGHT") == [(cell, 1)]
    assert sorted(affected(line, "WRONG")) == sorted([(cell, 1), (other, 1)])


def test_lot_that_differs_by_case_is_written_anew(line: Line) -> None:
    module = line.full_module(line.batch(), "lot-a")
    cell = line.cells_of(module)[0]
    data(correct(line.qa, cell, "LOT-A"))
    number = registered(cell)
    assert number is not None
    assert number.lot == "LOT-A"
    assert affected(line, "Lot-A") == [(module["id"], 2)]
    assert correct(line.qa, cell, "LOT-A").fields == {"lot": "is the lot of the cell already"}


def test_unknown_cells_and_other_units_are_not_found(line: Line) -> None:
    module = line.full_module(line.batch(), "L-1")
    theirs = Line(line.world, OTHER)
    data(theirs.bind(theirs.module(theirs.batch()), "T-1", "L-1"))
    for serial in ("nothing", module["serial"], "T-1"):
        for answer in (correct(line.qa, serial, "L-2"), line.viewer.get(f"/v1/cells/{serial}/lot")):
            assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, {"lot", "reason"}),
        ({"lot": "a b", "reason": " "}, {"lot", "reason"}),
        ({"lot": "", "reason": "x"}, {"lot"}),
    ],
)
def test_every_invalid_field_is_named(line: Line, body: Data, bad: set[str]) -> None:
    cell = line.cells_of(line.full_module(line.batch(), "L-1"))[0]
    answer = line.qa.patch(f"/v1/cells/{cell}/lot", body)
    assert (answer.status, set(answer.fields)) == (422, bad)


def test_only_quality_corrects_lots(line: Line) -> None:
    cell = line.cells_of(line.full_module(line.batch(), "L-1"))[0]
    for person in (line.production, line.supervisor, line.viewer):
        assert correct(person, cell, "L-2").status == 403
    assert line.viewer.get(f"/v1/cells/{cell}/lot").status == 200


def test_repeated_key_corrects_once(line: Line) -> None:
    cell = line.cells_of(line.full_module(line.batch(), "L-1"))[0]
    answers = [correct(line.qa, cell, "L-2", idempotency_key="k") for _ in range(2)]
    assert (answers[0].text, answers[1].headers["Idempotent-Replayed"]) == (answers[1].text, "true")


def test_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    cell = line.cells_of(line.full_module(line.batch(), "L-1"))[0]
    with counted_trips(engine) as trips:
        data(correct(line.qa, cell, "L-2"))
    assert [sorted(trip) for trip in trips.made] == [["BatchGetItem"], ["GetItem", "Query"], ["TransactWriteItems"]]
    with counted_trips(engine) as trips:
        data(line.viewer.get(f"/v1/cells/{cell}/lot"))
    assert len(trips) == 2
