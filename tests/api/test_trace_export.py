"""The life of a serial number as a document of EPCIS 2.0: every event that happened, each with its time."""

from typing import Any

import pytest

from tests.builders.epcis import events_of
from tests.builders.lives import export_path, life_of, next_page, pages_of
from tests.builders.manufacturing import GOOD, LIMITS, Data, Line, data
from tests.builders.world import OTHER, World

GTIN = "09521234543213"


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def later(line: Line) -> str:
    """A minute passes; the time as events tell it."""
    line.world.clock.advance(seconds=60)
    return line.world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def told(event: dict[str, Any]) -> tuple[str, ...]:
    """Whose event it is and what happened; of a seal, what stays true from then on."""
    lasting = event.get("persistentDisposition", {"set": [""]})["set"]
    return (event["baton:kind"], event["action"], event["bizStep"], event.get("disposition", *lasting))


def parts(event: dict[str, Any]) -> list[str]:
    return [part["baton:serial"] for part in event["baton:parts"]]


def built(line: Line) -> tuple[Data, list[Data]]:
    """A tested pack of two modules of two cells, and the modules."""
    batch = line.batch(limits=LIMITS)
    modules = [line.sealed_module(batch, "LOT-1") for _ in range(2)]
    pack = line.pack(batch, modules)
    data(line.seal("packs", pack))
    data(line.dispose(pack, "QUARANTINE"))
    later(line)
    data(line.dispose(pack, "PASS", measurements=GOOD))
    return pack, modules


PACK_LIFE = [
    ("pack", "ADD", "commissioning", "active"),
    ("pack", "ADD", "assembling", ""),
    ("pack", "OBSERVE", "inspecting", "completeness_verified"),
    ("pack", "OBSERVE", "holding", "non_sellable_other"),
    ("pack", "OBSERVE", "inspecting", "conformant"),
]
MODULE_LIFE = [
    ("module", "ADD", "commissioning", "active"),
    ("module", "ADD", "assembling", ""),
    ("module", "OBSERVE", "inspecting", "completeness_verified"),
]


def test_the_life_of_a_pack_has_all_that_happened_to_it_and_inside(line: Line) -> None:
    pack, modules = built(line)
    events = life_of(line.viewer, pack["serial"])
    assert [told(event) for event in events] == PACK_LIFE + MODULE_LIFE + MODULE_LIFE
    assert parts(events[1]) == [module["serial"] for module in modules]
    assert [parts(event) for event in (events[6], events[9])] == [line.cells_of(module) for module in modules]
    assert events[0]["ilmd"] == {"cbvmda:lotNumber": pack["batchId"], "baton:skuId": pack["skuId"]}
    reports = events[4]["sensorElementList"][0]["sensorReport"]
    assert [(one["type"], one["value"], one["uom"]) for one in reports] == [
        ("Resistance", 11, "E45"),
        ("Voltage", 384.2, "VLT"),
    ]


def test_the_life_of_a_module_has_its_pack_in_it_but_not_the_other_modules(line: Line) -> None:
    pack, [module, _] = built(line)
    events = life_of(line.viewer, module["serial"])
    assert [told(event) for event in events] == PACK_LIFE + MODULE_LIFE
    assert {event["baton:id"] for event in events} == {pack["id"], module["id"]}


def test_the_life_of_a_cell_is_where_it_went(line: Line) -> None:
    pack, [module, _] = built(line)
    [serial, _] = line.cells_of(module)
    events = life_of(line.viewer, serial)
    assert [told(event) for event in events] == MODULE_LIFE + PACK_LIFE
    assert serial in parts(events[1])
    assert {event["baton:id"] for event in events} == {pack["id"], module["id"]}


def test_one_event_is_the_same_in_every_life(line: Line) -> None:
    pack, [module, _] = built(line)
    of_pack = {event["eventID"]: event for event in life_of(line.viewer, pack["serial"])}
    for serial in (module["serial"], *line.cells_of(module)):
        for event in life_of(line.viewer, serial):
            assert of_pack[event["eventID"]] == event


def test_events_have_the_times_at_which_they_happened(line: Line) -> None:
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
    events = life_of(line.viewer, module["serial"])
    assert [event["eventTime"] for event in events] == times
    assert {event["eventTimeZoneOffset"] for event in events} == {"+00:00"}


def test_what_was_taken_off_is_in_the_life_of_the_module(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind_tray(module, ["C-1", "C-2"], "LOT-1"))
    time = later(line)
    data(line.unbind(module, "C-1"))
    _, bound, taken = life_of(line.viewer, module["serial"])
    assert (bound["action"], parts(bound)) == ("ADD", ["C-1", "C-2"])
    assert (taken["action"], taken["bizStep"], taken["eventTime"]) == ("DELETE", "removing", time)
    assert taken["baton:parts"] == [{"id": taken["childEPCs"][0], "baton:serial": "C-1", "baton:lot": "LOT-1"}]


def test_a_cell_keeps_its_past_wherever_it_goes(line: Line) -> None:
    first, second = line.module(line.batch()), line.module(line.batch())
    data(line.bind_tray(first, ["C-1", "C-2"]))
    data(line.unbind(first, "C-1"))
    gone = life_of(line.viewer, "C-1")
    assert [(told(event)[1:3], event["baton:id"]) for event in gone] == [
        (("ADD", "assembling"), first["id"]),
        (("DELETE", "removing"), first["id"]),
    ]
    data(line.bind(second, "C-1"))
    again = life_of(line.viewer, "C-1")
    assert again[:2] == gone
    assert [event["baton:id"] for event in again[2:]] == [second["id"]] * 2


def test_the_past_of_a_cell_is_told_in_order(line: Line) -> None:
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
    times = [event["eventTime"] for event in life_of(line.viewer, "C-1")[:4]]
    assert times == sorted(times)


def test_who_did_it_stays_at_home(line: Line) -> None:
    pack, modules = built(line)
    people = (line.admin, line.production, line.qa)
    for serial in (pack["serial"], modules[0]["serial"]):
        text = line.viewer.get(export_path(serial)).text
        assert not [person for person in people if person.user_id in text]


def test_another_organisation_names_its_things_otherwise(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    mine, other = (one.module(one.batch()) for one in (line, theirs))
    ids = [life_of(one.viewer, module["serial"])[0]["eventID"] for one, module in ((line, mine), (theirs, other))]
    assert ids[0] != ids[1]


def test_things_are_named_as_the_organisation_has_settled(line: Line) -> None:
    pack, [module, _] = built(line)
    neutral = life_of(line.viewer, pack["serial"])[0]["epcList"][0]
    settled = {"ownAddress": "https://trace.example.com", "gtins": {pack["skuId"]: {"pack": GTIN}}}
    answer = line.admin.put("/v1/organisation/settings/traceability", settled)
    assert answer.status == 200
    assert neutral.startswith("urn:uuid:")
    events = life_of(line.viewer, pack["serial"])
    assert events[0]["epcList"] == [f"https://id.gs1.org/01/{GTIN}/21/{pack['serial']}"]
    assert events[1]["childEPCs"][0] == f"https://trace.example.com/module/{module['serial']}"


def test_a_gtin_with_a_wrong_check_digit_is_not_settled(line: Line) -> None:
    answer = line.admin.put("/v1/organisation/settings/traceability", {"gtins": {"SKU-1": {"pack": "1" * 14}}})
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.fields == {"gtins.SKU-1.pack": "must end in the right check digit"}


@pytest.mark.parametrize("most", [1, 2, 3, 5, 1000])
def test_pages_together_are_the_whole_life_and_each_event_once(line: Line, most: int) -> None:
    pack, [module, _] = built(line)
    for serial in (pack["serial"], module["serial"]):
        whole = life_of(line.viewer, serial)
        found = pages_of(line.viewer, serial, f"?perPage={most}")
        assert [event for page in found for event in page] == whole
        assert all(len(page) <= max(most, len(PACK_LIFE)) for page in found)


@pytest.mark.parametrize("most", [1, 2, 3, 1000])
def test_pages_of_a_cell_that_went_from_module_to_module(line: Line, most: int) -> None:
    batch = line.batch()
    for _ in range(33):
        module = line.module(batch)
        data(line.bind(module, "RESTLESS"))
        data(line.unbind(module, "RESTLESS"))
    data(line.bind(line.module(batch), "RESTLESS"))
    found = pages_of(line.viewer, "RESTLESS", f"?perPage={most}")
    events = [event for page in found for event in page]
    assert len(events) == 33 * 2 + 2
    assert len({event["eventID"] for event in events}) == len(events)
    assert len(found) > 1
    assert [event["action"] for event in events] == ["ADD", "DELETE"] * 33 + ["ADD", "ADD"]


def test_a_document_says_which_version_it_is_of(line: Line) -> None:
    answer = line.viewer.get(export_path(line.module(line.batch())["serial"]))
    assert (answer.headers["GS1-EPCIS-Version"], answer.headers["GS1-CBV-Version"]) == ("2.0.0", "2.0.0")
    assert answer.headers["Content-Type"] == "application/json"
    assert next_page("", answer) is None


def test_the_example_in_the_description_is_a_valid_document(world: World) -> None:
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
def test_every_bad_parameter_is_named(line: Line, query: str, bad: set[str]) -> None:
    serial = line.module(line.batch())["serial"]
    answer = line.viewer.get(f"{export_path(serial)}?{query}")
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_a_token_belongs_to_one_life(line: Line) -> None:
    pack, [module, other] = built(line)
    for mine, theirs in ((pack, module), (module, pack), (module, other)):
        token = line.viewer.get(f"{export_path(mine['serial'])}?perPage=1").headers["Link"]
        query = token.partition("?")[2].partition(">")[0]
        answer = line.viewer.get(f"{export_path(theirs['serial'])}?{query}")
        assert (answer.status, set(answer.fields)) == (422, {"nextPageToken"})
