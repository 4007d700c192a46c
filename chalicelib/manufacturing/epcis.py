"""A life as events of GS1's EPCIS 2.0 (ISO/IEC 19987), the standard by which companies tell each other of things.

What happened is given as facts; each becomes one event, in the words of the Core Business Vocabulary (CBV 2.0):

    Made      a module or pack was set up        ObjectEvent ADD, commissioning, active
    Joined    cells into a module, modules into  AggregationEvent ADD, assembling
              a pack, at one moment
    Left      cells out of a module              AggregationEvent DELETE, removing
    Sealed    complete, every part was scanned   ObjectEvent OBSERVE, inspecting, from then on completeness_verified
    Judged    passed or failed after its test    ObjectEvent OBSERVE, inspecting, conformant or non_conformant
              put aside for a later decision     ObjectEvent OBSERVE, holding, non_sellable_other

The schema takes any word of the vocabulary anywhere; its definitions do not. Completeness is a persistent disposition
of an inspection, so it stays true beside `conformant`. Breaking the whole down would be `disassembling`; one part taken
out is `removing`. Where CBV only has `in_progress`, it recommends to say nothing.

Events are told as they are known here and no further. Cells have no commissioning: whoever made them tells of that.
No event names a place or a person, because places are not recorded and people are nobody else's business. Times are
UTC, and so is the offset that EPCIS asks for. The same fact always gives the same event with the same id, whichever
document it appears in, so a receiver can drop what it has.

What EPCIS has no field for (our own ids, lots of single cells, a unit without a code) stands in fields of our own
vocabulary, `baton:...`, whose namespace is a UUID so that nobody has to own an address for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from chalicelib.manufacturing.identifiers import Naming
from chalicelib.manufacturing.rules import Measured
from chalicelib.manufacturing.units import unit_of

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
VOCABULARY = "urn:uuid:93c4fc3c-fb48-4637-975a-ba6f2276ba87#"
UTC_OFFSET = "+00:00"


class Thing(msgspec.Struct, frozen=True):
    """A `cell`, `module` or `pack` that events tell of. A cell's id is its serial number."""

    kind: str
    id: str
    serial: str
    sku_id: str
    lot: str | None = None


class Made(msgspec.Struct, frozen=True):
    """A module or pack was set up in a batch."""

    thing: Thing
    at: datetime
    batch_id: str


class Joined(msgspec.Struct, frozen=True):
    """Parts were bound to a whole at one moment; `entry` is the id of what was written down of it."""

    whole: Thing
    parts: Sequence[Thing]
    at: datetime
    entry: str = ""


class Left(msgspec.Struct, frozen=True):
    """Parts were taken off a whole; `entry` as above."""

    whole: Thing
    parts: Sequence[Thing]
    at: datetime
    entry: str = ""


class Sealed(msgspec.Struct, frozen=True):
    """A module or pack was closed, complete."""

    thing: Thing
    at: datetime


class Judged(msgspec.Struct, frozen=True):
    """A pack was given a disposition after its test: `PASS`, `FAIL` or `QUARANTINE`."""

    thing: Thing
    at: datetime
    disposition: str
    measurements: Mapping[str, Measured] = {}


Fact = Made | Joined | Left | Sealed | Judged

_OWN = {name: f"baton:{name}" for name in ("serial", "kind", "lot", "name", "unit", "decision", "parts")}
_OURS = {"own_id": "baton:id", "sku_id": "baton:skuId", **_OWN}


class SensorReport(msgspec.Struct, frozen=True, omit_defaults=True, rename=_OURS):
    """One measured value: `uom` is the code of its unit (UN/CEFACT Recommendation 20), or `baton:unit` says it."""

    type: str
    value: Decimal
    name: str
    uom: str | None = None
    unit: str | None = None


class SensorMetadata(msgspec.Struct, frozen=True):
    """When the values were reported."""

    time: datetime


class SensorElement(msgspec.Struct, frozen=True, rename="camel"):
    """What one test measured."""

    sensor_metadata: SensorMetadata
    sensor_report: list[SensorReport]


class Ilmd(msgspec.Struct, frozen=True, rename={"lot_number": "cbvmda:lotNumber", **_OURS}):
    """What holds for the thing from its commissioning on: its manufacturing batch and SKU."""

    lot_number: str
    sku_id: str


class PersistentDisposition(msgspec.Struct, frozen=True):
    """What stays true of a thing whatever its disposition becomes."""

    set: list[str]


_CAMEL = {
    "event_id": "eventID",
    "event_time": "eventTime",
    "event_time_zone_offset": "eventTimeZoneOffset",
    "biz_step": "bizStep",
    "epc_list": "epcList",
    "parent_id": "parentID",
    "child_epcs": "childEPCs",
    "persistent_disposition": "persistentDisposition",
    "sensor_element_list": "sensorElementList",
    **_OURS,
}


class ObjectEvent(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="ObjectEvent", rename=_CAMEL):
    """Something happened to one thing."""

    event_id: str
    event_time: datetime
    event_time_zone_offset: str
    action: str
    epc_list: list[str]
    biz_step: str
    kind: str
    own_id: str
    serial: str
    disposition: str | None = None
    persistent_disposition: PersistentDisposition | None = None
    sensor_element_list: list[SensorElement] | None = None
    ilmd: Ilmd | None = None
    decision: str | None = None


class Part(msgspec.Struct, frozen=True, omit_defaults=True, rename=_OURS):
    """Which of the children has which serial number and, if that is known, lot."""

    id: str
    serial: str
    lot: str | None = None


class AggregationEvent(
    msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="AggregationEvent", rename=_CAMEL
):
    """Parts were bound to a whole (`ADD`) or taken off it (`DELETE`)."""

    event_id: str
    event_time: datetime
    event_time_zone_offset: str
    action: str
    parent_id: str
    child_epcs: list[str]
    biz_step: str
    kind: str
    own_id: str
    serial: str
    parts: list[Part]


Event = ObjectEvent | AggregationEvent


class EpcisBody(msgspec.Struct, frozen=True, rename="camel"):
    """The events."""

    event_list: list[Event]


class EpcisDocument(
    msgspec.Struct,
    frozen=True,
    tag_field="type",
    tag="EPCISDocument",
    rename={
        "context": "@context",
        "schema_version": "schemaVersion",
        "creation_date": "creationDate",
        "epcis_body": "epcisBody",
    },
):
    """A document that any EPCIS 2.0 repository can capture as it is."""

    context: list[str | dict[str, str]]
    schema_version: str
    creation_date: datetime
    epcis_body: EpcisBody


_JUDGED: Mapping[str, tuple[str, str | None]] = {
    "PASS": ("inspecting", "conformant"),
    "FAIL": ("inspecting", "non_conformant"),
    "QUARANTINE": ("holding", "non_sellable_other"),
}


def document(events: Sequence[Event], now: datetime) -> EpcisDocument:
    """The document with these events, made now."""
    return EpcisDocument([EPCIS_CONTEXT, {"baton": VOCABULARY}], "2.0", now, EpcisBody(list(events)))


def event(naming: Naming, fact: Fact) -> Event:
    """The event that tells of a fact."""
    match fact:
        case Made(thing, at, batch_id):
            ilmd = Ilmd(batch_id, thing.sku_id)
            return _of_thing(naming, thing, at, ("ADD", "commissioning", "active"), ilmd=ilmd)
        case Sealed(thing, at):
            lasting = PersistentDisposition(["completeness_verified"])
            return _of_thing(naming, thing, at, ("OBSERVE", "inspecting", None), persistent_disposition=lasting)
        case Judged(thing, at, decision, measurements):
            step, disposition = _JUDGED[decision]
            measured = _measured(at, measurements)
            said = ("OBSERVE", step, disposition)
            return _of_thing(naming, thing, at, said, decision=decision, sensor_element_list=measured)
        case Joined():
            return _of_parts(naming, fact, ("ADD", "assembling"))
        case Left():
            return _of_parts(naming, fact, ("DELETE", "removing"))


_Said = tuple[str, str, str | None]
"""Action, business step and disposition."""


def _of_thing(
    naming: Naming,
    thing: Thing,
    at: datetime,
    said: _Said,
    *,
    ilmd: Ilmd | None = None,
    decision: str | None = None,
    sensor_element_list: list[SensorElement] | None = None,
    persistent_disposition: PersistentDisposition | None = None,
) -> ObjectEvent:
    action, step, disposition = said
    return ObjectEvent(
        event_id=_event_id(naming, thing, at, (action, step, disposition or "", decision or "")),
        event_time=at,
        event_time_zone_offset=UTC_OFFSET,
        action=action,
        epc_list=[_uri(naming, thing)],
        biz_step=step,
        disposition=disposition,
        persistent_disposition=persistent_disposition,
        sensor_element_list=sensor_element_list,
        ilmd=ilmd,
        kind=thing.kind,
        own_id=thing.id,
        serial=thing.serial,
        decision=decision,
    )


def _of_parts(naming: Naming, fact: Joined | Left, said: tuple[str, str]) -> AggregationEvent:
    action, step = said
    parts = [Part(_uri(naming, part), part.serial, part.lot) for part in fact.parts]
    return AggregationEvent(
        event_id=_event_id(naming, fact.whole, fact.at, (action, fact.entry)),
        event_time=fact.at,
        event_time_zone_offset=UTC_OFFSET,
        action=action,
        parent_id=_uri(naming, fact.whole),
        child_epcs=[part.id for part in parts],
        biz_step=step,
        kind=fact.whole.kind,
        own_id=fact.whole.id,
        serial=fact.whole.serial,
        parts=parts,
    )


def _measured(at: datetime, measurements: Mapping[str, Measured]) -> list[SensorElement] | None:
    if not measurements:
        return None
    reports = [_report(name, measured) for name, measured in sorted(measurements.items())]
    return [SensorElement(SensorMetadata(at), reports)]


def _report(name: str, measured: Measured) -> SensorReport:
    unit = unit_of(measured.unit)
    if unit is None:
        return SensorReport("baton:Measurement", measured.value, name, unit=measured.unit)
    return SensorReport(unit.quantity, measured.value, name, uom=unit.code)


def _uri(naming: Naming, thing: Thing) -> str:
    return naming.uri(thing.kind, thing.sku_id, thing.serial)


def _event_id(naming: Naming, thing: Thing, at: datetime, what: Sequence[str]) -> str:
    return naming.made_up("EVENT", thing.kind, thing.id, at.isoformat(), *what)
