"""The import of tests: files of a rig, as JSON and as CSV."""

from functools import partial
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws, outcome
from tests.builders.manufacturing import INSULATED, TESTS, Data, Line, data
from tests.builders.world import OTHER, Answer, World
from tests.races.crowd import at_once

PATH = "/v1/imports/tests"
HEADER = "ref,serial,step,station,startedAt,result,program,Insulation [MOhm],Weld force [kN]\n"


def row(pack: Data, ref: str, **fields: Any) -> Data:
    return {"ref": ref, "serial": pack["serial"], "step": "EOL", "result": "PASS", "measurements": INSULATED, **fields}


def imported(line: Line, *rows: Data) -> Answer:
    return line.qa.post(PATH, {"records": list(rows)})


def imported_csv(line: Line, text: str, kind: str = "text/csv; charset=utf-8") -> Answer:
    return line.world.call("POST", PATH, token=line.qa.token, headers={"content-type": kind}, raw=text.encode())


def recorded(line: Line, pack: Data) -> list[Data]:
    return list(line.viewer.get(f"/v1/units/{pack['serial']}/tests?limit=100").json["data"])


def planned_pack(line: Line) -> Data:
    return line.ready_pack(line.batch(tests=TESTS))


def test_tests_are_recorded_in_the_order_of_the_file_and_once(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    rows = [row(pack, f"r{number}", program=f"p{number}") for number in range(5)]
    answer = imported(line, *rows)
    assert (answer.status, outcome(answer)) == (200, (5, 0, {}))
    assert [test["program"] for test in recorded(line, pack)] == ["p4", "p3", "p2", "p1", "p0"]
    assert outcome(imported(line, *rows, row(pack, "r9"))) == (1, 5, {})
    assert len(recorded(line, pack)) == 6
    assert recorded(line, pack)[0]["recordedById"] == line.qa.user_id
    assert line.viewer.get("/v1/reports/line").json["data"]["total"]["tests"] == 6
    assert data(line.dispose(pack, "PASS"))["status"] == "FINALIZED"


def test_errors_of_each_record_are_named(world: World) -> None:
    line, theirs = Line(world), Line(world, OTHER)
    pack, their_pack = planned_pack(line), theirs.ready_pack(theirs.batch())
    cell = line.cells_of(line.full_module(line.batch()))[0]
    wrong_unit = {"Insulation": {"value": 1, "unit": "V"}}
    rows = [
        row(pack, "good"),
        row({"serial": "nobody"}, "a"),
        row(their_pack, "b"),
        row({"serial": cell}, "c"),
        row(pack, "d", measurements=wrong_unit, result="PASS"),
        row(pack, "", step=" ", result="OK"),
        row(pack, "f", startedAt="2026-03-02T00:00:00Z", finishedAt="2026-03-01T00:00:00Z"),
    ]
    answer = imported(line, *rows)
    created, updated, rejected = outcome(answer)
    assert (answer.status, created, updated) == (207, 1, 0)
    assert {place: set(fields) for place, fields in rejected.items()} == {
        1: {"serial"},
        2: {"serial"},
        3: {"serial"},
        4: {"measurements.Insulation.unit"},
        5: {"ref", "step", "result"},
        6: {"finishedAt"},
    }
    assert len(recorded(line, pack)) == 1


def test_csv_has_a_row_for_each_test(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    serial = pack["serial"]
    text = (
        f"\ufeff{HEADER}a,{serial},EOL,EOL-2,2026-03-01T08:00:00Z,PASS,p 1,812.50,\r\n"
        f'b,{serial},EOL,,,FAIL,"p, 2",-3e2,1.5\r\n,,,,,,,,\r\n'
        f"c,{serial},EOL,,,PASS,,12.5.1,\r\nd,{serial},EOL,,,PASS,,1,2,3\r\n"
    )
    answer = imported_csv(line, text)
    created, updated, rejected = outcome(answer)
    assert (answer.status, created, updated) == (207, 2, 0)
    assert {place: set(fields) for place, fields in rejected.items()} == {
        2: {"measurements.Insulation.value"},
        3: {"column 10"},
    }
    second, first = recorded(line, pack)
    assert (first["program"], first["station"], first["startedAt"], first["passed"]) == (
        "p 1", "EOL-2", "2026-03-01T08:00:00Z", True,
    )  # fmt: skip
    assert first["measurements"] == {"Insulation": {"value": 812.5, "unit": "MOhm"}}
    assert second["measurements"]["Weld force"] == {"value": 1.5, "unit": "kN"}
    assert (second["program"], second["measurements"]["Insulation"]["value"]) == ("p, 2", -300)
    assert outcome(imported_csv(line, text))[:2] == (0, 2)


def test_csv_may_be_divided_by_semicolons(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    text = f"ref;serial;step;result;Insulation [MOhm]\na;{pack['serial']};EOL;PASS;600\n"
    assert outcome(imported_csv(line, text)) == (1, 0, {})
    assert recorded(line, pack)[0]["passed"] is True


@pytest.mark.parametrize(
    ("text", "kind", "status"),
    [
        (HEADER + "\n".join(f"r{number},S,EOL,,,PASS,,1," for number in range(501)), "text/csv", 422),
        ("", "text/csv", 200),
        ("ref\n", "text/plain", 415),
        ("\x00", "text/csv", 422),
        (HEADER, "text/csv", 200),
        ("a,S,EOL,,,PASS,,1,\n", "text/csv", 422),
        (HEADER + "x" * 140_000, "text/csv", 422),
        (HEADER + 'a,S,EOL,"E,,PASS,,1,\n', "text/csv", 422),
    ],
)
def test_odd_files_are_answered(world: World, text: str, kind: str, status: int) -> None:
    assert imported_csv(Line(world), text, kind).status == status


@pytest.mark.parametrize(
    ("columns", "cells", "field"),
    [
        ("step", "FINAL", "column 5"),
        ("V [V],V [V]", "1,2", "column 6"),
        ("V [V],V [mV]", "1,2", "column 6"),
        ("measurements", "{}", "column 5"),
        ("", "1", "column 5"),
    ],
)
def test_a_row_of_csv_gives_each_field_once(world: World, columns: str, cells: str, field: str) -> None:
    line = Line(world)
    pack = planned_pack(line)
    text = f"ref,serial,step,result,{columns}\na,{pack['serial']},EOL,PASS,{cells}\n"
    _, _, rejected = outcome(imported_csv(line, text))
    assert {place: set(fields) for place, fields in rejected.items()} == {0: {field}}
    assert recorded(line, pack) == []


def test_only_line_breaks_divide_the_rows_of_csv(world: World) -> None:
    line = Line(world)
    pack = planned_pack(line)
    text = f"ref,serial,step,result,program\ra,{pack['serial']},EOL,PASS,new\u0085mill\rb,{pack['serial']},EOL,PASS,\r"
    assert outcome(imported_csv(line, text)) == (1, 0, {0: {"program": "must not contain invisible characters"}})


def test_other_imports_take_no_csv(world: World) -> None:
    line = Line(world)
    answer = line.world.call(
        "POST", "/v1/imports/skus", token=line.supervisor.token, headers={"content-type": "text/csv"}, raw=b"name\nA\n"
    )
    assert answer.status == 415


def test_only_quality_imports_tests(world: World) -> None:
    line = Line(world)
    assert line.production.post(PATH, {"records": []}).status == 403
    assert flaws(imported(line, {"ref": "a"}))["serial"] == "is required"


def test_same_file_sent_twice_at_once_records_each_test_once(world: World) -> None:
    line = Line(world)
    packs = [line.ready_pack(line.batch(tests=TESTS)) for _ in range(3)]
    rows = [row(pack, f"{number}-{pack['id']}") for pack in packs for number in range(3)]
    answers = at_once([partial(imported, line, *rows) for _ in range(2)])
    assert [outcome(answer)[2] for answer in answers] == [{}, {}]
    assert sum(outcome(answer)[0] for answer in answers) == len(rows)
    for pack in packs:
        assert [test["number"] for test in recorded(line, pack)] == [3, 2, 1]


def test_record_takes_three_round_trips(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    pack = planned_pack(line)
    made: list[str] = []
    with engine.before(None, lambda operation, _: made.append(operation)):
        assert outcome(imported(line, row(pack, "a"))) == (1, 0, {})
    ours = ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert made[1:4] == ours
