"""EPCIS 2.0 events of facts, checked against the standard's schema."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.edge.http import encoder
from chalicelib.manufacturing.quality.rules import MeasuredValue
from chalicelib.manufacturing.sku_spec import Gtins
from chalicelib.manufacturing.traceability.epcis import (
    Commissioned,
    Fact,
    PartsBound,
    PartsUnbound,
    TracedUnit,
    UnitDisposed,
    UnitSealed,
    epcis_event,
)
from chalicelib.manufacturing.traceability.epcis_document import VOCABULARY, epcis_document
from chalicelib.manufacturing.traceability.history_reader import MAX_PARTS
from chalicelib.manufacturing.traceability.identifiers import UriNaming
from chalicelib.manufacturing.traceability.settings import TraceabilitySettings
from tests.builders.epcis import events_of, flaws

NOW = datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)
NAMING = UriNaming("demo")
SKU = "SKU-1"
MODULE = TracedUnit("module", "MOD-1", "M-1", SKU)
PACK = TracedUnit("pack", "PCK-1", "P-1", SKU)


def cell(number: int, lot: str | None = None) -> TracedUnit:
    return TracedUnit("cell", f"C-{number}", f"C-{number}", SKU, lot)


def document_of(*facts: Fact, naming: UriNaming = NAMING) -> Any:
    """Return the document of facts as it is sent."""
    return json.loads(encoder.encode(epcis_document([epcis_event(naming, fact) for fact in facts], NOW)))


def event_of(fact: Fact, naming: UriNaming = NAMING) -> dict[str, Any]:
    [found] = events_of(document_of(fact, naming=naming))
    return found


def test_document_names_its_standard_and_vocabularies() -> None:
    made = document_of()
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


def test_created_unit_is_commissioned_with_its_batch() -> None:
    found = event_of(Commissioned(PACK, NOW, "BAT-7"))
    assert (found["type"], found["action"], found["bizStep"], found["disposition"]) == (
        "ObjectEvent",
        "ADD",
        "commissioning",
        "active",
    )
    assert found["ilmd"] == {"cbvmda:lotNumber": "BAT-7", "baton:skuId": SKU}
    assert (found["baton:kind"], found["baton:id"], found["baton:serial"]) == ("pack", "PCK-1", "P-1")
    assert (found["eventTime"], found["eventTimeZoneOffset"]) == ("2026-03-14T09:26:53.589000Z", "+00:00")


def test_cells_bound_together_are_one_event_with_their_lots() -> None:
    found = event_of(PartsBound(MODULE, [cell(1, "LOT-9"), cell(2)], NOW))
    assert (found["type"], found["action"], found["bizStep"]) == ("AggregationEvent", "ADD", "assembling")
    assert "disposition" not in found  # the vocabulary recommends none for work in progress
    assert found["parentID"] == NAMING.uri("module", SKU, "M-1")
    assert found["childEPCs"] == [NAMING.uri("cell", SKU, "C-1"), NAMING.uri("cell", SKU, "C-2")]
    assert found["baton:parts"] == [
        {"id": found["childEPCs"][0], "baton:serial": "C-1", "baton:lot": "LOT-9"},
        {"id": found["childEPCs"][1], "baton:serial": "C-2"},
    ]


def test_unbound_cell_is_removed() -> None:
    found = event_of(PartsUnbound(MODULE, [cell(1)], NOW))
    assert (found["type"], found["action"], found["bizStep"]) == ("AggregationEvent", "DELETE", "removing")
    assert "disposition" not in found


def test_seal_is_a_persistent_verification_of_completeness() -> None:
    found = event_of(UnitSealed(MODULE, NOW))
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
def test_disposition_is_an_inspection_or_a_hold(decision: str, step: str, disposition: str) -> None:
    found = event_of(UnitDisposed(PACK, NOW, decision))
    assert (found["bizStep"], found["disposition"], found["baton:decision"]) == (step, disposition, decision)
    assert "sensorElementList" not in found


def test_measurements_are_sensor_reports_with_unit_codes() -> None:
    measured = {"ocv": MeasuredValue(Decimal("48.125"), "V"), "dcir": MeasuredValue(Decimal("0.9"), "mOhm")}
    [element] = event_of(UnitDisposed(PACK, NOW, "PASS", measured))["sensorElementList"]
    assert element["sensorMetadata"] == {"time": "2026-03-14T09:26:53.589000Z"}
    assert element["sensorReport"] == [
        {"type": "Resistance", "value": 0.9, "baton:name": "dcir", "uom": "E45"},
        {"type": "Voltage", "value": 48.125, "baton:name": "ocv", "uom": "VLT"},
    ]


def test_unit_without_code_is_exported_as_given() -> None:
    [element] = event_of(UnitDisposed(PACK, NOW, "PASS", {"hum": MeasuredValue(Decimal(3), "sones")}))[
        "sensorElementList"
    ]
    assert element["sensorReport"] == [
        {"type": "baton:Measurement", "value": 3, "baton:name": "hum", "baton:unit": "sones"}
    ]


def test_event_id_identifies_the_fact() -> None:
    facts: list[Fact] = [
        Commissioned(PACK, NOW, "BAT-7"),
        Commissioned(MODULE, NOW, "BAT-7"),
        UnitSealed(PACK, NOW),
        UnitSealed(PACK, NOW + timedelta(milliseconds=1)),
        UnitDisposed(PACK, NOW, "QUARANTINE"),
        UnitDisposed(PACK, NOW, "PASS"),
        PartsBound(MODULE, [cell(1)], NOW),
        PartsBound(MODULE, [cell(2)], NOW, "2"),
        PartsUnbound(MODULE, [cell(1)], NOW),
    ]
    ids = [event_of(fact)["eventID"] for fact in facts]
    assert ids == [event_of(fact)["eventID"] for fact in facts]
    assert len(set(ids)) == len(facts)
    assert event_of(facts[0], UriNaming("other"))["eventID"] != ids[0]


def test_event_id_covers_the_naming_and_every_field() -> None:
    named = UriNaming("demo", TraceabilitySettings(own_address="https://trace.example.com"))
    value = MeasuredValue(Decimal(1), "V")
    facts: list[tuple[Fact, UriNaming]] = [
        (UnitDisposed(PACK, NOW, "PASS", {"ocv": value}), NAMING),
        (UnitDisposed(PACK, NOW, "PASS", {"ocv": value}), named),
        (UnitDisposed(PACK, NOW, "PASS", {"ocv": MeasuredValue(Decimal(2), "V")}), NAMING),
        (UnitDisposed(PACK, NOW, "PASS", {"ocv": value}, "DISPOSITION#2"), NAMING),
        (PartsBound(MODULE, [cell(1, "LOT-9")], NOW), NAMING),
        (PartsBound(MODULE, [cell(1, "LOT-9")], NOW), named),
        (PartsBound(MODULE, [cell(1, "LOT-8")], NOW), NAMING),
    ]
    ids = [event_of(fact, naming)["eventID"] for fact, naming in facts]
    assert len(set(ids)) == len(facts)
    assert ids == [event_of(fact, naming)["eventID"] for fact, naming in facts]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SETTINGS = st.sampled_from(
    [
        TraceabilitySettings(),
        TraceabilitySettings(own_address="https://trace.example.com/t"),
        TraceabilitySettings(gtins={SKU: Gtins("09521234543213", "09521234543213", "09521234543213")}),
    ]
)
ASSEMBLIES = st.builds(TracedUnit, st.sampled_from(["module", "pack"]), TEXT, TEXT, st.just(SKU))
CELLS = st.builds(TracedUnit, st.just("cell"), TEXT, TEXT, st.just(SKU), st.none() | TEXT)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given UTC
VALUES = st.decimals(-1_000_000, 1_000_000, places=6)
UNITS = st.sampled_from(["V", "mOhm", "°C", "", "x y"])
FACTS = st.one_of(
    st.builds(Commissioned, ASSEMBLIES, TIMES, TEXT),
    st.builds(UnitSealed, ASSEMBLIES, TIMES),
    st.builds(PartsBound, ASSEMBLIES, st.lists(CELLS, min_size=1, max_size=5), TIMES),
    st.builds(PartsUnbound, ASSEMBLIES, st.lists(CELLS, min_size=1, max_size=5), TIMES),
    st.builds(
        UnitDisposed,
        ASSEMBLIES,
        TIMES,
        st.sampled_from(["PASS", "FAIL", "QUARANTINE"]),
        st.dictionaries(TEXT, st.builds(MeasuredValue, VALUES, UNITS), max_size=3),
    ),
)


@given(st.lists(FACTS, max_size=4), SETTINGS)
def test_document_of_any_facts_is_valid(facts: list[Fact], known: TraceabilitySettings) -> None:
    assert flaws(document_of(*facts, naming=UriNaming("demo", known))) == []


def test_schema_rejects_invalid_documents() -> None:
    good = document_of(
        UnitDisposed(PACK, NOW, "PASS", {"ocv": MeasuredValue(Decimal(3), "V")}), PartsBound(MODULE, [cell(1)], NOW)
    )
    disposed, bound = good["epcisBody"]["eventList"]
    for wrong in (
        {**disposed, "bizStep": "tasting"},
        {**disposed, "misspelt": 1},
        {**disposed, "eventTime": "yesterday"},
        {**disposed, "epcList": ["not a uri"]},
        {**disposed, "ilmd": {"baton:lot": "x"}},
        {**bound, "childEPCs": []},
        {name: value for name, value in bound.items() if name != "action"},
    ):
        assert flaws({**good, "epcisBody": {"eventList": [wrong]}}), wrong


def test_largest_page_fits_into_a_response() -> None:
    longest = TraceabilitySettings(own_address=f"https://{'a' * 190}.ex")
    naming = UriNaming("demo", longest)
    facts: list[Fact] = []
    for tray in range(MAX_PARTS // 90 + 1):
        serials = [f"{tray:03d}{number:02d}".ljust(128, "%") for number in range(90)]
        facts.append(
            PartsBound(
                MODULE, [TracedUnit("cell", serial, serial, SKU, "L" * 128) for serial in serials], NOW, str(tray)
            )
        )
    text = encoder.encode(epcis_document([epcis_event(naming, fact) for fact in facts], NOW)).decode()
    assert len(json.dumps(text)) < 5 * 1024 * 1024
