"""Battery passports: what is known and missing, who sees what, the public address, and the QR code."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES
from chalicelib.manufacturing.traceability.passports.rules import Access
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.passports import MEASURED, PAGE, SUPPLIED, decoded, full, opened, qr, read, token_of, values
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, World

GTIN = "09506000134352"
NOT_PUBLIC = {name for name, attribute in ATTRIBUTES.items() if attribute.access is not Access.PUBLIC}


@pytest.fixture
def line(world: World) -> Line:
    """A line of a deployment that has a page of passports."""
    world.reset_parts(replace(settings(), passport_url=PAGE))
    return Line(world)


@pytest.fixture
def batch(line: Line) -> Data:
    return line.batch(line.sku(passport=SUPPLIED, nominalCapacity=150))


def passed(line: Line, batch: Data, measured: Data = MEASURED) -> Data:
    """A pack that passed with these measurements."""
    pack = line.ready_pack(batch)
    data(line.dispose(pack, "PASS", measurements=measured))
    return pack


def missing(passport: Data) -> set[str]:
    return {attribute["name"] for attribute in passport["completeness"]["missing"]}


def test_the_restricted_view_has_what_is_known_and_names_what_is_missing(line: Line, batch: Data) -> None:
    pack = passed(line, batch)
    passport = full(line, pack)
    assert {name: passport[name] for name in ("view", "packId", "serial", "status", "address")} == {
        "view": "restricted",
        "packId": pack["id"],
        "serial": pack["serial"],
        "status": "FINALIZED",
        "address": f"{PAGE}demo.{pack['id']}",
    }
    assert values(passport) == SUPPLIED | {
        "model": {"text": "Traction 60"},
        "modelCode": {"text": "TR-60"},
        "chemistry": {"text": "LFP"},
        "ratedCapacity": {"value": 150, "unit": "Ah"},
        "nominalVoltage": {"value": 384, "unit": "V"},
        "serialNumber": {"text": pack["serial"]},
        "manufacturingDate": {"text": "2026-03"},
        "cellCount": {"value": 4, "unit": "cells"},
        "measuredCapacity": {"value": 157.5, "unit": "Ah"},
        "measuredResistance": {"value": 1.25, "unit": "mOhm"},
        "stateOfHealth": {"value": 105, "unit": "%"},
        "status": {"text": "original"},
    }
    assert [entry["name"] for entry in passport["attributes"]] == [
        name for name in ATTRIBUTES if name in values(passport)
    ]
    counts = passport["completeness"]
    assert counts["required"] - counts["known"] == len(missing(passport))
    assert missing(passport) & set(values(passport)) == set()
    assert {"dueDiligenceReport", "measuredPower", "anodeMaterials"} <= missing(passport)
    assert missing(passport) & {"exhaustionThreshold", "cycles", "modelCode"} == set()


def test_a_missing_attribute_says_what_it_is_and_who_has_to_supply_it(line: Line, batch: Data) -> None:
    absent = {one["name"]: one for one in full(line, line.pack(batch))["completeness"]["missing"]}
    assert absent["maximumVoltage"] == {
        "name": "maximumVoltage",
        "title": "Maximum voltage",
        "group": "performance",
        "points": "1(h)",
        "access": "public",
        "source": "manufacturer",
        "kind": "quantity",
        "unit": "V",
    }
    assert {absent[name]["source"] for name in ("measuredCapacity", "manufacturingDate")} == {"test", "unit"}


def test_the_category_says_what_is_required(line: Line) -> None:
    bare = full(line, line.pack(line.batch(line.sku())))
    [category] = [one for one in bare["completeness"]["missing"] if one["name"] == "batteryCategory"]
    assert category["choices"] == ["LMT", "EV", "industrial"]
    of_cars = line.sku(passport={"batteryCategory": {"text": "EV"}})
    assert "exhaustionThreshold" in missing(full(line, line.pack(line.batch(of_cars))))


def test_everybody_sees_the_public_part_only(line: Line, batch: Data, world: World) -> None:
    pack = passed(line, batch)
    shown = opened(world, token_of(line, pack))
    public = data(shown)
    assert public == data(read(line.viewer, pack)) == data(read(line.viewer, pack, "public"))
    assert set(public) == {"view", "serial", "attributes", "address"}
    assert {entry["access"] for entry in public["attributes"]} == {"public"}
    known = values(full(line, pack))
    assert values(public) == {name: value for name, value in known.items() if name not in NOT_PUBLIC}
    hidden = ("LiFePO4", "reports/tr60", "157.5", "missing", "FINALIZED", "original", line.qa.user_id)
    assert [text for text in hidden if text in shown.text] == []


def test_a_passport_is_public_once_the_pack_was_sealed_and_until_it_is_void(
    line: Line, batch: Data, world: World
) -> None:
    pack = line.pack(batch, [line.sealed_module(batch) for _ in range(2)])
    token = token_of(line, pack)

    def is_open() -> bool:
        answer = opened(world, token)
        assert answer.status in (200, 404)
        return answer.status == 200

    seen = [is_open()]
    data(line.seal("packs", pack))
    seen.append(is_open())
    data(line.dispose(pack, "FAIL"))
    data(line.rework(pack))
    seen.append(is_open())
    data(line.void(pack))
    seen.append(is_open())
    assert seen == [False, True, True, False]
    voided = full(line, pack)
    assert (voided["status"], "address" in voided, "status" in values(voided)) == ("VOID", False, False)


def test_a_returned_pack_shows_that_its_status_has_to_be_found_out(line: Line, batch: Data) -> None:
    pack = passed(line, batch)
    data(line.ship(pack))
    shipped = full(line, pack)
    assert (shipped["status"], values(shipped)["status"]) == ("SHIPPED", {"text": "original"})
    assert "Northwind" not in str(shipped)
    data(line.take_back(pack), 201)
    returned = full(line, pack)
    assert (returned["status"], "status" in missing(returned)) == ("READY_FOR_EOL", True)
    assert values(returned)["measuredCapacity"] == values(shipped)["measuredCapacity"]


def test_measurements_count_of_the_newest_pass_since_the_seal(line: Line, batch: Data) -> None:
    pack = line.ready_pack(batch)
    data(line.dispose(pack, "QUARANTINE", measurements=MEASURED))
    assert "measuredCapacity" not in values(full(line, pack))
    data(line.dispose(pack, "FAIL", measurements=MEASURED))
    assert "measuredCapacity" in missing(full(line, pack))
    data(line.rework(pack))
    assert {"manufacturingDate", "stateOfHealth"} <= missing(full(line, pack))
    line.world.clock.advance(seconds=60)
    data(line.seal("packs", pack))
    data(line.dispose(pack, "PASS", measurements={"capacity": {"value": 151, "unit": "Ah"}}))
    assert values(full(line, pack))["measuredCapacity"] == {"value": 151, "unit": "Ah"}


def test_tests_that_were_passed_count_too_and_the_newest_measurement_is_shown(line: Line, batch: Data) -> None:
    pack = line.ready_pack(batch)

    def record(result: str, capacity: float) -> None:
        measured = {"capacity": {"value": capacity, "unit": "Ah"}}
        body = {"step": "CAP", "result": result, "measurements": measured}
        line.world.clock.advance(seconds=60)
        data(line.qa.post(f"/v1/units/{pack['serial']}/tests", body), 201)

    shown = []
    for result, capacity in (("FAIL", 140), ("PASS", 151), ("FAIL", 139)):
        record(result, capacity)
        shown.append(values(full(line, pack)).get("measuredCapacity"))
    line.world.clock.advance(seconds=60)
    data(line.dispose(pack, "PASS", measurements=MEASURED))
    shown.append(values(full(line, pack))["measuredCapacity"])
    assert shown == [None, *[{"value": 151, "unit": "Ah"}] * 2, MEASURED["Capacity"]]


def test_other_organisations_and_unknown_packs_are_not_found(line: Line, batch: Data, world: World) -> None:
    pack = line.ready_pack(batch)
    other = Line(world, OTHER).viewer
    for answer in (read(other, pack), read(other, pack, "restricted"), qr(other, pack)):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    uuid = pack["id"].removeprefix("PCK-")
    for token in (
        f"{OTHER}.{pack['id']}",
        pack["id"],
        f"demo.MOD-{uuid}",
        f"demo.PCK-{uuid[:-1]}",
        "demo.",
        "%00",
        "x",
    ):
        answer = opened(world, token)
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), token
        assert answer.json["error"]["details"] == {}


@pytest.mark.parametrize("query", ["?view=all", "?view=", "?colour=red"])
def test_unknown_views_are_named(line: Line, batch: Data, query: str) -> None:
    answer = line.viewer.get(f"/v1/packs/{line.pack(batch)['id']}/passport{query}")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")


def test_a_role_without_the_permission_reads_the_public_view_only(line: Line, batch: Data, world: World) -> None:
    pack = line.ready_pack(batch)
    codes = ("manufacturing.passport.read", "manufacturing.pack.read")
    role = {"code": "label", "name": "Labels", "permissions": [{"code": code, "scope": "org"} for code in codes]}
    assert line.admin.post("/v1/roles", role).status == 201
    person = world.person("label")
    assert (read(person, pack).status, qr(person, pack).status) == (200, 200)
    refused = read(person, pack, "restricted")
    assert (refused.status, refused.code) == (403, "ACCESS_DENIED")
    assert refused.json["error"]["details"] == {"permission": "manufacturing.passport.restricted"}


def test_the_code_of_a_pack_without_gtin_holds_its_public_address(line: Line, batch: Data, world: World) -> None:
    pack = line.ready_pack(batch)
    answer = qr(line.viewer, pack, "?format=svg")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    address = decoded(answer.text)
    assert address == full(line, pack)["address"]
    assert data(opened(world, address.removeprefix(PAGE)))["serial"] == pack["serial"]


@pytest.mark.parametrize("on_sku", [True, False])
def test_the_code_of_a_pack_with_gtin_holds_the_digital_link_of_the_resolver(line: Line, on_sku: bool) -> None:
    sku = line.sku(**({"gtins": {"pack": GTIN}} if on_sku else {}))
    resolver = {"digitalLink": "https://id.volta.example/x"}
    gtins = {} if on_sku else {"gtins": {sku["id"]: {"pack": GTIN}}}
    assert line.admin.put("/v1/organisation/settings/traceability", resolver | gtins).status == 200
    batch = line.batch(sku)
    pack = line.pack(batch, serial="P-1/A")
    link = f"https://id.volta.example/x/01/{GTIN}/21/P-1%2FA"
    assert decoded(qr(line.viewer, pack).text) == link
    assert values(full(line, pack))["identifier"] == {"text": link}
    long = line.pack(batch, serial="P-" + "1" * 30)
    assert decoded(qr(line.viewer, long).text) == f"{PAGE}demo.{long['id']}"


def test_there_is_no_code_of_a_void_pack_and_none_without_an_address(line: Line, batch: Data, world: World) -> None:
    pack = line.pack(batch)
    data(line.void(pack))
    bare = line.pack(batch)
    answers = [qr(line.viewer, pack)]
    world.reset_parts(settings())
    answers.append(qr(line.viewer, bare))
    for answer, of, state in zip(answers, (pack, bare), ("VOID", "DRAFT"), strict=True):
        assert (answer.status, answer.code) == (409, "NO_PASSPORT_ADDRESS")
        assert answer.json["error"]["details"] == {"packId": of["id"], "state": state}
    assert "address" not in full(line, bare)
    assert qr(line.viewer, bare, "?format=png").status == 422


def test_what_has_not_changed_is_not_sent_again(line: Line, batch: Data, world: World) -> None:
    pack = line.ready_pack(batch)
    token = token_of(line, pack)
    tag = opened(world, token).headers["ETag"]
    again = opened(world, token, **{"If-None-Match": tag})
    assert (again.status, again.text) == (304, "")
    tag = qr(line.viewer, pack).headers["ETag"]
    path = f"/v1/packs/{pack['id']}/passport/qr"
    assert line.viewer.get(path, if_none_match=tag).status == 304


def test_passports_take_two_round_trips_and_nonsense_none(
    engine: EmbeddedEngine, line: Line, batch: Data, world: World
) -> None:
    pack = passed(line, batch)
    trips: dict[str, int] = {}
    for name, call in calls(line, pack, world):
        with counted_trips(engine) as counted:
            call()
        trips[name] = len(counted)
    assert trips == {"restricted": 2, "public": 2, "qr": 1, "address": 2, "nonsense": 0}


def calls(line: Line, pack: Data, world: World) -> Iterator[tuple[str, Any]]:
    token = token_of(line, pack)
    yield "restricted", lambda: full(line, pack)
    yield "public", lambda: data(read(line.viewer, pack))
    yield "qr", lambda: qr(line.viewer, pack)
    yield "address", lambda: data(opened(world, token))
    yield "nonsense", lambda: opened(world, "nonsense")


def test_an_address_is_limited_like_a_caller_and_guesses_use_up_nothing(line: Line, batch: Data, world: World) -> None:
    token = token_of(line, line.ready_pack(batch))
    world.reset_parts(replace(settings(), passport_url=PAGE, caller_rate=50, caller_burst=100))
    assert {opened(world, f"{token[:-1]}!").status for _ in range(120)} == {404}
    statuses = [opened(world, token).status for _ in range(120)]
    assert (statuses[0], statuses[-1], set(statuses)) == (200, 429, {200, 429})
    assert line.viewer.get("/v1/me").status == 200


def test_a_sku_with_a_wrong_passport_is_refused_with_every_wrong_field(line: Line) -> None:
    wrong = {"weight": {"value": 3, "unit": "g"}, "colour": {"text": "blue"}, "model": {"text": "B"}}
    draft = line.draft_sku()
    for answer in (
        line.supervisor.post("/v1/skus", {**_body(draft), "skuCode": "B", "passport": wrong}),
        line.supervisor.patch(f"/v1/skus/{draft['id']}", {"passport": wrong}),
    ):
        assert (answer.status, answer.fields) == (
            422,
            {
                "passport.weight.unit": 'must be "kg"',
                "passport.colour": "is no attribute of the battery passport",
                "passport.model": "is not supplied here; its source is sku",
            },
        )


def _body(sku: Data) -> Data:
    return {name: sku[name] for name in ("name", "chemistry", "cellsPerModule", "modulesPerPack")}
