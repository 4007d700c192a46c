"""SKUs: editing a draft, retiring, unique codes, and what identifies and tests the units."""

from typing import Any

import pytest

from tests.builders.manufacturing import LIMITS, Line, data, sku_body
from tests.builders.world import OTHER, World

GTIN = "09506000134352"
CODE = f"(01){GTIN}(21)"
STEP = {"step": "EOL", "required": True, "limits": {"Voltage": {"min": 1, "max": 2.5, "unit": "V"}}}
FULL = {
    "gtins": {"cell": GTIN},
    "serialPatterns": {"cell": "C-[0-9]{2}", "module": r"M-\d+", "pack": "P-.+"},
    "requireLot": True,
    "tests": [STEP, {"step": "LEAK", "required": False}],
    "moduleTests": [{**STEP, "step": "OCV"}],
    "passport": {
        "manufacturer": {"text": "Volta Cells AG"},
        "warranty": {"value": 96, "unit": "months"},
        "idleTemperatures": {"min": -20.5, "max": 60, "unit": "°C"},
    },
    "limits": LIMITS,
}


def edit(line: Line, sku: dict[str, Any], body: dict[str, Any], **headers: str) -> Any:
    return line.supervisor.patch(f"/v1/skus/{sku['id']}", body, **headers)


def retire(line: Line, sku: dict[str, Any], **headers: str) -> Any:
    return line.supervisor.patch(f"/v1/skus/{sku['id']}/retire", **headers)


def test_complete_sku_reads_as_it_was_created(world: World) -> None:
    line = Line(world)
    made = line.draft_sku(**FULL)
    assert {name: made[name] for name in FULL} == FULL
    assert data(line.viewer.get(f"/v1/skus/{made['id']}")) == made
    [listed] = line.viewer.get("/v1/skus").json["data"]
    assert made.keys() - listed.keys() == {"tests", "moduleTests", "passport"}


def test_units_carry_what_identifies_them_and_details_the_tests_too(world: World) -> None:
    line = Line(world)
    batch = line.batch(line.sku(**FULL))
    in_copy = {"gtins", "serialPatterns", "requireLot"}
    assert {name: batch["sku"].get(name) for name in FULL} == {
        name: value if name in in_copy else None for name, value in FULL.items()
    }
    detail = data(line.viewer.get(f"/v1/batches/{batch['id']}"))
    assert {name: detail["sku"][name] for name in FULL} == FULL


def test_draft_is_edited_field_by_field(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku(**FULL)
    changes = {
        "name": "Traction 61",
        "nominalVoltage": None,
        "requireLot": False,
        "tests": None,
        "passport": {"weight": {"value": 384.5, "unit": "kg"}},
    }
    answer = edit(line, draft, changes, if_match='"1"')
    expected = {**draft, **changes, "version": 2}
    for gone in ("nominalVoltage", "requireLot", "tests"):
        del expected[gone]
    assert data(answer) == expected
    assert answer.headers["ETag"] == '"2"'
    assert data(line.viewer.get(f"/v1/skus/{draft['id']}")) == expected
    row, diff = line.row(draft["id"], "SKU_EDITED")
    assert row.actor_id == line.supervisor.user_id
    assert set(diff) == {"name", "nominal_voltage", "require_lot", "tests", "passport"}
    assert line.viewer.get("/v1/skus?q=traction%2061").json["meta"]["totalCount"] == 1


def test_edit_without_fields_changes_nothing_but_the_version(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku()
    assert data(edit(line, draft, {})) == {**draft, "version": 2}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"gtins": {"cell": "09506000134351"}}, "gtins.cell"),
        ({"gtins": {"pack": "00000000000000"}}, "gtins.pack"),
        ({"gtins": {"pack": "9506000134352"}}, "gtins.pack"),
        ({"gtins": {"box": GTIN}}, "gtins.box"),
        ({"serialPatterns": {"cell": "(?=C).+"}}, "serialPatterns.cell"),
        ({"serialPatterns": {"module": "(M+)+"}}, "serialPatterns.module"),
        ({"serialPatterns": {"pack": "P" * 101}}, "serialPatterns.pack"),
        ({"requireLot": "yes"}, "requireLot"),
        ({"tests": [STEP, STEP]}, "tests"),
        (
            {"moduleTests": [{"step": "A", "required": True, "limits": {"U": {"unit": "V"}}}]},
            "moduleTests.0.limits.U.min",
        ),
        ({"tests": [{"step": "A"}]}, "tests.0.required"),
        ({"passport": {"": {"text": "x"}}}, "passport"),
        ({"passport": {str(number): {"text": "x"} for number in range(61)}}, "passport"),
        ({"passport": {"weight": 3}}, "passport.weight"),
        ({"nominalVoltage": 0}, "nominalVoltage"),
        ({"cellsPerModule": None}, "cellsPerModule"),
    ],
)
def test_invalid_fields_are_named_on_creating_and_editing(world: World, fields: dict[str, Any], named: str) -> None:
    line = Line(world)
    draft = line.draft_sku()
    for answer in (line.supervisor.post("/v1/skus", sku_body() | fields), edit(line, draft, fields)):
        assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
        assert any(name.startswith(named) for name in answer.fields), answer.fields
    assert data(line.viewer.get(f"/v1/skus/{draft['id']}")) == draft


def test_too_many_limits_in_all_steps_are_refused(world: World) -> None:
    limits = {str(number): {"min": 1, "unit": "V"} for number in range(50)}
    steps = [{"step": name, "required": True, "limits": limits} for name in "ABC"]
    answer = Line(world).supervisor.post("/v1/skus", sku_body(tests=steps))
    assert answer.fields == {"tests": "must not have more than 100 limits in all steps"}


def test_active_and_retired_skus_are_not_edited(world: World) -> None:
    line = Line(world)
    sku = line.sku()
    for state in ("ACTIVE", "RETIRED"):
        answer = edit(line, sku, {"name": "B"})
        assert (answer.status, answer.code) == (409, "ENTITY_LOCKED")
        assert answer.json["error"]["details"]["state"] == state
        retire(line, sku)


def test_code_of_a_sku_is_unique_in_its_organisation(world: World) -> None:
    line = Line(world)
    first, second = line.draft_sku(skuCode="A"), line.draft_sku(skuCode="B")
    for answer in (line.supervisor.post("/v1/skus", sku_body(skuCode="A")), edit(line, second, {"skuCode": "A"})):
        assert (answer.status, answer.code) == (409, "DUPLICATE_SKU_CODE")
        assert answer.json["error"]["details"] == {"skuCode": "A", "skuId": first["id"]}
    assert Line(world, OTHER).draft_sku(skuCode="A")["skuCode"] == "A"


def test_code_that_was_given_up_can_be_used_again(world: World) -> None:
    line = Line(world)
    first = line.draft_sku(skuCode="A")
    assert data(edit(line, first, {"skuCode": "B"}))["skuCode"] == "B"
    second = line.draft_sku(skuCode="A")
    assert "skuCode" not in data(edit(line, second, {"skuCode": None}))
    assert data(edit(line, first, {"skuCode": "A"}))["skuCode"] == "A"
    assert edit(line, second, {"skuCode": "A"}).code == "DUPLICATE_SKU_CODE"


def test_retired_sku_gets_no_batch_and_its_batches_go_on(world: World) -> None:
    line = Line(world)
    sku = line.sku()
    batch = line.draft_batch(sku)
    answer = retire(line, sku, if_match='"2"')
    assert data(answer) == {**sku, "status": "RETIRED", "version": 3}
    refused = line.production.post("/v1/batches", {"skuId": sku["id"]})
    assert (refused.status, refused.code) == (409, "WORKFLOW_VIOLATION")
    assert data(line.production.patch(f"/v1/batches/{batch['id']}/start"))["status"] == "IN_PROGRESS"
    assert line.finished_pack(batch)["status"] == "FINALIZED"
    row, diff = line.row(sku["id"], "SKU_RETIRED")
    assert (row.actor_id, diff) == (line.supervisor.user_id, {"status": ["ACTIVE", "RETIRED"]})
    listed = line.viewer.get("/v1/skus?status=RETIRED").json
    assert ([one["id"] for one in listed["data"]], listed["meta"]["totalCount"]) == ([sku["id"]], 1)


def test_sku_is_retired_once(world: World) -> None:
    line = Line(world)
    retired = line.sku()
    retire(line, retired)
    answer = retire(line, retired)
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    again = line.admin.patch(f"/v1/skus/{retired['id']}/activate")
    assert (again.status, again.code) == (409, "WORKFLOW_VIOLATION")


@pytest.mark.parametrize(("step", "body"), [("", {"name": "B"}), ("/retire", None)])
def test_stale_versions_replays_and_other_organisations(world: World, step: str, body: dict[str, Any] | None) -> None:
    line = Line(world)
    path = f"/v1/skus/{(line.sku() if step else line.draft_sku())['id']}{step}"
    stale = line.supervisor.patch(path, body, if_match='"7"')
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    assert Line(world, OTHER).supervisor.patch(path, body).status == 404
    first, again = (line.supervisor.patch(path, body, idempotency_key="once") for _ in range(2))
    assert (first.status, first.text) == (200, again.text)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_new_serial_numbers_match_the_patterns_of_the_sku(world: World) -> None:
    line = Line(world)
    batch = line.batch(
        line.sku(cellsPerModule=1, modulesPerPack=1, **FULL | {"requireLot": None, "tests": None, "moduleTests": None})
    )
    wrong = line.production.post("/v1/modules", {"batchId": batch["id"], "serial": "X-1"})
    assert (wrong.status, wrong.fields) == (
        422,
        {"serial": r"is a serial number that does not match the SKU's pattern M-\d+"},
    )
    module = line.module(batch, "M-1")
    assert line.bind(module, "C-1").fields == {
        "serial": "is a serial number that does not match the SKU's pattern C-[0-9]{2}"
    }
    tray = line.bind_tray(module, ["C-100"])
    assert (tray.status, set(tray.fields)) == (422, {"serials.0"})
    data(line.bind(module, f"{CODE}C-01"))
    pack = line.production.post("/v1/packs", {"batchId": batch["id"], "serial": "M-9"})
    assert (pack.status, set(pack.fields)) == (422, {"serial"})


def test_scanned_article_is_that_of_the_sku_or_of_the_settings_where_it_has_none(world: World) -> None:
    line = Line(world)
    other = "09521234543213"
    own, bare = line.sku(gtins={"cell": GTIN}), line.sku()
    settings = {"gtins": {own["id"]: {"cell": other}, bare["id"]: {"cell": other}}}
    assert line.admin.put("/v1/organisation/settings/traceability", settings).status == 200
    for sku, right, wrong in ((own, GTIN, other), (bare, other, GTIN)):
        module = line.module(line.batch(sku))
        refused = line.bind(module, f"(01){wrong}(21){line.serial('C')}")
        assert refused.fields == {"serial": f"is a code of the article {wrong}, not of {right}"}
        data(line.bind(module, f"(01){right}(21){line.serial('C')}"))


def test_cells_need_a_lot_where_the_sku_requires_one(world: World) -> None:
    line = Line(world)
    module = line.module(line.batch(line.sku(requireLot=True)))
    for answer in (line.bind(module, line.serial("C")), line.bind_tray(module, [line.serial("C")])):
        assert (answer.status, answer.fields) == (422, {"lot": "is required by the SKU"})
    data(line.bind(module, f"{CODE}{line.serial('C')}(10)LOT-1"))
    data(line.bind(module, line.serial("C"), "LOT-1"))
