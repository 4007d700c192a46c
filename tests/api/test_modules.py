"""Modules: create, bind and unbind cells, seal."""

import json
from typing import Any

import pytest

from chalicelib.core.store import Query
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import FormerCell, LotUse, former_cell_pk, lot_pk
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import DEMO, OTHER, Answer, World

NOW = "2026-03-01T09:00:00Z"


def violation(answer: Answer) -> Data:
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    details: Data = answer.json["error"]["details"]
    return details


def duplicates(answer: Answer) -> list[Data]:
    assert (answer.status, answer.code) == (409, "DUPLICATE_SERIAL"), answer
    details: Data = answer.json["error"]["details"]
    found: list[Data] = details["duplicates"]
    assert {name: details[name] for name in found[0]} == found[0]
    return found


def test_new_module_is_empty_and_contains_its_sku(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    answer = line.production.post("/v1/modules", {"batchId": batch["id"], "serial": "M/1+(x)"})
    made = data(answer, 201)
    assert made["id"].startswith("MOD-")
    assert made == {
        "id": made["id"],
        "serial": "M/1+(x)",
        "status": "DRAFT",
        "batchId": batch["id"],
        "skuId": batch["skuId"],
        "sku": batch["sku"],
        "cellsBound": 0,
        "cellsRequired": 2,
        "version": 1,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    read = line.viewer.get(f"/v1/modules/{made['id']}")
    assert (data(read), read.headers["ETag"]) == ({**made, "cells": [], "changes": [], "tests": [], "holds": []}, '"1"')


def test_module_of_unknown_batch_is_not_found(world: World) -> None:
    theirs = Line(world, OTHER).batch()
    line = Line(world)
    for batch_id in ("BAT-none", theirs["id"]):
        answer = line.production.post("/v1/modules", {"batchId": batch_id, "serial": "M"})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert registered("M") is None


@pytest.mark.parametrize("serial", ["", "a b", "a\nb", "é", "x" * 129, 7, None])
def test_invalid_serial_number_is_refused(world: World, serial: Any) -> None:
    line = Line(world)
    batch = line.batch()
    answer = line.production.post("/v1/modules", {"batchId": batch["id"], "serial": serial})
    assert (answer.status, set(answer.fields)) == (422, {"serial"})
    module = line.module(batch)
    answer = line.production.patch(f"/v1/modules/{module['id']}/bind-cell", {"serial": serial, "lot": serial or 1})
    assert (answer.status, set(answer.fields)) == (422, {"serial", "lot"})


def test_control_characters_around_a_scan_are_removed(world: World) -> None:
    line = Line(world)
    data(line.bind(line.module(line.batch()), "\u001dC-1\r\n", "L-1\n"))
    cell = registered("C-1")
    assert cell is not None
    assert cell.lot == "L-1"


def test_first_cell_starts_a_module_and_cells_keep_their_order(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch(cellsPerModule=4))
    world.clock.advance(minutes=1)
    later = "2026-03-01T09:01:00Z"
    first = data(line.bind(module, "Z", "L1"))
    assert first == {**module, "status": "IN_PROGRESS", "cellsBound": 1, "version": 2, "updatedAt": later}
    second = data(line.bind_tray(module, ["B", "A"], if_match="2"))
    assert (second["cellsBound"], second["version"], second["status"]) == (3, 3, "IN_PROGRESS")
    assert data(line.bind(module, "C"))["cellsBound"] == 4
    assert data(line.viewer.get(f"/v1/modules/{module['id']}"))["cells"] == [
        {"serial": "Z", "boundAt": later, "lot": "L1"},
        {"serial": "B", "boundAt": later},
        {"serial": "A", "boundAt": later},
        {"serial": "C", "boundAt": later},
    ]


def test_duplicate_serial_names_its_holder(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    one, other = line.module(batch, "M-1"), line.module(batch, "M-2")
    pack = line.pack(batch, serial="P-1")
    data(line.bind(one, "C-1"))
    in_one = {"serial": "C-1", "usedAs": "CELL", "moduleId": one["id"]}
    as_pack = {"serial": "P-1", "usedAs": "PACK", "packId": pack["id"]}
    as_module = {"serial": "M-1", "usedAs": "MODULE", "moduleId": one["id"]}
    assert duplicates(line.bind(other, "C-1")) == [in_one]
    assert duplicates(line.bind(one, "C-1")) == [in_one]
    assert duplicates(line.bind(other, "P-1")) == [as_pack]
    for kind in ("modules", "packs"):
        for serial, used in (("C-1", in_one), ("M-1", as_module), ("P-1", as_pack)):
            body = {"batchId": batch["id"], "serial": serial}
            assert duplicates(line.production.post(f"/v1/{kind}", body)) == [used]
    assert line.counted("module")["DRAFT"] == 1


def test_duplicate_serial_of_another_organisation_shows_only_the_serial(world: World) -> None:
    theirs = Line(world, OTHER)
    their_module = theirs.module(theirs.batch(), "M-1")
    data(theirs.bind(their_module, "C-1"))
    line = Line(world)
    batch = line.batch()
    module = line.module(batch)
    for answer in (
        line.bind(module, "C-1"),
        line.bind(module, "M-1"),
        line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "C-1"}),
    ):
        [duplicate] = duplicates(answer)
        assert set(duplicate) == {"serial"}
        assert their_module["id"] not in answer.text
    [first, second] = duplicates(line.bind_tray(module, ["C-1", "M-1"]))
    assert (first, second) == ({"serial": "C-1"}, {"serial": "M-1"})


def test_serial_numbers_are_case_sensitive(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    assert data(line.bind_tray(module, ["c-1", "C-1"]))["cellsBound"] == 2


def test_tray_is_bound_completely_or_not_and_names_every_duplicate(world: World) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=200)
    one, other = line.module(batch), line.module(batch)
    data(line.bind_tray(one, ["C-3", "C-7"]))
    tray = [f"C-{number}" for number in range(90)]
    found = duplicates(line.bind_tray(other, tray))
    assert found == [{"serial": serial, "usedAs": "CELL", "moduleId": one["id"]} for serial in ("C-3", "C-7")]
    assert (line.cells_of(other), registered("C-0")) == ([], None)
    assert data(line.viewer.get(f"/v1/modules/{other['id']}"))["status"] == "DRAFT"
    fresh = [f"D-{number}" for number in range(90)]
    assert data(line.bind_tray(other, fresh))["cellsBound"] == 90
    assert line.cells_of(other) == fresh


def test_full_tray_with_lot_and_key_fits_into_one_transaction(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    module = line.module(line.batch(cellsPerModule=90))
    calls: list[tuple[str, int]] = []

    def during(operation: str, request: Data) -> None:
        calls.append((operation, len(request.get("TransactItems", ()))))

    with engine.before(None, during):
        data(line.bind_tray(module, [f"C-{number}" for number in range(90)], "LOT-1", idempotency_key="k"))
    assert calls == [("BatchGetItem", 0), ("TransactWriteItems", 100)]


@pytest.mark.parametrize(
    ("serials", "bad"),
    [
        ([], "serials"),
        ([f"C-{number}" for number in range(91)], "serials"),
        (["C-1", "C-2", "C-1"], "serials"),
        (["C-1", "a b"], "serials.1"),
        ("C-1", "serials"),
    ],
)
def test_tray_has_1_to_90_distinct_cells(world: World, serials: Any, bad: str) -> None:
    line = Line(world)
    module = line.module(line.batch(cellsPerModule=200))
    answer = line.bind_tray(module, serials)
    assert (answer.status, set(answer.fields)) == (422, {bad})


def test_module_holds_at_most_the_cells_of_its_sku(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch(cellsPerModule=3))
    details = violation(line.bind_tray(module, ["A", "B", "C", "D"]))
    assert (details["bound"], details["required"], details["state"]) == (0, 3, "DRAFT")
    data(line.bind_tray(module, ["A", "B"]))
    assert violation(line.bind_tray(module, ["C", "D"]))["missing"] == ["there is room for 1 of 2 cells"]
    data(line.bind(module, "C"))
    assert violation(line.bind(module, "D"))["missing"] == ["all 3 cells are bound"]
    assert registered("D") is None


def test_unbound_cell_can_be_bound_again(world: World) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=3)
    one, other = line.module(batch), line.module(batch)
    data(line.bind_tray(one, ["A", "B", "C"], "L1"))
    world.clock.advance(minutes=1)
    less = data(line.unbind(one, "B", if_match="2"))
    assert (less["cellsBound"], less["version"], less["status"]) == (2, 3, "IN_PROGRESS")
    assert line.cells_of(one) == ["A", "C"]
    assert data(line.bind(other, "B"))["cellsBound"] == 1
    data(line.unbind(other, "B"))
    assert data(line.bind(one, "B"))["cellsBound"] == 3
    assert line.cells_of(one) == ["A", "C", "B"]


def test_unbinding_the_last_cell_leaves_a_module_in_progress(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    data(line.bind(module, "A"))
    assert data(line.unbind(module, "A"))["status"] == "IN_PROGRESS"
    assert violation(line.unbind(module, "A"))["missing"] == ["A is not bound to this module"]


def test_only_a_cell_of_this_module_can_be_unbound(world: World) -> None:
    theirs = Line(world, OTHER)
    data(theirs.bind(theirs.module(theirs.batch()), "T"))
    line = Line(world)
    batch = line.batch()
    one, other = line.module(batch, "M-1"), line.module(batch)
    assert violation(line.unbind(one, "A"))["state"] == "DRAFT"
    data(line.bind(one, "A"))
    data(line.bind(other, "B"))
    for serial in ("B", "T", "M-1", "nothing"):
        assert violation(line.unbind(one, serial))["missing"] == [f"{serial} is not bound to this module"]
        assert registered(serial) is not None or serial == "nothing"


def test_unbinding_is_recorded(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    data(line.bind(module, "A", "L1"))
    world.clock.advance(minutes=1)
    data(line.unbind(module, "A"))
    [bound, unbound] = read_whole_ledger(line.stored_module(module).pk)
    assert (bound.change, bound.removed, bound.present) == ("BOUND", {"A"}, [])
    assert (unbound.change, unbound.serials, unbound.lot, unbound.present) == ("UNBOUND", ["A"], "L1", [])
    [former] = Query(FormerCell, former_cell_pk(DEMO, "A")).all()
    assert (former.module_id, former.lot, former.removed_by) == (module["id"], "L1", line.production.user_id)
    assert (former.bound_by_entry, former.removed_by_entry) == (bound.sk, unbound.sk)
    assert (former.removed_at - former.bound_at).total_seconds() == 60


def test_lot_use_counts_cells_of_a_module(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch(cellsPerModule=9))
    data(line.bind_tray(module, ["A", "B"], "L1"))
    data(line.bind(module, "C", "L1"))
    data(line.bind(module, "D"))
    data(line.unbind(module, "B"))
    [used] = Query(LotUse, lot_pk(DEMO, "L1")).all()
    assert (used.module_id, used.lot, used.cells) == (module["id"], "L1", 2)


def test_seal_requires_exactly_the_cells_of_the_sku(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    assert violation(line.seal("modules", module))["allowed"] == ["bind-cell", "bind-cells", "scrap"]
    data(line.bind(module, "A"))
    details = violation(line.seal("modules", module))
    assert details == {
        "moduleId": module["id"],
        "state": "IN_PROGRESS",
        "action": "seal",
        "allowed": ["bind-cell", "bind-cells", "scrap", "seal", "unbind-cell"],
        "missing": ["1 of 2 cells are not bound yet"],
        "bound": 1,
        "required": 2,
    }
    data(line.bind(module, "B"))
    world.clock.advance(minutes=1)
    sealed = data(line.seal("modules", module, if_match="3"))
    assert (sealed["status"], sealed["version"], sealed["sealedAt"]) == ("SEALED", 4, "2026-03-01T09:01:00Z")


def test_sealed_module_is_locked(world: World) -> None:
    line = Line(world)
    module = line.sealed_module(line.batch())
    cell = line.cells_of(module)[0]
    for answer, action in (
        (line.bind(module, "X"), "bind-cell"),
        (line.bind_tray(module, ["X"]), "bind-cells"),
        (line.unbind(module, cell), "unbind-cell"),
        (line.seal("modules", module), "seal"),
    ):
        assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
        assert answer.json["error"]["message"] == "Cannot modify a sealed module."
        assert answer.json["error"]["details"] == {
            "moduleId": module["id"],
            "state": "SEALED",
            "action": action,
            "allowed": ["scrap"],
        }
    assert line.bind_tray(module, []).status == 422
    assert registered("X") is None


def test_stale_version_of_a_module_is_refused(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    data(line.bind(module, "A"))
    for answer in (
        line.bind(module, "B", if_match="1"),
        line.bind_tray(module, ["B"], if_match='W/"1"'),
        line.unbind(module, "A", if_match="3"),
        line.seal("modules", module, if_match="1"),
    ):
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
        assert answer.json["error"]["details"] == {"version": 2}
    assert line.cells_of(module) == ["A"]


def test_repeated_key_binds_once(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    answers = [line.bind(module, "A", idempotency_key="k") for _ in range(2)]
    assert (answers[0].text, answers[1].headers["Idempotent-Replayed"]) == (answers[1].text, "true")
    assert line.cells_of(module) == ["A"]
    trays = [line.bind_tray(module, ["B"], idempotency_key="t") for _ in range(2)]
    offs = [line.unbind(module, "B", idempotency_key="u") for _ in range(2)]
    assert (trays[0].text, offs[0].text) == (trays[1].text, offs[1].text)
    assert line.cells_of(module) == ["A"]


def test_audit_rows_of_a_module(world: World) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=3)
    module = line.module(batch, "M-1")
    data(line.bind(module, "A", "L1"))
    data(
        line.bind_tray(
            module,
            [
                "B",
                "C",
            ],
            "L2",
        )
    )
    data(line.unbind(module, "C"))
    data(line.bind(module, "D"))
    data(line.seal("modules", module))
    made = {"status": [None, "DRAFT"], "serial": [None, "M-1"], "batch_id": [None, batch["id"]]}
    assert line.row(module["id"], "MODULE_CREATED")[1] == {**made, "sku_id": [None, batch["skuId"]]}
    into = [None, module["id"]]
    rows = [row for row in world.audit() if row.entity_id == module["id"]]
    assert {(row.actor_id, row.entity_type, row.outcome) for row in rows} == {(line.production.user_id, "module", "OK")}
    assert [(row.action_type, json.loads(row.payload_diff or "")) for row in rows[1:]] == [
        ("CELL_BOUND", {"status": ["DRAFT", "IN_PROGRESS"], "cell/A.module": into, "cell/A.lot": [None, "L1"]}),
        (
            "CELLS_BOUND",
            {
                "cell/B.module": into,
                "cell/C.module": into,
                "cell/B.lot": [None, "L2"],
                "cell/C.lot": [None, "L2"],
            },
        ),
        ("CELL_UNBOUND", {"cell/C.module": [module["id"], None], "cell/C.lot": ["L2", None]}),
        ("CELL_BOUND", {"cell/D.module": into}),
        ("MODULE_SEALED", {"status": ["IN_PROGRESS", "SEALED"], "sealed_at": [None, NOW]}),
    ]


def test_modules_of_another_organisation_are_not_found(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    other = Line(world, OTHER)
    for answer in (
        other.viewer.get(f"/v1/modules/{module['id']}"),
        other.bind(module, "A"),
        other.bind_tray(module, ["A"]),
        other.unbind(module, "A"),
        other.seal("modules", module),
    ):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("step", "calls"),
    [
        ("create", ["BatchGetItem", "TransactWriteItems"]),
        ("bind", ["BatchGetItem", "TransactWriteItems"]),
        ("unbind", ["BatchGetItem", "TransactWriteItems"]),
        ("seal", ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]),
    ],
)
def test_round_trips_of_each_step(world: World, engine: EmbeddedEngine, step: str, calls: list[str]) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.module(batch)
    data(line.bind(module, "A"))
    if step == "seal":
        data(line.bind(module, "B"))
    made: list[str] = []
    with engine.before(None, lambda operation, _: made.append(operation)):
        {
            "create": lambda: data(line.production.post("/v1/modules", {"batchId": batch["id"], "serial": "N"}), 201),
            "bind": lambda: data(line.bind(module, "B")),
            "unbind": lambda: data(line.unbind(module, "A")),
            "seal": lambda: data(line.seal("modules", module)),
        }[step]()
    assert made == calls
