"""Lots of cells: recorded, blocked and released; a blocked lot is refused at binding."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, World

NOW = "2026-03-01T09:00:00Z"


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def record(line: Line, lot: str, **fields: Any) -> Data:
    return data(line.production.post("/v1/cell-lots", {"lot": lot, **fields}), 201)


def set_status(line: Line, lot: str, status: str, **headers: str) -> Answer:
    return line.qa.patch(f"/v1/cell-lots/{lot}/status", {"status": status, "reason": "swollen cells"}, **headers)


def blocked(answer: Answer) -> list[Data]:
    assert (answer.status, answer.code) == (409, "LOT_BLOCKED"), answer
    details: Data = answer.json["error"]["details"]
    found: list[Data] = details["lots"]
    return found


def test_recorded_lot_is_released_and_shown(line: Line) -> None:
    given = {"supplier": "Cell Works", "supplierLot": "CW-1", "quantity": 960, "receivedAt": "2026-02-27T07:00:00Z"}
    made = record(line, "Lot-1", **given)
    by = {"version": 1, "createdAt": NOW, "createdById": line.production.user_id}
    assert made == {"lot": "Lot-1", "status": "RELEASED", **given, **by}
    assert data(line.viewer.get("/v1/cell-lots/LOT-1")) == made
    assert line.viewer.get("/v1/cell-lots").json["data"] == [made]
    row, _ = line.row("Lot-1", "CELL_LOT_CREATED")
    assert row.entity_type == "cell_lot"


@pytest.mark.parametrize("lot", [".", ".."])
def test_lot_that_no_address_can_hold_is_not_recorded(line: Line, lot: str) -> None:
    answer = line.production.post("/v1/cell-lots", {"lot": lot})
    assert (answer.status, set(answer.json["fields"])) == (422, {"lot"})


def test_lot_is_recorded_once_whatever_its_case(line: Line) -> None:
    record(line, "Lot-1")
    answer = line.production.post("/v1/cell-lots", {"lot": "LOT-1"})
    assert (answer.status, answer.code) == (409, "DUPLICATE_LOT")
    assert answer.json["error"]["details"] == {"lot": "Lot-1"}
    record(Line(line.world, OTHER), "LOT-1")


def test_lots_are_listed_newest_first_by_status_and_page(line: Line) -> None:
    for number in range(5):
        line.world.clock.advance(seconds=1)
        record(line, f"L-{number}")
    data(set_status(line, "L-1", "BLOCKED"))
    names: list[str] = []
    cursor = ""
    while True:
        answer = line.viewer.get(f"/v1/cell-lots?limit=2{cursor}")
        names += [one["lot"] for one in answer.json["data"]]
        if answer.json["meta"]["nextCursor"] is None:
            break
        cursor = f"&cursor={answer.json['meta']['nextCursor']}"
    assert names == ["L-4", "L-3", "L-2", "L-1", "L-0"]
    for status, count in (("BLOCKED", 1), ("RELEASED", 4)):
        assert len(data(line.viewer.get(f"/v1/cell-lots?status={status}"))) == count


def test_cells_of_a_blocked_lot_are_not_bound_until_it_is_released(line: Line) -> None:
    module = line.module(line.batch(cellsPerModule=9))
    record(line, "L-1")
    data(line.bind(module, "C-1", "L-1"))
    shown = data(set_status(line, "l-1", "BLOCKED"))
    assert (shown["status"], shown["reason"], shown["version"]) == ("BLOCKED", "swollen cells", 2)
    for answer in (line.bind(module, "C-2", "l-1"), line.bind_tray(module, ["C-2", "C-3"], "L-1")):
        assert [one["reason"] for one in blocked(answer)] == ["swollen cells"]
    assert blocked(line.bind(module, "(01)09521234000013(10)L-1(21)C-2"))[0]["lot"] == "L-1"
    assert registered("C-2") is None
    data(line.bind(module, "C-4", "L-2"))
    data(set_status(line, "L-1", "RELEASED"))
    data(line.bind(module, "C-2", "L-1"))
    _, diff = line.row("L-1", "CELL_LOT_CREATED")
    assert diff["status"] == [None, "RELEASED"]


def test_cell_that_inherits_a_blocked_lot_is_refused(line: Line) -> None:
    module = line.module(line.batch())
    record(line, "L-1")
    data(line.bind(module, "C-1", "L-1"))
    data(line.unbind(module, "C-1"))
    data(set_status(line, "L-1", "BLOCKED"))
    assert blocked(line.bind(module, "C-1")) == [{"lot": "L-1", "reason": "swollen cells"}]


def test_bound_cells_of_a_blocked_lot_stay(line: Line) -> None:
    module = line.full_module(line.batch(), "L-1")
    record(line, "L-1")
    data(set_status(line, "L-1", "BLOCKED"))
    data(line.seal("modules", module))


def test_status_can_be_given_again_with_another_reason(line: Line) -> None:
    record(line, "L-1")
    for version in (2, 3):
        assert data(set_status(line, "L-1", "BLOCKED"))["version"] in {version, 2}
    module = line.module(line.batch())
    assert blocked(line.bind(module, "C-1", "L-1"))


def test_holds_and_blocked_lots_leave_each_other(line: Line) -> None:
    module = line.module(line.batch())
    record(line, "L-1")
    data(set_status(line, "L-1", "BLOCKED"))
    hold = data(line.qa.post("/v1/holds", {"kind": "SERIAL", "value": "C-9", "reason": "dropped"}), 201)
    assert blocked(line.bind(module, "C-1", "L-1"))
    assert line.bind(module, "C-9").code == "ON_HOLD"
    data(set_status(line, "L-1", "RELEASED"))
    assert line.bind(module, "C-9").code == "ON_HOLD"
    data(line.supervisor.post(f"/v1/holds/{hold['id']}/release", {"reason": "checked"}))
    data(line.bind(module, "C-9", "L-1"))


def test_blocked_lots_of_another_organisation_do_not_matter(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    record(theirs, "L-1")
    data(set_status(theirs, "L-1", "BLOCKED"))
    data(line.bind(line.module(line.batch()), "C-1", "L-1"))
    for answer in (line.viewer.get("/v1/cell-lots/L-1"), set_status(line, "L-1", "BLOCKED")):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, {"lot"}),
        ({"lot": "a b", "quantity": 0, "supplier": " "}, {"lot", "quantity", "supplier"}),
        ({"lot": "L", "receivedAt": "yesterday", "supplierLot": ""}, {"receivedAt", "supplierLot"}),
        ({"lot": "L", "status": "BLOCKED"}, {"status"}),
    ],
)
def test_every_invalid_field_of_a_lot_is_named(line: Line, body: Data, bad: set[str]) -> None:
    answer = line.production.post("/v1/cell-lots", body)
    assert (answer.status, set(answer.fields)) == (422, bad)


def test_every_invalid_field_of_a_status_is_named(line: Line) -> None:
    record(line, "L-1")
    answer = line.qa.patch("/v1/cell-lots/L-1/status", {"status": "GONE"})
    assert (answer.status, set(answer.fields)) == (422, {"status", "reason"})


def test_who_may_record_and_block(line: Line) -> None:
    record(line, "L-1")
    assert line.qa.post("/v1/cell-lots", {"lot": "L-2"}).status == 403
    body = {"status": "BLOCKED", "reason": "x"}
    for person in (line.production, line.supervisor, line.viewer):
        assert person.patch("/v1/cell-lots/L-1/status", body).status == 403


def test_repeated_keys_and_stale_versions(line: Line) -> None:
    answers = [line.production.post("/v1/cell-lots", {"lot": "L-1"}, idempotency_key="k") for _ in range(2)]
    assert (answers[0].text, answers[1].headers["Idempotent-Replayed"]) == (answers[1].text, "true")
    changes = [set_status(line, "L-1", "BLOCKED", idempotency_key="s") for _ in range(2)]
    assert changes[0].text == changes[1].text
    answer = set_status(line, "L-1", "RELEASED", if_match="1")
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    data(set_status(line, "L-1", "RELEASED", if_match="2"))


def test_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch(cellsPerModule=90)
    steps: list[tuple[int, Callable[[], object]]] = [
        (2, lambda: record(line, "L-1")),
        (2, lambda: data(set_status(line, "L-1", "BLOCKED"))),
        (2, lambda: data(line.viewer.get("/v1/cell-lots"))),
        (1, lambda: data(line.viewer.get("/v1/cell-lots/L-1"))),
    ]
    for most, step in steps:
        with counted_trips(engine) as trips:
            step()
        assert len(trips) <= most, trips.made
    sizes: list[int] = []
    module = line.module(batch)
    tray = [f"C-{number}" for number in range(90)]
    with engine.before("TransactWriteItems", lambda _, request: sizes.append(len(request["TransactItems"]))):
        data(line.bind_tray(module, tray, "L-2", idempotency_key="t"))
    assert sizes == [100]
