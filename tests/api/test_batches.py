"""Batches: create, start, complete."""

import pytest

from tests.builders.manufacturing import LIMITS, Line, data
from tests.builders.world import OTHER, World

NOW = "2026-03-01T09:00:00Z"


def test_batch_contains_its_sku(world: World) -> None:
    line = Line(world)
    sku = line.sku(limits=LIMITS)
    answer = line.production.post("/v1/batches", {"skuId": sku["id"], "targetQuantity": 100, "notes": "first"})
    made = data(answer, 201)
    carried = {name: sku[name] for name in sku if name not in ("status", "version", "createdAt", "updatedAt", "limits")}
    assert made["id"].startswith("BAT-")
    assert made == {
        "id": made["id"],
        "status": "DRAFT",
        "skuId": sku["id"],
        "sku": carried,
        "packs": {"total": 0, "open": 0, "passed": 0, "failed": 0, "voided": 0},
        "targetQuantity": 100,
        "notes": "first",
        "version": 1,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    read = line.viewer.get(f"/v1/batches/{made['id']}")
    assert (data(read), read.headers["ETag"]) == ({**made, "sku": {**carried, "limits": LIMITS}, "holds": []}, '"1"')


def test_batch_requires_active_sku(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku()
    answer = line.production.post("/v1/batches", {"skuId": draft["id"]})
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"] == {
        "skuId": draft["id"],
        "state": "DRAFT",
        "action": "create-batch",
        "allowed": ["activate", "edit", "retire"],
    }


def test_refused_steps_state_action_entity_and_state(world: World) -> None:
    line = Line(world)
    draft, batch = line.draft_sku(), line.draft_batch()
    cells = line.module(line.batch())
    for answer, message in (
        (
            line.production.post("/v1/batches", {"skuId": draft["id"]}),
            "Cannot create a batch of a SKU in state DRAFT.",
        ),
        (
            line.production.post("/v1/modules", {"batchId": batch["id"], "serial": "M"}),
            "Cannot create a module in a batch in state DRAFT.",
        ),
        (line.unbind(cells, "C"), "Cannot unbind a cell from a module in state DRAFT."),
        (line.seal("modules", cells), "Cannot seal a module in state DRAFT."),
    ):
        assert (answer.status, answer.json["error"]["message"]) == (409, message)


def test_batch_of_unknown_or_foreign_sku_is_not_found(world: World) -> None:
    theirs = Line(world, OTHER).sku()
    line = Line(world)
    for sku_id in ("SKU-none", theirs["id"]):
        answer = line.production.post("/v1/batches", {"skuId": sku_id})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert answer.json["error"]["details"] == {"skuId": sku_id}


def test_every_invalid_field_of_a_batch_is_named(world: World) -> None:
    answer = Line(world).production.post("/v1/batches", {"targetQuantity": 0, "notes": "x" * 501, "status": "DRAFT"})
    assert (answer.status, set(answer.fields)) == (422, {"skuId", "targetQuantity", "notes", "status"})


def test_batch_starts_once(world: World) -> None:
    line = Line(world)
    draft = line.draft_batch()
    world.clock.advance(minutes=1)
    started = data(line.production.patch(f"/v1/batches/{draft['id']}/start", if_match="1"))
    later = "2026-03-01T09:01:00Z"
    assert started == {**draft, "status": "IN_PROGRESS", "version": 2, "updatedAt": later, "startedAt": later}
    again = line.production.patch(f"/v1/batches/{draft['id']}/start")
    assert (again.status, again.code) == (409, "WORKFLOW_VIOLATION")
    assert again.json["error"]["details"] == {
        "batchId": draft["id"],
        "state": "IN_PROGRESS",
        "action": "start",
        "allowed": ["complete", "create-module", "create-pack", "void"],
    }


def test_batch_completes_when_every_pack_is_finalized(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch, "PASS")
    line.finished_pack(batch, "FAIL")
    world.clock.advance(minutes=1)
    done = data(line.supervisor.patch(f"/v1/batches/{batch['id']}/complete"))
    assert (done["status"], done["completedAt"]) == ("COMPLETED", "2026-03-01T09:01:00Z")
    assert done["packs"] == {"total": 2, "open": 0, "passed": 1, "failed": 1, "voided": 0}
    again = line.qa.patch(f"/v1/batches/{batch['id']}/complete")
    assert (again.status, again.code, again.json["error"]["details"]["state"]) == (
        409,
        "WORKFLOW_VIOLATION",
        "COMPLETED",
    )


def test_batch_without_packs_cannot_be_completed(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    answer = line.qa.patch(f"/v1/batches/{batch['id']}/complete")
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    details = answer.json["error"]["details"]
    assert details["missing"] == ["the batch has no pack"]
    assert details["openPacks"] == []


def test_refused_completion_names_open_packs(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch)
    ready, empty = line.ready_pack(batch), line.pack(batch)
    quarantined = line.ready_pack(batch)
    line.dispose(quarantined, "QUARANTINE")
    line.ready_pack(line.batch())  # packs of another batch do not count
    answer = line.qa.patch(f"/v1/batches/{batch['id']}/complete")
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    details = answer.json["error"]["details"]
    assert details["missing"] == ["3 of 4 packs are not FINALIZED"]
    assert (details["packs"], details["packsOpen"], details["action"]) == (4, 3, "complete")
    assert [(pack["packId"], pack["status"]) for pack in details["openPacks"]] == [
        (quarantined["id"], "READY_FOR_EOL"),
        (empty["id"], "DRAFT"),
        (ready["id"], "READY_FOR_EOL"),
    ]


def test_draft_batch_cannot_be_completed(world: World) -> None:
    line = Line(world)
    answer = line.qa.patch(f"/v1/batches/{line.draft_batch()['id']}/complete")
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    details = answer.json["error"]["details"]
    assert (details["state"], details["action"], details["allowed"]) == ("DRAFT", "complete", ["start", "void"])


@pytest.mark.parametrize(("kind", "action"), [("modules", "create-module"), ("packs", "create-pack")])
def test_modules_and_packs_require_running_batch(world: World, kind: str, action: str) -> None:
    line = Line(world)
    done = line.batch()
    line.finished_pack(done)
    data(line.qa.patch(f"/v1/batches/{done['id']}/complete"))
    for batch, status in ((line.draft_batch(), "DRAFT"), (done, "COMPLETED")):
        answer = line.production.post(f"/v1/{kind}", {"batchId": batch["id"], "serial": "X"})
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        details = answer.json["error"]["details"]
        assert (details["batchId"], details["state"], details["action"]) == (batch["id"], status, action)


def test_audit_rows_of_a_batch(world: World) -> None:
    line = Line(world)
    sku = line.sku()
    draft = line.draft_batch(sku, targetQuantity=5, notes="n")
    data(line.production.patch(f"/v1/batches/{draft['id']}/start"))
    line.finished_pack(draft)
    data(line.qa.patch(f"/v1/batches/{draft['id']}/complete"))
    created = {"status": [None, "DRAFT"], "sku_id": [None, sku["id"]], "target_quantity": [None, 5]}
    assert line.row(draft["id"], "BATCH_CREATED")[1] == {**created, "notes": [None, "n"]}
    started = {"status": ["DRAFT", "IN_PROGRESS"], "started_at": [None, NOW]}
    assert line.row(draft["id"], "BATCH_STARTED")[1] == started
    row, diff = line.row(draft["id"], "BATCH_COMPLETED")
    assert (row.actor_id, row.entity_type) == (line.qa.user_id, "batch")
    assert diff == {"status": ["IN_PROGRESS", "COMPLETED"], "completed_at": [None, NOW]}


def test_stale_version_of_a_batch_is_refused(world: World) -> None:
    line = Line(world)
    draft = line.draft_batch()
    stale = line.production.patch(f"/v1/batches/{draft['id']}/start", if_match="7")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    pack = line.ready_pack(batch)
    path = f"/v1/batches/{batch['id']}/complete"
    for version, change in ((2, "pack created"), (3, "pack finalized")):
        answer = line.qa.patch(path, if_match=str(version))
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT"), change
        assert answer.json["error"]["details"] == {"version": version + 1}
        if version == 2:
            data(line.dispose(pack, "PASS"))
    assert line.qa.patch(path, if_match="4").status == 200


def test_repeated_key_starts_a_batch_once(world: World) -> None:
    line = Line(world)
    draft = line.draft_batch()
    first, second = (line.production.patch(f"/v1/batches/{draft['id']}/start", idempotency_key="k") for _ in range(2))
    assert (first.text, second.headers["Idempotent-Replayed"]) == (second.text, "true")
