"""Importing SKUs and batches: created once, changed while they are drafts, never afterwards."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws, outcome
from tests.builders.manufacturing import Data, Line, data
from tests.builders.world import OTHER, Answer, Person, World


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def load(person: Person, dataset: str, *records: Data, **headers: str) -> Answer:
    return person.post(f"/v1/imports/{dataset}", {"records": list(records)}, **headers)


def sku_record(code: str = "TR-60", **fields: Any) -> Data:
    return {"skuCode": code, "name": "Traction", "chemistry": "LFP", "cellsPerModule": 4, "modulesPerPack": 2, **fields}


def batch_record(reference: str = "PO-1", **fields: Any) -> Data:
    return {"reference": reference, "skuCode": "TR-60", **fields}


def listed(line: Line, kind: str) -> list[Data]:
    rows: list[Data] = line.viewer.get(f"/v1/{kind}").json["data"]
    return rows


def active_sku(line: Line) -> Data:
    sku = line.draft_sku(skuCode="TR-60")
    return data(line.admin.patch(f"/v1/skus/{sku['id']}/activate"))


def test_sku_has_the_values_of_its_record(line: Line) -> None:
    limits = {"voltage": {"min": 50, "max": 53, "unit": "V"}}
    record = sku_record(nominalVoltage=51.2, limits=limits, requireLot=True, gtins={"cell": "04012345000009"})
    assert outcome(load(line.admin, "skus", record)) == (1, 0, {})
    [row] = listed(line, "skus")
    sku = data(line.viewer.get(f"/v1/skus/{row['id']}"))
    assert sku["status"] == "DRAFT"
    assert {name: sku[name] for name in record} == record


def test_sku_that_was_loaded_twice_is_one_and_stays_as_it_is(line: Line) -> None:
    load(line.admin, "skus", sku_record(tests=[{"step": "EOL", "required": True, "limits": {}}]))
    before = listed(line, "skus")
    assert outcome(load(line.admin, "skus", sku_record())) == (0, 1, {})
    assert listed(line, "skus") == before
    assert line.viewer.get(f"/v1/skus/{before[0]['id']}").json["data"]["tests"] != []


def test_draft_sku_is_changed_and_an_active_one_is_not(line: Line) -> None:
    load(line.admin, "skus", sku_record(nominalVoltage=48))
    assert outcome(load(line.admin, "skus", sku_record(name="Traction 60", nominalVoltage=None))) == (0, 1, {})
    [sku] = listed(line, "skus")
    assert (sku["name"], "nominalVoltage" in sku) == ("Traction 60", False)
    data(line.admin.patch(f"/v1/skus/{sku['id']}/activate"))
    assert outcome(load(line.admin, "skus", sku_record(name="Traction 60"))) == (0, 1, {})
    refused = flaws(load(line.admin, "skus", sku_record(cellsPerModule=5)))
    reason = "cannot be changed while the sku is ACTIVE"
    assert refused == {"name": reason, "cellsPerModule": reason}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"skuCode": None}, "skuCode"),
        ({"name": ""}, "name"),
        ({"cellsPerModule": 0}, "cellsPerModule"),
        ({"nominalVoltage": -1}, "nominalVoltage"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_invalid_sku_is_rejected_and_does_not_stop_the_others(line: Line, change: Data, field: str) -> None:
    answer = load(line.admin, "skus", {**sku_record("BAD"), **change}, sku_record("GOOD"))
    created, updated, rejected = outcome(answer)
    assert (answer.status, created, updated, list(rejected[0])) == (207, 1, 0, [field])
    assert [sku["skuCode"] for sku in listed(line, "skus")] == ["GOOD"]


def test_batch_has_the_values_of_its_record_and_is_created_once(line: Line) -> None:
    sku = active_sku(line)
    record = batch_record(targetQuantity=40, notes="Night shift")
    assert outcome(load(line.production, "batches", record, batch_record("PO-2"))) == (2, 0, {})
    assert outcome(load(line.production, "batches", record)) == (0, 1, {})
    batches = {batch["reference"]: batch for batch in listed(line, "batches")}
    assert batches.keys() == {"PO-1", "PO-2"}
    first = batches["PO-1"]
    assert (first["skuId"], first["targetQuantity"], first["notes"]) == (sku["id"], 40, "Night shift")
    assert (first["status"], first["version"]) == ("DRAFT", 1)
    assert line.viewer.get("/v1/batches?q=po-2").json["data"] == [batches["PO-2"]]


def test_draft_batch_is_changed_and_a_started_one_is_not(line: Line) -> None:
    active_sku(line)
    load(line.production, "batches", batch_record(targetQuantity=40, notes="A"))
    assert outcome(load(line.production, "batches", batch_record(notes="B"))) == (0, 1, {})
    [batch] = listed(line, "batches")
    assert (batch["targetQuantity"], batch["notes"]) == (40, "B")
    assert line.viewer.get("/v1/batches?q=b").json["meta"]["totalCount"] == 1
    data(line.production.patch(f"/v1/batches/{batch['id']}/start"))
    assert outcome(load(line.production, "batches", batch_record(notes="B"))) == (0, 1, {})
    refused = flaws(load(line.production, "batches", batch_record(targetQuantity=50)))
    assert refused == {"targetQuantity": "cannot be changed while the batch is IN_PROGRESS"}


def test_batch_needs_one_active_sku_and_keeps_it(line: Line) -> None:
    sku = active_sku(line)
    draft = line.draft_sku(skuCode="OTHER")
    refused = {
        "skuCode": flaws(load(line.production, "batches", batch_record(skuCode="NONE"))),
        "skuId": flaws(load(line.production, "batches", {"reference": "PO-1", "skuId": "SKU-none"})),
    }
    assert refused == {name: {name: "is not a SKU of the organisation"} for name in ("skuCode", "skuId")}
    not_active = flaws(load(line.production, "batches", batch_record(skuCode="OTHER")))
    assert not_active == {"skuCode": "is DRAFT and has to be ACTIVE"}
    for both in ({"reference": "PO-1"}, {"reference": "PO-1", "skuId": sku["id"], "skuCode": "TR-60"}):
        assert flaws(load(line.production, "batches", both)) == {"skuId": "is required, or skuCode instead of it"}
    load(line.production, "batches", {"reference": "PO-1", "skuId": sku["id"]})
    moved = flaws(load(line.production, "batches", {"reference": "PO-1", "skuId": draft["id"]}))
    assert moved == {"skuId": f"is not that of the batch, which is {sku['id']}"}


def test_the_same_keys_of_another_organisation_are_others(world: World, line: Line) -> None:
    active_sku(line)
    load(line.production, "batches", batch_record())
    theirs = Line(world, OTHER)
    assert flaws(load(theirs.production, "batches", batch_record())) == {"skuCode": "is not a SKU of the organisation"}
    assert outcome(load(theirs.admin, "skus", sku_record())) == (1, 0, {})


@pytest.mark.parametrize("dataset", ["skus", "batches"])
def test_import_needs_the_permission_of_the_creation(line: Line, dataset: str) -> None:
    answer = load(line.viewer, dataset)
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_replay_with_the_same_key_creates_nothing(line: Line) -> None:
    active_sku(line)
    first = load(line.production, "batches", batch_record(), idempotency_key="import-1")
    again = load(line.production, "batches", batch_record(), idempotency_key="import-1")
    assert (first.status, again.json) == (200, first.json)
    assert len(listed(line, "batches")) == 1


def test_one_reference_in_two_requests_at_once_is_one_batch(line: Line, engine: EmbeddedEngine) -> None:
    active_sku(line)
    answers: list[Answer] = []

    def load_first(*_: Any) -> None:
        if not answers:
            answers.append(load(line.production, "batches", batch_record()))

    with engine.before("TransactWriteItems", load_first):
        answers.append(load(line.production, "batches", batch_record()))
    assert sorted(outcome(answer) for answer in answers) == [(0, 1, {}), (1, 0, {})]
    assert len(listed(line, "batches")) == 1
