"""What leaves the line or goes back: unbound modules, scrap, rework, void, shipment and returns."""

from functools import partial

import pytest

from chalicelib.core.store import get
from chalicelib.manufacturing.tables import Module, module_key
from infra.local.engine import EmbeddedEngine
from tests.builders.histories import history_of
from tests.builders.manufacturing import Data, Line, data, registered
from tests.builders.world import OTHER, Answer, World

NOW = "2026-03-01T09:00:00Z"
STEPS = ["unbind-module", "rework", "void", "ship"]


def violation(answer: Answer) -> Data:
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION"), answer
    details: Data = answer.json["error"]["details"]
    return details


def terms(line: Line, serial: str) -> list[tuple[str, str, str | None]]:
    """Return action, step and disposition of each event of a history; its documents are checked by the schema."""
    events = history_of(line.viewer, serial)
    assert len({event["eventID"] for event in events}) == len(events)
    return [(event["action"], event["bizStep"], event.get("disposition")) for event in events]


def step(line: Line, name: str, pack: Data, **headers: str) -> Answer:
    """Take a step of a pack; the module to unbind is its first one."""
    if name == "unbind-module":
        return line.unbind_module(pack, line.modules_of(pack)[0], **headers)
    return {"rework": line.rework, "void": line.void, "ship": line.ship}[name](pack, **headers)


def prepared(line: Line, name: str) -> Data:
    """Return a pack for which a step is possible."""
    batch = line.batch()
    if name == "unbind-module":
        return line.pack(batch, [line.sealed_module(batch)])
    return line.finished_pack(batch, "FAIL" if name == "rework" else "PASS")


# --- unbinding a module ---------------------------------------------------------------------------------------


def test_unbound_module_is_bound_to_another_pack(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    one, other = (line.sealed_module(batch) for _ in range(2))
    pack = line.pack(batch, [one, other])
    shown = data(line.unbind_module(pack, one))
    assert (shown["status"], shown["modulesBound"], shown["version"]) == ("IN_PROGRESS", 1, 2)
    assert [module["id"] for module in line.modules_of(pack)] == [other["id"]]
    assert "packId" not in data(line.viewer.get(f"/v1/modules/{one['id']}"))
    second = line.pack(batch, [one])
    assert line.stored_module(one).pack_id == second["id"]
    assert data(line.bind_module(pack, line.sealed_module(batch)))["modulesBound"] == 2
    bound = [event["parentID"] for event in history_of(line.viewer, one["serial"]) if "parentID" in event]
    assert len(set(bound)) == 3  # the module, and both packs
    assert ("DELETE", "removing", None) in terms(line, one["serial"])
    assert ("DELETE", "removing", None) in terms(line, pack["serial"])
    _, diff = line.row(pack["id"], "MODULE_UNBOUND")
    assert diff == {f"module/{one['id']}.pack_id": [pack["id"], None]}


def test_module_of_another_pack_is_not_unbound(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.sealed_module(batch)
    pack = line.pack(batch, [line.sealed_module(batch)])
    line.pack(batch, [module])
    for stranger in (module, line.sealed_module(batch)):
        assert violation(line.unbind_module(pack, stranger))["missing"] == [
            f"module {stranger['id']} is not in this pack"
        ]
    assert line.unbind_module(pack, {"id": "MOD-none"}).status == 404


def test_module_bound_by_an_earlier_version_is_unbound(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.sealed_module(batch)
    pack = line.pack(batch, [module])
    line.stored_module(module).update(actions=[Module.packed_by_entry.remove()])
    assert data(line.unbind_module(pack, module))["modulesBound"] == 0
    assert line.modules_of(pack) == []


def test_sealed_pack_keeps_its_modules(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    answer = line.unbind_module(pack, line.modules_of(pack)[0])
    assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")


# --- scrap ------------------------------------------------------------------------------------------------------


def test_cells_of_a_scrapped_module_are_bound_again(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.sealed_module(batch, "L-1")
    cells = line.cells_of(module)
    shown = data(line.scrap(module))
    assert (shown["status"], shown["cellsBound"], shown["cellsFreed"], shown["scrappedAt"]) == (
        "SCRAPPED",
        0,
        True,
        NOW,
    )
    assert data(line.viewer.get(f"/v1/modules/{module['id']}"))["cells"] == []
    trace = data(line.viewer.get(f"/v1/trace/{cells[0]}"))
    assert (trace["status"], trace["ancestors"]) == ("REMOVED", [])
    assert data(line.viewer.get(f"/v1/trace/{module['serial']}"))["descendants"] == []
    freed = [("ADD", "assembling", None), ("DELETE", "removing", None), ("DELETE", "decommissioning", "inactive")]
    assert [term for term in terms(line, cells[0]) if term in freed] == freed
    other = line.module(batch)
    data(line.bind(other, cells[0], "L-1"))
    assert data(line.bind_tray(other, cells[1:], "L-1"))["cellsBound"] == 2
    assert data(line.viewer.get(f"/v1/trace/{cells[0]}"))["ancestors"][0]["id"] == other["id"]
    assert terms(line, cells[0]).count(("ADD", "assembling", None)) == 2
    affected = line.viewer.get("/v1/trace/affected?cellLot=L-1").json["data"]
    assert [holder["id"] for holder in affected] == [other["id"]]
    data(line.unbind(other, cells[0]))
    assert terms(line, cells[0]).count(("DELETE", "removing", None)) == 2


def test_cells_scrapped_with_their_module_are_never_bound_again(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.full_module(batch, "L-1")
    cells = line.cells_of(module)
    assert data(line.scrap(module, "scrap"))["cellsFreed"] is False
    answer = line.bind(line.module(batch), cells[0])
    assert (answer.status, answer.code, answer.json["error"]["details"]["moduleId"]) == (
        409,
        "DUPLICATE_SERIAL",
        module["id"],
    )
    assert line.bind_tray(line.module(batch), cells).code == "DUPLICATE_SERIAL"
    assert data(line.viewer.get(f"/v1/trace/{cells[0]}"))["status"] == "SCRAPPED"
    gone = [event for event in history_of(line.viewer, module["serial"]) if event["bizStep"] == "decommissioning"]
    assert [len(event["epcList"]) for event in gone] == [2, 1]
    affected = line.viewer.get("/v1/trace/affected?cellLot=L-1").json["data"]
    assert [(holder["status"], holder["cells"]) for holder in affected] == [("SCRAPPED", 2)]


def test_serial_of_a_scrapped_module_is_never_used_again(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.module(batch)
    data(line.scrap(module))
    answer = line.production.post("/v1/modules", {"batchId": batch["id"], "serial": module["serial"]})
    assert answer.code == "DUPLICATE_SERIAL"
    assert violation(line.bind(module, "C-1"))["state"] == "SCRAPPED"
    assert violation(line.scrap(module))["state"] == "SCRAPPED"
    assert violation(line.seal("modules", module))["allowed"] == []
    assert violation(line.bind_module(line.pack(batch), module))["modules"][0]["status"] == "SCRAPPED"


def test_module_in_a_pack_is_not_scrapped(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    details = violation(line.scrap(line.modules_of(pack)[0]))
    assert (details["packId"], details["action"]) == (pack["id"], "scrap")


def test_module_of_many_cells_is_scrapped_in_one_small_transaction(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=180)
    module = line.full_module(batch)
    cells = line.cells_of(module)
    sizes: list[int] = []

    def during(operation: str, request: Data) -> None:
        sizes.append(len(request.get("TransactItems", ())))

    with engine.before("TransactWriteItems", during):
        data(line.scrap(module, idempotency_key="k"))
    assert sizes == [7]
    sizes.clear()
    other = line.module(batch)
    with engine.before("TransactWriteItems", during):
        data(line.bind_tray(other, cells[:90], "L", idempotency_key="t"))
    assert sizes == [100]
    assert line.cells_of(other) == cells[:90]


# --- rework -------------------------------------------------------------------------------------------------------


def running(line: Line, sku: Data) -> Data:
    """Return another batch of a SKU, in progress."""
    return data(line.production.patch(f"/v1/batches/{line.draft_batch(sku)['id']}/start"))


def pack_counts(line: Line, batch: Data) -> tuple[str, list[int]]:
    """Return the status of a batch, and its open, passed, failed and voided packs."""
    shown = data(line.viewer.get(f"/v1/batches/{batch['id']}"))
    return shown["status"], [shown["packs"][name] for name in ("open", "passed", "failed", "voided")]


def test_reworked_pack_of_a_completed_batch_is_open_again(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch, "FAIL")
    data(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))
    shown = data(line.rework(pack))
    assert (shown["status"], shown["attempt"]) == ("REWORK", 2)
    assert not {"sealedAt", "disposition", "disposedAt"} & set(shown)
    assert pack_counts(line, batch) == ("COMPLETED", [1, 0, 0, 0])
    row, diff = line.row(pack["id"], "PACK_REWORKED")
    assert diff[f"ledger/{pack['id']}.reason"] == [None, "loose connector"]
    assert (row.actor_id, diff["status"]) == (line.production.user_id, ["FINALIZED", "REWORK"])
    for answer in (line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P"}),):
        assert violation(answer)["state"] == "COMPLETED"


def test_reworked_pack_gets_another_module_and_is_tested_again(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch, "FAIL")
    data(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))
    data(line.rework(pack))
    data(line.unbind_module(pack, line.modules_of(pack)[0]))
    assert violation(line.seal("packs", pack))["missing"] == ["1 of 2 modules are not bound yet"]
    spare = line.sealed_module(running(line, batch["sku"]))
    assert data(line.bind_module(pack, spare))["status"] == "REWORK"
    assert data(line.seal("packs", pack))["status"] == "READY_FOR_EOL"
    data(line.dispose(pack, "PASS"))
    assert pack_counts(line, batch) == ("COMPLETED", [0, 1, 0, 0])
    assert len(data(line.viewer.get(f"/v1/packs/{pack['id']}"))["dispositions"]) == 2


def test_history_of_a_reworked_pack_keeps_what_was_before(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch, "FAIL")
    world.clock.advance(minutes=1)
    data(line.rework(pack))
    data(line.unbind_module(pack, line.modules_of(pack)[0]))
    data(line.bind_module(pack, line.sealed_module(batch)))
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS"))
    found = terms(line, pack["serial"])
    assert found.count(("OBSERVE", "inspecting", None)) == 4  # two seals of the pack, one of each module
    for term in (
        ("OBSERVE", "repairing", None),
        ("DELETE", "removing", None),
        ("ADD", "installing", None),
        ("OBSERVE", "inspecting", "non_conformant"),
        ("OBSERVE", "inspecting", "conformant"),
    ):
        assert found.count(term) == 1
    [repair] = [event for event in history_of(line.viewer, pack["serial"]) if event["bizStep"] == "repairing"]
    assert repair["persistentDisposition"] == {"unset": ["completeness_verified"]}


def test_details_name_what_was_done_and_why(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch, "FAIL")
    sealed_at = data(line.viewer.get(f"/v1/packs/{pack['id']}"))["sealedAt"]
    assert data(line.viewer.get(f"/v1/packs/{pack['id']}"))["changes"] == []
    data(line.rework(pack))
    old = line.modules_of(pack)[0]
    data(line.unbind_module(pack, old))
    data(line.bind_module(pack, line.sealed_module(batch)))
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS"))
    data(line.ship(pack))
    data(line.take_back(pack), 201)
    data(line.void(pack))
    made = {"at": NOW, "byId": line.production.user_id}
    serials = [module["serial"] for module in line.modules_of(pack)]
    assert serials == []
    shown = data(line.viewer.get(f"/v1/packs/{pack['id']}"))["changes"]
    assert shown[:-1] == [
        {"change": "REWORKED", **made, "reason": "loose connector", "sealedAt": sealed_at},
        {"change": "UNBOUND", **made, "serials": [old["serial"]]},
        {"change": "SHIPPED", **made, "customer": "Northwind", "order": "PO-1"},
        {"change": "RETURNED", **made, "reason": "noise"},
    ]
    assert (shown[-1]["change"], shown[-1]["reason"], len(shown[-1]["serials"])) == ("VOIDED", "created twice", 2)
    data(line.scrap(old))
    changes = data(line.viewer.get(f"/v1/modules/{old['id']}"))["changes"]
    assert changes == [{"change": "SCRAPPED", **made, "reason": "dropped"}]


def test_details_name_the_newest_twenty_changes(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    serials = [f"C-{number}" for number in range(22)]
    for serial in serials:
        data(line.bind(module, serial))
        data(line.production.patch(f"/v1/modules/{module['id']}/unbind-cell", {"serial": serial}))
    changes = data(line.viewer.get(f"/v1/modules/{module['id']}"))["changes"]
    assert [change["serials"] for change in changes] == [[serial] for serial in serials[-20:]]


def test_pack_that_passed_is_not_reworked(world: World) -> None:
    line = Line(world)
    details = violation(line.rework(line.finished_pack(line.batch())))
    assert (details["missing"], details["disposition"]) == (["the disposition is PASS and has to be FAIL"], "PASS")
    assert violation(line.rework(line.pack(line.batch())))["state"] == "DRAFT"


def test_supervisor_reworks_and_voids(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    for name in ("rework", "void"):
        data(line.supervisor.patch(f"/v1/packs/{pack['id']}/{name}", {"reason": "x"}))


# --- void ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("disposition", [None, "PASS", "FAIL", "QUARANTINE"])
def test_voided_pack_leaves_its_batch_and_frees_its_modules(world: World, disposition: str | None) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.ready_pack(batch)
    modules = line.modules_of(pack)
    if disposition:
        data(line.dispose(pack, disposition))
    shown = data(line.void(pack))
    assert (shown["status"], shown["modulesBound"]) == ("VOID", 0)
    assert line.modules_of(pack) == []
    counts = data(line.viewer.get(f"/v1/batches/{batch['id']}"))["packs"]
    assert counts == {"total": 0, "open": 0, "passed": 0, "failed": 0, "voided": 1}
    assert violation(line.qa.patch(f"/v1/batches/{batch['id']}/complete"))["missing"] == ["the batch has no pack"]
    second = line.pack(batch, modules)
    data(line.seal("packs", second))
    data(line.dispose(second, "PASS"))
    assert line.qa.patch(f"/v1/batches/{batch['id']}/complete").status == 200
    answer = line.production.post("/v1/packs", {"batchId": batch["id"], "serial": pack["serial"]})
    assert answer.status == 409
    assert line.counted("pack", batch["id"])["VOID"] == 1
    found = terms(line, pack["serial"])
    assert found.count(("DELETE", "removing", None)) == 1
    assert found.count(("DELETE", "decommissioning", "inactive")) == 1
    assert terms(line, modules[0]["serial"]).count(("DELETE", "removing", None)) == 1


def test_pack_without_modules_is_voided(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.pack(batch)
    data(line.void(pack))
    assert terms(line, pack["serial"]) == [
        ("ADD", "commissioning", "active"),
        ("DELETE", "decommissioning", "inactive"),
    ]
    for answer in (line.void(pack), line.bind_module(pack, line.sealed_module(batch)), line.rework(pack)):
        assert violation(answer)["state"] == "VOID"


def test_modules_of_a_large_pack_are_freed_in_several_transactions(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch(cellsPerModule=1, modulesPerPack=100)
    modules = [line.sealed_module(batch) for _ in range(100)]
    pack = line.pack(batch, modules[:90])
    body = {"moduleIds": [module["id"] for module in modules[90:]]}
    data(line.production.post(f"/v1/packs/{pack['id']}/bind-modules", body))
    sizes: list[int] = []

    def during(operation: str, request: Data) -> None:
        sizes.append(len(request.get("TransactItems", ())))

    with engine.before("TransactWriteItems", during):
        data(line.void(pack, idempotency_key="k"))
    assert sizes == [98, 11]
    assert all(line.stored_module(module).pack_id is None for module in modules)


def test_module_that_a_voided_pack_still_holds_is_bound_elsewhere(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module, other = line.sealed_module(batch), line.sealed_module(batch)
    pack = line.pack(batch, [module, other])
    data(line.void(pack))
    for held in (module, other):  # as if the store had failed after the first transaction
        line.stored_module(held).update(actions=[Module.pack_id.set(pack["id"])])
    assert data(line.bind_module(line.pack(batch), module))["modulesBound"] == 1
    assert data(line.scrap(other))["status"] == "SCRAPPED"


def test_module_that_is_in_another_pack_stays_there(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module, moved = line.sealed_module(batch), line.sealed_module(batch)
    pack = line.pack(batch, [module, moved])
    line.stored_module(moved).update(actions=[Module.pack_id.set("PCK-other")])
    data(line.void(pack))
    assert [line.stored_module(one).pack_id for one in (module, moved)] == [None, "PCK-other"]


# --- shipment and returns -------------------------------------------------------------------------------------


SHIPMENT = {"customer": "Northwind", "order": "PO-1", "shippedAt": NOW}


def affected_by(line: Line, lot: str) -> Data:
    """Return the only unit that a recall of a lot names."""
    [affected] = line.viewer.get(f"/v1/trace/affected?cellLot={lot}").json["data"]
    return dict(affected)


def test_recall_names_the_customer_of_a_shipped_pack(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.pack(batch, [line.sealed_module(batch, "L-1") for _ in range(2)])
    data(line.seal("packs", pack))
    assert violation(line.ship(pack))["state"] == "READY_FOR_EOL"
    data(line.dispose(pack, "PASS"))
    shown = data(line.ship(pack))
    assert (shown["status"], {name: shown[name] for name in SHIPMENT}) == ("SHIPPED", SHIPMENT)
    affected = affected_by(line, "L-1")
    assert (affected["status"], {name: affected[name] for name in SHIPMENT}) == ("SHIPPED", SHIPMENT)
    for answer in (line.void(pack), line.rework(pack), line.ship(pack), line.dispose(pack, "FAIL")):
        assert violation(answer)["state"] == "SHIPPED"
    world.clock.advance(minutes=5)
    data(line.take_back(pack), 201)
    affected = affected_by(line, "L-1")
    assert (affected["customer"], affected["returnedAt"]) == ("Northwind", "2026-03-01T09:05:00Z")


def test_returned_pack_is_tested_again_before_it_is_shipped(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch)
    data(line.ship(pack))
    back = data(line.take_back(pack), 201)
    assert (back["status"], back["attempt"], "disposition" in back) == ("READY_FOR_EOL", 2, False)
    assert pack_counts(line, batch) == ("IN_PROGRESS", [1, 0, 0, 0])
    assert violation(line.ship(pack))["state"] == "READY_FOR_EOL"
    data(line.dispose(pack, "PASS"))
    again = data(line.ship(pack, "Contoso"))
    assert (again["customer"], "returnedAt" in again) == ("Contoso", False)
    events = [event for event in history_of(line.viewer, pack["serial"]) if "baton:customer" in event]
    assert [event["baton:customer"] for event in events] == ["Northwind", "Contoso"]
    found = terms(line, pack["serial"])
    assert found.count(("OBSERVE", "shipping", "in_transit")) == 2
    assert found.count(("OBSERVE", "receiving", "returned")) == 1
    row, diff = line.row(pack["id"], "PACK_RETURNED")
    assert (row.entity_type, diff["status"]) == ("pack", ["SHIPPED", "READY_FOR_EOL"])


def test_pack_that_failed_is_not_shipped(world: World) -> None:
    line = Line(world)
    details = violation(line.ship(line.finished_pack(line.batch(), "FAIL")))
    assert details["missing"] == ["the disposition is FAIL and has to be PASS"]


def test_only_shipped_packs_come_back(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.finished_pack(batch)
    assert violation(line.take_back(pack))["packId"] == pack["id"]
    cell = line.module(batch)
    answer = line.take_back(cell)
    assert (answer.status, answer.fields) == (422, {"serial": "is not the serial number of a pack"})
    assert line.take_back({"serial": "P-none"}).status == 404
    theirs = Line(world, OTHER)
    shipped = theirs.finished_pack(theirs.batch())
    data(theirs.ship(shipped))
    assert line.take_back(shipped).status == 404


# --- what holds for each of these steps -----------------------------------------------------------------------


@pytest.mark.parametrize("name", STEPS)
def test_stale_version_is_refused_and_a_key_replays(world: World, name: str) -> None:
    line = Line(world)
    pack = prepared(line, name)
    stale = step(line, name, pack, if_match="77")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    path, body = f"/v1/packs/{pack['id']}/{name}", {"moduleId": "MOD-none"} if name == "unbind-module" else {}
    if name == "unbind-module":
        body = {"moduleId": line.modules_of(pack)[0]["id"]}
    else:
        body = {"customer": "N"} if name == "ship" else {"reason": "r"}
    first, second = (line.production.patch(path, body, idempotency_key="k") for _ in range(2))
    assert (first.status, first.text, second.headers["Idempotent-Replayed"]) == (200, second.text, "true")


@pytest.mark.parametrize(
    ("name", "reads"),
    [("unbind-module", 0), ("rework", 0), ("void", 1), ("ship", 0), ("scrap", 0), ("return", 1)],
)
def test_round_trips_of_each_step(world: World, engine: EmbeddedEngine, name: str, reads: int) -> None:
    line = Line(world)
    batch = line.batch()
    if name == "scrap":
        act = partial(line.scrap, line.full_module(batch))
    elif name == "return":
        pack = line.finished_pack(batch)
        data(line.ship(pack))
        act = partial(line.take_back, pack)
    elif name == "unbind-module":
        pack = prepared(line, name)
        act = partial(line.unbind_module, pack, line.modules_of(pack)[0])
    else:
        act = partial(step, line, name, prepared(line, name))
    made: list[str] = []
    with engine.before(None, lambda operation, _: made.append(operation)):
        assert act().status in (200, 201)
    assert (made[0], made[-1], len(made)) == ("BatchGetItem", "TransactWriteItems", 2 + reads)


@pytest.mark.parametrize("name", STEPS)
def test_pack_of_another_organisation_is_not_found(world: World, name: str) -> None:
    theirs = Line(world, OTHER)
    pack = prepared(theirs, name)
    line = Line(world)
    body: Data = {"customer": "N"} if name == "ship" else {"reason": "r"}
    if name == "unbind-module":
        body = {"moduleId": theirs.modules_of(pack)[0]["id"]}
    assert line.production.patch(f"/v1/packs/{pack['id']}/{name}", body).status == 404
    assert theirs.stored_pack(pack).status == pack["status"]


def test_module_of_another_organisation_is_not_found(world: World) -> None:
    theirs = Line(world, OTHER)
    module = theirs.full_module(theirs.batch())
    assert Line(world).scrap(module).status == 404
    assert get(module_key(OTHER, module["id"])) is not None
    assert all(registered(cell) for cell in theirs.cells_of(module))


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("packs/{id}/rework", {"reason": " "}, "reason"),
        ("packs/{id}/void", {}, "reason"),
        ("packs/{id}/ship", {"customer": ""}, "customer"),
        ("packs/{id}/unbind-module", {}, "moduleId"),
    ],
)
def test_incomplete_bodies_are_refused(world: World, path: str, body: Data, field: str) -> None:
    line = Line(world)
    pack = line.pack(line.batch())
    answer = line.production.patch(f"/v1/{path.format(id=pack['id'])}", body)
    assert (answer.status, set(answer.fields)) == (422, {field})


def test_fate_of_cells_is_free_or_scrap(world: World) -> None:
    line = Line(world)
    answer = line.scrap(line.module(line.batch()), "burn")
    assert (answer.status, set(answer.fields)) == (422, {"cells"})
