"""Importing cells: their lots are known before they are bound."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws, outcome
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import OTHER, Answer, World


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def load(line: Line, *records: Data, **headers: str) -> Answer:
    return line.production.post("/v1/imports/cells", {"records": list(records)}, **headers)


def recalled(line: Line, lot: str) -> list[tuple[str, str]]:
    answer = line.viewer.get(f"/v1/trace/affected?cellLot={lot}")
    return [(one["kind"], one["serial"]) for one in answer.json["data"]]


def test_cell_has_its_lot_before_it_is_bound_and_keeps_it(line: Line) -> None:
    assert outcome(load(line, {"serial": "C-1", "lot": "L1"}, {"serial": "C-2", "lot": "L1"})) == (2, 0, {})
    assert data(line.viewer.get("/v1/cells/C-1/lot"))["lot"] == "L1"
    assert recalled(line, "l1") == [("cell", "C-1"), ("cell", "C-2")]
    module = line.module(line.batch(requireLot=True))
    data(line.bind(module, "C-1"))
    cell = registered("C-1")
    assert cell is not None
    assert (cell.lot, cell.holder_id) == ("L1", module["id"])
    assert recalled(line, "L1") == [("cell", "C-2"), ("module", module["serial"])]
    conflict = line.bind(module, "C-2", "L2")
    assert (conflict.status, conflict.code) == (409, "LOT_CONFLICT")


def test_cell_that_was_not_bound_yet_is_traced_with_its_lot(line: Line) -> None:
    load(line, {"serial": "C-1", "lot": "L1"})
    trace = data(line.viewer.get("/v1/trace/C-1"))
    assert (trace["kind"], trace["status"], trace["lot"], trace["ancestors"]) == ("cell", "REMOVED", "L1", [])
    document = line.viewer.get("/v1/trace/C-1/export")
    assert (document.status, document.json["epcisBody"]["eventList"]) == (200, [])
    assert Line(line.world, OTHER).viewer.get("/v1/trace/C-1").status == 404


def test_cells_that_were_loaded_twice_stay_as_they_are(line: Line) -> None:
    load(line, {"serial": "C-1", "lot": "L1"})
    assert outcome(load(line, {"serial": "C-1", "lot": "l1"})) == (0, 1, {})
    cell = registered("C-1")
    assert cell is not None
    assert cell.lot == "L1"
    data(line.bind(line.module(line.batch()), "C-1"))
    assert outcome(load(line, {"serial": "C-1", "lot": "L1"})) == (0, 1, {})


def test_another_lot_is_a_correction_and_is_rejected(line: Line) -> None:
    load(line, {"serial": "C-1", "lot": "L1"})
    assert flaws(load(line, {"serial": "C-1", "lot": "L2"})) == {
        "lot": "differs: the cell is of lot L1; correct it with a reason"
    }
    data(line.bind(line.module(line.batch()), "C-2"))
    assert flaws(load(line, {"serial": "C-2", "lot": "L2"})) == {
        "lot": "differs: the cell is without a lot in its module; correct it with a reason"
    }


def test_cell_that_was_unbound_without_a_lot_gets_one(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "C-1"))
    data(line.unbind(module, "C-1"))
    assert outcome(load(line, {"serial": "C-1", "lot": "L1"})) == (0, 1, {})
    assert recalled(line, "L1") == [("cell", "C-1")]


def test_scanned_code_gives_serial_and_lot(line: Line) -> None:
    assert outcome(load(line, {"serial": "(01)04012345000009(10)L7(21)C-9"})) == (1, 0, {})
    cell = registered("C-9")
    assert cell is not None
    assert cell.lot == "L7"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"serial": "C-1"}, "lot"),
        ({"serial": "MOD-1", "lot": "L1"}, "serial"),
        ({"serial": "a b", "lot": "L1"}, "serial"),
        ({"lot": "L1"}, "serial"),
        ({"serial": "C-1", "lot": "L1", "colour": "red"}, "colour"),
    ],
)
def test_invalid_cell_is_rejected(line: Line, record: Data, field: str) -> None:
    assert list(flaws(load(line, record))) == [field]
    assert registered("C-1") is None


def test_serial_of_a_module_is_rejected(line: Line) -> None:
    module = line.module(line.batch())
    assert flaws(load(line, {"serial": module["serial"], "lot": "L1"})) == {
        "serial": "is the serial number of a module"
    }


def test_cell_in_use_elsewhere_is_rejected_and_a_free_one_is_taken_over(world: World, line: Line) -> None:
    theirs = Line(world, OTHER)
    load(theirs, {"serial": "C-1", "lot": "THEIRS"})
    data(theirs.bind(theirs.module(theirs.batch()), "C-2"))
    answer = load(line, {"serial": "C-1", "lot": "L1"}, {"serial": "C-2", "lot": "L1"})
    assert outcome(answer) == (1, 0, {1: {"serial": "is in use"}})
    assert recalled(line, "L1") == [("cell", "C-1")]
    assert recalled(theirs, "THEIRS") == [("cell", "C-1")]


def test_import_needs_the_permission_to_bind(line: Line) -> None:
    answer = line.viewer.post("/v1/imports/cells", {"records": []})
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_replay_with_the_same_key_registers_nothing(line: Line) -> None:
    first = load(line, {"serial": "C-1", "lot": "L1"}, idempotency_key="cells-1")
    assert load(line, {"serial": "C-1", "lot": "L1"}, idempotency_key="cells-1").json == first.json


def test_a_cell_that_is_bound_meanwhile_is_not_registered_over_it(line: Line, engine: EmbeddedEngine) -> None:
    module, bound = line.module(line.batch()), list[Answer]()

    def bind_first(*_: Any) -> None:
        if not bound:
            bound.append(line.bind(module, "C-1", "L1"))

    with engine.before("TransactWriteItems", bind_first):
        assert outcome(load(line, {"serial": "C-1", "lot": "L1"})) == (0, 1, {})
    cell = registered("C-1")
    assert cell is not None
    assert cell.holder_id == module["id"]
