"""Exports of histories as EPCIS 2.0 documents."""

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.manufacturing.quality.tables import disposition_key
from chalicelib.manufacturing.sku_spec import Measurement
from tests.builders.big_pack import write
from tests.builders.epcis import events_of
from tests.builders.histories import export_path, history_of, next_page, pages_of
from tests.builders.manufacturing import GOOD, LIMITS, Data, Line, data
from tests.builders.world import OTHER, World

GTIN = "09521234543213"


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def later(line: Line) -> str:
    """Advance the clock by a minute and return the time as events show it."""
    line.world.clock.advance(seconds=60)
    return line.world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def summary(event: dict[str, Any]) -> tuple[str, ...]:
    """Return the kind of unit and the terms of an event; of a seal, its persistent disposition."""
    lasting = event.get("persistentDisposition", {"set": [""]})["set"]
    return (event["baton:kind"], event["action"], event["bizStep"], event.get("disposition", *lasting))


def parts(event: dict[str, Any]) -> list[str]:
    return [part["baton:serial"] for part in event["baton:parts"]]


def built(line: Line) -> tuple[Data, list[Data]]:
    """Return a tested pack of two modules of two cells, and the modules."""
    batch = line.batch(limits=LIMITS)
    modules = [line.sealed_module(batch, "LOT-1") for _ in range(2)]
    pack = line.pack(batch, modules)
    data(line.seal("packs", pack))
    data(line.dispose(pack, "QUARANTINE"))
    later(line)
    data(line.dispose(pack, "PASS", measurements=GOOD))
    return pack, modules


PACK_HISTORY = [
    ("pack", "ADD", "commissioning", "active"),
    ("pack", "ADD", "assembling", ""),
    ("pack", "OBSERVE", "inspecting", "completeness_verified"),
    ("pack", "OBSERVE", "holding", "non_sellable_other"),
    ("pack", "OBSERVE", "inspecting", "conformant"),
]
MODULE_HISTORY = [
    ("module", "ADD", "commissioning", "active"),
    ("module", "ADD", "assembling", ""),
    ("module", "OBSERVE", "inspecting", "completeness_verified"),
]


def test_history_of_a_pack_contains_its_modules_and_cells(line: Line) -> None:
    pack, modules = built(line)
    events = history_of(line.viewer, pack["serial"])
    assert [summary(event) for event in events] == PACK_HISTORY + MODULE_HISTORY + MODULE_HISTORY
    assert parts(events[1]) == [module["serial"] for module in modules]
    assert [parts(event) for event in (events[6], events[9])] == [line.cells_of(module) for module in modules]
    assert events[0]["ilmd"] == {"cbvmda:lotNumber": pack["batchId"], "baton:skuId": pack["skuId"]}
    reports = events[4]["sensorElementList"][0]["sensorReport"]
    assert [(one["type"], one["value"], one["uom"]) for one in reports] == [
        ("Resistance", 11, "E45"),
        ("Voltage", 384.2, "VLT"),
    ]


def test_history_of_a_module_contains_its_pack_without_other_modules(line: Line) -> None:
    pack, [module, _] = built(line)
    events = history_of(line.viewer, module["serial"])
    assert [summary(event) for event in events] == PACK_HISTORY + MODULE_HISTORY
    assert {event["baton:id"] for event in events} == {pack["id"], module["id"]}


def test_history_of_a_cell_contains_its_module_and_pack(line: Line) -> None:
    pack, [module, _] = built(line)
    [serial, _] = line.cells_of(module)
    events = history_of(line.viewer, serial)
    assert [summary(event) for event in events] == MODULE_HISTORY + PACK_HISTORY
    assert serial in parts(events[1])
    assert {event["baton:id"] for event in events} == {pack["id"], module["id"]}


def test_event_is_the_same_in_every_history(line: Line) -> None:
    pack, [module, _] = built(line)
    of_pack = {event["eventID"]: event for event in history_of(line.viewer, pack["serial"])}
    for serial in (module["serial"], *line.cells_of(module)):
        for event in history_of(line.viewer, serial):
            assert of_pack[event["eventID"]] == event


def test_events_have_the_times_of_the_changes(line: Line) -> None:
    batch = line.batch()
    times = [later(line)]
    module = line.module(batch)
    times.append(later(line))
    data(line.bind(module, "C-1"))
    times.append(later(line))
    data(line.bind(module, "C-2"))
    times.append(later(line))
    data(line.seal("modules", module))
    later(line)
    events = history_of(line.viewer, module["serial"])
    assert [event["eventTime"] for event in events] == times
    assert {event["eventTimeZoneOffset"] for event in events} == {"+00:00"}


def test_history_of_a_module_contains_unbound_cells(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind_tray(module, ["C-1", "C-2"], "LOT-1"))
    time = later(line)
    data(line.unbind(module, "C-1"))
    _, bound, unbound = history_of(line.viewer, module["serial"])
    assert (bound["action"], parts(bound)) == ("ADD", ["C-1", "C-2"])
    assert (unbound["action"], unbound["bizStep"], unbound["eventTime"]) == ("DELETE", "removing", time)
    assert unbound["baton:parts"] == [{"id": unbound["childEPCs"][0], "baton:serial": "C-1", "baton:lot": "LOT-1"}]


def test_history_of_a_cell_spans_modules(line: Line) -> None:
    first, second = line.module(line.batch()), line.module(line.batch())
    data(line.bind_tray(first, ["C-1", "C-2"]))
    data(line.unbind(first, "C-1"))
    earlier = history_of(line.viewer, "C-1")
    assert [(summary(event)[1:3], event["baton:id"]) for event in earlier] == [
        (("ADD", "assembling"), first["id"]),
        (("DELETE", "removing"), first["id"]),
    ]
    data(line.bind(second, "C-1"))
    again = history_of(line.viewer, "C-1")
    assert again[:2] == earlier
    assert [event["baton:id"] for event in again[2:]] == [second["id"]] * 2


def test_earlier_uses_of_a_cell_are_in_order(line: Line) -> None:
    batch = line.batch(cellsPerModule=9)
    busy, fresh = line.module(batch), line.module(batch)
    data(line.bind_tray(busy, ["C-1", "C-2"]))
    for _ in range(3):
        data(line.unbind(busy, "C-2"))
        data(line.bind(busy, "C-2"))
    for module in (busy, fresh):
        later(line)
        data(line.unbind(module, "C-1"))
        data(line.bind(fresh, "C-1"))
    times = [event["eventTime"] for event in history_of(line.viewer, "C-1")[:4]]
    assert times == sorted(times)


def test_export_names_no_person(line: Line) -> None:
    pack, modules = built(line)
    people = (line.admin, line.production, line.qa)
    for serial in (pack["serial"], modules[0]["serial"]):
        text = line.viewer.get(export_path(serial)).text
        assert not [person for person in people if person.user_id in text]


def test_event_ids_differ_by_organisation(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    mine, other = (one.module(one.batch()) for one in (line, theirs))
    ids = [history_of(one.viewer, module["serial"])[0]["eventID"] for one, module in ((line, mine), (theirs, other))]
    assert ids[0] != ids[1]


def test_settings_determine_identifiers(line: Line) -> None:
    pack, [module, _] = built(line)
    neutral = history_of(line.viewer, pack["serial"])[0]["epcList"][0]
    settled = {"ownAddress": "https://trace.example.com", "gtins": {pack["skuId"]: {"pack": GTIN}}}
    answer = line.admin.put("/v1/organisation/settings/traceability", settled)
    assert answer.status == 200
    assert neutral.startswith("urn:uuid:")
    events = history_of(line.viewer, pack["serial"])
    assert events[0]["epcList"] == [f"https://id.gs1.org/01/{GTIN}/21/{pack['serial']}"]
    assert events[1]["childEPCs"][0] == f"https://trace.example.com/module/{module['serial']}"


def test_event_id_identifies_content_under_any_settings(line: Line) -> None:
    pack, [module, _] = built(line)
    settings = [
        {},
        {"ownAddress": "https://trace.example.com"},
        {"ownAddress": "https://trace.example.com", "gtins": {pack["skuId"]: {"pack": GTIN}}},
    ]
    by_id: dict[str, dict[str, Any]] = {}
    for body in settings:
        assert line.admin.put("/v1/organisation/settings/traceability", body).status == 200
        for serial in (pack["serial"], module["serial"]):
            for event in history_of(line.viewer, serial):
                assert by_id.setdefault(event["eventID"], event) == event
    # With a GTIN of the pack alone, what concerns only modules and cells stays as it was.
    assert len(by_id) == 3 * len(PACK_HISTORY) + 2 * 2 * len(MODULE_HISTORY)


def test_id_is_exported_like_its_serial_number(line: Line) -> None:
    pack, [module, _] = built(line)
    for unit in (pack, module):
        assert history_of(line.viewer, unit["id"]) == history_of(line.viewer, unit["serial"])
    for text in (pack["batchId"], pack["skuId"], "PCK-unknown"):
        assert (line.viewer.get(export_path(text)).status, text) == (404, text)


@pytest.mark.parametrize("per_page", [1, 4, 1000])
def test_pages_of_many_large_dispositions_are_at_most_3_mb(line: Line, per_page: int) -> None:
    pack, [module, _] = built(line)
    stored = line.stored_pack(pack)
    tests, values = (500, 200) if per_page == 1000 else (12, 2)
    measured = {f"Voltage of group {number:03d}": Measurement(Decimal(number) / 7, "V") for number in range(values)}
    exact = {name: Measurement(item.value.quantize(Decimal("1e-6")), item.unit) for name, item in measured.items()}
    records = []
    for version in range(1000, 1000 + tests):
        record_key = disposition_key(stored.pk, version)
        records.append(
            record_key.new(
                org_id=stored.org_id,
                pack_id=stored.item_id,
                disposition="QUARANTINE",
                measurements=exact,
                at=line.world.clock.now(),
                by=line.qa.user_id,
            )
        )
    write(records)
    for serial in (pack["serial"], module["serial"], line.cells_of(module)[0]):
        path: str | None = f"{export_path(serial)}?perPage={per_page}"
        ids: list[str] = []
        while path is not None:
            answer = line.viewer.get(path)
            assert len(json.dumps(answer.text)) <= 3_000_000
            events = answer.json["epcisBody"]["eventList"]
            events_of({**answer.json, "epcisBody": {"eventList": events[:1]}})
            assert len(events) <= max(per_page, 3)
            ids += [event["eventID"] for event in events]
            path = next_page(serial, answer)
        expected = tests + len(PACK_HISTORY) + (2 if serial == pack["serial"] else 1) * len(MODULE_HISTORY)
        assert (len(ids), len(set(ids))) == (expected, expected)


def test_setting_of_a_wrong_gtin_is_refused(line: Line) -> None:
    answer = line.admin.put("/v1/organisation/settings/traceability", {"gtins": {"SKU-1": {"pack": "1" * 14}}})
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.fields == {"gtins.SKU-1.pack": "must end in the right check digit"}


@pytest.mark.parametrize("per_page", [1, 2, 3, 5, 1000])
def test_pages_hold_every_event_once(line: Line, per_page: int) -> None:
    pack, [module, _] = built(line)
    for serial in (pack["serial"], module["serial"]):
        whole = history_of(line.viewer, serial)
        found = pages_of(line.viewer, serial, f"?perPage={per_page}")
        assert [event for page in found for event in page] == whole
        assert all(len(page) <= max(per_page, len(PACK_HISTORY)) for page in found)


@pytest.mark.parametrize("per_page", [1, 2, 3, 1000])
def test_pages_of_a_cell_with_many_earlier_uses(line: Line, per_page: int) -> None:
    batch = line.batch()
    for _ in range(33):
        module = line.module(batch)
        data(line.bind(module, "RESTLESS"))
        data(line.unbind(module, "RESTLESS"))
    data(line.bind(line.module(batch), "RESTLESS"))
    found = pages_of(line.viewer, "RESTLESS", f"?perPage={per_page}")
    events = [event for page in found for event in page]
    assert len(events) == 33 * 2 + 2
    assert len({event["eventID"] for event in events}) == len(events)
    assert len(found) > 1
    assert [event["action"] for event in events] == ["ADD", "DELETE"] * 33 + ["ADD", "ADD"]


def test_headers_name_the_versions_of_the_standard(line: Line) -> None:
    answer = line.viewer.get(export_path(line.module(line.batch())["serial"]))
    assert (answer.headers["GS1-EPCIS-Version"], answer.headers["GS1-CBV-Version"]) == ("2.0.0", "2.0.0")
    assert answer.headers["Content-Type"] == "application/json"
    assert next_page("", answer) is None


def test_example_in_the_api_description_is_valid(world: World) -> None:
    described = world.call("GET", "/v1/openapi.json").json["paths"]["/v1/trace/{serial}/export"]["get"]
    assert events_of(described["responses"]["200"]["content"]["application/json"]["example"])


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("perPage=0", {"perPage"}),
        ("perPage=1001", {"perPage"}),
        ("nextPageToken=nonsense", {"nextPageToken"}),
        ("nextPageToken=&perPage=x", {"nextPageToken", "perPage"}),
    ],
)
def test_every_invalid_parameter_is_named(line: Line, query: str, bad: set[str]) -> None:
    serial = line.module(line.batch())["serial"]
    answer = line.viewer.get(f"{export_path(serial)}?{query}")
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_token_of_another_history_is_refused(line: Line) -> None:
    pack, [module, other] = built(line)
    for mine, theirs in ((pack, module), (module, pack), (module, other)):
        token = line.viewer.get(f"{export_path(mine['serial'])}?perPage=1").headers["Link"]
        query = token.partition("?")[2].partition(">")[0]
        answer = line.viewer.get(f"{export_path(theirs['serial'])}?{query}")
        assert (answer.status, set(answer.fields)) == (422, {"nextPageToken"})
