"""The structs of GS1 EPCIS 2.0 documents (ISO/IEC 19987) in JSON-LD.

Fields for which EPCIS has none (our ids, lots of single cells, units without a code) are named `baton:...`. The
namespace of that vocabulary is a UUID, so no domain name has to be kept for it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
VOCABULARY = "urn:uuid:93c4fc3c-fb48-4637-975a-ba6f2276ba87#"

_BATON_FIELDS = {
    "own_id": "baton:id",
    "sku_id": "baton:skuId",
    **{name: f"baton:{name}" for name in ("serial", "kind", "lot", "name", "unit", "decision", "parts")},
}
_EVENT_FIELDS = {
    "event_id": "eventID",
    "event_time": "eventTime",
    "event_time_zone_offset": "eventTimeZoneOffset",
    "biz_step": "bizStep",
    "epc_list": "epcList",
    "parent_id": "parentID",
    "child_epcs": "childEPCs",
    "persistent_disposition": "persistentDisposition",
    "sensor_element_list": "sensorElementList",
    **_BATON_FIELDS,
}
_DOCUMENT_FIELDS = {
    "context": "@context",
    "schema_version": "schemaVersion",
    "creation_date": "creationDate",
    "epcis_body": "epcisBody",
}


class SensorReport(msgspec.Struct, frozen=True, omit_defaults=True, rename=_BATON_FIELDS):
    """One measured value: `uom` is the code of its unit (UN/CEFACT Recommendation 20), else `baton:unit` names it."""

    type: str
    value: Decimal
    name: str
    uom: str | None = None
    unit: str | None = None


class SensorMetadata(msgspec.Struct, frozen=True):
    """The time at which the values were reported."""

    time: datetime


class SensorElement(msgspec.Struct, frozen=True, rename="camel"):
    """The measurements of one test."""

    sensor_metadata: SensorMetadata
    sensor_report: list[SensorReport]


class Ilmd(msgspec.Struct, frozen=True, rename={"lot_number": "cbvmda:lotNumber", **_BATON_FIELDS}):
    """The master data of a unit from its commissioning on: its manufacturing batch and SKU."""

    lot_number: str
    sku_id: str


class PersistentDisposition(msgspec.Struct, frozen=True):
    """Dispositions that stay true of a unit whatever its disposition becomes."""

    set: list[str]


class ObjectEvent(
    msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="ObjectEvent", rename=_EVENT_FIELDS
):
    """An event of one unit."""

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


class EpcisPart(msgspec.Struct, frozen=True, omit_defaults=True, rename=_BATON_FIELDS):
    """The serial number of a child and, if known, its lot."""

    id: str
    serial: str
    lot: str | None = None


class AggregationEvent(
    msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="AggregationEvent", rename=_EVENT_FIELDS
):
    """Parts were bound to an assembly (`ADD`) or unbound from it (`DELETE`)."""

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
    parts: list[EpcisPart]


EpcisEvent = Annotated[
    ObjectEvent | AggregationEvent, Meta(title="EpcisEvent", description="An event of the history of a unit.")
]


class EpcisBody(msgspec.Struct, frozen=True, rename="camel"):
    """The events of a document."""

    event_list: list[EpcisEvent]


class EpcisDocument(msgspec.Struct, frozen=True, tag_field="type", tag="EPCISDocument", rename=_DOCUMENT_FIELDS):
    """A document that any EPCIS 2.0 repository can capture."""

    context: list[Any]
    """The vocabularies of the terms: addresses, and objects of prefixes with their addresses."""
    schema_version: str
    creation_date: datetime
    epcis_body: EpcisBody


def epcis_document(events: Sequence[EpcisEvent], now: datetime) -> EpcisDocument:
    """Return a document of these events, created now."""
    return EpcisDocument([EPCIS_CONTEXT, {"baton": VOCABULARY}], "2.0", now, EpcisBody(list(events)))
