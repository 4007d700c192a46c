"""Sweeps that collect the same recall case, cells that move meanwhile, and people who mark the same units."""

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib.manufacturing.traceability.recalls.sweep import collect_recalls
from chalicelib.manufacturing.traceability.recalls.tables import RecallCase
from tests.builders.manufacturing import Data, Line, data
from tests.builders.recalls import mark, opened, shown, units_of
from tests.builders.world import World
from tests.faults import recounts, snapshot
from tests.races.crowd import at_once

Call = Callable[[], Any]


def check_recounts(line: Line) -> None:
    """Check that every case counts its units and marks as they are stored."""
    assert not list(recounts.recalls(snapshot.taken(line.org_id, RecallCase)))


def sweep(world: World, name: str) -> object:
    return collect_recalls(world.parts.dependencies, name, lambda: 60.0)


def trays(line: Line, number: int) -> tuple[list[Data], set[str]]:
    """Return modules that are not sealed, each with a tray of 60 cells of one lot, and all cells."""
    batch = line.batch(cellsPerModule=90)
    modules = [line.module(batch) for _ in range(number)]
    cells: set[str] = set()
    for module in modules:
        tray = [line.serial("C") for _ in range(60)]
        data(line.bind_tray(module, tray, "BAD"))
        cells |= set(tray)
    return modules, cells


def test_request_and_sweeps_collect_each_unit_once(arena: World) -> None:
    line = Line(arena)
    _, cells = trays(line, 12)
    calls: list[Call] = [partial(sweep, arena, f"sweep-{number}") for number in range(4)]
    opening: Call = partial(opened, line, lots=["BAD"], serials=sorted(cells)[:120])
    case, *_ = at_once([opening, *calls])
    at_once(calls)
    now = shown(line, case)
    assert (now["status"], now["units"]) == ("OPEN", len(cells))
    assert {unit["serial"] for unit in units_of(line, case)} == cells
    check_recounts(line)


def test_cells_that_move_while_they_are_collected_stay_on_the_list(arena: World) -> None:
    line = Line(arena)
    modules, cells = trays(line, 6)
    others = [line.module(line.batch(cellsPerModule=90)) for _ in modules]
    moving = [line.cells_of(module)[:4] for module in modules]

    def move(number: int) -> None:
        """Take cells of one module to another, without their lot."""
        for cell in moving[number]:
            data(line.unbind(modules[number], cell))
            data(line.bind(others[number], cell))

    moves: list[Call] = [partial(move, number) for number in range(len(modules))]
    moves.append(partial(sweep, arena, "sweep"))
    opening: Call = partial(opened, line, lots=["BAD"])
    case, *_ = at_once([opening, *moves])
    while shown(line, case)["status"] == "COLLECTING":
        sweep(arena, "last")
    units = {unit["serial"]: unit for unit in units_of(line, case)}
    assert set(units) == cells
    places = {None, *(module["id"] for module in (*modules, *others))}
    assert {unit.get("moduleId") for unit in units.values()} <= places
    check_recounts(line)


def test_units_that_many_mark_at_once_are_counted_once(arena: World) -> None:
    line = Line(arena)
    _, cells = trays(line, 2)
    case = opened(line, lots=["BAD"])
    named = sorted(cells)
    calls = [partial(mark, line, case, named[start : start + 40]) for start in range(0, 80, 10)]
    answers = at_once(calls)
    assert {answer.status for answer in answers} <= {200, 409}
    for call in calls:
        data(call())
    assert shown(line, case)["handled"] == 110
    check_recounts(line)
    data(mark(line, case, named[:90], handled=False))
    assert shown(line, case)["handled"] == 20
    check_recounts(line)
