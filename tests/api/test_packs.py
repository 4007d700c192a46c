"""Packs: create, bind modules, seal, dispose."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import GOOD, LIMITS, Data, Line, data
from tests.builders.world import OTHER, Answer, World

NOW = "2026-03-01T09:00:00Z"


def violation(answer: Answer) -> Data:
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    details: Data = answer.json["error"]["details"]
    return details


def test_pack_without_modules_is_a_draft(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    made = line.pack(batch, serial="P-1")
    assert made["id"].startswith("PCK-")
    assert made == {
        "id": made["id"],
        "serial": "P-1",
        "status": "DRAFT",
        "batchId": batch["id"],
        "skuId": batch["skuId"],
        "sku": batch["sku"],
        "modulesBound": 0,
        "modulesRequired": 2,
        "attempt": 1,
        "version": 1,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    read = line.viewer.get(f"/v1/packs/{made['id']}")
    assert (data(read), read.headers["ETag"]) == (
        {**made, "modules": [], "dispositions": [], "changes": [], "tests": [], "holds": []},
        '"1"',
    )
    assert data(line.viewer.get(f"/v1/batches/{batch['id']}"))["packs"]["open"] == 1


def test_modules_are_bound_at_creation_and_later(world: World) -> None:
    line = Line(world)
    batch = line.batch(modulesPerPack=3)
    modules = [line.sealed_module(batch) for _ in range(3)]
    pack = line.pack(batch, modules[1:])
    assert (pack["status"], pack["modulesBound"], pack["version"]) == ("IN_PROGRESS", 2, 1)
    full = data(line.bind_module(pack, modules[0], if_match="1"))
    assert (full["modulesBound"], full["version"]) == (3, 2)
    shown = data(line.viewer.get(f"/v1/packs/{pack['id']}"))["modules"]
    expected = [modules[1], modules[2], modules[0]]
    assert shown == [{"id": one["id"], "serial": one["serial"], "boundAt": NOW} for one in expected]
    for module in modules:
        read = data(line.viewer.get(f"/v1/modules/{module['id']}"))
        assert (read["packId"], read["version"]) == (pack["id"], module["version"] + 1)


def test_first_module_starts_a_pack(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.pack(batch)
    assert data(line.bind_module(pack, line.sealed_module(batch)))["status"] == "IN_PROGRESS"


def test_two_hundred_modules_are_bound_in_three_requests_of_one_transaction_each(
    world: World, engine: EmbeddedEngine
) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=1, modulesPerPack=200)
    ids = [line.sealed_module(batch)["id"] for _ in range(200)]
    body = {"batchId": batch["id"], "serial": "P", "moduleIds": ids[:90]}
    calls: list[tuple[str, int]] = []

    def during(operation: str, request: Data) -> None:
        calls.append((operation, len(request.get("TransactItems", ()))))

    with engine.before(None, during):
        pack = data(line.production.post("/v1/packs", body, idempotency_key="k"), 201)
    assert calls == [("BatchGetItem", 0), ("BatchGetItem", 0), ("TransactWriteItems", 100)]
    for start, end in ((90, 180), (180, 200)):
        path = f"/v1/packs/{pack['id']}/bind-modules"
        pack = data(line.production.post(path, {"moduleIds": ids[start:end]}, idempotency_key=str(start)))
    assert pack["modulesBound"] == 200
    shown = data(line.viewer.get(f"/v1/packs/{pack['id']}"))["modules"]
    assert [one["id"] for one in shown] == ids
    assert data(line.seal("packs", pack))["status"] == "READY_FOR_EOL"


@pytest.mark.parametrize(
    "body",
    [{"moduleIds": []}, {"moduleIds": [f"MOD-{n}" for n in range(91)]}, {"moduleIds": ["MOD-1", "MOD-1"]}, {}],
)
def test_request_binds_1_to_90_distinct_modules(world: World, body: Data) -> None:
    line = Line(world)
    batch = line.batch(modulesPerPack=200)
    pack = line.pack(batch)
    answer = line.production.post(f"/v1/packs/{pack['id']}/bind-modules", body)
    assert (answer.status, set(answer.fields)) == (422, {"moduleIds"})
    if body.get("moduleIds"):
        made = line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P", **body})
        assert (made.status, set(made.fields)) == (422, {"moduleIds"})


def test_every_refused_module_is_named_and_none_is_bound(world: World) -> None:
    line = Line(world)
    batch = line.batch(modulesPerPack=9)
    good, unsealed, packed = line.sealed_module(batch), line.full_module(batch), line.sealed_module(batch)
    holder = line.pack(batch, [packed])
    foreign = line.sealed_module(line.batch())
    modules = [good, unsealed, packed, foreign]
    pack = line.pack(batch)
    ids = [module["id"] for module in modules]
    for answer, named in (
        (line.production.post(f"/v1/packs/{pack['id']}/bind-modules", {"moduleIds": ids}), pack["id"]),
        (line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P", "moduleIds": ids}), None),
    ):
        details = violation(answer)
        refused = {one["moduleId"]: one for one in details["modules"]}
        assert set(refused) == {unsealed["id"], packed["id"], foreign["id"]}
        assert refused[unsealed["id"]]["status"] == "IN_PROGRESS"
        assert refused[packed["id"]]["packId"] == holder["id"]
        assert refused[foreign["id"]]["skuId"] == foreign["skuId"]
        assert len(details["missing"]) == 3
        assert details.get("packId") == named
    assert line.stored_module(good).pack_id is None
    counted = {status: number for status, number in line.counted("pack").items() if number}
    assert counted == {"DRAFT": 1, "IN_PROGRESS": 1}


def test_unknown_module_is_not_found(world: World) -> None:
    theirs = Line(world, OTHER)
    foreign = theirs.sealed_module(theirs.batch())
    line = Line(world)
    batch = line.batch()
    pack, good = line.pack(batch), line.sealed_module(batch)
    for module_id in ("MOD-none", foreign["id"]):
        answer = line.production.patch(f"/v1/packs/{pack['id']}/bind-module", {"moduleId": module_id})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        body = {"batchId": batch["id"], "serial": "P", "moduleIds": [good["id"], module_id]}
        answer = line.production.post("/v1/packs", body)
        assert (answer.status, answer.json["error"]["details"]["moduleIds"]) == (404, [module_id])


def test_pack_holds_at_most_the_modules_of_its_sku(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    modules = [line.sealed_module(batch) for _ in range(3)]
    body = {"batchId": batch["id"], "serial": "P", "moduleIds": [module["id"] for module in modules]}
    answer = line.production.post("/v1/packs", body)
    assert answer.json["error"]["message"] == (
        "Cannot create a pack in a batch in state IN_PROGRESS: there is room for 2 of 3 modules."
    )
    assert violation(answer) == {
        "batchId": batch["id"],
        "state": "IN_PROGRESS",
        "action": "create-pack",
        "allowed": ["complete", "create-module", "create-pack", "void"],
        "missing": ["there is room for 2 of 3 modules"],
        "bound": 0,
        "required": 2,
    }
    pack = line.pack(batch, modules[:2])
    assert violation(line.bind_module(pack, modules[2]))["missing"] == ["all 2 modules are bound"]


def test_seal_requires_exactly_the_modules_of_the_sku(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.pack(batch)
    assert violation(line.seal("packs", pack))["state"] == "DRAFT"
    data(line.bind_module(pack, line.sealed_module(batch)))
    details = violation(line.seal("packs", pack))
    assert (details["missing"], details["bound"], details["required"]) == (["1 of 2 modules are not bound yet"], 1, 2)
    data(line.bind_module(pack, line.sealed_module(batch)))
    sealed = data(line.seal("packs", pack, if_match="3"))
    assert (sealed["status"], sealed["version"], sealed["sealedAt"]) == ("READY_FOR_EOL", 4, NOW)


@pytest.mark.parametrize("finished", [False, True])
def test_sealed_pack_is_locked(world: World, finished: bool) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch) if finished else line.ready_pack(batch)
    module = line.sealed_module(batch)
    bulk = {"moduleIds": [module["id"]]}
    for answer, action in (
        (line.bind_module(pack, module), "bind-module"),
        (line.production.post(f"/v1/packs/{pack['id']}/bind-modules", bulk), "bind-modules"),
        (line.seal("packs", pack), "seal"),
    ):
        assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
        assert answer.json["error"]["message"] == "Cannot modify a sealed pack."
        assert answer.json["error"]["details"] == {
            "packId": pack["id"],
            "state": pack["status"],
            "action": action,
            "allowed": ["rework", "ship", "void"] if finished else ["disposition", "rework", "void"],
        }


@pytest.mark.parametrize("disposition", ["PASS", "FAIL"])
def test_pass_and_fail_finalize_a_pack(world: World, disposition: str) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.ready_pack(batch)
    world.clock.advance(minutes=1)
    done = data(line.dispose(pack, disposition, notes="ok"))
    assert (done["status"], done["disposition"], done["version"]) == ("FINALIZED", disposition, pack["version"] + 1)
    assert done["disposedAt"] == "2026-03-01T09:01:00Z"
    for again in ("PASS", "FAIL", "QUARANTINE"):
        details = violation(line.dispose(pack, again))
        assert (details["state"], details["action"]) == ("FINALIZED", "disposition")
        assert details["allowed"] == ["rework", "ship", "void"]
    counts = data(line.viewer.get(f"/v1/batches/{batch['id']}"))["packs"]
    passed = disposition == "PASS"
    assert counts == {"total": 1, "open": 0, "passed": int(passed), "failed": int(not passed), "voided": 0}


def test_quarantine_leaves_a_pack_for_a_later_decision(world: World) -> None:
    line = Line(world)
    batch = line.batch(limits=LIMITS)
    pack = line.ready_pack(batch)
    held = data(line.dispose(pack, "QUARANTINE", notes="odd smell"))
    assert (held["status"], held["disposition"], held["version"]) == ("READY_FOR_EOL", "QUARANTINE", 5 - 2)
    assert line.stored_batch(batch).packs_open == 1
    world.clock.advance(hours=1)
    data(line.dispose(pack, "PASS", measurements=GOOD))
    shown = data(line.viewer.get(f"/v1/packs/{pack['id']}"))
    assert shown["sku"]["limits"] == LIMITS
    by = {"decidedBy": line.name_of(line.qa), "decidedById": line.qa.user_id}
    assert shown["dispositions"] == [
        {"disposition": "QUARANTINE", "decidedAt": NOW, **by, "notes": "odd smell"},
        {"disposition": "PASS", "decidedAt": "2026-03-01T10:00:00Z", **by, "measurements": GOOD},
    ]


@pytest.mark.parametrize("status", ["DRAFT", "IN_PROGRESS"])
@pytest.mark.parametrize("disposition", ["PASS", "FAIL", "QUARANTINE"])
def test_disposition_requires_sealed_pack(world: World, status: str, disposition: str) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.pack(batch, [line.sealed_module(batch)] if status == "IN_PROGRESS" else None)
    details = violation(line.dispose(pack, disposition))
    assert (details["packId"], details["state"], details["action"]) == (pack["id"], status, "disposition")


def test_refused_pass_names_every_violated_limit(world: World) -> None:
    line = Line(world)
    limits = {**LIMITS, "Mass": {"min": 400, "unit": "kg"}, "Leak": {"max": 0.000001, "unit": "bar"}}
    pack = line.ready_pack(line.batch(limits=limits))
    measured = {
        "Voltage": {"value": 349.999999, "unit": "V"},
        "Resistance": {"value": 12.000001, "unit": "mOhm"},
        "Leak": {"value": 0.000001, "unit": "bar"},
        "Colour": {"value": 7, "unit": "-"},
    }
    details = violation(line.dispose(pack, "PASS", measurements=measured))
    assert (details["state"], details["action"], details["disposition"]) == ("READY_FOR_EOL", "disposition", "PASS")
    assert details["measurements"] == [
        {"name": "Voltage", "problem": "below", "value": 349.999999, "min": 350, "max": 420.5, "unit": "V"},
        {"name": "Resistance", "problem": "above", "value": 12.000001, "min": None, "max": 12, "unit": "mOhm"},
        {"name": "Mass", "problem": "missing", "value": None, "min": 400, "max": None, "unit": "kg"},
    ]
    assert data(line.viewer.get(f"/v1/packs/{pack['id']}"))["dispositions"] == []
    assert data(line.dispose(pack, "FAIL", measurements=measured))["disposition"] == "FAIL"


def test_limits_are_inclusive(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch(limits=LIMITS))
    ends = {"Voltage": {"value": 420.5, "unit": "V"}, "Resistance": {"value": 12.0, "unit": "mOhm"}}
    assert data(line.dispose(pack, "PASS", measurements=ends))["status"] == "FINALIZED"


def test_measurement_in_another_unit_is_refused(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch(limits=LIMITS))
    measured = {**GOOD, "Voltage": {"value": 384200, "unit": "mV"}}
    for disposition in ("PASS", "FAIL", "QUARANTINE"):
        answer = line.dispose(pack, disposition, measurements=measured)
        assert (answer.status, set(answer.fields)) == (422, {"measurements.Voltage.unit"})


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, "disposition"),
        ({"disposition": "MAYBE"}, "disposition"),
        ({"disposition": "PASS", "notes": "x" * 501}, "notes"),
        ({"disposition": "PASS", "measurements": {"A": {"value": "much", "unit": "V"}}}, "measurements.A.value"),
        ({"disposition": "PASS", "measurements": {"A": {"value": "1_000", "unit": "V"}}}, "measurements.A.value"),
        ({"disposition": "PASS", "measurements": {"A": {"value": 1e9 + 1, "unit": "V"}}}, "measurements.A.value"),
        ({"disposition": "PASS", "measurements": {"A": {"value": 1}}}, "measurements.A.unit"),
        ({"disposition": "PASS", "by": "me"}, "by"),
    ],
)
def test_every_invalid_field_of_a_disposition_is_named(world: World, body: Data, bad: str) -> None:
    line = Line(world)
    batch = line.batch()
    ready, draft = line.ready_pack(batch), line.pack(batch)
    answer = line.qa.patch(f"/v1/packs/{ready['id']}/disposition", body)
    assert (answer.status, set(answer.fields)) == (422, {bad})
    answer = line.qa.patch(f"/v1/packs/{draft['id']}/disposition", body)
    assert (answer.status, set(answer.fields)) == (422, {bad})  # before the state, which only the store shows


def test_audit_rows_of_a_pack(world: World) -> None:
    line = Line(world)
    batch = line.batch(limits=LIMITS)
    one, other = line.sealed_module(batch), line.sealed_module(batch)
    pack = line.pack(batch, [one], "P-1")
    data(line.bind_module(pack, other))
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS", notes="fine", measurements=GOOD))
    pack_id = pack["id"]
    assert line.row(pack_id, "PACK_CREATED")[1] == {
        "status": [None, "IN_PROGRESS"],
        "serial": [None, "P-1"],
        "batch_id": [None, batch["id"]],
        "sku_id": [None, batch["skuId"]],
        f"module/{one['id']}.pack_id": [None, pack_id],
    }
    assert line.row(pack_id, "MODULE_BOUND")[1] == {f"module/{other['id']}.pack_id": [None, pack_id]}
    sealed = {"status": ["IN_PROGRESS", "READY_FOR_EOL"], "sealed_at": [None, NOW]}
    assert line.row(pack_id, "PACK_SEALED")[1] == sealed
    row, diff = line.row(pack_id, "PACK_DISPOSITION")
    assert (row.actor_id, row.entity_type) == (line.qa.user_id, "pack")
    assert diff == {
        "status": ["READY_FOR_EOL", "FINALIZED"],
        "disposition": [None, "PASS"],
        "disposed_at": [None, NOW],
        f"disposition/{pack_id}.notes": [None, "fine"],
        f"disposition/{pack_id}.measurements": [None, GOOD],
    }


def test_stale_version_of_a_pack_is_refused(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack, module = line.pack(batch, [line.sealed_module(batch)]), line.sealed_module(batch)
    assert line.bind_module(pack, module, if_match="9").code == "VERSION_CONFLICT"
    assert line.seal("packs", pack, if_match="9").code == "VERSION_CONFLICT"
    ready = line.ready_pack(batch)
    path = f"/v1/packs/{ready['id']}/disposition"
    stale = line.qa.patch(path, {"disposition": "PASS"}, if_match="1")
    assert (stale.status, stale.code, stale.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})


def test_repeated_key_has_one_effect(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    body = {"batchId": batch["id"], "serial": "P", "moduleIds": [line.sealed_module(batch)["id"]]}
    made = [line.production.post("/v1/packs", body, idempotency_key="k") for _ in range(2)]
    assert made[0].text == made[1].text
    pack, module = data(made[0], 201), line.sealed_module(batch)
    bound = [line.bind_module(pack, module, idempotency_key="b") for _ in range(2)]
    sealed = [line.seal("packs", pack, idempotency_key="s") for _ in range(2)]
    path = f"/v1/packs/{pack['id']}/disposition"
    passed = [line.qa.patch(path, {"disposition": "PASS"}, idempotency_key="d") for _ in range(2)]
    for first, second in (bound, sealed, passed):
        assert (first.status, first.text, second.headers["Idempotent-Replayed"]) == (200, second.text, "true")
    counts = data(line.viewer.get(f"/v1/batches/{batch['id']}"))["packs"]
    assert counts == {"total": 1, "open": 0, "passed": 1, "failed": 0, "voided": 0}


def test_packs_of_another_organisation_are_not_found(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack, module = line.pack(batch), line.sealed_module(batch)
    other = Line(world, OTHER)
    for answer in (
        other.viewer.get(f"/v1/packs/{pack['id']}"),
        other.viewer.get(f"/v1/packs/{pack['id']}/dispositions"),
        other.bind_module(pack, module),
        other.seal("packs", pack),
        other.dispose(pack, "PASS"),
        other.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P"}),
    ):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_round_trips_of_each_step(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch(limits=LIMITS)
    modules = [line.sealed_module(batch) for _ in range(2)]
    made: list[list[str]] = []

    def counted(answer: Any) -> Data:
        return data(answer, answer.status)

    def during(operation: str, _: Any) -> None:
        made[-1].append(operation)

    with engine.before(None, during):
        made.append([])
        pack = counted(line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P"}))
        for module in modules:
            made.append([])
            counted(line.bind_module(pack, module))
        made.append([])
        counted(line.seal("packs", pack))
        made.append([])
        counted(line.dispose(pack, "PASS", measurements=GOOD))
        made.append([])
        counted(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))
    read_one = ["BatchGetItem", "TransactWriteItems"]
    assert made == [
        read_one,
        read_one,
        read_one,
        read_one,
        ["BatchGetItem", "BatchGetItem", "TransactWriteItems"],
        read_one,
    ]
