"""Recalls: the packs and modules that hold cells of a lot."""

from typing import Any
from urllib.parse import quote

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, Person, World


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def recall(person: Person, lot: str, query: str = "") -> Answer:
    return person.get(f"/v1/trace/affected?cellLot={quote(lot, safe='')}{query}")


def affected(line: Line, lot: str) -> list[Data]:
    """Return all packs and modules that hold cells of a lot."""
    answer = recall(line.viewer, lot, "&limit=100")
    found: list[Any] = data(answer)  # type: ignore[assignment]  # this list's data is a list
    assert answer.json["meta"]["nextCursor"] is None
    assert answer.json["meta"]["totalCount"] == len(found)
    assert answer.json["meta"]["totalCells"] == sum(one["cells"] for one in found)
    return found


def holding(module: Data, cells: int) -> Data:
    return {"id": module["id"], "serial": module["serial"], "cells": cells}


def test_pack_is_listed_once_with_its_affected_modules(line: Line) -> None:
    batch = line.batch(modulesPerPack=3)
    modules = [line.sealed_module(batch, lot) for lot in ("BAD", "GOOD", "BAD")]
    pack = line.pack(batch, modules)
    data(line.seal("packs", pack))
    assert affected(line, "BAD") == [
        {
            "kind": "pack",
            "id": pack["id"],
            "serial": pack["serial"],
            "status": "READY_FOR_EOL",
            "cells": 4,
            "modules": [holding(modules[0], 2), holding(modules[2], 2)],
        }
    ]
    data(line.dispose(pack, "FAIL"))
    [found] = affected(line, "BAD")
    assert (found["status"], found["disposition"]) == ("FINALIZED", "FAIL")


def test_module_in_no_pack_is_listed_itself(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    data(line.bind(module, "C-1", "BAD"))
    module = data(line.bind(module, "C-2", "GOOD"))
    assert affected(line, "BAD") == [
        {
            "kind": "module",
            "id": module["id"],
            "serial": module["serial"],
            "status": "IN_PROGRESS",
            "cells": 1,
            "modules": [holding(module, 1)],
        }
    ]
    data(line.seal("modules", module))
    pack = line.pack(batch, [module])
    assert [(one["kind"], one["id"]) for one in affected(line, "BAD")] == [("pack", pack["id"])]


def test_module_is_unaffected_after_its_last_cell_of_the_lot_is_unbound(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind_tray(module, ["C-1", "C-2"], "BAD"))
    data(line.unbind(module, "C-1"))
    assert [(one["id"], one["cells"]) for one in affected(line, "BAD")] == [("C-1", 1), (module["id"], 1)]
    data(line.unbind(module, "C-2"))
    assert [one["kind"] for one in affected(line, "BAD")] == ["cell", "cell"]
    data(line.bind(module, "C-1", "BAD"))
    assert [(one["id"], one["cells"]) for one in affected(line, "BAD")] == [("C-2", 1), (module["id"], 1)]


def test_unused_lot_affects_nothing(line: Line) -> None:
    data(line.bind(line.module(line.batch()), "C-1"))
    assert affected(line, "NEVER") == []


def test_lots_of_other_organisations_are_separate(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    data(theirs.bind(theirs.module(theirs.batch()), "C-1", "BAD"))
    assert affected(line, "BAD") == []
    assert len(affected(theirs, "BAD")) == 1


def test_lot_with_special_characters(line: Line) -> None:
    lot = "L#1/%23?&=+"
    data(line.bind(line.module(line.batch()), "C-1", lot))
    assert len(affected(line, lot)) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_hold_every_holder_once(line: Line, limit: int) -> None:
    batch = line.batch(cellsPerModule=1, modulesPerPack=2)
    for number in range(7):
        module = line.sealed_module(batch, "BAD")
        if number % 2:
            line.pack(batch, [module, line.sealed_module(batch, "BAD")])
    whole = [one["id"] for one in affected(line, "BAD")]
    assert len(whole) == 7
    found: list[str] = []
    cursor = ""
    while True:
        answer = recall(line.viewer, "BAD", f"&limit={limit}{cursor}")
        found += [one["id"] for one in answer.json["data"]]
        assert (answer.json["meta"]["totalCount"], answer.json["meta"]["totalCells"]) == (7, 10)
        if answer.json["meta"]["nextCursor"] is None:
            break
        cursor = f"&cursor={answer.json['meta']['nextCursor']}"
    assert found == whole


def test_module_bound_to_a_pack_between_two_pages_is_listed_again(line: Line) -> None:
    batch = line.batch()
    modules = [line.sealed_module(batch, "BAD") for _ in range(3)]
    first = recall(line.viewer, "BAD", "&limit=2")
    pack = line.pack(batch, [modules[0], modules[2]])
    rest = recall(line.viewer, "BAD", f"&cursor={first.json['meta']['nextCursor']}")
    named = [one["id"] for answer in (first, rest) for one in answer.json["data"]]
    assert named == [modules[0]["id"], modules[1]["id"], pack["id"]]


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("", {"cellLot"}),
        ("cellLot=", {"cellLot"}),
        ("cellLot=a%20b", {"cellLot"}),
        ("cellLot=" + "x" * 129, {"cellLot"}),
        ("cellLot=L&limit=0", {"limit"}),
        ("cellLot=L&limit=101", {"limit"}),
        ("cellLot=L&cursor=nonsense", {"cursor"}),
        ("limit=x&cursor=", {"cellLot", "limit", "cursor"}),
    ],
)
def test_every_invalid_parameter_is_named(line: Line, query: str, bad: set[str]) -> None:
    answer = line.viewer.get(f"/v1/trace/affected?{query}")
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_cursor_of_another_lot_is_refused(line: Line) -> None:
    for number in range(2):
        data(line.bind(line.module(line.batch()), f"C-{number}", "BAD"))
    cursor = recall(line.viewer, "BAD", "&limit=1").json["meta"]["nextCursor"]
    assert recall(line.viewer, "OTHER", f"&cursor={cursor}").fields == {"cursor": "is not a valid cursor for this list"}


def test_recall_reads_modules_not_cells(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch(cellsPerModule=40)
    line.pack(batch, [line.sealed_module(batch, "BAD") for _ in range(2)])
    with counted_trips(engine) as trips:
        affected(line, "BAD")
    assert [sorted(trip) for trip in trips.made] == [
        ["BatchGetItem"],
        ["Query"] * 2,
        ["BatchGetItem", "Query"],
        ["BatchGetItem"],
    ]
