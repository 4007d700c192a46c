"""Holds by lot, serial number and batch: what they stop and leave open, their release and their lists."""

import json
from functools import partial

import pytest

from chalicelib.manufacturing.assembly.holds import service
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, World

NOW = "2026-03-01T09:00:00Z"


def hold(line: Line, kind: str, value: str, reason: str = "swollen") -> Data:
    """Hold a value."""
    return data(line.qa.post("/v1/holds", {"kind": kind, "value": value, "reason": reason}), 201)


def release(line: Line, held: Data, **headers: str) -> Answer:
    """Release a hold."""
    return line.supervisor.post(f"/v1/holds/{held['id']}/release", {"reason": "measured again"}, **headers)


def stopped_by(answer: Answer) -> list[str]:
    """Return the ids of the holds that stopped a step."""
    assert (answer.status, answer.code) == (409, "ON_HOLD"), answer
    return [each["id"] for each in answer.json["error"]["details"]["holds"]]


def named(held: Data) -> Data:
    """Return what details and errors say of a hold."""
    return {name: held[name] for name in ("id", "kind", "value", "reason")}


def shown(line: Line, path: str) -> list[Data]:
    """Return the holds that a detail or a trace shows."""
    holds: list[Data] = data(line.viewer.get(path))["holds"]
    return holds


# --- making, releasing, reading ---------------------------------------------------------------------------------


def test_new_hold_is_shown_and_recorded(world: World) -> None:
    line = Line(world)
    made = hold(line, "SERIAL", "C-1", "dented")
    assert made == {
        "id": made["id"],
        "kind": "SERIAL",
        "value": "C-1",
        "status": "OPEN",
        "reason": "dented",
        "version": 1,
        "heldAt": NOW,
        "heldBy": line.name_of(line.qa),
        "heldById": line.qa.user_id,
    }
    assert made["id"].startswith("HLD-")
    read = line.viewer.get(f"/v1/holds/{made['id']}")
    assert (data(read), read.headers["ETag"]) == (made, '"1"')
    _, diff = line.row(made["id"], "HOLD_CREATED")
    assert {name: new for name, (_, new) in diff.items()} == {
        "held_kind": "SERIAL",
        "value": "C-1",
        "status": "OPEN",
        "reason": "dented",
    }


def test_released_hold_says_who_released_it_and_why(world: World) -> None:
    line = Line(world)
    made = hold(line, "SERIAL", "C-1")
    released = data(release(line, made))
    assert released == {
        **made,
        "status": "RELEASED",
        "version": 2,
        "releasedAt": NOW,
        "releasedBy": line.name_of(line.supervisor),
        "releasedById": line.supervisor.user_id,
        "releaseReason": "measured again",
    }
    assert data(line.viewer.get(f"/v1/holds/{made['id']}")) == released
    _, diff = line.row(made["id"], "HOLD_RELEASED")
    assert diff["status"] == ["OPEN", "RELEASED"]
    again = release(line, made)
    assert (again.status, again.code) == (409, "WORKFLOW_VIOLATION")
    assert again.json["error"]["details"]["holdId"] == made["id"]


def test_release_requires_the_named_version_and_is_replayed(world: World) -> None:
    line = Line(world)
    made = hold(line, "SERIAL", "C-1")
    stale = release(line, made, if_match="7")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    first, second = (release(line, made, idempotency_key="k") for _ in range(2))
    assert (first.status, first.text, second.headers["Idempotent-Replayed"]) == (200, second.text, "true")


def test_repeated_hold_with_a_key_is_made_once(world: World) -> None:
    line = Line(world)
    body = {"kind": "SERIAL", "value": "C-1", "reason": "dented"}
    first, second = (line.qa.post("/v1/holds", body, idempotency_key="k") for _ in range(2))
    assert (first.status, first.text, second.headers["Idempotent-Replayed"]) == (201, second.text, "true")
    assert len(line.viewer.get("/v1/holds").json["data"]) == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"kind", "value", "reason"}),
        ({"kind": "PACK", "value": "P", "reason": "r"}, {"kind"}),
        ({"kind": "SERIAL", "value": "with space", "reason": " "}, {"value", "reason"}),
        ({"kind": "BATCH", "value": "x" * 256, "reason": "r"}, {"value"}),
        ({"kind": "LOT", "value": "two lots", "reason": "r"}, {"value"}),
        ({"kind": "LOT", "value": "x" * 129, "reason": "r"}, {"value"}),
        ({"kind": "SERIAL", "value": "C", "reason": "r", "more": 1}, {"more"}),
    ],
)
def test_bad_hold_names_every_bad_field(world: World, body: Data, fields: set[str]) -> None:
    answer = Line(world).qa.post("/v1/holds", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), answer
    assert set(answer.json["error"]["details"]["fields"]) == fields


def test_an_id_is_not_held_as_a_serial_number(world: World) -> None:
    line = Line(world)
    pack = line.ready_pack(line.batch())
    for value in (pack["id"], "MOD-none", "BAT-none"):
        answer = line.qa.post("/v1/holds", {"kind": "SERIAL", "value": value, "reason": "r"})
        assert (answer.status, answer.json["fields"]) == (
            422, {"value": "must not begin with MOD-, PCK-, BAT-, SKU-, as ids do"},
        ), answer  # fmt: skip
    assert line.viewer.get("/v1/holds").json["data"] == []


def test_unknown_batch_and_hold_are_not_found(world: World) -> None:
    line, theirs = Line(world), Line(world, OTHER)
    foreign = theirs.batch()
    for value in ("BAT-none", "nonsense", foreign["id"]):
        answer = line.qa.post("/v1/holds", {"kind": "BATCH", "value": value, "reason": "r"})
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), answer
    foreign_hold = hold(theirs, "BATCH", foreign["id"])
    assert line.viewer.get(f"/v1/holds/{foreign_hold['id']}").status == 404
    assert release(line, foreign_hold).status == 404
    assert line.viewer.get("/v1/holds").json["data"] == []


def test_only_qa_holds_and_only_supervisors_release(world: World) -> None:
    line = Line(world)
    body = {"kind": "SERIAL", "value": "C-1", "reason": "r"}
    for person in (line.production, line.supervisor, line.viewer):
        assert person.post("/v1/holds", body).code == "ACCESS_DENIED"
    made = hold(line, "SERIAL", "C-1")
    for person in (line.production, line.qa, line.viewer):
        assert person.post(f"/v1/holds/{made['id']}/release", {"reason": "r"}).code == "ACCESS_DENIED"


def test_list_is_filtered_by_status_kind_and_value(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    holds = [
        hold(line, "SERIAL", "C-1"),
        hold(line, "BATCH", batch["id"]),
        hold(line, "SERIAL", "C-1", "again"),
        hold(line, "SERIAL", "C-2"),
    ]
    holds[0] = data(release(line, holds[0]))

    def listed(query: str) -> list[int]:
        found = line.viewer.get(f"/v1/holds{query}").json["data"]
        return [holds.index(each) for each in found]

    assert listed("") == [3, 2, 1, 0]
    assert listed("?status=OPEN") == [3, 2, 1]
    assert listed("?status=RELEASED") == [0]
    assert listed("?kind=SERIAL") == [3, 2, 0]
    assert listed("?kind=SERIAL&status=OPEN") == [3, 2]
    assert listed("?value=C-1") == [2, 0]
    assert listed("?value=%5DC121C-1") == [2, 0]
    assert listed(f"?kind=BATCH&value={batch['id']}&status=OPEN") == [1]
    assert listed("?kind=BATCH&value=C-1") == []


def test_list_is_read_in_pages(world: World) -> None:
    line = Line(world)
    ids = [hold(line, "SERIAL", f"C-{number}")["id"] for number in range(5)]
    data(release(line, {"id": ids[2]}))
    found: list[str] = []
    cursor = ""
    while True:
        page = line.viewer.get(f"/v1/holds?limit=2{cursor}").json
        found += [each["id"] for each in page["data"]]
        if page["meta"]["nextCursor"] is None:
            break
        cursor = f"&cursor={page['meta']['nextCursor']}"
    assert found == ids[::-1]


# --- what a hold stops ------------------------------------------------------------------------------------------


def test_held_serial_is_bound_nowhere_until_it_is_released(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    made = hold(line, "SERIAL", "C-1", "dented")
    answer = line.bind(module, "C-1")
    assert stopped_by(answer) == [made["id"]]
    assert answer.json["error"]["message"] == "On hold: SERIAL C-1 (dented)."
    assert answer.json["error"]["details"] == {
        "moduleId": module["id"],
        "action": "bind-cell",
        "holds": [named(made)],
        "holdCount": 1,
    }
    assert stopped_by(line.bind_tray(module, ["C-2", "C-1"])) == [made["id"]]
    assert stopped_by(line.bind(module, "]C121C-1")) == [made["id"]]
    assert data(line.bind(module, "C-2"))["cellsBound"] == 1
    data(release(line, made))
    assert data(line.bind(module, "C-1"))["cellsBound"] == 2


def test_held_cell_stops_its_module_until_it_is_unbound(world: World) -> None:
    line = Line(world)
    module = line.full_module(line.batch())
    cell = line.cells_of(module)[0]
    made = hold(line, "SERIAL", cell)
    assert stopped_by(line.seal("modules", module)) == [made["id"]]
    assert shown(line, f"/v1/modules/{module['id']}") == [named(made)]
    assert shown(line, f"/v1/trace/{cell}") == [named(made)]
    assert shown(line, f"/v1/trace/{module['serial']}") == [named(made)]
    data(line.unbind(module, cell))
    assert shown(line, f"/v1/modules/{module['id']}") == []
    assert stopped_by(line.bind(module, cell)) == [made["id"]]
    data(line.bind(module, "C-new"))
    data(line.seal("modules", module))
    assert data(release(line, made))["status"] == "RELEASED"


@pytest.mark.parametrize("what", ["cell", "module", "pack", "batch"])
def test_hold_of_anything_in_a_pack_stops_it(world: World, what: str) -> None:
    line = Line(world)
    batch = line.batch()
    modules = [line.sealed_module(batch) for _ in range(2)]
    pack = line.pack(batch, modules)
    kind, value = {
        "cell": ("SERIAL", line.cells_of(modules[1])[0]),
        "module": ("SERIAL", modules[1]["serial"]),
        "pack": ("SERIAL", pack["serial"]),
        "batch": ("BATCH", batch["id"]),
    }[what]
    made = hold(line, kind, value)
    steps = [
        partial(line.seal, "packs", pack),
        partial(line.dispose, pack, "PASS"),
        partial(line.ship, pack),
    ]
    for act in steps:
        assert stopped_by(act()) == [made["id"]]
        assert shown(line, f"/v1/packs/{pack['id']}") == [named(made)]
        assert shown(line, f"/v1/trace/{pack['serial']}") == [named(made)]
        assert shown(line, f"/v1/trace/{pack['id']}") == [named(made)]
        data(release(line, made))
        assert shown(line, f"/v1/packs/{pack['id']}") == []
        data(act())
        made = hold(line, kind, value)


@pytest.mark.parametrize("what", ["cell", "module", "batch"])
def test_held_module_is_bound_to_no_pack(world: World, what: str) -> None:
    line = Line(world)
    batch = line.batch()
    module, good, later = (line.sealed_module(batch) for _ in range(3))
    other = line.draft_batch(batch["sku"] | {"id": batch["skuId"]})
    data(line.production.patch(f"/v1/batches/{other['id']}/start"))
    pack = line.pack(other)
    kind, value = {
        "cell": ("SERIAL", line.cells_of(module)[0]),
        "module": ("SERIAL", module["serial"]),
        "batch": ("BATCH", batch["id"]),
    }[what]
    made = hold(line, kind, value)
    both = {"moduleIds": [good["id"], module["id"]]}
    new = {"batchId": other["id"], "serial": "P-new", **both}
    assert stopped_by(line.bind_module(pack, module)) == [made["id"]]
    assert stopped_by(line.production.post(f"/v1/packs/{pack['id']}/bind-modules", both)) == [made["id"]]
    assert stopped_by(line.production.post("/v1/packs", new)) == [made["id"]]
    data(release(line, made))
    data(line.production.post(f"/v1/packs/{pack['id']}/bind-modules", both))
    made = hold(line, kind, value)
    assert stopped_by(line.seal("packs", pack)) == [made["id"]]
    data(line.unbind_module(pack, module))
    if what == "batch":  # the other module is of that batch too
        assert stopped_by(line.bind_module(pack, later)) == [made["id"]]
    else:
        data(line.bind_module(pack, later))
        data(line.seal("packs", pack))


def test_held_batch_stops_its_modules_and_packs(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    full, module = line.full_module(batch), line.module(batch)
    ready = line.ready_pack(batch)
    made = hold(line, "BATCH", batch["id"])
    assert stopped_by(line.bind(module, "C-1")) == [made["id"]]
    assert stopped_by(line.seal("modules", full)) == [made["id"]]
    assert stopped_by(line.dispose(ready, "PASS")) == [made["id"]]
    for path in (f"batches/{batch['id']}", f"modules/{module['id']}", f"packs/{ready['id']}", f"trace/{batch['id']}"):
        assert shown(line, f"/v1/{path}") == [named(made)]
    assert shown(line, f"/v1/trace/{line.cells_of(full)[0]}") == [named(made)]
    assert line.bind(line.module(line.batch()), "C-1").status == 200
    data(release(line, made))
    data(line.bind(module, "C-2"))
    data(line.seal("modules", full))
    data(line.dispose(ready, "PASS"))


def test_module_and_pack_that_get_a_held_serial_are_stopped(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    held_module, held_pack = hold(line, "SERIAL", "M-held"), hold(line, "SERIAL", "P-held")
    module, pack = line.module(batch, "M-held"), line.pack(batch, serial="P-held")
    assert stopped_by(line.bind(module, "C-1")) == [held_module["id"]]
    assert stopped_by(line.bind_module(pack, line.sealed_module(batch))) == [held_pack["id"]]


def test_what_is_held_twice_has_to_be_released_twice(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.module(batch)
    holds = [hold(line, "SERIAL", "C-1"), hold(line, "SERIAL", "C-1"), hold(line, "BATCH", batch["id"])]
    assert stopped_by(line.bind(module, "C-1")) == [each["id"] for each in holds]
    for number, made in enumerate(holds, 1):
        data(release(line, made))
        rest = [each["id"] for each in holds[number:]]
        answer = line.bind(module, "C-1")
        assert (stopped_by(answer) if rest else answer.status) == (rest or 200)


def test_refused_step_names_twenty_holds_at_most(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    for number in range(22):
        hold(line, "SERIAL", "C-1", f"reason {number}")
    answer = line.bind(module, "C-1")
    assert len(stopped_by(answer)) == 20
    assert answer.json["error"]["details"]["holdCount"] == 22
    assert answer.json["error"]["message"].endswith(", and 21 more.")


# --- lots -------------------------------------------------------------------------------------------------------


def test_cells_of_a_held_lot_are_bound_nowhere(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module, other = line.module(batch), line.module(batch)
    data(line.bind(other, "C-1", "Lot-7"))
    data(line.unbind(other, "C-1"))
    made = hold(line, "LOT", "LOT-7", "electrolyte")
    assert stopped_by(line.bind(module, "C-2", "lot-7")) == [made["id"]]
    assert stopped_by(line.bind(module, "C-1")) == [made["id"]]  # it keeps its lot
    assert stopped_by(line.bind_tray(module, ["C-3", "C-1"])) == [made["id"]]
    data(line.bind(module, "C-3", "LOT-8"))
    assert [each["id"] for each in line.viewer.get("/v1/holds?kind=LOT&value=lot-7").json["data"]] == [made["id"]]
    assert shown(line, "/v1/trace/C-1") == [named(made)]
    data(release(line, made))
    data(line.bind(module, "C-1"))


def test_held_lot_stops_modules_and_packs_that_hold_cells_of_it(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    full, bad, good = line.full_module(batch, "L-1"), line.sealed_module(batch, "L-1"), line.sealed_module(batch, "L-2")
    later = line.sealed_module(batch, "L-2")
    pack = line.pack(batch, [good])
    made = hold(line, "LOT", "l-1")
    assert stopped_by(line.seal("modules", full)) == [made["id"]]
    assert stopped_by(line.bind_module(pack, bad)) == [made["id"]]
    both = {"moduleIds": [later["id"], bad["id"]]}
    assert stopped_by(line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "P", **both})) == [
        made["id"]
    ]
    data(release(line, made))
    data(line.bind_module(pack, bad))
    for act in (partial(line.seal, "packs", pack), partial(line.dispose, pack, "PASS"), partial(line.ship, pack)):
        made = hold(line, "LOT", "l-1")
        assert stopped_by(act()) == [made["id"]]
        for path in (
            f"packs/{pack['id']}",
            f"modules/{bad['id']}",
            f"trace/{pack['serial']}",
            f"trace/{bad['serial']}",
        ):
            assert shown(line, f"/v1/{path}") == [named(made)]
        assert shown(line, f"/v1/modules/{good['id']}") == []
        data(release(line, made))
        data(act())


def test_module_without_its_cells_of_a_held_lot_is_sealed(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch())
    data(line.bind(module, "C-1", "L-1"))
    made = hold(line, "LOT", "L-1")
    assert stopped_by(line.bind(module, "C-2", "L-2")) == [made["id"]]
    data(line.unbind(module, "C-1"))
    data(line.bind_tray(module, ["C-2", "C-3"], "L-2"))
    data(line.seal("modules", module))


def test_corrected_lot_decides_what_a_hold_stops(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    modules = [line.sealed_module(batch, "L-1") for _ in range(2)]
    pack = line.pack(batch, modules)
    cell = line.cells_of(modules[0])[0]
    made = hold(line, "LOT", "L-2")

    def correct(lot: str) -> None:
        data(line.qa.patch(f"/v1/cells/{cell}/lot", {"lot": lot, "reason": "misread"}))

    correct("L-2")
    assert stopped_by(line.seal("packs", pack)) == [made["id"]]
    correct("L-3")
    data(line.seal("packs", pack))


def test_more_lots_are_held_than_one_batch_read_takes(world: World) -> None:
    line = Line(world)
    module = line.full_module(line.batch(), "L-104")
    holds = [hold(line, "LOT", f"L-{number}") for number in range(105)]
    assert stopped_by(line.seal("modules", module)) == [holds[104]["id"]]


# --- the ways out -----------------------------------------------------------------------------------------------


def test_held_pack_can_fail_be_quarantined_reworked_and_voided(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    pack = line.ready_pack(batch)
    first = line.modules_of(pack)[0]
    made = hold(line, "SERIAL", line.cells_of(first)[0])
    data(line.dispose(pack, "QUARANTINE"))
    data(line.dispose(pack, "FAIL"))
    data(line.rework(pack))
    data(line.unbind_module(pack, first))
    data(line.bind_module(pack, line.sealed_module(batch)))
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS"))
    assert shown(line, f"/v1/modules/{first['id']}") == [named(made)]
    data(line.scrap(first))
    other = line.ready_pack(batch)
    hold(line, "SERIAL", other["serial"])
    data(line.void(other))


def test_cells_of_a_scrapped_module_stay_held(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    module = line.full_module(batch)
    cells = line.cells_of(module)
    made = hold(line, "SERIAL", cells[0])
    data(line.scrap(module))
    other = line.module(batch)
    assert stopped_by(line.bind(other, cells[0])) == [made["id"]]
    data(line.bind(other, cells[1]))
    assert shown(line, f"/v1/modules/{other['id']}") == []


def test_shipped_pack_that_is_held_comes_back(world: World) -> None:
    line = Line(world)
    pack = line.finished_pack(line.batch())
    data(line.ship(pack))
    made = hold(line, "SERIAL", pack["serial"])
    data(line.take_back(pack), 201)
    assert stopped_by(line.dispose(pack, "PASS")) == [made["id"]]


# --- costs and limits -------------------------------------------------------------------------------------------


def test_hold_of_one_organisation_stops_no_other(world: World) -> None:
    line, theirs = Line(world), Line(world, OTHER)
    hold(line, "SERIAL", "C-1")
    data(theirs.bind(theirs.module(theirs.batch()), "C-1"))
    made = hold(line, "SERIAL", "C-1")
    assert "moduleId" not in json.dumps(made)


def test_too_many_open_holds_are_refused_until_some_are_released(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(world)
    first = hold(line, "SERIAL", "C-1")
    monkeypatch.setattr(service, "MAX_BYTES", 100)
    answer = line.qa.post("/v1/holds", {"kind": "SERIAL", "value": "C-2", "reason": "r"})
    assert (answer.status, answer.code) == (409, "TOO_MANY_HOLDS")
    assert answer.json["error"]["details"] == {"open": 1}
    data(release(line, first))
    monkeypatch.setattr(service, "MAX_BYTES", 1000)
    hold(line, "SERIAL", "C-2")


def test_round_trips_of_each_step(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch()
    pack, module = line.pack(batch), line.full_module(batch)
    other = {"moduleIds": [line.sealed_module(batch)["id"]]}
    hold(line, "SERIAL", "elsewhere")
    hold(line, "LOT", "elsewhere")

    def trips(act: partial[Answer]) -> list[list[str]]:
        with counted_trips(engine) as made:
            assert act().status in (200, 201)
        return [sorted(calls) for calls in made.made]

    read, query, commit = "BatchGetItem", "Query", "TransactWriteItems"
    inside = [query, query]  # the ledger, and the modules of the held lot
    assert trips(partial(line.bind, line.module(batch), "C-1")) == [[read], [read], [commit]]
    assert trips(partial(line.seal, "modules", module)) == [[read], [read, read], [commit]]
    assert trips(partial(line.bind_module, pack, module)) == [[read], inside, [commit]]
    act = partial(line.production.post, f"/v1/packs/{pack['id']}/bind-modules", other)
    assert trips(act) == [[read], [read, *inside], [commit]]
    assert trips(partial(line.seal, "packs", pack)) == [[read], inside, [commit]]
    assert trips(partial(line.dispose, pack, "PASS")) == [[read], [read, *inside], [commit]]
    assert trips(partial(line.ship, pack)) == [[read], inside, [commit]]
    body = {"kind": "SERIAL", "value": "C-1", "reason": "r"}
    assert trips(partial(line.qa.post, "/v1/holds", body)) == [[read], [commit]]
    newest = line.viewer.get("/v1/holds").json["data"][0]
    assert trips(partial(release, line, newest)) == [[read], [commit]]
    assert trips(partial(line.viewer.get, f"/v1/holds/{newest['id']}")) == [[read]]
    assert trips(partial(line.viewer.get, "/v1/holds?status=OPEN")) == [[read], [query]]


def test_nothing_more_is_read_while_nothing_is_held(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch()
    pack, module = line.pack(batch), line.sealed_module(batch)
    data(release(line, hold(line, "LOT", "L-1")))
    with counted_trips(engine) as made:
        data(line.bind(line.module(batch), "C-1", "L-1"))
        data(line.bind_module(pack, module))
    assert [calls for calls in made.made if calls == ["Query"]] == []
