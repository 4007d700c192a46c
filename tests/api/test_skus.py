"""SKUs: create, read, activate."""

from typing import Any

import pytest

from tests.builders.manufacturing import LIMITS, Line, data, sku_body
from tests.builders.world import OTHER, World

NOW = "2026-03-01T09:00:00Z"


def test_sku_reads_as_it_was_created(world: World) -> None:
    line = Line(world)
    answer = line.supervisor.post("/v1/skus", sku_body(limits=LIMITS))
    made = data(answer, 201)
    assert answer.headers["ETag"] == '"1"'
    assert made["id"].startswith("SKU-")
    added = {"status": "DRAFT", "version": 1, "createdAt": NOW, "updatedAt": NOW}
    assert made == {"id": made["id"], **sku_body(limits=LIMITS), **added}
    read = line.viewer.get(f"/v1/skus/{made['id']}")
    assert (data(read), read.headers["ETag"]) == (made, '"1"')


def test_absent_fields_of_a_sku_are_omitted(world: World) -> None:
    body = {"name": "A", "chemistry": "NMC", "cellsPerModule": 5000, "modulesPerPack": 200}
    made = data(Line(world).admin.post("/v1/skus", body), 201)
    assert set(made) == {*body, "id", "status", "version", "createdAt", "updatedAt"}


def test_sku_is_activated_once(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku(limits=LIMITS)
    answer = line.admin.patch(f"/v1/skus/{draft['id']}/activate", if_match='"1"')
    assert data(answer) == {**draft, "status": "ACTIVE", "version": 2}
    assert answer.headers["ETag"] == '"2"'
    again = line.admin.patch(f"/v1/skus/{draft['id']}/activate")
    assert (again.status, again.code) == (409, "WORKFLOW_VIOLATION")
    assert again.json["error"]["details"] == {
        "skuId": draft["id"],
        "state": "ACTIVE",
        "action": "activate",
        "allowed": ["create-batch", "retire"],
    }


def test_audit_rows_of_a_sku(world: World) -> None:
    line = Line(world)
    sku = line.sku(limits=LIMITS)
    row, diff = line.row(sku["id"], "SKU_CREATED")
    assert (row.actor_id, row.entity_type) == (line.supervisor.user_id, "sku")
    assert diff == {
        "status": [None, "DRAFT"],
        "name": [None, "Traction 60"],
        "chemistry": [None, "LFP"],
        "cells_per_module": [None, 2],
        "modules_per_pack": [None, 2],
        "nominal_voltage": [None, 384],
        "nominal_capacity": [None, 156.25],
        "sku_code": [None, "TR-60"],
        "limits": [None, LIMITS],
    }
    row, diff = line.row(sku["id"], "SKU_ACTIVATED")
    assert (row.actor_id, diff) == (line.admin.user_id, {"status": ["DRAFT", "ACTIVE"]})


def test_every_invalid_field_of_a_sku_is_named(world: World) -> None:
    wrong = {
        "chemistry": "",
        "cellsPerModule": 5001,
        "modulesPerPack": 0,
        "nominalVoltage": -1,
        "nominalCapacity": 1.1234567,
        "status": "ACTIVE",
        "limits": {
            "A": {"unit": "V"},
            "B": {"min": 2, "max": 1, "unit": "V"},
            "C": {"min": 0.1234567, "unit": "V"},
            "D": {"max": 1},
        },
    }
    answer = Line(world).supervisor.post("/v1/skus", wrong)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    bad = {*wrong, "name", "limits.A.min", "limits.B.max", "limits.C.min", "limits.D.unit"} - {"limits"}
    assert set(answer.fields) == bad


@pytest.mark.parametrize(
    ("field", "value", "good"),
    [
        ("name", "x" * 100, True),
        ("name", "x" * 101, False),
        ("cellsPerModule", 1, True),
        ("cellsPerModule", 0, False),
        ("cellsPerModule", 1.5, False),
        ("modulesPerPack", 200, True),
        ("modulesPerPack", 201, False),
        ("nominalVoltage", 0, False),
        ("nominalVoltage", 3.123456, True),
        ("nominalVoltage", 1e3, True),
        ("limits", {"": {"min": 1, "unit": "V"}}, False),
        ("limits", {str(number): {"min": 1, "unit": "V"} for number in range(51)}, False),
    ],
)
def test_bounds_of_the_fields_of_a_sku(world: World, field: str, value: Any, good: bool) -> None:
    answer = Line(world).supervisor.post("/v1/skus", sku_body() | {field: value})
    assert answer.status == (201 if good else 422), answer


def test_decimals_are_stored_exactly(world: World) -> None:
    line = Line(world)
    raw = b'{"name":"A","chemistry":"B","cellsPerModule":1,"modulesPerPack":1,"nominalVoltage":3.200001}'
    made = data(line.world.call("POST", "/v1/skus", raw=raw, token=line.supervisor.token), 201)
    assert '"nominalVoltage":3.200001,' in line.viewer.get(f"/v1/skus/{made['id']}").text


@pytest.mark.parametrize(
    ("sent", "good"),
    [
        (b"3.2000010000000000000000000000000000", True),
        (b"3.2000010000000000000000000000000001", False),
        (b"0.0000001", False),
        (b"10000001e-7", False),
        (b"10000000e-7", True),
        (b"1234567890123456789012345678901.5", True),
        (b"1234567890123456789012345678901.1234567", False),
    ],
)
def test_decimals_with_more_than_six_places_are_refused(world: World, sent: bytes, *, good: bool) -> None:
    line = Line(world)
    limits = b'"limits":{"U":{"max":' + sent + b',"unit":"V"}}'
    raw = b'{"name":"A","chemistry":"B","cellsPerModule":1,"modulesPerPack":1,"nominalVoltage":' + sent + b"," + limits
    answer = line.world.call("POST", "/v1/skus", raw=raw + b"}", token=line.supervisor.token)
    assert answer.status == (201 if good else 422), answer
    if not good:
        places = "must have at most 6 decimal places"
        assert answer.fields == {"nominalVoltage": places, "limits.U.max": places}


def test_repeated_key_creates_one_sku(world: World) -> None:
    line = Line(world)
    answers = [line.supervisor.post("/v1/skus", sku_body(), idempotency_key="k") for _ in range(2)]
    assert answers[0].text == answers[1].text
    assert line.viewer.get("/v1/skus").json["meta"]["totalCount"] == 1


def test_stale_version_of_a_sku_is_refused(world: World) -> None:
    line = Line(world)
    draft = line.draft_sku()
    answer = line.admin.patch(f"/v1/skus/{draft['id']}/activate", if_match="2")
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert answer.json["error"]["details"] == {"version": 1}
    assert data(line.viewer.get(f"/v1/skus/{draft['id']}")) == draft


def test_skus_of_another_organisation_are_not_found(world: World) -> None:
    draft = Line(world).draft_sku()
    other = Line(world, OTHER)
    for answer in (other.viewer.get(f"/v1/skus/{draft['id']}"), other.admin.patch(f"/v1/skus/{draft['id']}/activate")):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert other.viewer.get("/v1/skus").json["data"] == []
