"""The collection of a case's units: in bounded steps, each unit once, whatever happens between and within the steps."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Unavailable
from chalicelib.core.store import Query, get
from chalicelib.manufacturing.traceability.recalls.sweep import CollectionOutcome, collect_recalls, collect_units
from chalicelib.manufacturing.traceability.recalls.tables import PENDING, STEP, PendingRecall, RecallCase, recall_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.recalls import opened, shown, step, units_of
from tests.builders.world import World

CELLS = 1350
"""More than the steps that follow the request collect."""


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def many_cells(line: Line, number: int = CELLS, lot: str = "BAD") -> set[str]:
    """Bind cells of a lot, in trays, to a module for each 450; every fifth tray is of another lot."""
    batch = line.batch(cellsPerModule=600)
    bound: set[str] = set()
    while len(bound) < number:
        module = line.module(batch)
        for tray in range(6):
            cells = [line.serial("C") for _ in range(90)]
            data(line.bind_tray(module, cells, "GOOD" if tray == 4 else lot))
            bound |= set() if tray == 4 else set(cells)
    return bound


def stored(line: Line, case: Data) -> RecallCase:
    found = get(recall_key(line.org_id, case["id"]))
    assert found is not None
    return found


def swept(line: Line, remaining_s: Callable[[], float] = lambda: 60.0) -> dict[CollectionOutcome, int]:
    return dict(collect_recalls(line.world.parts.dependencies, "sweep-1", remaining_s).outcomes)


def one_step(line: Line, case: Data) -> bool:
    """Make one step of the collection, as the sweep does."""
    decide = partial(collect_units, line.org_id, case["id"])
    return line.world.parts.dependencies.runner.run(Actor(line.org_id, "system:sweep", "sweep-1"), decide)


def opened_only(line: Line, engine: EmbeddedEngine, **fields: Any) -> Data:
    """Open a case whose process ends before its units are collected."""

    def end(_: str, request: Any) -> None:
        if "LEDGER" in str(request) or "SERIALS#" in str(request):
            raise ConnectionError

    with engine.before("Query", end), engine.before("GetItem", end):
        return opened(line, **fields)


def test_thousands_of_cells_are_collected_by_request_and_sweep(line: Line, engine: EmbeddedEngine) -> None:
    cells = many_cells(line)
    sizes: list[int] = []
    with engine.before("TransactWriteItems", lambda _, request: sizes.append(len(request["TransactItems"]))):
        case = opened(line, lots=["BAD"])
        first = shown(line, case)
        assert (first["status"], first["units"]) == ("COLLECTING", 10 * STEP)
        assert first["progress"] == {"done": 10 * STEP, "total": len(cells)}
        assert swept(line) == {CollectionOutcome.COLLECTED: 1}
    assert max(sizes) <= 100
    assert {unit["serial"] for unit in units_of(line, case)} == cells
    assert shown(line, case)["progress"] == {"done": len(cells), "total": len(cells)}
    assert swept(line) == {}


def test_a_sweep_without_time_makes_one_step_and_the_next_goes_on(line: Line, engine: EmbeddedEngine) -> None:
    cells = many_cells(line, 400)
    case = opened_only(line, engine, lots=["BAD"])
    assert (stored(line, case).units, shown(line, case)["progress"]["done"]) == (0, 0)
    assert swept(line, lambda: 0.0) == {}
    times = iter([60.0, 0.0, 0.0])
    assert swept(line, lambda: next(times)) == {CollectionOutcome.PARTLY: 1}
    assert stored(line, case).units == STEP
    assert swept(line) == {CollectionOutcome.COLLECTED: 1}
    assert {unit["serial"] for unit in units_of(line, case)} == cells


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", [0, 2, 5])
def test_an_end_within_any_step_loses_and_repeats_nothing(
    line: Line, engine: EmbeddedEngine, number: int, *, after: bool
) -> None:
    cells = many_cells(line, 400)
    case = opened_only(line, engine, lots=["BAD", "GOOD"], serials=[*sorted(cells)[:100], "C-never"])
    for _ in range(number):
        assert one_step(line, case)
    engine.fail_next("TransactWriteItems", "InternalServerError", times=20, after=after)
    with suppress(Unavailable):
        one_step(line, case)
    engine.remove_hooks()
    assert swept(line) == {CollectionOutcome.COLLECTED: 1}
    units = [unit["serial"] for unit in units_of(line, case)]
    assert (len(units), set(units) & cells) == (len(cells) + 90, cells)
    now = shown(line, case)
    assert (now["progress"], now["unknownSerials"]) == ({"done": len(units), "total": len(units)}, ["C-never"])


def test_two_sweeps_in_one_step_count_each_unit_once(line: Line, engine: EmbeddedEngine) -> None:
    cells = many_cells(line, 400)
    case = opened_only(line, engine, lots=["BAD"])

    def meet(*_: Any) -> None:
        assert one_step(line, case)

    with engine.before("TransactWriteItems", meet, times=1):
        assert one_step(line, case)
    assert stored(line, case).units == 2 * STEP
    swept(line)
    assert stored(line, case).units == len(units_of(line, case)) == len(cells)


def test_canceled_collection_ends(line: Line, engine: EmbeddedEngine) -> None:
    many_cells(line, 400)
    case = opened_only(line, engine, lots=["BAD"])
    assert one_step(line, case)
    assert data(step(line, case, "cancel"))["status"] == "CANCELED"
    assert not one_step(line, case)
    assert swept(line) == {}
    assert list(Query(PendingRecall, PENDING).all()) == []
    assert len(units_of(line, case)) == stored(line, case).units == STEP
    assert line.counted("recall")["CANCELED"] == 1


def test_collection_is_canceled_while_a_step_is_made(line: Line, engine: EmbeddedEngine) -> None:
    many_cells(line, 400)
    case = opened_only(line, engine, lots=["BAD"])

    def cancel(*_: Any) -> None:
        data(step(line, case, "cancel"))

    with engine.before("TransactWriteItems", cancel, times=1):
        assert not one_step(line, case)
    assert (shown(line, case)["status"], units_of(line, case)) == ("CANCELED", [])


def test_single_cells_in_many_modules_take_few_steps(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch()
    for number in range(45):
        data(line.bind(line.module(batch), f"C-{number}", "BAD"))
    case, steps = opened_only(line, engine, lots=["BAD"]), 1
    while one_step(line, case):
        steps += 1
    assert steps <= 4
    assert len(units_of(line, case)) == 45
