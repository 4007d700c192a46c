"""Facts become events of EPCIS 2.0 that the standard's own schema accepts."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.edge.http import encoder
from chalicelib.manufacturing.rules import Measured
from chalicelib.manufacturing.traceability.epcis import (
    VOCABULARY,
    Fact,
    Joined,
    Judged,
    Left,
    Made,
    Sealed,
    Thing,
    document,
    event,
)
from chalicelib.manufacturing.traceability.history import MAX_PARTS
from chalicelib.manufacturing.traceability.identifiers import Gtins, Naming, TraceabilitySettings
from tests.builders.epcis import events_of, flaws

NOW = datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)
NAMING = Naming("demo")
SKU = "SKU-1"
MODULE = Thing("module", "MOD-1", "M-1", SKU)
PACK = Thing("pack", "PCK-1", "P-1", SKU)


def cell(number: int, lot: str | None = None) -> Thing:
    return Thing("cell", f"C-{number}", f"C-{number}", SKU, lot)


def told(*facts: Fact, naming: Naming = NAMING) -> Any:
    """The document of some facts, as it is sent."""
    return json.loads(encoder.encode(document([event(naming, fact) for fact in facts], NOW)))


def one(fact: Fact, naming: Naming = NAMING) -> dict[str, Any]:
    [found] = events_of(told(fact, naming=naming))
    return found


def test_a_document_says_which_standard_and_vocabularies_it_speaks() -> None:
    made = told()
    assert flaws(made) == []
    assert (made["type"], made["schemaVersion"], made["creationDate"]) == (
        "EPCISDocument",
        "2.0",
        "2026-03-14T09:26:53.589000Z",
    )
    assert made["@context"] == [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"baton": VOCABULARY},
    ]


def test_a_thing_that_was_set_up_is_commissioned_with_its_batch() -> None:
    found = one(Made(PACK, NOW, "BAT-7"))
    assert (found["type"], found["action"], found["bizStep"], found["disposition"]) == (
        "ObjectEvent",
        "ADD",
        "commissioning",
        "active",
    )
    assert found["ilmd"] == {"cbvmda:lotNumber": "BAT-7", "baton:skuId": SKU}
    assert (found["baton:kind"], found["baton:id"], found["baton:serial"]) == ("pack", "PCK-1", "P-1")
    assert (found["eventTime"], found["eventTimeZoneOffset"]) == ("2026-03-14T09:26:53.589000Z", "+00:00")


def test_cells_that_were_bound_together_are_one_event_with_their_lots() -> None:
    found = one(Joined(MODULE, [cell(1, "LOT-9"), cell(2)], NOW))
    assert (found["type"], found["action"], found["bizStep"]) == ("AggregationEvent", "ADD", "assembling")
    assert "disposition" not in found  # of a thing on its way the vocabulary recommends none
    assert found["parentID"] == NAMING.uri("module", SKU, "M-1")
    assert found["childEPCs"] == [NAMING.uri("cell", SKU, "C-1"), NAMING.uri("cell", SKU, "C-2")]
    assert found["baton:parts"] == [
        {"id": found["childEPCs"][0], "baton:serial": "C-1", "baton:lot": "LOT-9"},
        {"id": found["childEPCs"][1], "baton:serial": "C-2"},
    ]


def test_a_cell_that_was_taken_off_is_removed_and_the_module_not_broken_down() -> None:
    found = one(Left(MODULE, [cell(1)], NOW))
    assert (found["type"], found["action"], found["bizStep"]) == ("AggregationEvent", "DELETE", "removing")
    assert "disposition" not in found


def test_sealing_says_that_the_whole_was_found_complete_and_stays_so() -> None:
    found = one(Sealed(MODULE, NOW))
    assert (found["action"], found["bizStep"]) == ("OBSERVE", "inspecting")
    assert found["persistentDisposition"] == {"set": ["completeness_verified"]}
    assert "disposition" not in found


@pytest.mark.parametrize(
    ("decision", "step", "disposition"),
    [
        ("PASS", "inspecting", "conformant"),
        ("FAIL", "inspecting", "non_conformant"),
        ("QUARANTINE", "holding", "non_sellable_other"),
    ],
)
def test_a_disposition_is_an_inspection_or_a_hold(decision: str, step: str, disposition: str) -> None:
    found = one(Judged(PACK, NOW, decision))
    assert (found["bizStep"], found["disposition"], found["baton:decision"]) == (step, disposition, decision)
    assert "sensorElementList" not in found


def test_measurements_are_sensor_reports_with_the_codes_of_their_units() -> None:
    measured = {"ocv": Measured(Decimal("48.125"), "V"), "dcir": Measured(Decimal("0.9"), "mOhm")}
    [element] = one(Judged(PACK, NOW, "PASS", measured))["sensorElementList"]
    assert element["sensorMetadata"] == {"time": "2026-03-14T09:26:53.589000Z"}
    assert element["sensorReport"] == [
        {"type": "Resistance", "value": 0.9, "baton:name": "dcir", "uom": "E45"},
        {"type": "Voltage", "value": 48.125, "baton:name": "ocv", "uom": "VLT"},
    ]


def test_a_unit_without_a_code_is_passed_on_as_it_was_given() -> None:
    [element] = one(Judged(PACK, NOW, "PASS", {"hum": Measured(Decimal(3), "sones")}))["sensorElementList"]
    assert element["sensorReport"] == [
        {"type": "baton:Measurement", "value": 3, "baton:name": "hum", "baton:unit": "sones"}
    ]


def test_the_same_fact_has_the_same_event_id_in_every_document_and_another_fact_another() -> None:
    facts: list[Fact] = [
        Made(PACK, NOW, "BAT-7"),
        Made(MODULE, NOW, "BAT-7"),
        Sealed(PACK, NOW),
        Sealed(PACK, NOW + timedelta(milliseconds=1)),
        Judged(PACK, NOW, "QUARANTINE"),
        Judged(PACK, NOW, "PASS"),
        Joined(MODULE, [cell(1)], NOW),
        Joined(MODULE, [cell(2)], NOW, "2"),
        Left(MODULE, [cell(1)], NOW),
    ]
    ids = [one(fact)["eventID"] for fact in facts]
    assert ids == [one(fact)["eventID"] for fact in facts]
    assert len(set(ids)) == len(facts)
    assert one(facts[0], Naming("other"))["eventID"] != ids[0]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SETTINGS = st.sampled_from(
    [
        TraceabilitySettings(),
        TraceabilitySettings(own_address="https://trace.example.com/t"),
        TraceabilitySettings(gtins={SKU: Gtins("09521234543213", "09521234543213", "09521234543213")}),
    ]
)
THINGS = st.builds(Thing, st.sampled_from(["module", "pack"]), TEXT, TEXT, st.just(SKU))
CELLS = st.builds(Thing, st.just("cell"), TEXT, TEXT, st.just(SKU), st.none() | TEXT)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given UTC
VALUES = st.decimals(-1_000_000, 1_000_000, places=6)
UNITS = st.sampled_from(["V", "mOhm", "°C", "", "x y"])
FACTS = st.one_of(
    st.builds(Made, THINGS, TIMES, TEXT),
    st.builds(Sealed, THINGS, TIMES),
    st.builds(Joined, THINGS, st.lists(CELLS, min_size=1, max_size=5), TIMES),
    st.builds(Left, THINGS, st.lists(CELLS, min_size=1, max_size=5), TIMES),
    st.builds(
        Judged,
        THINGS,
        TIMES,
        st.sampled_from(["PASS", "FAIL", "QUARANTINE"]),
        st.dictionaries(TEXT, st.builds(Measured, VALUES, UNITS), max_size=3),
    ),
)


@given(st.lists(FACTS, max_size=4), SETTINGS)
def test_whatever_happened_the_document_is_valid(facts: list[Fact], known: TraceabilitySettings) -> None:
    assert flaws(told(*facts, naming=Naming("demo", known))) == []


def test_the_schema_would_notice_a_wrong_document() -> None:
    good = told(Judged(PACK, NOW, "PASS", {"ocv": Measured(Decimal(3), "V")}), Joined(MODULE, [cell(1)], NOW))
    judged, joined = good["epcisBody"]["eventList"]
    for wrong in (
        {**judged, "bizStep": "tasting"},
        {**judged, "misspelt": 1},
        {**judged, "eventTime": "yesterday"},
        {**judged, "epcList": ["not a uri"]},
        {**judged, "ilmd": {"baton:lot": "x"}},
        {**joined, "childEPCs": []},
        {name: value for name, value in joined.items() if name != "action"},
    ):
        assert flaws({**good, "epcisBody": {"eventList": [wrong]}}), wrong


def test_the_largest_page_fits_into_an_answer() -> None:
    longest = TraceabilitySettings(own_address=f"https://{'a' * 190}.ex")
    naming = Naming("demo", longest)
    facts: list[Fact] = []
    for tray in range(MAX_PARTS // 90 + 1):
        serials = [f"{tray:03d}{number:02d}".ljust(128, "%") for number in range(90)]
        facts.append(Joined(MODULE, [Thing("cell", one, one, SKU, "L" * 128) for one in serials], NOW, str(tray)))
    text = encoder.encode(document([event(naming, fact) for fact in facts], NOW)).decode()
    assert len(json.dumps(text)) < 5 * 1024 * 1024
