"""Events of GS1 EPCIS 2.0 from facts of the production line, in the terms of the Core Business Vocabulary (CBV 2.0).

    Commissioned     a module or pack was created      ObjectEvent ADD, commissioning, active
    PartsBound       cells to a module, modules to a   AggregationEvent ADD, assembling; in rework installing
                     pack, by one request
    PartsUnbound     parts from a module or pack       AggregationEvent DELETE, removing
    UnitSealed       complete, every part was scanned  ObjectEvent OBSERVE, inspecting, persistent completeness_verified
    UnitDisposed     passed or failed after its test   ObjectEvent OBSERVE, inspecting, conformant or non_conformant
                     quarantined                       ObjectEvent OBSERVE, holding, non_sellable_other
    UnitStep         scrapped or voided                ObjectEvent DELETE, decommissioning, inactive
                     opened again for rework           ObjectEvent OBSERVE, repairing; completeness is unset
                     shipped                           ObjectEvent OBSERVE, shipping, in_transit
                     returned                          ObjectEvent OBSERVE, receiving, returned
    LotCorrected     a cell got another lot            ObjectEvent OBSERVE, other
    CellsScrapped    cells with their module           ObjectEvent DELETE, decommissioning, inactive

The schema allows any term of the vocabulary anywhere; its definitions do not. Completeness is a persistent disposition
of an inspection, so it stays true beside `conformant`. `disassembling` would break up the whole assembly; `removing`
takes out parts. `installing` puts a part into what exists already; `assembling` makes it. CBV has no step of returning:
what is `returned` was received. Where CBV only has `in_progress`, it recommends to omit the disposition.

Cells have no commissioning, which is their manufacturer's event. No event names a place, which is not recorded, or a
person. Times and the offset are UTC.

The id of an event is made from its content: the same fact makes the same event with the same id in every document, and
under another naming of its units it is another event. So a receiver that drops events by their ids loses none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.manufacturing.quality.rules import MeasuredValue
from chalicelib.manufacturing.sku_spec import Gtins
from chalicelib.manufacturing.traceability import epcis_document
from chalicelib.manufacturing.traceability.identifiers import UriNaming
from chalicelib.manufacturing.traceability.tables import RETURNED, REWORKED, SCRAPPED, SHIPPED, VOIDED
from chalicelib.manufacturing.traceability.units import measurement_unit

UTC_OFFSET = "+00:00"


class TracedUnit(msgspec.Struct, frozen=True):
    """A `cell`, `module` or `pack`, with the GTINs of its SKU. The id of a cell is its serial number."""

    kind: str
    id: str
    serial: str
    sku_id: str
    lot: str | None = None
    gtins: Gtins | None = None


class Commissioned(msgspec.Struct, frozen=True):
    """A module or pack was created in a batch."""

    unit: TracedUnit
    at: datetime
    batch_id: str


class PartsBound(msgspec.Struct, frozen=True):
    """Parts were bound to an assembly by one request; `entry` is the sort key of its ledger entry."""

    assembly: TracedUnit
    parts: Sequence[TracedUnit]
    at: datetime
    entry: str = ""
    is_rework: bool = False


class PartsUnbound(msgspec.Struct, frozen=True):
    """Parts were unbound from an assembly; `entry` is the sort key of the ledger entry."""

    assembly: TracedUnit
    parts: Sequence[TracedUnit]
    at: datetime
    entry: str = ""


class UnitSealed(msgspec.Struct, frozen=True):
    """A module or pack was sealed with all its parts."""

    unit: TracedUnit
    at: datetime


class UnitDisposed(msgspec.Struct, frozen=True):
    """A pack was given a disposition after its test: `PASS`, `FAIL` or `QUARANTINE`."""

    unit: TracedUnit
    at: datetime
    disposition: str
    measurements: Mapping[str, MeasuredValue] = {}
    entry: str = ""
    """The sort key of its record."""


class UnitStep(msgspec.Struct, frozen=True):
    """A step of a module or pack itself, as its ledger names it: `SCRAPPED`, `REWORKED` and so on."""

    unit: TracedUnit
    at: datetime
    step: str
    customer: str | None = None
    order: str | None = None


class CellsScrapped(msgspec.Struct, frozen=True):
    """Cells were scrapped with their module; `entry` is the sort key of the ledger entry that bound them."""

    module: TracedUnit
    cells: Sequence[TracedUnit]
    at: datetime
    entry: str


class LotCorrected(msgspec.Struct, frozen=True):
    """A cell was given another lot; `entry` is the sort key of its module's ledger entry, empty if it was in none."""

    cell: TracedUnit
    at: datetime
    former_lot: str | None
    entry: str = ""


Fact = Commissioned | PartsBound | PartsUnbound | UnitSealed | UnitDisposed | UnitStep | CellsScrapped | LotCorrected

_DISPOSITIONS: Mapping[str, tuple[str, str | None]] = {
    "PASS": ("inspecting", "conformant"),
    "FAIL": ("inspecting", "non_conformant"),
    "QUARANTINE": ("holding", "non_sellable_other"),
}
_Terms = tuple[str, str, str | None]
"""Action, business step and disposition."""
_DECOMMISSIONED = ("DELETE", "decommissioning", "inactive")
_STEPS: Mapping[str, _Terms] = {
    SCRAPPED: _DECOMMISSIONED,
    VOIDED: _DECOMMISSIONED,
    REWORKED: ("OBSERVE", "repairing", None),
    SHIPPED: ("OBSERVE", "shipping", "in_transit"),
    RETURNED: ("OBSERVE", "receiving", "returned"),
}
_COMPLETE = ["completeness_verified"]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def epcis_event(naming: UriNaming, fact: Fact) -> epcis_document.EpcisEvent:
    """Return the event of a fact; its id is made from its content and the entry that recorded it."""
    event = _event(naming, fact)
    content = _ENCODER.encode(event).decode()
    return msgspec.structs.replace(event, event_id=naming.uuid_urn("EVENT", getattr(fact, "entry", ""), content))


def _event(naming: UriNaming, fact: Fact) -> epcis_document.EpcisEvent:
    """Return the event of a fact without an id."""
    match fact:
        case Commissioned(unit, at, batch_id):
            ilmd = epcis_document.Ilmd(batch_id, unit.sku_id)
            return _object_event(naming, unit, at, ("ADD", "commissioning", "active"), ilmd=ilmd)
        case UnitSealed(unit, at):
            persistent = epcis_document.PersistentDisposition(set=_COMPLETE)
            seal_terms = ("OBSERVE", "inspecting", None)
            return _object_event(naming, unit, at, seal_terms, persistent_disposition=persistent)
        case UnitDisposed(unit, at, decision, measurements):
            step, disposition = _DISPOSITIONS[decision]
            sensors = _sensor_elements(at, measurements)
            terms = ("OBSERVE", step, disposition)
            return _object_event(naming, unit, at, terms, decision=decision, sensor_element_list=sensors)
        case UnitStep() | CellsScrapped() | LotCorrected():
            return _step_event(naming, fact)
        case PartsBound():
            return _aggregation_event(naming, fact, "ADD", "installing" if fact.is_rework else "assembling")
        case PartsUnbound():
            return _aggregation_event(naming, fact, "DELETE", "removing")


def _step_event(naming: UriNaming, fact: UnitStep | CellsScrapped | LotCorrected) -> epcis_document.ObjectEvent:
    if isinstance(fact, LotCorrected):
        event = _object_event(naming, fact.cell, fact.at, ("OBSERVE", "other", None))
        return msgspec.structs.replace(event, lot=fact.cell.lot, former_lot=fact.former_lot)
    if isinstance(fact, CellsScrapped):
        event = _object_event(naming, fact.module, fact.at, _DECOMMISSIONED)
        return msgspec.structs.replace(event, epc_list=[_uri(naming, cell) for cell in fact.cells])
    event = _object_event(naming, fact.unit, fact.at, _STEPS[fact.step])
    unset = epcis_document.PersistentDisposition(unset=_COMPLETE) if fact.step == REWORKED else None
    return msgspec.structs.replace(event, persistent_disposition=unset, customer=fact.customer, order=fact.order)


def _object_event(
    naming: UriNaming,
    unit: TracedUnit,
    at: datetime,
    terms: _Terms,
    *,
    ilmd: epcis_document.Ilmd | None = None,
    decision: str | None = None,
    sensor_element_list: list[epcis_document.SensorElement] | None = None,
    persistent_disposition: epcis_document.PersistentDisposition | None = None,
) -> epcis_document.ObjectEvent:
    action, step, disposition = terms
    return epcis_document.ObjectEvent(
        event_id="",
        event_time=at,
        event_time_zone_offset=UTC_OFFSET,
        action=action,
        epc_list=[_uri(naming, unit)],
        biz_step=step,
        disposition=disposition,
        persistent_disposition=persistent_disposition,
        sensor_element_list=sensor_element_list,
        ilmd=ilmd,
        kind=unit.kind,
        own_id=unit.id,
        serial=unit.serial,
        decision=decision,
    )


def _aggregation_event(
    naming: UriNaming, fact: PartsBound | PartsUnbound, action: str, step: str
) -> epcis_document.AggregationEvent:
    parts = [epcis_document.EpcisPart(_uri(naming, part), part.serial, part.lot) for part in fact.parts]
    return epcis_document.AggregationEvent(
        event_id="",
        event_time=fact.at,
        event_time_zone_offset=UTC_OFFSET,
        action=action,
        parent_id=_uri(naming, fact.assembly),
        child_epcs=[part.id for part in parts],
        biz_step=step,
        kind=fact.assembly.kind,
        own_id=fact.assembly.id,
        serial=fact.assembly.serial,
        parts=parts,
    )


def _sensor_elements(
    at: datetime, measurements: Mapping[str, MeasuredValue]
) -> list[epcis_document.SensorElement] | None:
    if not measurements:
        return None
    reports = [_sensor_report(name, measured) for name, measured in sorted(measurements.items())]
    return [epcis_document.SensorElement(epcis_document.SensorMetadata(at), reports)]


def _sensor_report(name: str, measured: MeasuredValue) -> epcis_document.SensorReport:
    unit = measurement_unit(measured.unit)
    if unit is None:
        return epcis_document.SensorReport("baton:Measurement", measured.value, name, unit=measured.unit)
    return epcis_document.SensorReport(unit.quantity, measured.value, name, uom=unit.code)


def _uri(naming: UriNaming, unit: TracedUnit) -> str:
    return naming.uri(unit.kind, unit.sku_id, unit.serial, unit.gtins)
