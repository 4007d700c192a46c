"""Batches of the battery console: setting one up, starting it, completing it when its packs are done."""

import pytest

from tests.builders.manufacturing import LIMITS, Line, data
from tests.builders.world import OTHER, World

NOW = "2026-03-01T09:00:00Z"


def test_a_batch_carries_its_sku(world: World) -> None:
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
        "packs": {"total": 0, "open": 0, "passed": 0, "failed": 0},
        "targetQuantity": 100,
        "notes": "first",
        "version": 1,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    read = line.viewer.get(f"/v1/batches/{made['id']}")
    assert (data(read), read.headers["ETag"]) == ({**made, "sku": {**carried, "limits": LIMITS}}, '"1"')


def test_a_batch_needs_a_sku_that_is_active(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku()
    answer = line.production.post("/v1/batches", {"skuId": draft["id"]})
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    details = answer.json["error"]["details"]
    assert (details["skuId"], details["status"], details["wanted"]) == (draft["id"], "DRAFT", "ACTIVE")


def test_a_refusal_does_not_say_that_a_draft_can_never_go_on(world: World) -> None:
    line = Line(world)
    draft, batch = line.draft_sku(), line.draft_batch()
    cells = line.module(line.batch())
    for answer, message in (
        (
            line.production.post("/v1/batches", {"skuId": draft["id"]}),
            "This sku is DRAFT: a batch can be made only by an active SKU.",
        ),
        (
            line.production.post("/v1/modules", {"batchId": batch["id"], "serial": "M"}),
            "This batch is DRAFT: a module can be made only in a batch that is IN_PROGRESS.",
        ),
        (line.unbind(cells, "C"), "This module is DRAFT: the module has to be IN_PROGRESS."),
        (
            line.seal("modules", cells),
            "This module is DRAFT and cannot become SEALED: the module has to be IN_PROGRESS.",
        ),
    ):
        assert (answer.status, answer.json["error"]["message"]) == (409, message)


def test_a_batch_of_no_sku_or_of_another_organisation_is_not_made(world: World) -> None:
    theirs = Line(world, OTHER).sku()
    line = Line(world)
    for sku_id in ("SKU-none", theirs["id"]):
        answer = line.production.post("/v1/batches", {"skuId": sku_id})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert answer.json["error"]["details"] == {"skuId": sku_id}


def test_a_batch_that_is_wrong_says_where(world: World) -> None:
    answer = Line(world).production.post("/v1/batches", {"targetQuantity": 0, "notes": "x" * 501, "status": "DRAFT"})
    assert (answer.status, set(answer.fields)) == (422, {"skuId", "targetQuantity", "notes", "status"})


def test_a_batch_starts_once(world: World) -> None:
    line = Line(world)
    draft = line.draft_batch()
    world.clock.advance(minutes=1)
    started = data(line.production.patch(f"/v1/batches/{draft['id']}/start", if_match="1"))
    later = "2026-03-01T09:01:00Z"
    assert started == {**draft, "status": "IN_PROGRESS", "version": 2, "updatedAt": later, "startedAt": later}
    again = line.production.patch(f"/v1/batches/{draft['id']}/start")
    assert (again.status, again.code) == (409, "WORKFLOW_VIOLATION")
    assert again.json["error"]["details"]["missing"] == ["the batch has to be DRAFT"]


def test_a_batch_completes_when_every_pack_is_finalized(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch, "PASS")
    line.finished_pack(batch, "FAIL")
    world.clock.advance(minutes=1)
    done = data(line.supervisor.patch(f"/v1/batches/{batch['id']}/complete"))
    assert (done["status"], done["completedAt"]) == ("COMPLETED", "2026-03-01T09:01:00Z")
    assert done["packs"] == {"total": 2, "open": 0, "passed": 1, "failed": 1}
    again = line.qa.patch(f"/v1/batches/{batch['id']}/complete")
    assert (again.status, again.code, again.json["error"]["details"]["status"]) == (
        409,
        "WORKFLOW_VIOLATION",
        "COMPLETED",
    )


def test_a_batch_without_a_pack_is_not_complete(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    answer = line.qa.patch(f"/v1/batches/{batch['id']}/complete")
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    details = answer.json["error"]["details"]
    assert details["missing"] == ["the batch has no pack"]
    assert details["openPacks"] == []


def test_a_batch_that_is_not_complete_names_the_packs_that_are_open(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch)
    ready, empty = line.ready_pack(batch), line.pack(batch)
    quarantined = line.ready_pack(batch)
    line.dispose(quarantined, "QUARANTINE")
    line.ready_pack(line.batch())  # another batch's packs are nobody's business here
    answer = line.qa.patch(f"/v1/batches/{batch['id']}/complete")
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    details = answer.json["error"]["details"]
    assert details["missing"] == ["3 of 4 packs are not FINALIZED"]
    assert (details["packs"], details["packsOpen"], details["wanted"]) == (4, 3, "COMPLETED")
    assert [(pack["packId"], pack["status"]) for pack in details["openPacks"]] == [
        (quarantined["id"], "READY_FOR_EOL"),
        (empty["id"], "DRAFT"),
        (ready["id"], "READY_FOR_EOL"),
    ]


def test_a_draft_is_not_completed(world: World) -> None:
    line = Line(world)
    answer = line.qa.patch(f"/v1/batches/{line.draft_batch()['id']}/complete")
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"]["missing"] == ["the batch has to be IN_PROGRESS"]


@pytest.mark.parametrize("kind", ["modules", "packs"])
def test_nothing_is_made_in_a_batch_that_does_not_run(world: World, kind: str) -> None:
    line = Line(world)
    done = line.batch()
    line.finished_pack(done)
    data(line.qa.patch(f"/v1/batches/{done['id']}/complete"))
    for batch, status in ((line.draft_batch(), "DRAFT"), (done, "COMPLETED")):
        answer = line.production.post(f"/v1/{kind}", {"batchId": batch["id"], "serial": "X"})
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        details = answer.json["error"]["details"]
        assert (details["batchId"], details["status"], details["wanted"]) == (batch["id"], status, "IN_PROGRESS")


def test_the_trail_says_how_a_batch_went(world: World) -> None:
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


def test_stale_versions_change_nothing(world: World) -> None:
    line = Line(world)
    draft = line.draft_batch()
    stale = line.production.patch(f"/v1/batches/{draft['id']}/start", if_match="7")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    batch = line.batch(cellsPerModule=1, modulesPerPack=1)
    pack = line.ready_pack(batch)
    path = f"/v1/batches/{batch['id']}/complete"
    for version, news in ((2, "a pack was made"), (3, "it was finalized")):
        answer = line.qa.patch(path, if_match=str(version))
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT"), news
        assert answer.json["error"]["details"] == {"version": version + 1}
        if version == 2:
            data(line.dispose(pack, "PASS"))
    assert line.qa.patch(path, if_match="4").status == 200


def test_steps_sent_twice_with_one_key_are_one(world: World) -> None:
    line = Line(world)
    draft = line.draft_batch()
    first, second = (line.production.patch(f"/v1/batches/{draft['id']}/start", idempotency_key="k") for _ in range(2))
    assert (first.text, second.headers["Idempotent-Replayed"]) == (second.text, "true")
