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
    **{
        name: f"baton:{name}"
        for name in ("serial", "kind", "lot", "name", "unit", "decision", "parts", "customer", "order")
    },
    "former_lot": "baton:formerLot",
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
    """One measured value."""

    type: str
    """The kind of the measured quantity in the GS1 vocabulary, such as `Voltage`; `baton:Measurement` for a unit
    without a code."""
    value: Decimal
    """The measured value."""
    name: str
    """The name of the measurement, as it was recorded."""
    uom: str | None = None
    """The code of the unit in UN/CEFACT Recommendation 20, such as `VLT`. Absent if the unit has none there."""
    unit: str | None = None
    """The unit as it was recorded. Absent if `uom` names it already."""


class SensorMetadata(msgspec.Struct, frozen=True):
    """The time at which the values were reported."""

    time: datetime
    """When the values were recorded, UTC."""


class SensorElement(msgspec.Struct, frozen=True, rename="camel"):
    """The measurements of one test."""

    sensor_metadata: SensorMetadata
    """The time of the values."""
    sensor_report: list[SensorReport]
    """The measured values, by name."""


class Ilmd(msgspec.Struct, frozen=True, rename={"lot_number": "cbvmda:lotNumber", **_BATON_FIELDS}):
    """The master data of a unit from its commissioning on: its manufacturing batch and SKU."""

    lot_number: str
    """The id of the batch in which the unit was created (`BAT-...`)."""
    sku_id: str
    """The id of the SKU for which it was built (`SKU-...`)."""


class PersistentDisposition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Dispositions that stay true of a unit whatever its disposition becomes."""

    set: list[str] | None = None
    """The dispositions that begin with this event, in the terms of the Core Business Vocabulary:
    `completeness_verified`. Absent for rework."""
    unset: list[str] | None = None
    """The dispositions that end with this event: `completeness_verified`. Absent except for rework."""


class ObjectEvent(
    msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="ObjectEvent", rename=_EVENT_FIELDS
):
    """An event of one unit."""

    event_id: str
    """The id of the event, a `urn:uuid:` made from its content. The same event has the same id in every document, so it
    can be captured once; after a change of the identifiers in the settings it is another event with another id."""
    event_time: datetime
    """When it happened, UTC."""
    event_time_zone_offset: str
    """The offset of the place of the event: `+00:00`, because the place is not recorded."""
    action: str
    """`ADD` for a unit that was created, `DELETE` for one that was scrapped or voided, otherwise `OBSERVE`."""
    epc_list: list[str]
    """The identifier of the unit, a URI; those of cells that were scrapped with their module."""
    biz_step: str
    """What was done, in the terms of the Core Business Vocabulary: `commissioning`, `inspecting`, `holding`,
    `repairing`, `shipping`, `receiving` or `decommissioning`; `other` for the correction of a cell's lot."""
    kind: str
    """`module` or `pack`; `cell` for the correction of a lot. For scrapped cells this, `baton:id` and `baton:serial`
    are those of their module."""
    own_id: str
    """The id of the unit in this API (`MOD-...` or `PCK-...`); of a cell its serial number."""
    serial: str
    """The serial number of the unit."""
    disposition: str | None = None
    """The state of the unit after the event, in the terms of the Core Business Vocabulary. Absent for sealing and
    rework."""
    persistent_disposition: PersistentDisposition | None = None
    """What stays true of the unit. Absent except for sealing and rework."""
    sensor_element_list: list[SensorElement] | None = None
    """The measurements of the test. Absent if none were recorded."""
    ilmd: Ilmd | None = None
    """Where the unit comes from. Absent except for its creation."""
    decision: str | None = None
    """The disposition as this API names it: `PASS`, `FAIL` or `QUARANTINE`. Absent for other events."""
    customer: str | None = None
    """The customer of a shipment. Absent for other events."""
    order: str | None = None
    """The customer's order of a shipment. Absent for other events, and if none was given."""
    lot: str | None = None
    """The lot that a cell was given. Absent for other events."""
    former_lot: str | None = None
    """The lot that the cell had before. Absent for other events, and if it had none."""


class EpcisPart(msgspec.Struct, frozen=True, omit_defaults=True, rename=_BATON_FIELDS):
    """The serial number of a child and, if known, its lot."""

    id: str
    """The identifier of the part, as in `childEPCs`."""
    serial: str
    """The serial number of the part."""
    lot: str | None = None
    """The lot of a cell. Absent for modules, and if none was given."""


class AggregationEvent(
    msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="AggregationEvent", rename=_EVENT_FIELDS
):
    """Parts were bound to an assembly (`ADD`) or unbound from it (`DELETE`)."""

    event_id: str
    """The id of the event, a `urn:uuid:` made from its content. The same event has the same id in every document, so it
    can be captured once; after a change of the identifiers in the settings it is another event with another id."""
    event_time: datetime
    """When it happened, UTC."""
    event_time_zone_offset: str
    """The offset of the place of the event: `+00:00`, because the place is not recorded."""
    action: str
    """`ADD` if the parts were bound, `DELETE` if they were unbound."""
    parent_id: str
    """The identifier of the module or pack, a URI."""
    child_epcs: list[str]
    """The identifiers of the parts, URIs, in the order of binding."""
    biz_step: str
    """What was done, in the terms of the Core Business Vocabulary: `assembling`, `installing` (in rework) or
    `removing`."""
    kind: str
    """`module` or `pack`: what the parts were bound to."""
    own_id: str
    """The id of the module or pack in this API (`MOD-...` or `PCK-...`)."""
    serial: str
    """The serial number of the module or pack."""
    parts: list[EpcisPart]
    """The parts again, with serial number and lot."""


EpcisEvent = Annotated[
    ObjectEvent | AggregationEvent, Meta(title="EpcisEvent", description="An event of the history of a unit.")
]


class EpcisBody(msgspec.Struct, frozen=True, rename="camel"):
    """The events of a document."""

    event_list: list[EpcisEvent]
    """The events of this page."""


class EpcisDocument(msgspec.Struct, frozen=True, tag_field="type", tag="EPCISDocument", rename=_DOCUMENT_FIELDS):
    """A document that any EPCIS 2.0 repository can capture."""

    context: list[Any]
    """The JSON-LD contexts: the address of that of EPCIS 2.0, and an object with the namespace of the fields that begin
    with `baton:`."""
    schema_version: str
    """The version of EPCIS: `2.0`."""
    creation_date: datetime
    """When this document was made, UTC."""
    epcis_body: EpcisBody
    """The events."""


def epcis_document(events: Sequence[EpcisEvent], now: datetime) -> EpcisDocument:
    """Return a document of these events, created now."""
    return EpcisDocument([EPCIS_CONTEXT, {"baton": VOCABULARY}], "2.0", now, EpcisBody(list(events)))
