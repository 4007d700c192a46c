"""Recall cases: what they affect, and the steps of a case."""

import csv
import io
from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.manufacturing.traceability.recalls.tables import recall_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.recalls import PATH, correct_lot, mark, opened, page_of, recalled, shown, step, units_of
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, World

NOW = "2026-03-01T09:00:00Z"


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def shipped_pack(line: Line, lots: tuple[str, str] = ("BAD", "GOOD")) -> tuple[Data, list[Data]]:
    """Return a pack at a customer, and its modules of these lots."""
    batch = line.batch()
    modules = [line.sealed_module(batch, lot) for lot in lots]
    pack = line.pack(batch, modules)
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS"))
    return data(line.ship(pack)), modules


def refused(answer: Answer) -> set[str]:
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), answer
    return set(answer.fields)


# --- what is affected -----------------------------------------------------------------------------------------


def test_units_of_a_shipped_pack_name_the_customer(line: Line) -> None:
    pack, [module, _] = shipped_pack(line)
    cells = line.cells_of(module)
    units = recalled(line, lots=["BAD"])
    assert sorted(units) == sorted(cells)
    assert units[cells[0]] == {
        "serial": cells[0],
        "kind": "cell",
        "status": "BOUND",
        "collectedAt": NOW,
        "lots": ["BAD"],
        "boundAt": NOW,
        "moduleId": module["id"],
        "moduleSerial": module["serial"],
        "moduleStatus": "SEALED",
        "packId": pack["id"],
        "packSerial": pack["serial"],
        "packStatus": "SHIPPED",
        "disposition": "PASS",
        "customer": "Northwind",
        "order": "PO-1",
        "shippedAt": NOW,
    }


def test_named_serial_numbers_are_what_they_name(line: Line) -> None:
    pack, [module, other] = shipped_pack(line)
    cell = line.cells_of(other)[0]
    units = recalled(line, serials=[pack["serial"], module["serial"], cell])
    assert {serial: unit["kind"] for serial, unit in units.items()} == {
        pack["serial"]: "pack",
        module["serial"]: "module",
        cell: "cell",
    }
    assert {unit["packId"] for unit in units.values()} == {pack["id"]}
    assert {unit["customer"] for unit in units.values()} == {"Northwind"}
    assert (units[pack["serial"]]["status"], units[module["serial"]]["status"]) == ("SHIPPED", "SEALED")
    assert "moduleId" not in units[pack["serial"]]
    assert units[cell]["lots"] == ["GOOD"]


def test_cell_found_by_lot_and_by_name_is_one_unit(line: Line) -> None:
    module = line.sealed_module(line.batch(), "BAD")
    cells = line.cells_of(module)
    units = recalled(line, lots=["BAD", "BAD", "WORSE"], serials=[cells[0], cells[0]])
    assert sorted(units) == sorted(cells)


def test_lots_match_without_case(line: Line) -> None:
    batch = line.batch(cellsPerModule=9)
    module = line.module(batch)
    for cell, lot in (("C-1", "bad"), ("C-2", "Bad"), ("C-3", "BADE")):
        data(line.bind(module, cell, lot))
    case = opened(line, lots=["BAD", "bAD"])
    assert case["lots"] == ["BAD"]
    assert [(unit["serial"], unit["lots"]) for unit in units_of(line, case)] == [("C-1", ["BAD"]), ("C-2", ["BAD"])]


def test_unbound_and_rebound_cells_stay_affected(line: Line) -> None:
    batch = line.batch()
    first, second = line.module(batch), line.module(batch)
    data(line.bind_tray(first, ["C-1", "C-2"], "BAD"))
    for cell in ("C-1", "C-2"):
        data(line.unbind(first, cell))
    data(line.bind(second, "C-2"))  # without its lot
    units = recalled(line, lots=["BAD"])
    assert {serial: unit["status"] for serial, unit in units.items()} == {"C-1": "REMOVED", "C-2": "BOUND"}
    assert "moduleId" not in units["C-1"]
    assert units["C-2"]["moduleId"] == second["id"]
    assert set(recalled(line, serials=["C-1", "C-2"])) == {"C-1", "C-2"}


def test_corrected_cell_is_affected_by_every_lot_that_it_had(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    data(line.bind_tray(module, ["C-1", "C-2"], "WRONG"))
    data(correct_lot(line, "C-1", "BAD"))
    later = opened(line, lots=["BAD"])
    line.world.clock.advance(seconds=1)
    data(correct_lot(line, "C-2", "BAD"))
    assert [unit["serial"] for unit in units_of(line, later)] == ["C-1"]
    assert {serial: unit["lots"] for serial, unit in recalled(line, lots=["BAD", "WRONG"]).items()} == {
        "C-1": ["BAD", "WRONG"],
        "C-2": ["BAD", "WRONG"],
    }
    data(line.unbind(module, "C-2"))
    assert recalled(line, lots=["bad"])["C-2"]["status"] == "REMOVED"


def test_cells_of_scrapped_modules_are_affected(line: Line) -> None:
    batch = line.batch()
    freeing, scrapping = line.full_module(batch, "BAD"), line.full_module(batch, "BAD")
    freed, gone = line.cells_of(freeing), line.cells_of(scrapping)
    data(line.scrap(freeing))
    data(line.scrap(scrapping, "scrap"))
    holder = line.module(batch)
    data(line.bind(holder, freed[0]))
    units = recalled(line, lots=["BAD"])
    assert {serial: unit["status"] for serial, unit in units.items()} == {
        freed[0]: "BOUND",
        freed[1]: "REMOVED",
        gone[0]: "SCRAPPED",
        gone[1]: "SCRAPPED",
    }
    assert units[freed[0]]["moduleId"] == holder["id"]
    assert set(recalled(line, serials=[*freed, *gone])) == {*freed, *gone}


def test_module_of_a_voided_pack_is_in_no_pack(line: Line) -> None:
    batch = line.batch()
    module = line.sealed_module(batch, "BAD")
    pack = line.pack(batch, [module])
    data(line.void(pack))
    units = recalled(line, lots=["BAD"], serials=[pack["serial"]])
    assert [units[cell].get("packId") for cell in line.cells_of(module)] == [None, None]
    assert (units[pack["serial"]]["status"], units[pack["serial"]]["packId"]) == ("VOID", pack["id"])


def test_period_is_that_of_the_binding(line: Line) -> None:
    batch = line.batch(cellsPerModule=9)
    module, times = line.module(batch), []
    for number in range(3):
        times.append(line.world.clock.now().isoformat())
        data(line.bind(module, f"C-{number}", "BAD"))
        line.world.clock.advance(seconds=60)
    assert set(recalled(line, lots=["BAD"], **{"from": times[1]})) == {"C-1", "C-2"}
    assert set(recalled(line, lots=["BAD"], to=times[1])) == {"C-0", "C-1"}
    assert set(recalled(line, lots=["BAD"], **{"from": times[1], "to": times[1]})) == {"C-1"}
    named = {"serials": ["C-0", "C-1", module["serial"]], "from": times[1]}
    assert set(recalled(line, **named)) == {"C-1", module["serial"]}


def test_an_earlier_binding_counts_by_its_own_time(line: Line) -> None:
    batch = line.batch()
    data(line.bind(line.module(batch), "C-9", "BAD"))
    module = line.module(batch)
    begin = line.world.clock.now().isoformat()
    data(line.bind(module, "C-1", "BAD"))
    line.world.clock.advance(seconds=60)
    data(line.unbind(module, "C-1"))
    data(line.bind(line.module(batch), "C-1", "BAD"))
    for fields in ({"lots": ["BAD"]}, {"serials": ["C-1"]}):
        [unit] = [one for one in recalled(line, **fields, to=begin).values() if one["serial"] == "C-1"]
        assert unit["boundAt"] == begin.replace("+00:00", "Z")


def test_what_is_bound_later_is_not_affected(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    data(line.bind(module, "C-1", "BAD"))
    case = opened(line, lots=["BAD"])
    line.world.clock.advance(seconds=1)
    data(line.unbind(module, "C-1"))
    data(line.bind(module, "C-2", "BAD"))
    assert [(unit["serial"], unit["status"]) for unit in units_of(line, case)] == [("C-1", "BOUND")]


def test_unknown_lots_and_serial_numbers_are_named(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    data(theirs.bind(theirs.module(theirs.batch()), "C-7", "THEIRS"))
    data(line.bind(line.module(line.batch()), "C-1", "BAD"))
    case = opened(line, lots=["NEVER", "BAD", "THEIRS"], serials=["C-2", "C-7", "C-1"])
    assert case["unknownLots"] == ["NEVER", "THEIRS"]
    now = shown(line, case)
    assert (now["serials"], now["unknownSerials"]) == (["C-2", "C-7", "C-1"], ["C-2", "C-7"])
    assert [unit["serial"] for unit in units_of(line, case)] == ["C-1"]
    nothing = opened(line, lots=["NEVER"])
    assert (nothing["progress"], shown(line, nothing)["progress"]) == (
        {"done": 0, "total": 1},
        {"done": 0, "total": 0},
    )


def test_scanned_codes_name_their_serial_numbers(line: Line) -> None:
    data(line.bind(line.module(line.batch()), "C-1"))
    assert set(recalled(line, serials=["010950600013435221C-1"])) == {"C-1"}


# --- a case ---------------------------------------------------------------------------------------------------


def test_case_shows_what_it_was_opened_with(line: Line) -> None:
    data(line.bind(line.module(line.batch()), "C-1", "BAD"))
    begin: Data = {"from": "2026-02-01T01:00:00+01:00"}
    case = opened(line, lots=["BAD"], serials=["C-1"], **begin)
    assert case == {
        "id": case["id"],
        "status": "COLLECTING",
        "reason": "Separator damaged",
        "lots": ["BAD"],
        "unknownLots": [],
        "serialCount": 1,
        "progress": {"done": 0, "total": 2},
        "units": 0,
        "handled": 0,
        "version": 1,
        "createdAt": NOW,
        "updatedAt": NOW,
        "from": "2026-02-01T00:00:00Z",
    }
    expected = {"status": "OPEN", "progress": {"done": 1, "total": 1}, "units": 1, "collectedAt": NOW, "version": 4}
    assert shown(line, case) == {**case, **expected, "serials": ["C-1"], "unknownSerials": []}
    row, diff = line.row(case["id"], "RECALL_OPENED")
    assert (row.actor_id, diff["lots"], diff["reason"]) == (
        line.qa.user_id,
        [None, ["BAD"]],
        [None, "Separator damaged"],
    )
    row, diff = line.row(case["id"], "RECALL_COLLECTED")
    assert (row.actor_id, diff["status"]) == ("system:follow-up", ["COLLECTING", "OPEN"])


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({}, {"lots"}),
        ({"lots": [], "serials": []}, {"lots"}),
        ({"lots": ["a b"]}, {"lots.0"}),
        ({"lots": [f"L-{number}" for number in range(101)]}, {"lots"}),
        ({"serials": [f"C-{number}" for number in range(1001)]}, {"serials"}),
        ({"serials": ["C-1", "a b", "x" * 501]}, {"serials.2"}),
        ({"serials": ["C-1", "ä"]}, {"serials.1"}),
        ({"lots": ["L"], "from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, {"to"}),
        ({"lots": ["L"], "from": "yesterday"}, {"from"}),
        ({"lots": ["L"], "reason": " "}, {"reason"}),
        ({"lots": ["L"], "reason": "x" * 501, "to": "x", "cells": 1}, {"reason", "to", "cells"}),
    ],
)
def test_every_invalid_field_is_named(line: Line, fields: Data, bad: set[str]) -> None:
    assert refused(line.qa.post(PATH, {"reason": "damaged", **fields})) == bad


def test_largest_case_fits_into_a_transaction(line: Line) -> None:
    data(line.bind(line.module(line.batch()), "C-999"))
    case = opened(line, lots=[f"L-{n}" for n in range(100)], serials=[f"C-{n}" for n in range(1000)])
    while shown(line, case)["status"] == "COLLECTING":
        line.world.sweep_maintenance()
    assert [unit["serial"] for unit in units_of(line, case)] == ["C-999"]
    assert len(shown(line, case)["unknownSerials"]) == 999


def test_replayed_request_opens_one_case(line: Line) -> None:
    body = {"reason": "damaged", "lots": ["BAD"]}
    answers = [line.qa.post(PATH, body, idempotency_key="once") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert line.viewer.get(PATH).json["meta"]["totalCount"] == 1


def test_cases_are_listed_newest_first(line: Line) -> None:
    cases = [opened(line, lots=[f"L-{number}"], reason=f"Reason {number}") for number in range(3)]
    data(step(line, cases[1], "close"))
    listed = line.viewer.get(f"{PATH}?pageSize=2").json
    assert [case["id"] for case in listed["data"]] == [cases[2]["id"], cases[1]["id"]]
    cursor = listed["meta"].pop("nextCursor")
    assert listed["meta"] == {"totalCount": 3, "page": 1, "pageSize": 2}
    rest = line.viewer.get(f"{PATH}?cursor={cursor}").json["data"]
    assert [case["id"] for case in rest] == [cases[0]["id"]]
    for query, number in (("status=CLOSED", 1), ("q=l-0", 0), ("q=reason%202", 2)):
        assert [case["id"] for case in line.viewer.get(f"{PATH}?{query}").json["data"]] == [cases[number]["id"]]
    assert refused(line.viewer.get(f"{PATH}?status=LOST&pageSize=101")) == {"status", "pageSize"}


def test_cases_of_other_organisations_are_separate(line: Line) -> None:
    case, theirs = opened(line, lots=["BAD"]), Line(line.world, OTHER)
    assert theirs.viewer.get(PATH).json["data"] == []
    for answer in (
        theirs.viewer.get(f"{PATH}/{case['id']}"),
        page_of(theirs.viewer, case),
        step(theirs, case, "close"),
        mark(theirs, case, ["C-1"]),
    ):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


# --- units ----------------------------------------------------------------------------------------------------


def test_units_are_paged_by_serial_number(line: Line) -> None:
    module = line.module(line.batch(cellsPerModule=9))
    cells = ["C#1/%23", *(f"C-{number}" for number in range(7))]
    data(line.bind_tray(module, cells, "BAD"))
    case = opened(line, lots=["BAD"])
    for limit in (1, 3, 8, 100):
        assert [unit["serial"] for unit in units_of(line, case, limit)] == cells
    other = opened(line, lots=["BAD"])
    cursor = page_of(line.viewer, case, "?limit=1").json["meta"]["nextCursor"]
    assert refused(page_of(line.viewer, other, f"?cursor={cursor}")) == {"cursor"}
    assert refused(page_of(line.viewer, case, "?limit=1001&all=1")) == {"limit", "all"}


def test_units_as_csv(line: Line) -> None:
    module = line.module(line.batch(cellsPerModule=9))
    data(line.bind_tray(module, ["=1", "C-2", "C-3"], "BAD"))
    case = opened(line, lots=["BAD"])
    first = line.viewer.get(f"{PATH}/{case['id']}/units?limit=2", accept="text/csv")
    assert first.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert first.headers["Content-Disposition"] == f'attachment; filename="{case["id"]}.csv"'
    rows = list(csv.DictReader(io.StringIO(first.text)))
    assert [row["serial"] for row in rows] == ["'=1", "C-2"]
    assert (rows[0]["lots"], rows[0]["boundAt"], rows[0]["moduleSerial"], rows[0]["customer"]) == (
        "BAD",
        "2026-03-01T09:00:00+00:00",
        module["serial"],
        "",
    )
    link = first.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    rest = line.viewer.get(f"{PATH}/{case['id']}/{link}", accept="text/csv")
    assert [row["serial"] for row in csv.DictReader(io.StringIO(rest.text))] == ["C-3"]
    assert "Link" not in rest.headers


def test_units_are_marked_once(line: Line) -> None:
    data(line.bind_tray(line.module(line.batch(cellsPerModule=9)), ["C-1", "C-2", "C-3"], "BAD"))
    case = opened(line, lots=["BAD"])
    assert data(mark(line, case, ["C-1", "C-2"], note="Replaced"))["handled"] == 2
    line.world.clock.advance(seconds=60)
    assert data(mark(line, case, ["C-2", "C-3"]))["handled"] == 3
    units = {unit["serial"]: unit for unit in units_of(line, case)}
    assert [units[cell].get("note") for cell in ("C-1", "C-2", "C-3")] == ["Replaced", "Replaced", None]
    assert (units["C-2"]["handledAt"], units["C-2"]["handledBy"]) == (NOW, line.qa.user_id)
    assert data(mark(line, case, ["C-2"], handled=False))["handled"] == 2
    again = {unit["serial"]: unit for unit in units_of(line, case)}
    assert not {"handledAt", "handledBy", "note"} & set(again["C-2"])
    assert shown(line, case)["handled"] == 2


def test_marks_are_refused_for_what_is_no_unit(line: Line) -> None:
    data(line.bind(line.module(line.batch()), "C-1", "BAD"))
    case = opened(line, lots=["BAD"])
    assert refused(mark(line, case, ["C-1", "C-2"])) == {"serials.1"}
    assert refused(mark(line, case, [])) == {"serials"}
    assert refused(mark(line, case, ["C-1"] * 91, note="")) == {"serials", "note"}
    assert shown(line, case)["handled"] == 0


# --- the ways out ---------------------------------------------------------------------------------------------


def test_case_is_closed_and_opened_again(line: Line) -> None:
    case = opened(line, lots=["BAD"])
    closed = data(step(line, case, "close"))
    assert (closed["status"], closed["endedAt"], closed["endReason"]) == ("CLOSED", NOW, "because")
    assert mark(line, case, ["C-1"]).code == "WORKFLOW_VIOLATION"
    assert step(line, case, "close").code == step(line, case, "cancel").code == "WORKFLOW_VIOLATION"
    again = data(step(line, case, "reopen"))
    assert (again["status"], again["endReason"], "endedAt" in again) == ("OPEN", "because", False)
    for action in ("RECALL_CLOSED", "RECALL_REOPENED"):
        _, diff = line.row(case["id"], action)
        assert diff["status"]


def test_canceled_case_is_final(line: Line) -> None:
    case = opened(line, lots=["BAD"])
    assert data(step(line, case, "cancel"))["status"] == "CANCELED"
    for name in ("close", "cancel", "reopen"):
        answer = step(line, case, name)
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        assert answer.json["error"]["details"]["state"] == "CANCELED"
    assert line.counted("recall") == {"COLLECTING": 0, "OPEN": 0, "CLOSED": 0, "CANCELED": 1}


@pytest.mark.parametrize("name", ["close", "cancel"])
def test_stale_version_is_refused(line: Line, name: str) -> None:
    case = opened(line, lots=["BAD"])  # as it was before its units were collected
    answer = step(line, case, name, if_match=str(case["version"]))
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert data(step(line, case, name, if_match=str(shown(line, case)["version"])))


def test_reason_is_required(line: Line) -> None:
    case = opened(line, lots=["BAD"])
    for name in ("close", "cancel", "reopen"):
        answer = line.qa.patch(f"{PATH}/{case['id']}/{name}", {"reason": ""})
        assert answer.status in (409, 422)
    stored = get(recall_key(line.org_id, case["id"]))
    assert stored is not None
    assert stored.status == "OPEN"


def test_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    cells = line.cells_of(line.sealed_module(line.batch(cellsPerModule=40), "BAD"))
    with counted_trips(engine) as trips:
        case = opened(line, lots=["BAD", "WORSE"], serials=cells[:2])
    assert trips.made[:3] == [["BatchGetItem"], ["Query"] * 6, ["TransactWriteItems"]]
    calls: dict[str, Any] = {
        "read": lambda: shown(line, case),
        "units": lambda: page_of(line.viewer, case),
        "list": lambda: line.viewer.get(PATH),
        "mark": lambda: mark(line, case, cells),
        "close": lambda: step(line, case, "close"),
    }
    made = {}
    for name, call in calls.items():
        with counted_trips(engine) as trips:
            call()
        made[name] = len(trips)
    assert made == {"read": 2, "units": 2, "list": 2, "mark": 3, "close": 2}
