"""The lot of a cell: it is kept for life, compared without case, and a recall finds the cell by it."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.manufacturing.traceability.tables import lot_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data, holder_of, registered
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, World


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def lot_of(serial: str) -> str | None:
    number = registered(serial)
    assert number is not None
    return number.lot


def conflicts(answer: Answer) -> list[Data]:
    assert (answer.status, answer.code) == (409, "LOT_CONFLICT"), answer
    details: Data = answer.json["error"]["details"]
    found: list[Data] = details["conflicts"]
    assert {name: details[name] for name in found[0]} == found[0]
    return found


def affected(line: Line, lot: str) -> list[tuple[str, int]]:
    """Return what a recall of a lot names, and its number of cells."""
    answer = line.viewer.get(f"/v1/trace/affected?limit=100&cellLot={quote(lot, safe='')}")
    found: list[Any] = data(answer)  # type: ignore[assignment]  # this list's data is a list
    meta = answer.json["meta"]
    assert (meta["totalCount"], meta["totalCells"]) == (len(found), sum(one["cells"] for one in found))
    return [(one["id"], one["cells"]) for one in found]


# --- for life ---------------------------------------------------------------------------------------------------


def test_shipped_cell_that_was_bound_again_without_its_lot_is_recalled(line: Line) -> None:
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    data(line.bind(first := line.module(batch), "C-1", "BAD"))
    data(line.unbind(first, "C-1"))
    module = line.module(batch)
    data(line.bind(module, "C-1"))
    data(line.seal("modules", module))
    pack = line.pack(batch, [module])
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS"))
    data(line.ship(pack))
    assert affected(line, "BAD") == [(pack["id"], 1)]


def test_cell_inherits_the_lot_that_it_was_first_given(line: Line) -> None:
    batch = line.batch()
    one, other = line.module(batch), line.module(batch)
    data(line.bind(one, "C-1", "L-1"))
    data(line.unbind(one, "C-1"))
    data(line.bind(other, "C-1"))
    assert lot_of("C-1") == "L-1"
    [cell] = data(line.viewer.get(f"/v1/modules/{other['id']}"))["cells"]
    assert cell["lot"] == "L-1"
    _, diff = line.row(other["id"], "CELL_BOUND")
    assert diff["cell/C-1.lot"] == [None, "L-1"]


def test_cell_without_a_lot_gets_the_first_that_is_given(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "C-1"))
    data(line.unbind(module, "C-1"))
    data(line.bind(module, "C-1", "L-1"))
    data(line.unbind(module, "C-1"))
    assert conflicts(line.bind(module, "C-1", "L-2")) == [{"serial": "C-1", "lot": "L-1", "givenLot": "L-2"}]


def test_another_lot_is_refused_with_both(line: Line) -> None:
    batch = line.batch(cellsPerModule=9)
    module = line.module(batch)
    data(line.bind_tray(module, ["C-1", "C-2"], "L-1"))
    for cell in ("C-1", "C-2"):
        data(line.unbind(module, cell))
    found = conflicts(line.bind_tray(module, ["C-0", "C-1", "C-2"], "L-2"))
    assert found == [{"serial": serial, "lot": "L-1", "givenLot": "L-2"} for serial in ("C-1", "C-2")]
    assert registered("C-0") is None
    data(line.bind_tray(module, ["C-0", "C-1", "C-2"], "L-1"))


def test_scanned_lot_counts_as_given(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "(01)09521234000013(10)L1(21)C-1"))
    data(line.unbind(module, "C-1"))
    assert conflicts(line.bind(module, "(01)09521234000013(10)L2(21)C-1"))[0]["lot"] == "L1"
    data(line.bind(module, "(01)09521234000013(10)l1(21)C-1"))
    assert lot_of("C-1") == "L1"


def test_lots_match_without_case_and_are_shown_as_first_written(line: Line) -> None:
    batch = line.batch(cellsPerModule=3)
    one, other = line.module(batch), line.module(batch)
    data(line.bind_tray(one, ["C-1", "C-2"], "Lot-a"))
    data(line.bind(other, "C-3", "LOT-A"))
    data(line.unbind(one, "C-1"))
    data(line.bind(other, "C-1", "lot-A"))
    assert [lot_of(cell) for cell in ("C-1", "C-2", "C-3")] == ["Lot-a", "Lot-a", "LOT-A"]
    for lot in ("lot-a", "LOT-A"):
        assert affected(line, lot) == [(one["id"], 1), (other["id"], 2)]


def test_tray_of_cells_of_several_lots_keeps_each(line: Line) -> None:
    batch = line.batch(cellsPerModule=4)
    one, other = line.module(batch), line.module(batch)
    for cell, lot in (("C-1", "L-1"), ("C-2", "L-2"), ("C-3", None)):
        data(line.bind(one, cell, lot))
        data(line.unbind(one, cell))
    data(line.bind_tray(other, ["C-1", "C-2", "C-3"]))
    shown = data(line.viewer.get(f"/v1/modules/{other['id']}"))["cells"]
    assert [(cell["serial"], cell.get("lot")) for cell in shown] == [("C-1", "L-1"), ("C-2", "L-2"), ("C-3", None)]
    assert (affected(line, "L-1"), affected(line, "L-2")) == ([(other["id"], 1)], [(other["id"], 1)])
    events = line.viewer.get(f"/v1/trace/{other['serial']}/export").json["epcisBody"]["eventList"]
    [bound] = [event for event in events if event.get("bizStep") == "assembling"]
    assert [part.get("baton:lot") for part in bound["baton:parts"]] == ["L-1", "L-2", None]


def test_sku_that_requires_a_lot_takes_the_one_that_a_cell_has(line: Line) -> None:
    batch = line.batch(requireLot=True)
    module = line.module(batch)
    data(line.bind(module, "C-1", "L-1"))
    data(line.unbind(module, "C-1"))
    assert line.bind(module, "C-2").fields == {"lot": "is required by the SKU"}
    data(line.bind(module, "C-1"))


def test_cell_that_a_scrapped_module_freed_keeps_its_lot(line: Line) -> None:
    batch = line.batch()
    former = line.sealed_module(batch, "L-1")
    cells = line.cells_of(former)
    data(line.scrap(former))
    assert affected(line, "L-1") == [(cell, 1) for cell in cells]
    module = line.module(batch)
    assert conflicts(line.bind(module, cells[0], "L-2"))[0]["lot"] == "L-1"
    data(line.bind(module, cells[0]))
    assert affected(line, "L-1") == [(cells[1], 1), (module["id"], 1)]
    data(line.unbind(module, cells[0]))
    assert affected(line, "L-1") == [(cell, 1) for cell in cells]


def test_cells_scrapped_with_their_module_are_recalled_with_it(line: Line) -> None:
    module = line.sealed_module(line.batch(), "L-1")
    data(line.scrap(module, "scrap"))
    assert affected(line, "L-1") == [(module["id"], 2)]


# --- other uses of a serial number --------------------------------------------------------------------------------


def test_serial_number_of_an_unbound_cell_is_free_for_everybody(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    data(line.bind_tray(module, ["X-1", "X-2"], "L-1"))
    data(line.unbind(module, "X-1"))
    data(line.unbind(module, "X-2"))
    assert line.module(batch, "X-1")["serial"] == "X-1"
    theirs = Line(line.world, OTHER)
    their_module = theirs.module(theirs.batch())
    data(theirs.bind(their_module, "X-2"))
    assert lot_of("X-2") is None
    assert data(theirs.viewer.get(f"/v1/modules/{their_module['id']}"))["cells"][0].get("lot") is None
    assert [one["serial"] for one in line.bind(module, "X-2").json["error"]["details"]["duplicates"]] == ["X-2"]


def test_cell_that_another_organisation_used_in_between_keeps_its_lot(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    module, their_module = line.module(line.batch()), theirs.module(theirs.batch())
    data(line.bind(module, "X-1", "L-1"))
    data(line.unbind(module, "X-1"))
    data(theirs.bind(their_module, "X-1", "T-1"))
    assert affected(line, "L-1") == [("X-1", 1)]
    data(theirs.unbind(their_module, "X-1"))
    assert conflicts(line.bind(module, "X-1", "L-2"))[0]["lot"] == "L-1"
    data(line.bind(module, "X-1"))
    assert (affected(line, "L-1"), affected(line, "T-1")) == ([(module["id"], 1)], [])
    assert affected(theirs, "T-1") == [("X-1", 1)]
    data(line.unbind(module, "X-1"))
    data(theirs.bind(their_module, "X-1"))
    assert lot_of("X-1") == "T-1"


# --- earlier versions ---------------------------------------------------------------------------------------------


def test_recall_finds_what_an_earlier_version_counted_by_the_case_of_a_lot(line: Line) -> None:
    module = line.full_module(line.batch(), "BAD")
    use = lot_key("demo", "BAD", module["id"])
    stored = use.model.get(use.pk, use.sk)
    use.model("demo#LOT#BAD", use.sk, module_id=module["id"], lot="BAD", cells=2).save()
    stored.delete()
    assert affected(line, "BAD") == [(module["id"], 2)]
    assert affected(line, "bad") == []


# --- costs --------------------------------------------------------------------------------------------------------


def sizes_of(engine: EmbeddedEngine, step: Any) -> list[int]:
    sizes: list[int] = []
    with engine.before("TransactWriteItems", lambda _, request: sizes.append(len(request["TransactItems"]))):
        step()
    return sizes


def test_full_tray_of_cells_that_were_bound_before_takes_three_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch(cellsPerModule=90)
    cells = [f"C-{number:02d}" for number in range(90)]
    module = line.module(batch)
    data(line.bind_tray(module, cells, "L-1"))
    data(line.scrap(module))
    other = line.module(batch)
    with counted_trips(engine) as trips:
        data(line.bind_tray(other, cells, idempotency_key="k"))
    assert trips.made == [["BatchGetItem"], ["BatchGetItem"], ["TransactWriteItems"]]
    assert affected(line, "L-1") == [(other["id"], 90)]


def test_unbound_cell_is_bound_again_in_two_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "C-1", "L-1"))
    data(line.unbind(module, "C-1"))
    with counted_trips(engine) as trips:
        data(line.bind(module, "C-1"))
    assert trips.made == [["BatchGetItem"], ["TransactWriteItems"]]


def test_cells_of_too_many_lots_are_bound_by_several_requests(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch(cellsPerModule=90)
    module, other = line.module(batch), line.module(batch)
    cells = [f"C-{number:02d}" for number in range(46)]
    for number, cell in enumerate(cells):
        data(line.bind(module, cell, f"L-{number}"))
    for cell in cells:
        data(line.unbind(module, cell))
    answer = line.bind_tray(other, cells)
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"]["missing"] == ["46 cells of 46 lots have to be bound by several requests"]
    tray = [*cells[:45], "D-1"]
    assert max(sizes_of(engine, lambda: data(line.bind_tray(other, tray, idempotency_key="k")))) <= 100
    assert holder_of("D-1") == other["id"]
