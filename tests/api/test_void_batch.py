"""Batches and SKUs that were created by mistake."""

import pytest

from chalicelib.core.store import get
from chalicelib.manufacturing.tables import sku_code_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import DEMO, OTHER, Answer, World


def violation(answer: Answer) -> Data:
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    details: Data = answer.json["error"]["details"]
    return details


@pytest.mark.parametrize("is_started", [False, True])
def test_batch_without_packs_is_voided(world: World, *, is_started: bool) -> None:
    line = Line(world)
    batch = line.batch() if is_started else line.draft_batch()
    shown = data(line.void_batch(batch))
    assert (shown["status"], shown["voidedAt"], shown["voidReason"]) == ("VOID", "2026-03-01T09:00:00Z", "wrong SKU")
    assert data(line.viewer.get(f"/v1/batches/{batch['id']}"))["status"] == "VOID"
    assert line.counted("batch") == {"DRAFT": 0, "IN_PROGRESS": 0, "COMPLETED": 0, "VOID": 1}
    listed = line.viewer.get("/v1/batches?status=VOID").json["data"]
    assert [one["id"] for one in listed] == [batch["id"]]
    row, diff = line.row(batch["id"], "BATCH_VOIDED")
    assert (row.actor_id, diff["void_reason"]) == (line.production.user_id, [None, "wrong SKU"])
    for answer in (
        line.void_batch(batch),
        line.production.patch(f"/v1/batches/{batch['id']}/start"),
        line.qa.patch(f"/v1/batches/{batch['id']}/complete"),
        line.production.post("/v1/modules", {"batchId": batch["id"], "serial": "M"}),
        line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P"}),
    ):
        assert violation(answer)["state"] == "VOID"


def test_batch_with_packs_is_voided_after_they_are(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    packs = [line.pack(batch), line.finished_pack(batch)]
    details = violation(line.void_batch(batch))
    assert details["missing"] == ["2 packs are not VOID"]
    assert (details["packs"], details["packsOpen"]) == (2, 1)
    assert [pack["packId"] for pack in details["openPacks"]] == [packs[0]["id"]]
    for pack in packs:
        data(line.void(pack))
    assert violation(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))["missing"] == ["the batch has no pack"]
    assert data(line.void_batch(batch))["packs"]["voided"] == 2


def test_completed_batch_is_not_voided(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch)
    data(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))
    assert violation(line.void_batch(batch))["state"] == "COMPLETED"


def test_modules_of_a_voided_batch_take_no_cells_and_are_used_elsewhere(world: World) -> None:
    line = Line(world)
    batch = line.batch(modulesPerPack=1)
    begun, full, sealed = line.module(batch), line.full_module(batch), line.sealed_module(batch)
    data(line.bind(begun, "C-1"))
    data(line.void_batch(batch))
    for answer in (line.bind(begun, "C-2"), line.seal("modules", full)):
        assert violation(answer)["missing"] == [f"batch {batch['id']} is VOID"]
    assert registered("C-2") is None
    data(line.unbind(begun, "C-1"))
    data(line.scrap(full))
    other = data(line.production.patch(f"/v1/batches/{line.draft_batch(batch['sku'])['id']}/start"))
    assert data(line.bind_module(line.pack(other), sealed))["modulesBound"] == 1


def test_round_trips_replay_and_stale_version_of_voiding_a_batch(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch()
    stale = line.void_batch(batch, if_match="77")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    made: list[str] = []
    with engine.before(None, lambda operation, _: made.append(operation)):
        first = line.void_batch(batch, idempotency_key="k")
    assert made == ["BatchGetItem", "TransactWriteItems"]
    second = line.void_batch(batch, idempotency_key="k")
    assert (first.status, first.text, second.headers["Idempotent-Replayed"]) == (200, second.text, "true")


def test_batch_is_voided_with_a_reason_by_its_own_organisation(world: World) -> None:
    line, theirs = Line(world), Line(world, OTHER)
    batch = theirs.draft_batch()
    assert line.void_batch(batch).status == 404
    answer = theirs.production.patch(f"/v1/batches/{batch['id']}/void", {"reason": " "})
    assert (answer.status, set(answer.fields)) == (422, {"reason"})
    assert theirs.qa.patch(f"/v1/batches/{batch['id']}/void", {"reason": "r"}).status == 403
    assert theirs.supervisor.patch(f"/v1/batches/{batch['id']}/void", {"reason": "r"}).status == 200


def test_code_of_a_retired_draft_is_free(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku(skuCode="TR-1")
    assert data(line.supervisor.patch(f"/v1/skus/{draft['id']}/retire"))["status"] == "RETIRED"
    assert get(sku_code_key(DEMO, "TR-1")) is None
    assert violation(line.admin.patch(f"/v1/skus/{draft['id']}/activate"))["state"] == "RETIRED"
    active = line.sku(skuCode="TR-1")
    data(line.supervisor.patch(f"/v1/skus/{active['id']}/retire"))
    answer = line.supervisor.post("/v1/skus", {**draft_body(), "skuCode": "TR-1"})
    assert (answer.status, answer.code) == (409, "DUPLICATE_SKU_CODE")


def draft_body() -> Data:
    return {"name": "A", "chemistry": "LFP", "cellsPerModule": 1, "modulesPerPack": 1}
